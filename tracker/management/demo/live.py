"""Made-up incidents, one at a time: what ``manage.py simulate`` reports."""

import math
import random
from collections import deque

from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from tracker.lib.geo.geometry import SRID
from tracker.lib.places import nearest
from tracker.management.demo import stories
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import Severity

AREAS_KEPT = 200  # in memory, to place incidents in
REMEMBERED = 500  # own open incidents, to change again
INSIDE, TRIES = 0.7, 20  # how many are inside an area; the others are beside one, or where the tries ended
SPREAD_DEGREES = 0.05  # around the map's centre where there are no areas
CHANGED = 0.3  # how often a report is followed by a change of an earlier one
SEVERITY_WEIGHTS = (1, 3, 5, 5, 3)  # from Urgent to Info


class Simulation:
    """Reports incidents in and beside the areas of the moment it was made, and now and then changes one of its own."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.polygons = list(AreaOfInterest.objects.order_by("?").values_list("polygon", flat=True)[:AREAS_KEPT])
        self.open: deque[int] = deque(maxlen=REMEMBERED)
        self.changed = 0

    def report(self) -> Incident:
        """One new incident, saved."""
        story = self.dice.choice(stories.STORIES)
        location = self.location()
        name = f"{story.name}, {self.dice.choice(stories.STREETS)}"
        incident = Incident.objects.create(
            name=name,
            public_title=name,
            description=self.dice.choice(story.descriptions),
            severity=self.dice.choices(list(Severity), SEVERITY_WEIGHTS)[0],
            location=location,
            place=nearest.describe(location.x, location.y)[:200],
            source=Incident.Source.SIMULATION,
        )
        self.open.append(incident.pk)
        return incident

    def change_one(self) -> None:
        """Now and then: one of the earlier incidents gets worse, moves or is closed, unless somebody was faster."""
        if not self.open or self.dice.random() >= CHANGED:
            return
        pk = self.dice.choice(self.open)
        incident = Incident.objects.filter(pk=pk, closed=False).first()
        if incident is None:
            self.open.remove(pk)
            return
        field = self.dice.choice(("severity", "location", "closed"))
        if field == "severity":
            incident.severity = list(Severity)[max(0, Severity(incident.severity).rank - 1)]
        elif field == "location":
            incident.location = self.location()
            incident.place = nearest.describe(incident.location.x, incident.location.y)[:200]
        else:
            incident.closed = True
            self.open.remove(pk)
        # Only what was changed: somebody may be editing the rest.
        incident.save(update_fields=[field, "place", "updated"] if field == "location" else [field, "updated"])
        self.changed += 1

    # --- where -----------------------------------------------------------------------------------------------------

    def location(self) -> Point:
        if not self.polygons:
            latitude, longitude = settings.LEAFLET_CONFIG["DEFAULT_CENTER"]
            stretch = max(math.cos(math.radians(latitude)), 0.05)  # degrees of longitude are shorter there
            return point(
                longitude + self.dice.gauss(0, SPREAD_DEGREES / stretch), latitude + self.dice.gauss(0, SPREAD_DEGREES)
            )
        polygon = self.dice.choice(self.polygons)
        if isinstance(polygon, MultiPolygon):  # one part: the whole may reach around the Earth
            polygon = self.dice.choice(list(polygon))
        return self.inside(polygon) if self.dice.random() < INSIDE else self.beside(polygon)

    def inside(self, polygon: Polygon) -> Point:
        prepared = polygon.prepared
        for _ in range(TRIES):
            candidate = self.within(polygon.extent)
            if prepared.contains(candidate):
                return candidate
        return point(*polygon.point_on_surface.coords)

    def beside(self, polygon: Polygon) -> Point:
        """In the bounding box, enlarged by a quarter to each side."""
        west, south, east, north = polygon.extent
        wide, high = (east - west) / 4, (north - south) / 4
        return self.within((west - wide, south - high, east + wide, north + high))

    def within(self, box: tuple[float, float, float, float]) -> Point:
        west, south, east, north = box
        return point(self.dice.uniform(west, east), self.dice.uniform(south, north))


def point(longitude: float, latitude: float) -> Point:
    """A point on the map, whatever the numbers: longitudes go around, latitudes end at the poles."""
    return Point((longitude + 180) % 360 - 180, min(max(latitude, -90.0), 90.0), srid=SRID)
