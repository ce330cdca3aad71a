"""Whether latitude and longitude look swapped, as far as the site's own areas can tell."""

from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from tracker.lib.geo import geometry
from tracker.lib.geo.spatial_index import in_boxes
from tracker.models import AreaOfInterest

NEAR = 2  # degrees: what is between a place and the areas of those who watch it, and hardly between two sites


def looks_swapped(place: Point, besides: int | None = None) -> bool:
    """Whether there are areas near the place the other way round, and none near the place itself.

    *besides*: the key of an area that does not count.
    """
    if abs(place.x) > 90:
        return False
    areas = AreaOfInterest.objects.exclude(pk=besides) if besides else AreaOfInterest.objects.all()
    return has_one_near(areas, place.y, place.x) and not has_one_near(areas, place.x, place.y)


def has_one_near(areas: QuerySet[AreaOfInterest], longitude: float, latitude: float) -> bool:
    south, north = max(latitude - NEAR, -90), min(latitude + NEAR, 90)
    boxes = geometry.boxes(f"{longitude - NEAR},{south},{longitude + NEAR},{north}")
    return in_boxes(areas, "polygon", boxes).exists()
