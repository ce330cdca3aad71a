"""``{% watching as watching %}``: what a page of somebody who may watch needs to be on watch; None for anybody else.

Nothing is asked of the database for a page that does not use it.
"""

from functools import cached_property
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse

from tracker.alerts import waiting
from tracker.models import LogState
from tracker.web.live_config import live_config

register = template.Library()

COUNTED = 999  # of more the bell says only that there are


class Watching:
    def __init__(self, request: HttpRequest):
        self.request = request
        self.base_url = settings.BASE_URL
        self.may_see_alerts = request.user.has_perm("tracker.view_alert")

    @cached_property
    def now(self) -> dict[str, Any]:
        """What waits, as it stood when the page was asked for (views/access.py), or a moment later."""
        position = getattr(self.request, "log_position", None) or LogState.read()
        return waiting.for_person(self.request.user, position)

    @property
    def count(self) -> str:
        """On the bell."""
        count = len(self.now["listed"])
        return f"{COUNTED}+" if count > COUNTED else str(count or "")

    @property
    def config(self) -> dict[str, Any]:
        """For the scripts."""
        return live_config(self.request) | {
            "now": self.now,
            "waiting": reverse("watch_waiting"),
            "incident": reverse("incident_detail", args=[0]),  # 0: instead of the incident's number
            "alerts": f"{reverse('alert_list')}?state=unacknowledged",
        }


@register.simple_tag(takes_context=True)
def watching(context: Context) -> Watching | None:
    request: Any = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_perm("tracker.view_incident"):
        return None
    if not hasattr(request, "watching"):  # a page may ask in several of its blocks
        request.watching = Watching(request)
    return request.watching
