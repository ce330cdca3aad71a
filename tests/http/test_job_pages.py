"""The pages of jobs: one's own and nobody else's, with and without JavaScript, and the files given and made."""

import json
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests import make
from tests.http.odd_input import MARKUP, no_markup
from tests.http.page import Page
from tests.jobs.conftest import carried_out
from tracker.background import queue
from tracker.background.kinds import KINDS
from tracker.models import Incident, Job

pytestmark = pytest.mark.django_db

LIST, ROWS, START = "/tracker/job/", "/tracker/job/rows/", "/tracker/job/start/"
IMPORT, EXPORT, EXPORT_AREAS = "/tracker/job/import/", "/tracker/job/export/", "/tracker/job/export_areas/"
LOGIN = "/accounts/login/"
JSON = {"Accept": "application/json"}


def job_of(person, state: str = "queued", name: str = "Mine", **fields) -> Job:
    ended = timezone.now() if state not in {"queued", "running"} else None
    return Job.objects.create(kind="try_it", name=name, owner=person, state=state, finished=ended, **fields)


def names(response) -> list[str]:
    return [str(row) for row in response.context["object_list"]]


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.fixture
def theirs(operator) -> Job:
    """A job of somebody else, with a result."""
    job = job_of(operator, "done", "Theirs", result_name="x.geojson")
    job.result.save("x", SimpleUploadedFile("x", b"secret"))
    return job


def pages_of(job: Job) -> list[str]:
    return [LIST, f"{LIST}{job.pk}/", f"{LIST}{job.pk}/result/", IMPORT]


def posts_of(job: Job) -> list[str]:
    return [START, EXPORT, EXPORT_AREAS, f"{LIST}{job.pk}/cancel/", f"{LIST}{job.pk}/again/"]


def test_a_stranger_is_sent_to_sign_in(stranger_client, theirs):
    for address in pages_of(theirs):
        response = stranger_client.get(address)
        assert (response.status_code, response.url) == (302, f"{LOGIN}?next={address}")
    for address in posts_of(theirs):
        response = stranger_client.post(address)
        assert (response.status_code, response.url) == (302, f"{LOGIN}?next={LIST}"), "a form, sent after the sign-out"
        response = stranger_client.post(address, headers=JSON)
        assert (response.status_code, "error" in response.json()) == (401, True)
    response = stranger_client.get(ROWS)
    assert (response.status_code, response.json()) == (401, {"error": "Sign in first."})


def test_a_person_without_the_permission_is_refused(outsider_client, theirs):
    for address in pages_of(theirs):
        assert outsider_client.get(address).status_code == 403
    for address in posts_of(theirs):
        assert outsider_client.post(address).status_code == 403
        response = outsider_client.post(address, headers=JSON)
        assert (response.status_code, "error" in response.json()) == (403, True)
    assert outsider_client.get(ROWS).status_code == 403
    assert Job.objects.count() == 1


def test_what_is_not_ones_own_is_not_there(viewer_client, theirs):
    assert names(viewer_client.get(LIST)) == []
    for address in (f"{LIST}{theirs.pk}/", f"{LIST}{theirs.pk}/result/", f"{LIST}{10**30}/"):
        assert viewer_client.get(address).status_code == 404
    for address in (f"{LIST}{theirs.pk}/cancel/", f"{LIST}{theirs.pk}/again/", f"{LIST}{10**30}/cancel/"):
        assert viewer_client.post(address).status_code == 404
        assert viewer_client.post(address, headers=JSON).status_code == 404
    assert viewer_client.get(ROWS, {"id": theirs.pk, "newest": ""}).json() == {"jobs": []}


