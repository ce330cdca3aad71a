"""What was exported comes back as it was: no alert of what is over, and no second row, whatever way it has gone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out
from tracker.files.own_features import ORIGIN, there_already
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Alert, AreaOfInterest, AuditEntry, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)

REPORTED = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)


@pytest.fixture
def exported(operator):
    """``exported("incidents")``: the features of the file."""

    def exported(what: str) -> list[dict]:
        job = carried_out(queue.enqueue(JOB_TYPES[f"export_{what}"], by=operator))
        return json.loads(Path(job.result.path).read_bytes())["features"]

    return exported


@pytest.fixture
def imported(operator):
    """``imported("incidents", features)``: the job that has imported them."""

    def imported(what: str, features: list[dict], **fields: str) -> Job:
        text = json.dumps({"type": "FeatureCollection", "features": features})
        fields = {"name": "name", "severity": "severity"} | fields
        file = ContentFile(text.encode(), "it.geojson")
        return carried_out(queue.enqueue(JOB_TYPES[f"import_{what}"], by=operator, upload=file, fields=fields))

    return imported


def fire(**given: Any) -> Incident:
    fields: dict[str, Any] = {
        "created": REPORTED,
        "place": "Pier 3",
        "accuracy_m": 12.5,
        "description": "Smoke\n\nand fire",
    } | given
    return make.incident("Fire", severity="UR", **fields)


def test_all_of_an_incident_comes_back_and_what_is_closed_alerts_nobody(exported, imported):
    make.area()
    fire(closed=True)
    features = exported("incidents")
    Incident.objects.all().delete()
    job = imported("incidents", features)
    assert (job.state, job.message) == ("done", "1 features: 1 imported, 0 refused.")
    back = Incident.objects.get()
    assert (back.name, back.severity, back.closed, back.description) == ("Fire", "UR", True, "Smoke\n\nand fire")
    assert (back.place, back.accuracy_m, back.location.coords) == ("Pier 3", 12.5, make.HOME)
    assert back.created == REPORTED.replace(microsecond=123000)
    assert not Alert.objects.exists()


def test_an_open_one_alerts(exported, imported):
    fire()
    features = exported("incidents")
    Incident.objects.all().delete()
    area = make.area()
    imported("incidents", features)
    assert Alert.objects.unresolved().get().area_id == area.pk


def test_what_is_there_already_is_counted_and_left_as_it_is(exported, imported):
    first, second = fire(), fire(closed=True)
    features = exported("incidents")
    Incident.objects.filter(pk=first.pk).update(name="Changed since")
    second.delete()
    since, entries = make.newest_id(), AuditEntry.objects.filter(action="imported").count()
    for said in ("1 imported, 1 was there already, 0 refused", "0 imported, 2 were there already, 0 refused"):
        job = imported("incidents", features)
        assert (job.state, job.message) == ("done", f"2 features: {said}.")
    assert sorted(Incident.objects.values_list("name", "closed")) == [("Changed since", False), ("Fire", True)]
    assert [message["type"] for message in make.recorded(since)] == ["post_save"]
    assert AuditEntry.objects.filter(action="imported").count() == entries + 1


def test_areas_too(exported, imported):
    make.area("Town", severity="LO", created=REPORTED)
    features = exported("areas")
    assert "1 was there already" in imported("areas", features).message
    AreaOfInterest.objects.all().delete()
    for said in ("1 imported", "0 imported, 1 was there already"):
        assert imported("areas", features).message == f"1 features: {said}, 0 refused."
    area = AreaOfInterest.objects.get()
    assert (area.name, area.severity, area.created) == ("Town", "LO", REPORTED.replace(microsecond=123000))


def test_on_the_way_over_another_site_a_row_stays_the_same(exported, imported):
    fire()
    features = exported("incidents")
    origin = features[0]["properties"]["origin"]
    Incident.objects.all().delete()
    imported("incidents", features)  # as another site would: with another number
    (again,) = exported("incidents")
    assert again["properties"]["pk"] != features[0]["properties"]["pk"]
    assert again["properties"]["origin"] == origin
    assert imported("incidents", [again]).message == "1 features: 0 imported, 1 was there already, 0 refused."
    Incident.objects.all().delete()
    assert imported("incidents", [again, again]).message == ("2 features: 1 imported, 1 was there already, 0 refused.")
    assert Incident.objects.get().origin == origin


def test_another_row_with_the_same_number_is_another_row(exported, imported):
    """On another site, or after a backup was restored, numbers come again."""
    incident = fire()
    features = exported("incidents")
    Incident.objects.filter(pk=incident.pk).update(created=REPORTED + timedelta(seconds=1))
    assert imported("incidents", features).message == "1 features: 1 imported, 0 refused."
    assert Incident.objects.count() == 2


@pytest.mark.parametrize("lost", [["origin"], ["origin", "updated", "source"]])
def test_files_of_earlier_versions_and_of_programs_for_maps(exported, imported, lost):
    fire(closed=True)
    (feature,) = exported("incidents")
    del feature["id"]
    feature["properties"] = {key: value for key, value in feature["properties"].items() if key not in lost}
    feature["properties"] |= {"closed": 1, "created": "2026-03-01T13:30:15.123+01:00"}
    assert "0 imported, 1 was there already" in imported("incidents", [feature]).message
    Incident.objects.all().delete()
    assert imported("incidents", [feature]).message == "1 features: 1 imported, 0 refused."
    back = Incident.objects.get()
    assert (back.closed, back.created) == (True, REPORTED.replace(microsecond=123000))


@pytest.mark.parametrize(
    "created",
    [None, 7, "", "soon", "2026-03-01", "2026-03-01T12:00:00", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00+00:00"],
)
def test_a_time_that_cannot_be_is_not_taken(exported, imported, created):
    fire()
    (feature,) = exported("incidents")
    del feature["properties"]["origin"]
    feature["properties"]["created"] = created
    Incident.objects.all().delete()
    before = timezone.now()
    job = imported("incidents", [feature])
    assert job.message == ("1 features: 1 imported (1 reported at a time that cannot be, taken as now), 0 refused.")
    assert before <= Incident.objects.get().created <= timezone.now()


@pytest.mark.parametrize("odd", [-1, 1e300, "ten", True, [1], {}, None])
def test_an_odd_accuracy_or_place_refuses_nothing(exported, imported, odd):
    fire()
    (feature,) = exported("incidents")
    feature["properties"] |= {"accuracy_m": odd, "place": "x" * 300, "closed": odd if odd != 1 else [1], "origin": odd}
    Incident.objects.all().delete()
    job = imported("incidents", [feature])
    assert (job.state, "1 imported (1 place too long, cut), 0 refused" in job.message) == ("done", True)
    back = Incident.objects.get()
    assert (back.accuracy_m, back.closed, len(back.place)) == (None, False, 200)


@pytest.mark.parametrize("properties", [{"model": "AreaOfInterest"}, {"model": None}, {"pk": "7"}, {"pk": True}])
def test_what_only_looks_like_ours_is_a_file_like_others(exported, imported, properties):
    fire(closed=True)
    (feature,) = exported("incidents")
    feature["properties"] |= properties
    assert imported("incidents", [feature]).message == "1 features: 1 imported, 0 refused."
    assert Incident.objects.filter(closed=False, place="").count() == 1


def test_two_who_import_the_same_file_at_one_moment_make_one_row(exported, imported, monkeypatch):
    """Both have looked, and found nothing; the second meets the first's row as it writes its own."""
    fire()
    features = exported("incidents")
    looked = []

    def look(model, origins):
        looked.append(model)
        return there_already(model, origins) if len(looked) > 1 else set()

    Incident.objects.all().delete()
    make.incident("Fire", origin=features[0]["properties"]["origin"])
    monkeypatch.setattr("tracker.files.writer.there_already", look)
    assert imported("incidents", features).message == "1 features: 0 imported, 1 was there already, 0 refused."
    assert (len(looked), Incident.objects.count()) == (2, 1)


def test_the_number_of_queries_does_not_grow_with_the_rows(exported, django_assert_num_queries):
    for _row in range(5):
        fire()
    origins = [feature["properties"]["origin"] for feature in exported("incidents")]
    assert all(ORIGIN.fullmatch(origin) for origin in origins)
    with django_assert_num_queries(2):
        assert there_already(Incident, origins) == set(origins)
    assert there_already(AreaOfInterest, origins) == set()
