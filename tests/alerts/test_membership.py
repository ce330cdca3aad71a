"""An incident alerts the areas it lies in, also where the plane of longitude and latitude has seams (RFC 7946, 3.1.9).

Each place is tried in both directions, which are different queries: the incident saved after the area, and the area
saved after the incident.
"""

import pytest
from django.contrib.gis.geos import Polygon

from tests import make
from tracker.models import Alert

FIJI = make.box(176, -21, 182, -15)  # as drawn across the antimeridian
FIJI_CUT = make.boxes((176, -21, 180, -15), (-180, -21, -178, -15))  # as RFC 7946 asks
FIJI_FROM_THE_EAST = make.box(-184, -21, -178, -15)
CHUKOTKA = make.box(157, 62, 191, 72)
CHUKOTKA_CUT = make.boxes((157, 62, 180, 72), (-180, 62, -169, 72))
WEST_SIDE = make.box(170, -10, 180, 10)  # ends at the antimeridian
EAST_SIDE = make.box(-180, -10, -170, 10)  # begins at it
ARCTIC = make.box(-180, 66.5, 180, 90)
ANTARCTIC = make.box(-180, -90, 180, -60)
WEDGE = make.box(0, 80, 30, 90)  # a sector that ends at the pole
EASTERN_WEDGE = make.box(120, 80, 150, 90)
SOUTHERN_WEDGE = make.box(-120, -90, -90, -80)
EAST_CORNER = Polygon([(-180, 0), (-170, -10), (-170, 10), (-180, 0)], srid=4326)  # touches the antimeridian
NEARLY_POLE = make.box(-180, 80, 180, 89.999)
SQUARE = make.box(10, 40, 20, 50)
WITH_HOLE = make.box(10, 40, 20, 50).difference(make.box(14, 44, 16, 46))

INSIDE = [
    ("Fiji: Suva, west of the antimeridian", FIJI, (178.44, -18.14)),
    ("Fiji: Lau, east of it", FIJI, (-178.8, -18.2)),
    ("Fiji: Lau, as drawn beyond 180", FIJI, (181.2, -18.2)),
    ("Fiji: Taveuni, on it", FIJI, (180, -16.8)),
    ("Fiji: on it, written -180", FIJI, (-180, -16.8)),
    ("Fiji cut: Suva", FIJI_CUT, (178.44, -18.14)),
    ("Fiji cut: Lau", FIJI_CUT, (-178.8, -18.2)),
    ("Fiji cut: on the antimeridian", FIJI_CUT, (180, -16.8)),
    ("Fiji cut: on it, written -180", FIJI_CUT, (-180, -16.8)),
    ("Fiji drawn from the east: Suva", FIJI_FROM_THE_EAST, (178.44, -18.14)),
    ("Fiji drawn from the east: Lau", FIJI_FROM_THE_EAST, (-178.8, -18.2)),
    ("Chukotka: Anadyr", CHUKOTKA, (177.5, 64.73)),
    ("Chukotka: Uelen, the easternmost village", CHUKOTKA, (-169.8, 66.16)),
    ("Chukotka: Wrangel Island, on the antimeridian", CHUKOTKA, (180, 71.2)),
    ("Chukotka cut: Anadyr", CHUKOTKA_CUT, (177.5, 64.73)),
    ("Chukotka cut: Uelen", CHUKOTKA_CUT, (-169.8, 66.16)),
    ("Chukotka cut: Uelen, as drawn beyond 180", CHUKOTKA_CUT, (190.2, 66.16)),
    ("ends at the antimeridian: on it", WEST_SIDE, (180, 0)),
    ("ends at the antimeridian: on it, written -180", WEST_SIDE, (-180, 0)),
    ("begins at the antimeridian: on it", EAST_SIDE, (180, 0)),
    ("begins at the antimeridian: on it, written -180", EAST_SIDE, (-180, 0)),
    ("begins at the antimeridian: its corner", EAST_SIDE, (180, 10)),
    ("the Arctic: the pole", ARCTIC, (0, 90)),
    ("the Arctic: the pole, at another longitude", ARCTIC, (-123.4, 90)),
    ("the Arctic: the pole, at the antimeridian", ARCTIC, (180, 90)),
    ("the Arctic: Longyearbyen", ARCTIC, (15.63, 78.22)),
    ("the Antarctic: the pole", ANTARCTIC, (0, -90)),
    ("the Antarctic: the pole, at another longitude", ANTARCTIC, (77.7, -90)),
    ("the Antarctic: McMurdo", ANTARCTIC, (166.67, -77.85)),
    ("the Antarctic: on the antimeridian", ANTARCTIC, (-180, -78)),
    ("a sector to the pole: the pole, at a longitude of its own", WEDGE, (15, 90)),
    ("a sector to the pole: the pole, at any longitude", WEDGE, (-100, 90)),
    ("a sector to the pole: the pole, at 180", WEDGE, (180, 90)),
    ("an eastern sector to the pole: the pole, at any longitude", EASTERN_WEDGE, (0, 90)),
    ("a corner at the antimeridian: the corner", EAST_CORNER, (180, 0)),
    ("a sector to the south pole: the pole, at any longitude", SOUTHERN_WEDGE, (100, -90)),
    ("a sector to the south pole: the pole, at a western longitude", SOUTHERN_WEDGE, (-150, -90)),
    ("a square: within", SQUARE, (15, 45)),
    ("a square: on an edge", SQUARE, (10, 45)),
    ("a square: on the other edge", SQUARE, (15, 50)),
    ("a square: on a corner", SQUARE, (20, 40)),
    ("a square with a hole: on the edge of the hole", WITH_HOLE, (14, 45)),
    ("a square with a hole: beside the hole", WITH_HOLE, (12, 45)),
    ("a square: named once around", SQUARE, (-345, 45)),
    ("the whole world", make.box(-180, -90, 180, 90), (180, -90)),
    ("a triangle with a corner at the pole", Polygon([(0, 80), (20, 80), (10, 90), (0, 80)], srid=4326), (170, 90)),
]
OUTSIDE = [
    ("Fiji: a point between its parts the long way round", FIJI, (0, -18)),
    ("Fiji: too far east", FIJI, (-177.9, -18)),
    ("Fiji: too far west", FIJI, (175.9, -18)),
    ("Fiji: on the antimeridian, too far north", FIJI, (180, -14)),
    ("Fiji cut: the long way round", FIJI_CUT, (0, -18)),
    ("Chukotka: Berlin", CHUKOTKA, (13.4, 65)),
    ("Chukotka cut: Nome, across the strait", CHUKOTKA_CUT, (-165.4, 64.5)),
    ("ends at the antimeridian: east of it", WEST_SIDE, (-179.9, 0)),
    ("begins at the antimeridian: west of it", EAST_SIDE, (179.9, 0)),
    ("begins at the antimeridian: on it, too far north", EAST_SIDE, (180, 11)),
    ("begins at the antimeridian: a hand's breadth west of it", EAST_SIDE, (179.999999, 0)),
    ("a corner at the antimeridian: on it, north of the corner", EAST_CORNER, (180, 5)),
    ("the Arctic: the other pole", ARCTIC, (0, -90)),
    ("the Antarctic: the other pole", ANTARCTIC, (0, 90)),
    ("a sector to the pole: near it, at another longitude", WEDGE, (-100, 89.9)),
    ("a sector to the pole: a hand's breadth from the pole, at another longitude", WEDGE, (-100, 89.999999)),
    ("a sector to the pole: the other pole", WEDGE, (15, -90)),
    ("a ring around the pole that does not hold it", NEARLY_POLE, (0, 90)),
    ("a square: beside it", SQUARE, (9.999999, 45)),
    ("a square: the pole above it", SQUARE, (15, 90)),
    ("a square with a hole: in the hole", WITH_HOLE, (15, 45)),
]


