"""What a page shows, and therefore follows as long as it is open (``static/js/live/followed.js``).

Once something of it has changed, the page asks for the words: who did it, and when.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker.lib.request.parse import parse_pk
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.web.views import stale
from tracker.web.views.access import json_for
from tracker.web.views.paging import ListPage

MOST = 100  # alerts that are asked about at once
MODELS: dict[str, type[Incident] | type[AreaOfInterest]] = {"Incident": Incident, "AreaOfInterest": AreaOfInterest}


def follows(
    rows: Iterable[Incident | AreaOfInterest] = (),
    alerts: Iterable[Alert] = (),
    about: str = "",
    **more: Any,
) -> dict[str, Any]:
    """For a page that shows these rows and alerts. *about*: the id of the Feature that it is the page of."""
    return {
        "rows": [row.feature_id for row in rows],
        "alerts": [alert.pk for alert in alerts],
        "about": about,
        "list": "",
        "takes_new": False,
        "is_form": False,
        "changes": reverse("watch_changes"),
    } | more


def page(row: Incident | AreaOfInterest) -> dict[str, Any]:
    """The page of this row, with all its alerts."""
    return follows([row], about=row.feature_id)


def form(row: Incident | AreaOfInterest) -> dict[str, Any]:
    """What is typed into it must not be lost, so it is not offered to be loaded again."""
    return follows([row], is_form=True)


def list_of(model: Any, shown: ListPage, asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of a list; what is new belongs on the first, if nothing narrows it down."""
    rows: dict[str, Any] = {"alerts": shown.rows} if model is Alert else {"rows": shown.rows}
    return follows(**rows, list=model.__name__, takes_new=not shown.has_previous and not any(asked.values()))


@require_safe
@json_for("tracker.view_incident")
def changes(request: HttpRequest) -> HttpResponse:
    """What happened last to these rows (``row``, ids of Features) and these alerts (``alert``, numbers), in sentences.

    ``named``: with their names, for a page that shows several.
    """
    rows = [row_of(text) for text in request.GET.getlist("row")[: stale.TOLD]]
    alerts = [parse_pk(text) for text in request.GET.getlist("alert")[:MOST]]
    if None in rows or None in alerts:
        return JsonResponse({"error": "“row” must be ids of Features, and “alert” numbers of alerts."}, status=400)
    is_named = "named" in request.GET
    may = request.user.has_perm
    may_see = {Incident: True, AreaOfInterest: may("tracker.view_areaofinterest")}
    said = stale.latest_of_rows([row for row in rows if row and may_see[row[0]]], is_named)
    if may("tracker.view_alert"):
        said += stale.latest_of_alerts([number for number in alerts if number is not None], is_named, said)
    return JsonResponse({"said": said})


def row_of(text: str) -> tuple[type[Incident] | type[AreaOfInterest], int] | None:
    """The model and the number of a Feature's id; None if it is none."""
    name, _colon, number = text.partition(":")
    pk = parse_pk(number)
    return None if name not in MODELS or pk is None else (MODELS[name], pk)
