"""The pages of jobs, and what is asked for there: one sees, starts, cancels and runs again one's own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.jobs.conftest import now
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Job

pytestmark = pytest.mark.django_db

LIST, ROWS, START = "/tracker/job/", "/tracker/job/rows/", "/tracker/job/start/"
IMPORT, EXPORT, EXPORT_AREAS = "/tracker/job/import/", "/tracker/job/export/", "/tracker/job/export_areas/"
LOGIN = "/accounts/login/"
JSON = {"Accept": "application/json"}


def offered(response) -> list[str]:
    """What can be done with the job of this page."""
    forms = [form for form in Page(response).all("form") if "hidden" not in form.attributes]
    return [form["data-part"] for form in forms if form["data-part"]]


def names(response) -> list[str]:
    return [str(row) for row in response.context["object_list"]]


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.fixture
def theirs(operator) -> Job:
    """A job of somebody else, with a result."""
    job = make.job(operator, "done", "Theirs", result_name="x.geojson")
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


def test_an_administrator_sees_everybodys_and_who_started_them(admin, admin_client, theirs):
    make.job(admin, name="My own")
    Job.objects.filter(pk=theirs.pk).update(who="Olga Ortega")
    page = Page(admin_client.get(LIST))
    assert names(admin_client.get(LIST)) == ["My own", "Theirs"]
    said = {element.text.strip() for element in page.all("span", **{"data-part": "who"})}
    assert said == {"", "· started by Olga Ortega"}
    assert admin_client.get(f"{LIST}{theirs.pk}/").status_code == 200
    assert admin_client.get(f"{LIST}{theirs.pk}/result/").status_code == 200
    told = {row["name"]: (row["who"], row["own"]) for row in admin_client.get(f"{ROWS}?newest=").json()["jobs"]}
    assert told == {"Theirs": ("Olga Ortega", False), "My own": ("", True)}


def test_an_administrator_cancels_anybodys(operator, admin_client):
    waiting, running = make.job(operator), make.job(operator, "running")
    for job in (waiting, running):
        assert offered(admin_client.get(job.get_absolute_url())) == ["cancel"]
    assert admin_client.post(f"{LIST}{waiting.pk}/cancel/").status_code == 302
    assert admin_client.post(f"{LIST}{running.pk}/cancel/", headers=JSON).json()["job"]["cancelling"]
    assert (now(waiting).state, now(running).cancel_asked) == ("cancelled", True)


def test_an_administrator_runs_nobodys_job_again_in_their_name(operator, admin_client):
    job = make.job(operator, "failed")
    assert offered(admin_client.get(job.get_absolute_url())) == []
    response = admin_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert (response.status_code, "Only who started" in response.json()["error"]) == (409, True)
    assert now(job).state == "failed"


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
        make.job(viewer, "done", f"{number}")
    assert names(viewer_client.get(LIST)) == [f"{n}" for n in range(26, 1, -1)]
    for page in ("2", "3"):
        assert names(viewer_client.get(f"{LIST}?page={page}")) == ["1", "0"]
    following = Page(viewer_client.get(LIST)).all("a", rel="next")[0]["href"]
    make.job(viewer, "done", "new")
    assert names(viewer_client.get(LIST + following)) == ["1", "0"], "a new one moves nothing"


def test_the_number_of_queries_does_not_grow(viewer, viewer_client, queries):
    make.job(viewer)
    one = queries(viewer_client, LIST)
    for state in [*Job.State] * 4:
        make.job(viewer, state)
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
    job = make.job(viewer, state)
    for address in (LIST, job.get_absolute_url()):
        page = Page(viewer_client.get(address))
        row = page.all("li", **{"data-job": str(job.pk)})[0]
        forms = [form for form in page.all("form") if row in form.inside and "hidden" not in form.attributes]
        assert [form["data-part"] for form in forms] == offered


def test_pages_are_not_kept(viewer, viewer_client):
    for address in (LIST, make.job(viewer).get_absolute_url(), ROWS):
        assert "no-store" in viewer_client.get(address)["Cache-Control"]
        assert "private" in viewer_client.get(address)["Cache-Control"]


# --- one job -------------------------------------------------------------------------------------------------------


def test_problems_are_listed_and_the_rest_is_counted(viewer, viewer_client):
    problems = [[0, "The first is wrong."], [7, "And this."], [None, "No row."]]
    job = make.job(viewer, "failed", message="It failed.", problems=problems, problem_count=5)
    page = Page(viewer_client.get(job.get_absolute_url()))
    cells = [cell.text for cell in page.all("td")]
    assert cells == ["0", "The first is wrong.", "7", "And this.", "–", "No row."]
    assert "2 more are not listed." in page.text
    assert "It failed." in page.text
    assert "Try it" in page.text, "the kind, in words"


def test_a_job_of_a_kind_that_is_gone(viewer, viewer_client):
    job = make.job(viewer, "failed")
    Job.objects.update(kind="of_another_version")
    assert "of_another_version" in Page(viewer_client.get(job.get_absolute_url())).text
    response = viewer_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert response.status_code == 409


def test_markup_is_only_text(viewer, viewer_client):
    job = make.job(viewer, "failed", MARKUP[:150], message=MARKUP, problems=[[1, MARKUP]], problem_count=1)
    for address in (LIST, job.get_absolute_url()):
        page = Page(viewer_client.get(address))
        no_markup(page)
        assert page.all("a", **{"data-part": "name"})[0].text == MARKUP[:150]
    assert viewer_client.get(ROWS, {"id": job.pk}).json()["jobs"][0]["message"] == MARKUP


# --- rows for the script -------------------------------------------------------------------------------------------


def test_rows(viewer, viewer_client):
    jobs = [make.job(viewer, name=f"{n}") for n in range(3)]
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
    first = make.job(viewer)
    one = queries(viewer_client, f"{ROWS}?id={first.pk}&newest=")
    more = "&".join(f"id={make.job(viewer).pk}" for _n in range(40))
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
    job = make.job(viewer)
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert (response.redirect_chain, Page(response).messages) == ([(LIST, 302)], [])
    assert (now(job).state, now(job).message) == ("cancelled", "Cancelled before it began.")


def test_cancelled_while_it_runs_however_often_it_is_asked(viewer, viewer_client):
    job = make.job(viewer, "running")
    for _time in range(2):
        row = viewer_client.post(f"{LIST}{job.pk}/cancel/", headers=JSON).json()["job"]
        assert (row["state"], row["cancelling"]) == ("running", True)
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert Page(response).messages == [], "it has not ended already"


def test_what_has_ended_is_not_cancelled(viewer, viewer_client):
    job = make.job(viewer, "done")
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", follow=True)
    assert Page(response).messages == ["This job has ended already."]
    response = viewer_client.post(f"{LIST}{job.pk}/cancel/", headers=JSON)
    assert (response.status_code, response.json()) == (409, {"error": "This job has ended already."})
    assert now(job).state == "done"


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
def test_run_again(viewer, viewer_client, state):
    job = make.job(viewer, state, problems=[[1, "Wrong."]], problem_count=1)
    row = viewer_client.post(f"{LIST}{job.pk}/again/", headers=JSON).json()["job"]
    assert (row["state"], row["attempt"], row["problems"], row["finished"]) == ("queued", 2, 0, None)
    response = viewer_client.post(f"{LIST}{job.pk}/again/", follow=True)
    assert Page(response).messages == ["This job runs already, or is done."]


def test_what_can_only_fail_again_is_not_offered(viewer, viewer_client):
    job = make.job(viewer, "failed", fails_again=True)
    for address in (LIST, job.get_absolute_url()):
        assert "again" not in offered(viewer_client.get(address))
    assert viewer_client.get(f"{ROWS}?id={job.pk}").json()["jobs"][0]["again"] is False
    response = viewer_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert (response.status_code, now(job).state) == (409, "failed")
    other = make.job(viewer, "failed")
    assert "again" in offered(viewer_client.get(other.get_absolute_url()))
    assert viewer_client.get(f"{ROWS}?id={other.pk}").json()["jobs"][0]["again"] is True


def test_files_are_offered_first_and_say_what_they_are(operator_client):
    page = Page(operator_client.get(LIST))
    buttons = [element.text for element in page.elements if "btn" in element.classes and element.text]
    assert buttons[buttons.index("Sign out") + 1 :][:5] == [
        "Import a GeoJSON file",
        "Export all incidents as GeoJSON",
        "Export all incidents as a table (CSV)",
        "Export all areas as GeoJSON",
        "Start",
    ]


def test_run_again_by_a_form(viewer, viewer_client):
    job = make.job(viewer, "failed")
    response = viewer_client.post(f"{LIST}{job.pk}/again/")
    assert (response.status_code, response.url, now(job).state) == (302, LIST, "queued")


def test_running_again_needs_the_permission_still(operator, operator_client):
    job = make.job(operator, "failed")
    Job.objects.update(kind="import_incidents")
    make.grant(operator, "none")
    make.grant(operator, "view_incident")
    response = operator_client.post(f"{LIST}{job.pk}/again/", headers=JSON)
    assert (response.status_code, "permission" in response.json()["error"]) == (409, True)
    assert now(job).state == "failed"


def test_who_has_lost_the_permission_does_not_get_the_earlier_result(outsider, outsider_client):
    """What one may not see in the pages of the site any more, the file of an earlier job does not show either."""
    make.grant(outsider, "view_incident")
    problems = [[1, "What the job has found."]]
    job = make.job(outsider, "done", result_name="areas.geojson", problems=problems, problem_count=1)
    job.result.save("x", SimpleUploadedFile("x", b"all areas"))
    Job.objects.update(kind="export_areas")

    def shown() -> tuple[int, object, bool, bool]:
        status = outsider_client.get(f"{LIST}{job.pk}/result/").status_code
        told = outsider_client.get(f"{ROWS}?id={job.pk}").json()["jobs"][0]["result"]
        link = Page(outsider_client.get(LIST)).all("a", **{"data-part": "result"})[0]
        page = Page(outsider_client.get(job.get_absolute_url()))
        return status, told, "hidden" not in link.attributes, "What the job has found." in page.text

    assert shown() == (403, None, False, False)
    make.grant(outsider, "view_areaofinterest")
    assert shown() == (200, f"{LIST}{job.pk}/result/", True, True)
    Job.objects.update(kind="of_another_version")
    assert shown() == (403, None, False, False), "nobody knows what it needs"


def test_a_person_with_very_many_jobs_is_told_to_wait(viewer, viewer_client, monkeypatch):
    monkeypatch.setattr(queue, "WAITING_AT_MOST", 1)
    make.job(viewer)
    for address, form in ((START, {"kind": "try_it"}), (EXPORT, {}), (EXPORT_AREAS, {})):
        response = viewer_client.post(address, form, follow=True)
        assert "not done yet" in Page(response).messages[0]
    assert Job.objects.count() == 1


def test_every_kind_has_a_permission_that_exists():
    from django.contrib.auth.models import Permission

    there = {f"tracker.{name}" for name in Permission.objects.values_list("codename", flat=True)}
    assert {kind.permission for kind in JOB_TYPES.values()} <= there
