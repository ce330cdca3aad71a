"""Files and jobs: what a list shows is exported, a file is imported, and what a job has made is downloaded."""

import json
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.jobs.conftest import carried_out
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.jobs import queue
from tracker.models import Incident, Job

pytestmark = pytest.mark.django_db

LIST = "/tracker/job/"
IMPORT, EXPORT, EXPORT_AREAS = f"{LIST}import/", f"{LIST}export/", f"{LIST}export_areas/"


# --- export --------------------------------------------------------------------------------------------------------


def test_an_export_leads_to_its_page(viewer, viewer_client):
    response = viewer_client.post(EXPORT, {"format": "csv", "q": "fire", "state": "", "sort": "name", "x": "y"})
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (302, job.get_absolute_url())
    assert (job.kind, job.owner) == ("export_incidents", viewer)
    assert job.parameters == {"format": "csv", "asked": {"q": "fire"}}


def test_the_export_of_areas(viewer_client):
    response = viewer_client.post(EXPORT_AREAS)
    assert (response.url, Job.objects.get().kind) == (Job.objects.get().get_absolute_url(), "export_areas")


@pytest.mark.parametrize(
    "form",
    [{"format": "xml"}, {"format": ""}, {"format": "../geojson"}, {"q": "x" * 10_001}],
    ids=lambda f: str(f)[:20],
)
def test_an_export_that_cannot_be(viewer_client, form):
    response = viewer_client.post(EXPORT, form)
    assert (response.status_code, "error" in response.json()) == (400, True)
    assert not Job.objects.exists()


def test_who_may_not_see_areas_does_not_export_by_one(outsider, outsider_client):
    make.grant(outsider, "view_incident")
    outsider_client.post(EXPORT, {"area": "1", "q": "fi\0re"})
    assert Job.objects.get().parameters["asked"] == {"q": "fire"}
    assert outsider_client.post(EXPORT_AREAS).status_code == 403


def test_the_list_of_incidents_exports_what_it_shows(viewer_client):
    """By the button: with the filters of its address, and the rows of all its pages."""
    area = make.area()
    for number in range(30):
        make.incident(f"Fire {number}")
    make.incident("Fire, closed", closed=True)
    make.incident("Fire, elsewhere", at=make.AWAY)
    make.incident("Flood")
    asked = {"q": "fire", "state": "open", "area": area.pk, "sort": "name", "page": "2"}
    page = Page(viewer_client.get("/tracker/incident/", asked))
    (form,) = page.all("form", action=EXPORT)
    fields = {
        element["name"]: element["value"]
        for element in page.all("input", type="hidden")
        if form in element.inside and element["name"] != "csrfmiddlewaretoken"
    }
    assert fields == {"q": "fire", "state": "open", "area": str(area.pk)}
    buttons = [button["value"] for button in page.all("button", name="format")]
    assert buttons == ["geojson", "csv"]
    assert form["method"] == "post"
    viewer_client.post(EXPORT, fields | {"format": "csv"})
    assert Job.objects.get().parameters == {"format": "csv", "asked": fields}


def test_filters_with_markup_are_only_text(viewer_client):
    make.incident(MARKUP[:100])
    page = Page(viewer_client.get("/tracker/incident/", {"q": MARKUP[:50]}))
    no_markup(page)
    (form,) = page.all("form", action=EXPORT)
    assert [e["value"] for e in page.all("input", name="q") if form in e.inside] == [MARKUP[:50]]


def test_a_list_without_rows_has_nothing_to_export(viewer_client):
    assert not Page(viewer_client.get("/tracker/incident/")).all("form", action=EXPORT)


# --- import --------------------------------------------------------------------------------------------------------

FEATURE = {
    "type": "Feature",
    "properties": {"title": "Fire", "text": "Big", "danger": "High"},
    "geometry": {"type": "Point", "coordinates": [10, 50]},
}


def file(content: bytes | None = None, name: str = "it.geojson") -> SimpleUploadedFile:
    whole = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode()
    return SimpleUploadedFile(name, whole if content is None else content, "application/geo+json")


