"""Real files: every feature is accounted for, and the alerts are those that shapely computes from the same files."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command

from tests.rollback import taken_back
from tracker.models import Alert, AreaOfInterest, Incident

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
COUNTRIES = DATA / "natural-earth-countries-50m.geojson"
EARTHQUAKES = DATA / "usgs-earthquakes-week.geojson"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real files are not at {DATA}"),
]


def import_countries(severity: str = "INFO") -> str:
    return imported("areas", COUNTRIES, "--name", "name", "--default-severity", severity)


def import_earthquakes() -> str:
    return imported("incidents", EARTHQUAKES, "--name", "title", "--severity", "mag", "--severity-breaks", "6,5,4,2.5")


def imported(*arguments) -> str:
    out = StringIO()
    call_command("import_geojson", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def rank_of(magnitude: float) -> int:
    """0 for Urgent to 4 for Info."""
    return sum(magnitude < least for least in (6, 5, 4, 2.5))


def expected_pairs(threshold: int) -> set[tuple[int, int]]:
    """(index of the earthquake, index of the country) by shapely, from the files as they are."""
    quakes = json.loads(EARTHQUAKES.read_text())["features"]
    countries = json.loads(COUNTRIES.read_text())["features"]
    polygons = [shapely.make_valid(shape_of(country)) for country in countries]
    points = [shapely.Point(quake["geometry"]["coordinates"][:2]) for quake in quakes]
    found = shapely.STRtree(polygons).query(points, predicate="intersects")
    return {
        (quake, country)
        for quake, country in found.T.tolist()
        if rank_of(quakes[quake]["properties"]["mag"]) <= threshold
    }


def shape_of(country: dict) -> shapely.Geometry:
    """Russia and Fiji go across the antimeridian, and are not cut in the file: here they are in both copies."""
    shape = shapely.geometry.shape(country["geometry"])
    if country["properties"]["name"] not in {"Russia", "Fiji"}:
        return shape
    east = shapely.transform(shape, lambda xy: xy + (xy[:, :1] < 0) * [360, 0])
    return shapely.union_all([shapely.make_valid(east), shapely.make_valid(shapely.transform(east, west_of))])


def west_of(xy):
    return xy - [360, 0]


def unresolved_pairs() -> set[tuple[int, int]]:
    """The same from the database: rows were written in the order of the file."""
    quakes = {pk: index for index, pk in enumerate(Incident.objects.order_by("pk").values_list("pk", flat=True))}
    countries = {
        pk: index for index, pk in enumerate(AreaOfInterest.objects.order_by("pk").values_list("pk", flat=True))
    }
    alerts = Alert.objects.exclude(state=Alert.State.RESOLVED).values_list("incident", "area")
    pairs = [(quakes[incident], countries[area]) for incident, area in alerts]
    assert len(pairs) == len(set(pairs))
    return set(pairs)


@pytest.fixture(scope="class")
def both_files(django_db_setup, django_db_blocker) -> Iterator[tuple[str, str]]:
    """Both are imported once; what was said."""
    with taken_back(django_db_blocker):
        yield import_countries(), import_earthquakes()


@pytest.fixture
def _both_files(both_files, db) -> None:
    """The order matters: what the test does is taken back, and then the rows."""


@pytest.mark.usefixtures("_both_files")
class TestBothFiles:
    def test_every_feature_is_accounted_for(self, both_files):
        countries, earthquakes = both_files
        assert countries == "241 features: 241 imported (3 taken the short way across the antimeridian), 0 refused.\n"
        assert earthquakes == "1,707 features: 1,707 imported (1,707 without the depth or height), 0 refused.\n"
        names = [country["properties"]["name"] for country in json.loads(COUNTRIES.read_text())["features"]]
        assert list(AreaOfInterest.objects.order_by("pk").values_list("name", flat=True)) == names
        assert set(AreaOfInterest.objects.values_list("severity", flat=True)) == {"IN"}
        for incident, quake in zip(
            Incident.objects.order_by("pk"), json.loads(EARTHQUAKES.read_text())["features"], strict=True
        ):
            assert incident.name == quake["properties"]["title"]
            assert incident.severity == ["UR", "HI", "ME", "LO", "IN"][rank_of(quake["properties"]["mag"])]
            assert not incident.closed
            assert incident.source == "import"
            assert incident.location.coords == pytest.approx(tuple(quake["geometry"]["coordinates"][:2]))

    def test_alerts_are_the_pairs_that_shapely_finds(self):
        pairs = unresolved_pairs()
        assert len(pairs) > 1000
        assert pairs == expected_pairs(threshold=4)

    def test_check_alerts_agrees(self):
        out = StringIO()
        call_command("check_alerts", stdout=out)
        assert "no differences" in out.getvalue()


def test_the_other_order_gives_the_same_alerts():
    import_earthquakes()
    import_countries()
    assert unresolved_pairs() == expected_pairs(threshold=4)
    assert set(Alert.objects.values_list("cause", flat=True)) == {"area"}


def test_the_threshold_counts():
    import_countries("medium")
    import_earthquakes()
    pairs = unresolved_pairs()
    assert 0 < len(pairs) < 300
    assert pairs == expected_pairs(threshold=2)
