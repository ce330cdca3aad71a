"""Places in words, offline, for anybody: the town nearest to a point, towns by their names, and names for a map."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.incidents import place_words
from tracker.lib.geo import coordinates, geometry
from tracker.lib.places import labels as place_labels
from tracker.lib.places import names
from tracker.lib.request import rate_limit
from tracker.web.views.sender import sender_of

RATE = "600/minute"  # from one address: an office of quick typists, not who keeps a processor busy
FOUND_KEPT_S = 3600  # the towns come with Tracker: answers are the same for everybody until another is installed
LABELS_KEPT_S = 86_400
ZOOMS = {str(zoom) for zoom in range(place_labels.MOST_ZOOM + 1)}


def kept_for(seconds: int) -> Callable:
    """Decorates a view of which any cache may keep what it answers so long, and no cache keeps a refusal: that is
    about who asked, or about a moment that is over soon.
    """

    def decorated(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
        @wraps(view)
        def answered(request: HttpRequest) -> JsonResponse:
            answer = view(request)
            if answer.status_code == 200:
                patch_cache_control(answer, public=True, max_age=seconds)
            else:
                add_never_cache_headers(answer)
            return answer

        return answered

    return decorated


def too_many_questions(wait_s: int) -> JsonResponse:
    refusal = JsonResponse({"error": _("Too many questions came from your connection.")}, status=429)
    refusal["Retry-After"] = str(wait_s)
    return refusal


def asked_point(asked: QueryDict) -> tuple[float, float]:
    """The longitude and latitude (degrees) that a request asks about; raises ValueError if they are none."""
    pair = [number(asked.get("longitude", ""), True), number(asked.get("latitude", ""), False)]
    try:
        point = geometry.point_from_geojson({"type": "Point", "coordinates": pair})
    except ValidationError as error:
        raise ValueError from error
    return point.x, point.y


def number(text: str, is_longitude: bool) -> float:
    """As a script writes it, or as a person has typed it into the form; raises ValueError if it is none."""
    found = coordinates.read_degrees(text)
    if found is None:
        return float(text)
    if found.is_longitude not in (None, is_longitude):
        raise ValueError(text)
    return found.value


def no_point() -> JsonResponse:
    return JsonResponse({"error": _("Give latitude and longitude in degrees.")}, status=400)


@require_safe
def nearest_place(request: HttpRequest) -> JsonResponse:
    """The place in words for ``latitude`` and ``longitude`` (degrees), with a name and a description to start from."""
    try:
        point = asked_point(request.GET)
    except ValueError:
        return no_point()
    return JsonResponse(place_words.suggested(*point)._asdict())


@require_safe
@kept_for(FOUND_KEPT_S)
def search(request: HttpRequest) -> JsonResponse:
    """Towns that ``q`` may mean, at most eight; ``latitude`` and ``longitude`` say where the person is looking."""
    if wait_s := rate_limit.seconds_to_wait(sender_of(request), "places", RATE):  # whoever asks: caches may answer
        return too_many_questions(wait_s)
    try:
        near = asked_point(request.GET) if {"latitude", "longitude"} & set(request.GET) else None
    except ValueError:
        return no_point()
    found = names.search(request.GET.get("q", ""), near)
    return JsonResponse({"places": [town._asdict() for town in found]})


@require_safe
@kept_for(LABELS_KEPT_S)
def labels(request: HttpRequest) -> JsonResponse:
    """The largest towns in ``bbox`` (west, south, east, north in degrees) for a map at ``zoom``, the largest first."""
    if wait_s := rate_limit.seconds_to_wait(sender_of(request), "place_labels", RATE):
        return too_many_questions(wait_s)
    try:
        boxes = [box.extent for box in geometry.boxes(request.GET.get("bbox", ""))]
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    zoom = request.GET.get("zoom", "")
    if zoom not in ZOOMS:
        sentence = _("Give zoom as a whole number from 0 to %(most)d.") % {"most": place_labels.MOST_ZOOM}
        return JsonResponse({"error": sentence}, status=400)
    return JsonResponse({"labels": [label._asdict() for label in place_labels.largest(boxes, int(zoom))]})