def cases(places):
    return pytest.mark.parametrize(("polygon", "place"), [p[1:] for p in places], ids=[p[0] for p in places])


def alerted(incident, area) -> bool:
    return Alert.objects.filter(incident_id=incident.pk, area_id=area.pk, resolved_at=None).exists()


@cases(INSIDE)
def test_an_incident_reported_inside_alerts(db, polygon, place):
    area = make.area(polygon=polygon.clone())
    assert alerted(make.incident(at=place), area)


@cases(INSIDE)
def test_an_area_drawn_around_an_incident_alerts(db, polygon, place):
    incident = make.incident(at=place)
    assert alerted(incident, make.area(polygon=polygon.clone()))


@cases(OUTSIDE)
def test_an_incident_reported_outside_does_not_alert(db, polygon, place):
    area = make.area(polygon=polygon.clone())
    assert not alerted(make.incident(at=place), area)


@cases(OUTSIDE)
def test_an_area_drawn_beside_an_incident_does_not_alert(db, polygon, place):
    incident = make.incident(at=place)
    assert not alerted(incident, make.area(polygon=polygon.clone()))


def test_both_directions_agree_on_a_grid_over_the_seams(db):
    """Every place of a grid against every area: which was saved first makes no difference, and moving there neither."""
    polygons = [
        FIJI,
        CHUKOTKA_CUT,
        WEST_SIDE,
        EAST_SIDE,
        ARCTIC,
        ANTARCTIC,
        WEDGE,
        SQUARE,
        make.box(-180, -90, 180, 90),
    ]
    places = [(x, y) for x in (-180, -175, 0, 15, 175, 180) for y in (-90, -18, 0, 45, 65, 85, 90)]

    def draw():
        return [make.area(name=str(n), polygon=polygon.clone()) for n, polygon in enumerate(polygons)]

    def alerted_pairs() -> set[tuple[int, str]]:
        return set(Alert.objects.filter(resolved_at=None).values_list("incident_id", "area_name"))

    areas = draw()
    incidents = [make.incident(at=place) for place in places]
    found = alerted_pairs()
    assert len(found) > len(places)
    for area in areas:
        area.delete()
    assert not alerted_pairs()
    draw()
    assert alerted_pairs() == found
    for incident in incidents:
        there, incident.location = incident.location, make.point(100, 20)
        incident.save()
        assert {name for pk, name in alerted_pairs() if pk == incident.pk} == {"8"}, "only the world's"
        incident.location = there
        incident.save()
    assert alerted_pairs() == found
