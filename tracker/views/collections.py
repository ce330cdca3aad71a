"""The three collections that a map is loaded from: open incidents, areas, unresolved alerts.

Each reads the log's position first and its rows second, and carries both ``log`` and ``seq``: everything up to ``seq``
is in the rows, and what follows comes over the socket. The text is the database's (geojson.py).
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tracker import geojson, geometry
from tracker.models import Alert, AreaOfInterest, Incident, LogState
from tracker.spatial_index import in_boxes

from .access import json_for


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
    return written('{"alerts":[', geojson.alerts(alerts), state, "application/json")


def respond(request: HttpRequest, rows: QuerySet, field: str) -> HttpResponse:
    state = LogState.current()
    if bbox := request.GET.get("bbox"):
        try:
            rows = in_boxes(rows, field, geometry.boxes(bbox))
        except ValidationError as error:
            return refuse(error)
    head = '{"type":"FeatureCollection","features":['
    return written(head, geojson.features(rows), state, "application/geo+json")


def written(head: str, texts: Iterable[str], state: LogState, content_type: str) -> HttpResponse:
    tail = f'],"log":"{state.log_id}","seq":{state.last}}}'
    return HttpResponse(f"{head}{','.join(texts)}{tail}", content_type=content_type)


def refuse(error: ValidationError) -> HttpResponse:
    return JsonResponse({"error": " ".join(error.messages)}, status=400)
