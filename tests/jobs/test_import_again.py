"""A file that is imported twice makes no second rows; an import is looked at before, and taken back after it."""

import json

import pytest
from django.core.management import call_command

from tests import make
from tests.jobs.conftest import carried_out
from tests.jobs.importing import POINT, SQUARE, feature, fires, names
from tests.web.page import Page
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Alert, AreaOfInterest, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)
AREAS = [feature("Square", SQUARE), feature("Other", SQUARE)]
AGAIN = "2 features: 0 imported, 2 were there already, 0 refused."


def newest() -> Job:
    return carried_out(Job.objects.latest("pk"))


# --- twice ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("what", "features"), [("areas", AREAS), ("incidents", fires(2))])
def test_the_same_file_again_makes_no_second_rows(given, what, features):
    assert carried_out(given(what, features, default="ME")).message == "2 features: 2 imported, 0 refused."
    assert carried_out(given(what, features, default="ME")).message == AGAIN
    turned = [dict(reversed(each.items())) for each in reversed(features)]
    assert carried_out(given(what, turned, default="ME")).message == AGAIN
    assert Incident.objects.count() + AreaOfInterest.objects.count() == 2


def test_a_file_with_more_in_it_brings_what_is_new(given):
    carried_out(given("incidents", fires(2)))
    job = carried_out(given("incidents", fires(3)))
    assert job.message == "3 features: 1 imported, 2 were there already, 0 refused."


def test_what_stands_in_one_file_twice_is_two_rows_and_no_more(given):
    for expected in ("2 features: 2 imported, 0 refused.", AGAIN):
        assert carried_out(given("incidents", [feature("Hole"), feature("Hole")])).message == expected
    assert Incident.objects.count() == 2


def test_what_was_changed_here_since_is_there_already_and_stays(given):
    carried_out(given("areas", AREAS))
    area = AreaOfInterest.objects.get(name="Square")
    area.name = "Market"
    area.save()
    assert carried_out(given("areas", AREAS)).message == AGAIN
    assert sorted(names(AreaOfInterest)) == ["Market", "Other"]


def test_what_was_deleted_here_comes_again(given):
    carried_out(given("areas", AREAS))
    AreaOfInterest.objects.get(name="Square").delete()
    assert carried_out(given("areas", AREAS)).message == "2 features: 1 imported, 1 was there already, 0 refused."


def test_other_choices_make_other_rows(given):
    carried_out(given("incidents", [feature("Fire", title="Large fire")]))
    assert "1 imported" in carried_out(given("incidents", [feature("Fire", title="Large fire")], name="title")).message
    assert names() == ["Fire", "Large fire"]


def test_what_was_imported_is_known_again_after_it_was_exported(given, operator):
    carried_out(given("areas", AREAS))
    export = carried_out(queue.enqueue(JOB_TYPES["export_areas"], by=operator))
    exported = json.loads(export.result.read())["features"]
    assert carried_out(given("areas", exported, severity="severity")).message == AGAIN
    AreaOfInterest.objects.all().delete()
    assert "2 imported" in carried_out(given("areas", exported, severity="severity")).message
    assert carried_out(given("areas", AREAS)).message == AGAIN


def test_by_the_command_too(tmp_path, capsys):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": AREAS}))
    for _ in range(2):
        call_command("import_geojson", "areas", str(file), name="name", default_severity="ME")
    assert AreaOfInterest.objects.count() == 2
    assert "2 were there already" in capsys.readouterr().out


# --- taken back ----------------------------------------------------------------------------------------------------


def undo(client, job: Job) -> Job:
    response = client.post(f"/tracker/job/{job.pk}/undo/")
    assert response.status_code == 302
    return newest()


def test_an_import_is_undone(given, operator_client):
    make.incident("Mine")
    make.area("My area")
    job = carried_out(given("areas", AREAS, default="ME"))
    page = Page(operator_client.get(job.get_absolute_url())).text
    assert "Undo this import: delete the 2 rows that are left of it" in page
    assert undo(operator_client, job).message == "2 rows were deleted."
    assert names(AreaOfInterest) == ["My area"]
    assert names() == ["Mine"]
    assert set(Alert.objects.exclude(resolved_at=None).values_list("reason", flat=True)) == {"area_deleted"}
    assert "Undo this import" not in Page(operator_client.get(job.get_absolute_url())).text
    assert undo(operator_client, job).message == "0 rows were deleted."
    assert carried_out(given("areas", AREAS, default="ME")).message == "2 features: 2 imported, 0 refused."