def test_not_even_an_administrator_sees_them_here(admin_client, theirs):
    assert admin_client.get(f"{LIST}{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("address", [START, EXPORT, EXPORT_AREAS, f"{LIST}1/cancel/", f"{LIST}1/again/"])
def test_what_changes_something_is_not_done_by_a_link(viewer_client, address):
    assert viewer_client.get(address).status_code == 405


def test_forms_of_other_sites_are_refused(viewer):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    for address in (START, EXPORT, EXPORT_AREAS, IMPORT):
        assert client.post(address, {"kind": "try_it"}).status_code == 403
    assert not Job.objects.exists()


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_newest_are_first_and_25_on_a_page(viewer, viewer_client):
    for number in range(27):
        job_of(viewer, "done", f"{number}")
    assert names(viewer_client.get(LIST)) == [f"{n}" for n in range(26, 1, -1)]
    assert names(viewer_client.get(f"{LIST}?page=2")) == ["1", "0"]
    assert viewer_client.get(f"{LIST}?page=3").status_code == 404


def test_the_number_of_queries_does_not_grow(viewer, viewer_client, queries):
    job_of(viewer)
    one = queries(viewer_client, LIST)
    for state in [*Job.State] * 4:
        job_of(viewer, state)
    assert queries(viewer_client, LIST) == one


def test_nothing_yet(viewer_client):
    page = Page(viewer_client.get(LIST))
    assert "hidden" not in page.all(id="no-jobs")[0].attributes
    kinds = [option["value"] for option in page.all("option")]
    assert kinds == ["try_it", "try_failing"], "what one has no permission for is not offered"


def test_an_operator_is_offered_the_import_and_a_viewer_is_not(viewer_client, operator_client):
    assert not Page(viewer_client.get(LIST)).all("a", href=IMPORT)
    assert Page(operator_client.get(LIST)).all("a", href=IMPORT)


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("queued", ["cancel"]),
        ("running", ["cancel"]),
        ("done", []),
        ("failed", ["again"]),
        ("cancelled", ["again"]),
        ("interrupted", ["again"]),
    ],
)
def test_what_can_be_done_is_offered(viewer, viewer_client, state, offered):
    job = job_of(viewer, state)
    for address in (LIST, job.get_absolute_url()):
        page = Page(viewer_client.get(address))
        row = page.all("li", **{"data-job": str(job.pk)})[0]
        forms = [form for form in page.all("form") if row in form.inside and "hidden" not in form.attributes]
        assert [form["data-part"] for form in forms] == offered


def test_pages_are_not_kept(viewer, viewer_client):
    for address in (LIST, job_of(viewer).get_absolute_url(), ROWS):
        assert "no-store" in viewer_client.get(address)["Cache-Control"]
        assert "private" in viewer_client.get(address)["Cache-Control"]


# --- one job -------------------------------------------------------------------------------------------------------


def test_problems_are_listed_and_the_rest_is_counted(viewer, viewer_client):
    problems = [[0, "The first is wrong."], [7, "And this."], [None, "No row."]]
    job = job_of(viewer, "failed", message="It failed.", problems=problems, problem_count=5)
    page = Page(viewer_client.get(job.get_absolute_url()))
    cells = [cell.text for cell in page.all("td")]
    assert cells == ["0", "The first is wrong.", "7", "And this.", "–", "No row."]
    assert "2 more are not listed." in page.text
    assert "It failed." in page.text
    assert "Try it" in page.text, "the kind, in words"


def test_a_job_of_a_kind_that_is_gone(viewer, viewer_client):
    job = job_of(viewer, "failed")
    Job.objects.update(kind="of_another_version")
    assert "of_another_version" in Page(viewer_client.get(job.get_absolute_url())).text
    response = viewer_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert response.status_code == 409


def test_markup_is_only_text(viewer, viewer_client):
    job = job_of(viewer, "failed", MARKUP[:150], message=MARKUP, problems=[[1, MARKUP]], problem_count=1)
    for address in (LIST, job.get_absolute_url()):
        page = Page(viewer_client.get(address))
        no_markup(page)
        assert page.all("a", **{"data-part": "name"})[0].text == MARKUP[:150]
    assert viewer_client.get(ROWS, {"id": job.pk}).json()["jobs"][0]["message"] == MARKUP


# --- rows for the script -------------------------------------------------------------------------------------------


