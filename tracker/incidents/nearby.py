"""Open incidents around a point: “is it one of these?”, asked before somebody reports another."""

import math
from typing import NamedTuple

from django.contrib.gis.geos import Polygon

from tracker.lib.geo import geometry, sphere
from tracker.lib.geo.position_grid import Grid
from tracker.lib.geo.spatial_index import in_boxes
from tracker.lib.places import nearest
from tracker.models import Incident

LEAST_RADIUS_M = 1_000
MOST_RADIUS_M = 5_000  # however little a device knows where it is
SHOWN = 5
ROUGH = Grid(1_000)  # cells of a hundred and eleven metres
LOOKED_AT = 100  # in the box around the circle, the newest


class NearbyIncident(NamedTuple):
    incident: Incident
    distance_m: float
    place: str  # in words


def open_incidents(
    longitude: float, latitude: float, accuracy_m: float = 0, roughly: bool = False
) -> list[NearbyIncident]:
    """The nearest open incidents within a kilometre of a point (degrees), or within *accuracy_m* if that is more.

    *roughly*: every incident lies in the middle of its cell of ``ROUGH``, for what is chosen as for what is told, so
    that no series of questions tells its position better; and the circle stays a kilometre wide, whatever the accuracy.
    And only those are chosen that have a title for strangers.
    """
    radius = radius_m(accuracy_m, roughly)
    boxes = boxes_around(longitude, latitude, radius, roughly)
    rows = in_boxes(Incident.objects.filter(closed=False), "location", boxes)
    if roughly:
        rows = rows.exclude(public_title="")
    rows = rows.only("name", "public_title", "severity", "place", "created", "location").order_by("-created", "-pk")
    found = [seen_from(longitude, latitude, incident, roughly) for incident in rows[:LOOKED_AT]]
    return sorted((near for near in found if near.distance_m <= radius), key=lambda near: near.distance_m)[:SHOWN]


def open_incident(number: int, longitude: float, latitude: float, accuracy_m: float, roughly: bool) -> Incident | None:
    """The incident of this number, if it is one that ``open_incidents`` may show there; None if it is over, or gone."""
    incident = Incident.objects.filter(pk=number, closed=False).first()
    if incident is None or (roughly and not incident.public_title):
        return None
    near = seen_from(longitude, latitude, incident, roughly)
    return incident if near.distance_m <= radius_m(accuracy_m, roughly) else None


def radius_m(accuracy_m: float, roughly: bool) -> float:
    return LEAST_RADIUS_M if roughly else min(max(accuracy_m, LEAST_RADIUS_M), MOST_RADIUS_M)


def seen_from(longitude: float, latitude: float, incident: Incident, roughly: bool) -> NearbyIncident:
    x, y, place = incident.location.x, incident.location.y, incident.place
    if roughly:
        x, y = ROUGH.middle(x, y)
        place = nearest.describe(x, y)
    return NearbyIncident(incident, sphere.distance_m(longitude, latitude, x, y), place)


def boxes_around(longitude: float, latitude: float, radius_m: float, roughly: bool) -> list[Polygon]:
    """Where to look for what lies in a circle: in the boxes around it; *roughly*, in all of each cell that has its
    middle there, for an exact edge would tell on which side of it an incident is.
    """
    boxes = geometry.boxes(box_around(longitude, latitude, radius_m))
    if not roughly:
        return boxes
    return [geometry.box(cells) for box in boxes for cells in ROUGH.boxes(box.extent)]


def box_around(longitude: float, latitude: float, radius_m: float) -> str:
    """The bbox of a circle: all longitudes where a pole is in it (for the formula see ``places.columns_around``)."""
    angle = radius_m / sphere.EARTH_RADIUS_M
    south, north = latitude - math.degrees(angle), latitude + math.degrees(angle)
    if south <= -90 or north >= 90:
        return f"-180,{max(south, -90)},180,{min(north, 90)}"
    spread = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    return f"{longitude - spread},{south},{longitude + spread},{north}"