TYPED = {"what": "import_incidents", "name": "title", "description": "text", "severity": "danger", "default": "LO"}


@pytest.mark.django_db(transaction=True)
def test_a_file_is_given_and_imported(committing):
    olga = make.person("olga", "Operator")
    from tests.conftest import signed_in

    response = signed_in(olga).post(IMPORT, TYPED | {"file": file(name="my <b>.geojson")})
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (302, job.get_absolute_url())
    assert (job.kind, job.name) == ("import_incidents", "Import incidents: my <b>.geojson")
    assert "my" not in str(job.upload)
    assert Path(job.upload.path).stat().st_mode & 0o777 == 0o600
    job = carried_out(job)
    assert (job.state, job.message) == ("done", "1 features: 1 imported, 0 refused.")
    incident = Incident.objects.get()
    assert (incident.name, incident.description, incident.severity) == ("Fire", "Big", "HI")


def test_nothing_is_chosen_for_who_says_nothing(operator_client):
    """Neither Info nor anything else counts in silence for what the file does not tell."""
    page = Page(operator_client.get(IMPORT))
    (select,) = page.all("select", name="default")
    options = [each for each in page.all("option") if page.select_of(each) is select]
    assert [each["value"] for each in options] == ["", "UR", "HI", "ME", "LO", "IN"]
    assert (
        operator_client.post(IMPORT, TYPED | {"default": "", "breaks": "6, 5, 4, 2.5", "file": file()}).status_code
        == 302
    )
    assert Job.objects.get().parameters["fields"] == {
        "name": "title",
        "description": "text",
        "severity": "danger",
        "breaks": [6, 5, 4, 2.5],
    }


def test_an_import_that_can_only_fail_again_is_filled_in_anew(operator, operator_client):
    typed = {"name": "title", "severity": "danger", "breaks": [6, 5, 4, 2.5]}
    job = make.job(operator, "failed", kind="import_areas", upload="x", fails_again=True, parameters={"fields": typed})
    (link,) = [each for each in Page(operator_client.get(job.get_absolute_url())).all("a") if "?like=" in each["href"]]
    fields = Page(operator_client.get(link["href"])).fields
    assert {name: fields.get(name) for name in ("what", "name", "description", "severity", "breaks")} == {
        "what": "import_areas",
        "name": "title",
        "description": "",
        "severity": "danger",
        "breaks": "6, 5, 4, 2.5",
    }


@pytest.mark.parametrize("like", ["", "x", "0", "9" * 30, "-1"])
def test_an_import_like_none_is_an_empty_form(operator_client, viewer, like):
    make.job(viewer, "failed", kind="import_areas", parameters={"fields": {"name": "secret"}})
    for asked in (like, str(Job.objects.get().pk)):
        fields = Page(operator_client.get(f"{IMPORT}?like={asked}")).fields
        assert (fields["name"], fields["what"]) == ("name", "import_incidents")


def test_features_are_counted_from_one(operator, operator_client):
    job = make.job(operator, "done", kind="import_incidents", problems=[[1, "Wrong."]], problem_count=1, upload="x")
    assert "Features are counted from 1" in Page(operator_client.get(job.get_absolute_url())).text


def test_the_form_offers_what_one_may(operator_client, outsider, outsider_client):
    radios = [e["value"] for e in Page(operator_client.get(IMPORT)).all("input", type="radio")]
    assert radios == ["import_incidents", "import_areas"]
    make.grant(outsider, "add_areaofinterest")
    page = Page(outsider_client.get(IMPORT))
    assert [(e["value"], "checked" in e.attributes) for e in page.all("input", type="radio")] == [
        ("import_areas", True)
    ]
    page = Page(outsider_client.post(IMPORT, TYPED | {"file": file()}))
    assert "Choose one of these." in page.errors_at("what")
    assert not Job.objects.exists()


