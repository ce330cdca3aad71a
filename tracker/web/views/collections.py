"""The three collections that a map is loaded from: open incidents, areas, unresolved alerts.

Each reads the log's position first and its rows second, and carries both ``log`` and ``seq``: everything up to ``seq``
is in the rows, and what follows comes over the socket. The text is the database's (geojson.py).
"""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tracker.features import geojson
from tracker.lib.geo import geometry
from tracker.lib.geo.spatial_index import in_boxes
from tracker.models import Alert, AreaOfInterest, Incident, LogState
from tracker.web.views.access import json_for


@require_safe
@json_for("tracker.view_incident")
def incident_feature_collection(request: HttpRequest) -> HttpResponse:
    return respond(request, Incident.objects.filter(closed=False).order_by("pk"), "location")


@require_safe
@json_for("tracker.view_areaofinterest")
def area_feature_collection(request: HttpRequest) -> HttpResponse:
    return respond(request, AreaOfInterest.objects.order_by("pk"), "polygon")


@require_safe
@json_for("tracker.view_alert")
def alert_collection(request: HttpRequest) -> HttpResponse:
    """``bbox`` asks where the alerts' incidents are."""
    state = LogState.current()
    alerts = Alert.objects.unresolved().order_by("pk")
    if bbox := request.GET.get("bbox"):
        try:
            alerts = alerts.filter(incident__in=in_boxes(Incident.objects.all(), "location", geometry.boxes(bbox)))
        except ValidationError as error:
            return refuse(error)
    return written('{"alerts":[', alerts, state, "application/json")


def respond(request: HttpRequest, rows: QuerySet, field: str) -> HttpResponse:
    state = LogState.current()
    if bbox := request.GET.get("bbox"):
        try:
            rows = in_boxes(rows, field, geometry.boxes(bbox))
        except ValidationError as error:
            return refuse(error)
    head = '{"type":"FeatureCollection","features":['
    return written(head, rows, state, "application/geo+json")


def written(head: str, rows: QuerySet, state: LogState, content_type: str) -> HttpResponse:
    """Whole, and not streamed: under ASGI Django gathers a streamed text first, too."""
    tail = f'],"log":"{state.log_id}","seq":{state.last}}}'
    return HttpResponse(text_between(head, geojson.pieces(rows), tail), content_type=content_type)


def text_between(head: str, pieces: Iterable[str], tail: str) -> Iterator[bytes]:
    """Piece by piece as bytes, so that the whole is never in memory as text as well."""
    yield head.encode()
    for n, piece in enumerate(pieces):
        if n:
            yield b","
        yield piece.encode()
    yield tail.encode()


def refuse(error: ValidationError) -> HttpResponse:
    return JsonResponse({"error": " ".join(error.messages)}, status=400)
