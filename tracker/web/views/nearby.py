"""“Is it one of these?”: open incidents near a point, for people who are about to report one.

Strangers may ask (unless ``PUBLIC_NEARBY`` is off) and learn what a notice on the spot would tell them: what, how bad,
roughly where and since when. What is the public title: the name is for those who work here, and an incident without a
title is not shown to strangers. No description, no person, and no exact position: for them an incident lies in the
middle of a hundred metres, however often they ask, and the words for its place are made from that. What is counted is
the ground that they look at: a pin may be moved about one spot as often as somebody likes, and a city is not combed.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.incidents import nearby
from tracker.lib.geo.position_grid import Grid
from tracker.lib.request import rate_limit
from tracker.models.severity import LABEL
from tracker.web.views.places import asked_point, no_point
from tracker.web.views.sender import sender_of

RATE = "60/minute"  # of one stranger, wherever they ask
SPOTS = Grid(200)  # cells of half a kilometre, of which a stranger may ask about NEARBY_RATE


@require_safe
@never_cache
def nearby_incidents(request: HttpRequest) -> JsonResponse:
    """``latitude``, ``longitude`` (degrees) and perhaps ``accuracy_m``: at most five incidents, the newest first."""
    if not may_ask(request.user):
        return JsonResponse({"error": _("Open incidents are not shown in public here.")}, status=403)
    try:
        point = asked_point(request.GET)
    except ValueError:
        return no_point()
    is_stranger = not request.user.has_perm("tracker.view_incident")
    if is_stranger:
        wait_s = seconds_to_wait(request, *point)
        if wait_s:
            refusal = JsonResponse({"error": enough(wait_s)}, status=429)
            refusal["Retry-After"] = str(wait_s)
            return refusal
    found = nearby.open_incidents(*point, accuracy_of(request.GET), roughly=is_stranger)
    return JsonResponse({"incidents": [told(near, is_stranger) for near in found]})


def may_ask(user) -> bool:
    return settings.PUBLIC_NEARBY or user.has_perm("tracker.view_incident")


def seconds_to_wait(request: HttpRequest, longitude: float, latitude: float) -> int:
    """After how many seconds a stranger may ask about this point; 0 for now."""
    sender, spot = sender_of(request), "{} {}".format(*SPOTS.cell(longitude, latitude))
    return rate_limit.seconds_to_wait(sender, "nearby", RATE) or rate_limit.seconds_to_wait_for_one_more(
        sender, "nearby spots", spot, settings.NEARBY_RATE
    )


def enough(wait_s: int) -> str:
    minutes = -(-wait_s // 60)
    sentence = ngettext(
        "Many places were looked at from your connection. Open incidents near the pin can be shown again in a minute."
        " You can report all the same.",
        "Many places were looked at from your connection. Open incidents near the pin can be shown again in %(count)d"
        " minutes. You can report all the same.",
        minutes,
    )
    return sentence % {"count": minutes}


def accuracy_of(asked: QueryDict) -> float:
    """Metres; 0 if it is not said, or cannot be."""
    try:
        accuracy = float(asked.get("accuracy_m", ""))
    except ValueError:
        return 0
    return accuracy if accuracy > 0 else 0  # and neither for NaN


def told(near: nearby.NearbyIncident, is_stranger: bool) -> dict[str, object]:
    incident = near.incident
    page = {} if is_stranger else {"url": incident.get_absolute_url()}
    return page | {
        "reference": incident.pk,
        "name": incident.public_title if is_stranger else incident.name,
        "severity": LABEL[incident.severity],
        "severity_code": incident.severity,
        "place": near.place,
        "distance": distance_in_words(near.distance_m),
        "age": age_in_words(incident.created),
    }


def age_in_words(created: datetime) -> str:
    if timezone.now() - created < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(created, depth=1)}


def distance_in_words(metres: float) -> str:
    """To 50 m below a kilometre and to 0.1 km above it: what helps to tell incidents apart, and no more."""
    if metres < 50:
        return _("less than 50 m away")
    if metres < 975:
        return _("about %(distance)d m away") % {"distance": round(metres / 50) * 50}
    return _("about %(distance).1f km away") % {"distance": metres / 1000}
