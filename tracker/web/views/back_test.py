"""The area form's question, while somebody draws: what would this shape have meant, and what would it raise now?"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker.alerts import back_test
from tracker.lib.request.parse import parse_pk
from tracker.web.forms import AreaForm
from tracker.web.views.access import json_for


@require_POST
@json_for("tracker.add_areaofinterest", "tracker.change_areaofinterest")
def area_back_test(request: HttpRequest) -> JsonResponse:
    """``polygon``: GeoJSON, checked as the form checks it; ``area``: the number of the one that is edited, if one is.

    Answers with the numbers for every threshold: ``thresholds`` of the last days, ``now`` of saving it.
    """
    if not request.user.has_perm("tracker.view_incident"):  # small shapes would tell where each one is
        return JsonResponse({"error": _("You may not see incidents.")}, status=403)
    try:
        shape = AreaForm.base_fields["polygon"].clean(request.POST.get("polygon", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    try:
        meant = back_test.back_test(shape)
        now = back_test.alerts_now(shape, parse_pk(request.POST.get("area", "")))
    except back_test.TooLong:
        return JsonResponse({"error": _("There are too many incidents in this shape to count them now.")}, status=503)
    return JsonResponse(
        {
            "days": back_test.DAYS,
            "night": f"{back_test.NIGHT_FROM:02}–{back_test.NIGHT_UNTIL:02}",
            "time_zone": settings.TIME_ZONE,
            "thresholds": {threshold.value: counts._asdict() for threshold, counts in meant.items()},
            "now": {threshold.value: counts._asdict() for threshold, counts in now.items()},
        }
    )