def test_what_somebody_has_changed_since_stays(given, operator_client):
    job = carried_out(given("incidents", fires(3)))
    changed = Incident.objects.get(name="Fire 1")
    changed.description = "Seen"
    changed.save()
    assert undo(operator_client, job).message == "2 rows were deleted. 1 was changed since, and stays."
    assert names() == ["Fire 1"]


def test_rows_of_others_that_came_between_stay(given, operator_client):
    carried_out(given("incidents", [feature("A")]))
    make.incident("Between")
    job = carried_out(given("incidents", [feature("B")]))
    assert undo(operator_client, job).message == "1 row was deleted."
    assert names() == ["A", "Between"]


def test_who_may_not_delete_may_not_undo(given, operator, operator_client):
    job = carried_out(given("incidents", fires(1)))
    operator.groups.clear()
    make.grant(operator, "view_incident", "add_incident")
    assert "Undo this import" not in Page(operator_client.get(job.get_absolute_url())).text
    operator_client.post(f"/tracker/job/{job.pk}/undo/")
    assert Incident.objects.count() == 1
    assert Job.objects.latest("pk") == job


# --- looked at before ----------------------------------------------------------------------------------------------


def sent(client, features: list[dict], **more: str) -> Job:
    from django.core.files.base import ContentFile

    text = json.dumps({"type": "FeatureCollection", "features": features})
    form = {"what": "import_areas", "name": "name", "default": "HI", "file": ContentFile(text.encode(), "a.geojson")}
    response = client.post("/tracker/job/import/", form | more)
    assert response.status_code == 302
    return newest()


def test_a_preview_says_what_it_would_be_and_writes_nothing(operator_client, given):
    carried_out(given("areas", AREAS[:1], default="HI"))
    AreaOfInterest.objects.all().delete()
    carried_out(given("areas", AREAS[:1], default="HI"))
    make.incident("Fire")
    make.incident("Cat", severity="LO")
    before = AreaOfInterest.objects.count(), make.newest_id()
    job = sent(operator_client, [*AREAS, feature("Nowhere", POINT)], preview="yes")
    assert job.state == "done"
    assert job.message == (
        "Nothing is imported yet. Of 3 features 1 would be imported, 1 are there already, and 1 would be refused."
        " That would raise 1 alert. The first of them: “Other” (High)."
    )
    assert [row for row, _sentence in job.problems] == [3]
    assert before == (AreaOfInterest.objects.count(), make.newest_id())


def test_what_was_looked_at_is_imported_by_one_click_and_once(operator_client):
    job = sent(operator_client, AREAS, preview="yes")
    page = Page(operator_client.get(job.get_absolute_url()))
    assert page.all("form", action=f"/tracker/job/{job.pk}/carry_out/")
    for _ in range(2):
        assert operator_client.post(f"/tracker/job/{job.pk}/carry_out/").status_code == 302
    assert newest().message == "2 features: 2 imported, 0 refused."
    assert Job.objects.count() == 2
    assert "Import it now" not in Page(operator_client.get(newest().get_absolute_url())).text


def test_areas_may_be_imported_only_from_now_on(operator_client):
    make.incident("Fire")
    before = make.newest_id()
    sent(operator_client, AREAS, known="on")
    assert list(Alert.objects.values_list("state", flat=True)) == ["acknowledged"] * 2
    assert make.recorded(before, ["alert"]) == []


def test_of_a_preview_of_those_nobody_is_called(operator_client):
    make.incident("Fire")
    job = sent(operator_client, AREAS, known="on", preview="yes")
    assert "would raise" not in job.message
    operator_client.post(f"/tracker/job/{job.pk}/carry_out/")
    newest()
    assert list(Alert.objects.values_list("state", flat=True)) == ["acknowledged"] * 2