def test_rows(viewer, viewer_client):
    jobs = [job_of(viewer, name=f"{n}") for n in range(3)]
    found = viewer_client.get(ROWS, {"id": [jobs[0].pk, jobs[2].pk, 10**17]}).json()["jobs"]
    assert [row["name"] for row in found] == ["2", "0"]
    assert found[0]["url"] == jobs[2].get_absolute_url()
    assert viewer_client.get(ROWS).json() == {"jobs": []}
    assert len(viewer_client.get(ROWS, {"newest": ""}).json()["jobs"]) == 3


@pytest.mark.parametrize("asked", [["x"], [""], ["-1"], ["1.5"], ["٣"], ["9" * 19], ["1"] * 101, ["1\0"]])
def test_rows_that_cannot_be(viewer_client, asked):
    response = viewer_client.get(ROWS, {"id": asked})
    assert (response.status_code, "at most 100" in response.json()["error"]) == (400, True)


def test_rows_take_the_same_number_of_queries(viewer, viewer_client, queries):
    first = job_of(viewer)
    one = queries(viewer_client, f"{ROWS}?id={first.pk}&newest=")
    more = "&".join(f"id={job_of(viewer).pk}" for _n in range(40))
    assert queries(viewer_client, f"{ROWS}?{more}&newest=") == one


# --- start, cancel, again ------------------------------------------------------------------------------------------


def test_started_by_a_form(viewer, viewer_client):
    response = viewer_client.post(START, {"kind": "try_it", "name": "By hand"})
    assert (response.status_code, response.url) == (302, LIST)
    job = Job.objects.get()
    assert (job.kind, job.name, job.owner, job.state) == ("try_it", "By hand", viewer, "queued")


