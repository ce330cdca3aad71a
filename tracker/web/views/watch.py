"""What an open page asks while somebody is on watch: whether it is still signed in, and which alerts wait."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tracker.accounts import session_length
from tracker.alerts import waiting as alerts_waiting
from tracker.models import AreaOfInterest, LogState
from tracker.web.views.access import json_for

AREAS_TOLD = 500  # of more areas, who has chosen some is called for all


@require_POST
@json_for("tracker.view_incident")
def session(request: HttpRequest) -> HttpResponse:
    """The watch is in use: its sign-in is prolonged. Answers when that ends (``ends``), when it can be prolonged no
    more (``last``), and what time it is at the server (``now``)."""
    length = session_length.prolong(request.session)
    return JsonResponse({"now": timezone.now(), "ends": length.ends, "last": length.last})


@require_safe
@json_for("tracker.view_incident")
def waiting(request: HttpRequest) -> HttpResponse:
    """Which alerts wait, as every page has it when it is loaded; and the numbers of the areas, unless they are many."""
    now = alerts_waiting.for_person(request.user, LogState.current())
    areas: list[int] = []
    if request.user.has_perm("tracker.view_areaofinterest"):
        areas = list(AreaOfInterest.objects.order_by("pk").values_list("pk", flat=True)[: AREAS_TOLD + 1])
    return JsonResponse(now | {"areas": areas if len(areas) <= AREAS_TOLD else []})
