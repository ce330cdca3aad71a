"""What the scripts of every page on watch need to know, with the map or without (``static/js/ui/live_channel.js``)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from tracker.lib.request import root_path


def live_config(request: HttpRequest) -> dict[str, Any]:
    """For a person who is signed in."""
    return {
        "acknowledge": reverse("alert_acknowledge"),
        "take_back": reverse("alert_take_back"),
        "session": reverse("watch_session"),
        "login": reverse(settings.LOGIN_URL),
        "socket": root_path.socket_address(),
        "origins": settings.ALLOWED_ORIGINS,
        "base_url": settings.BASE_URL,
        "icon_not_live": static("icon-not-live.svg"),
        "user": request.user.pk,
        "may_acknowledge": request.user.has_perm("tracker.acknowledge_alert"),
    }
