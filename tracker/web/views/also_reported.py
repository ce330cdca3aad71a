"""“Yes, it is this one”: an incident that is known is reported once more, which its history keeps and its page counts.

A stranger learns nothing here that ``nearby.py`` would not tell: what lies elsewhere, is over or does not exist
gives one and the same answer. The same tap sent twice counts once.
"""

import uuid

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker.incidents import history, nearby
from tracker.lib.metrics.counters import REPORTS_ACCEPTED, REPORTS_REFUSED
from tracker.lib.request import rate_limit
from tracker.models import Change
from tracker.web.views.nearby import accuracy_of, may_ask
from tracker.web.views.places import asked_point, no_point
from tracker.web.views.reports import number, signed, too_many
from tracker.web.views.sender import sender_of


@require_POST
def also_reported(request: HttpRequest) -> JsonResponse:
    """The form of the report page, and ``incident``: which of those that it was shown. Answers where the thanks are."""
    if not may_ask(request.user):
        return JsonResponse({"error": _("Open incidents are not shown in public here.")}, status=403)
    known = number(request.POST.get("incident", ""))
    try:
        point = asked_point(request.POST)
    except ValueError:
        return no_point()
    key = key_of(request.POST.get("submission", ""), known)
    if not Change.objects.filter(key=key).exists():
        is_stranger = not request.user.has_perm("tracker.view_incident")
        if is_stranger:
            wait_s = rate_limit.seconds_to_wait(sender_of(request), "also reported")
            if wait_s:
                REPORTS_REFUSED.labels("throttled").inc()
                refusal = JsonResponse({"error": too_many(wait_s)}, status=429)
                refusal["Retry-After"] = str(wait_s)
                return refusal
        incident = nearby.open_incident(int(known or 0), *point, accuracy_of(request.POST), roughly=is_stranger)
        if incident is None:
            sentence = _("It is not open any more. If you still see something, please report it.")
            return JsonResponse({"error": sentence}, status=409)
        history.record_reported(incident, key)
        REPORTS_ACCEPTED.labels("known").inc()
    return JsonResponse({"url": f"{reverse('incident_report_success')}?known={signed(int(known))}"})


def key_of(submission: str, known: str) -> uuid.UUID:
    """The tap's own key: of this form, about this incident."""
    try:
        return uuid.uuid5(uuid.UUID(submission), known)
    except ValueError:
        return uuid.uuid4()