def test_a_viewer_may_not_import(viewer_client):
    assert viewer_client.get(IMPORT).status_code == 403
    assert viewer_client.post(IMPORT, TYPED | {"file": file()}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"file": None}, "file", "This field is required."),
        ({"file": b""}, "file", "The submitted file is empty."),
        ({"file": b"x" * 1_000_001}, "file", "The file has 2 MB; at most 1 MB can be taken."),
        ({"what": "import_areas"}, "description", "An area has no description; leave this empty."),
        ({"what": "check_alerts"}, "what", "Choose one of these."),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "a\0b"}, "name", "Null characters are not allowed."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"default": "XX"}, "default", "Choose one of these."),
        ({"severity": "", "default": ""}, "default", "Choose how severe they are, as no property tells it."),
        ({"breaks": "1, 2, 3, 4"}, "breaks", "These are not four falling numbers"),
        ({"breaks": "4,3,2,1", "severity": ""}, "severity", "Say which property is the number"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(operator_client, settings, given, field, why):
    settings.JOB_UPLOAD_MB = 1
    content = given.get("file", b"{}")
    form = TYPED | given | {"file": file(content)}
    if content is None:
        del form["file"]
    page = Page(operator_client.post(IMPORT, form))
    assert why in page.errors_at(field)
    kept = {name: value for name, value in (TYPED | given).items() if name not in {"file", field}}
    assert {name: page.fields[name] for name in kept} == kept
    assert not Job.objects.exists()


def test_a_file_just_small_enough_is_taken(operator_client, settings):
    settings.JOB_UPLOAD_MB = 1
    assert operator_client.post(IMPORT, TYPED | {"file": file(b"x" * 1_000_000)}).status_code == 302


def test_a_file_too_large_for_the_memory_is_stored_as_privately(operator_client):
    """Django puts such a file on the disk first, with its own ideas of who may read it."""
    content = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode() + b" " * 3_000_000
    assert operator_client.post(IMPORT, TYPED | {"file": file(content)}).status_code == 302
    path = Path(Job.objects.get().upload.path)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_very_long_or_odd_name_of_a_file(operator_client):
    for name in ("x" * 300 + ".geojson", "../../etc/passwd", MARKUP, "é\u202e火"):
        response = operator_client.post(IMPORT, TYPED | {"file": file(name=name)})
        assert response.status_code == 302, Page(response).errors_at("file")
        no_markup(Page(operator_client.get(response.url)))
    assert all(len(job.name) <= 150 and "/etc" not in str(job.upload) for job in Job.objects.all())


def test_too_many_jobs_are_said_in_the_form(operator, operator_client, monkeypatch):
    monkeypatch.setattr(queue, "WAITING_AT_MOST", 0)
    page = Page(operator_client.post(IMPORT, TYPED | {"file": file()}))
    assert "not done yet" in page.form_errors
    assert page.fields["name"] == "title"
    assert not Job.objects.exists()


# --- download ------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_result(viewer) -> Job:
    job = make.job(viewer, "done", result_name="incidents-2026-01-02.geojson")
    job.result.save("x", SimpleUploadedFile("x", b'{"type":"FeatureCollection","features":[]}'))
    return job


def test_download(viewer_client, with_result):
    for address in (LIST, with_result.get_absolute_url()):
        links = Page(viewer_client.get(address)).all("a", **{"data-part": "result"})
        assert links[0]["href"] == f"{LIST}{with_result.pk}/result/"
        assert "hidden" not in links[0].attributes
    response = viewer_client.get(f"{LIST}{with_result.pk}/result/")
    assert response.is_async, "of any size: it is read while it is sent"

    async def whole() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    assert async_to_sync(whole)() == b'{"type":"FeatureCollection","features":[]}'
    assert response["Content-Length"] == "42"
    assert response["Content-Disposition"] == 'attachment; filename="incidents-2026-01-02.geojson"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_a_file_that_is_gone_is_not_found(viewer_client, with_result):
    Path(with_result.result.path).unlink()
    assert viewer_client.get(f"{LIST}{with_result.pk}/result/").status_code == 404


def test_a_job_that_made_no_file_has_none(viewer, viewer_client):
    assert viewer_client.get(f"{LIST}{make.job(viewer, 'done').pk}/result/").status_code == 404