def test_started_by_a_script(viewer_client):
    row = viewer_client.post(START, {"kind": "try_it"}, headers=JSON).json()["job"]
    assert (row["id"], row["name"], row["state"]) == (Job.objects.get().pk, "Try it", "queued")


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "There is no job of that kind"),
        ({"kind": "export_areas"}, "There is no job of that kind"),
        ({"kind": "check_alerts"}, "You do not have the permission for this."),
        ({"kind": "try_it", "name": "x" * 151}, "at most 150"),
    ],
)
def test_what_cannot_be_started_is_said(outsider, viewer, stranger_client, form, why):
    make.grant(outsider, "view_incident")
    stranger_client.force_login(outsider)
    response = stranger_client.post(START, form, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert why in Page(response).messages[0]
    response = stranger_client.post(START, form, headers=JSON)
    assert (response.status_code, why in response.json()["error"]) == (409, True)
    assert not Job.objects.exists()


def test_cancelled_before_it_began(viewer, viewer_client):
    job = job_of(viewer)
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert (response.redirect_chain, Page(response).messages) == ([(LIST, 302)], [])
    assert (now(job).state, now(job).message) == ("cancelled", "Cancelled before it began.")


def test_cancelled_while_it_runs_however_often_it_is_asked(viewer, viewer_client):
    job = job_of(viewer, "running")
    for _time in range(2):
        row = viewer_client.post(f"{LIST}{job.pk}/cancel/", headers=JSON).json()["job"]
        assert (row["state"], row["cancelling"]) == ("running", True)
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert Page(response).messages == [], "it has not ended already"


def test_what_has_ended_is_not_cancelled(viewer, viewer_client):
    job = job_of(viewer, "done")
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert Page(response).messages == ["This job has ended already."]
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", headers=JSON)
    assert (response.status_code, response.json()) == (409, {"error": "This job has ended already."})
    assert now(job).state == "done"


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
def test_run_again(viewer, viewer_client, state):
    job = job_of(viewer, state, problems=[[1, "Wrong."]], problem_count=1)
    row = viewer_client.post(f"{LIST}{job.pk}/again/", headers=JSON).json()["job"]
    assert (row["state"], row["attempt"], row["problems"], row["finished"]) == ("queued", 2, 0, None)
    response = viewer_client.post(f"{LIST}{job.pk}/again/", follow=True)
    assert Page(response).messages == ["This job runs already, or is done."]


def test_run_again_by_a_form(viewer, viewer_client):
    job = job_of(viewer, "failed")
    response = viewer_client.post(f"{LIST}{job.pk}/again/")
    assert (response.status_code, response.url, now(job).state) == (302, LIST, "queued")


def test_running_again_needs_the_permission_still(operator, operator_client):
    job = job_of(operator, "failed")
    Job.objects.update(kind="import_incidents")
    make.grant(operator, "none")
    make.grant(operator, "view_incident")
    response = operator_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert (response.status_code, "permission" in response.json()["error"]) == (409, True)
    assert now(job).state == "failed"


def test_a_person_with_very_many_jobs_is_told_to_wait(viewer, viewer_client, monkeypatch):
    monkeypatch.setattr(queue, "WAITING_AT_MOST", 1)
    job_of(viewer)
    for address, form in ((START, {"kind": "try_it"}), (EXPORT, {}), (EXPORT_AREAS, {})):
        response = viewer_client.post(address, form, follow=True)
        assert "not done yet" in Page(response).messages[0]
    assert Job.objects.count() == 1


# --- export --------------------------------------------------------------------------------------------------------


def test_an_export_leads_to_its_page(viewer, viewer_client):
    response = viewer_client.post(EXPORT, {"format": "csv", "q": "fire", "state": "", "sort": "name", "x": "y"})
    job = Job.objects.get()
    assert (response.status_code, response.url) == (302, job.get_absolute_url())
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
    assert (response.status_code, response.url) == (302, job.get_absolute_url())
    assert (job.kind, job.name) == ("import_incidents", "Import incidents: my <b>.geojson")
    assert "my" not in job.upload.name
    assert Path(job.upload.path).stat().st_mode & 0o777 == 0o600
    job = carried_out(job)
    assert (job.state, job.message) == ("done", "1 features: 1 imported, 0 refused.")
    incident = Incident.objects.get()
    assert (incident.name, incident.description, incident.severity) == ("Fire", "Big", "HI")


def test_the_form_offers_what_one_may(operator_client, outsider, outsider_client):
    radios = [e["value"] for e in Page(operator_client.get(IMPORT)).all("input", type="radio")]
    assert radios == ["import_incidents", "import_areas"]
    make.grant(outsider, "add_areaofinterest")
    page = Page(outsider_client.get(IMPORT))
    assert [(e["value"], "checked" in e.attributes) for e in page.all("input", type="radio")] == [
        ("import_areas", True)
    ]
    page = Page(outsider_client.post(IMPORT, TYPED | {"file": file()}))
    assert "not one of the available choices" in page.errors_at("what")
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
        ({"what": "check_alerts"}, "what", "not one of the available choices"),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "a\0b"}, "name", "Null characters are not allowed."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"default": "XX"}, "default", "not one of the available choices"),
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
    assert all(len(job.name) <= 150 and "/etc" not in job.upload.name for job in Job.objects.all())


def test_too_many_jobs_are_said_in_the_form(operator, operator_client, monkeypatch):
    monkeypatch.setattr(queue, "WAITING_AT_MOST", 0)
    page = Page(operator_client.post(IMPORT, TYPED | {"file": file()}))
    assert "not done yet" in page.form_errors
    assert page.fields["name"] == "title"
    assert not Job.objects.exists()


# --- download ------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_result(viewer) -> Job:
    job = job_of(viewer, "done", result_name="incidents-2026-01-02.geojson")
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
    assert viewer_client.get(f"{LIST}{job_of(viewer, 'done').pk}/result/").status_code == 404


def test_every_kind_has_a_permission_that_exists():
    from django.contrib.auth.models import Permission

    there = {f"tracker.{name}" for name in Permission.objects.values_list("codename", flat=True)}
    assert {kind.permission for kind in KINDS.values()} <= there
