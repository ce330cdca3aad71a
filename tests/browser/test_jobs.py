"""Background work as one watches it: the bar moves, it ends, is cancelled, fails, is run again, in every window."""

import json
import re
import time
from collections import Counter

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, Request, expect

from tests.job_site import JobSite
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Job

PAGE = "/tracker/job/"


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera", "Operator")


@pytest.fixture
def open_jobs(open_page, jobs: JobSite):
    """The page of this person's jobs, live."""

    def open_it(user, path: str = PAGE, **options) -> Page:
        page = open_page(path, user, **options)
        expect(page.locator("#connection")).to_have_text("Live")
        return page

    return open_it


def start(page: Page, kind: str = "try_it", name: str = "") -> None:
    page.get_by_role("combobox", name="Job").select_option(kind)
    page.get_by_label("Name (optional)").fill(name)
    page.get_by_role("button", name="Start", exact=True).click()


def row_of(page: Page, name: str):
    return page.locator(".job").filter(has=page.get_by_role("link", name=name, exact=True))


def is_sent(request: Request) -> bool:
    """Not what keeps the page signed in."""
    return request.method == "POST" and not request.url.endswith("/tracker/watch/session/")


def test_a_named_job_moves_its_bar_and_ends_in_every_window_of_its_owner_only(live_site, open_jobs, vera, watch):
    page, second = open_jobs(vera), open_jobs(vera, width=360)
    other = open_jobs(live_site.make_user("otto"))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if is_sent(request) else None)
    start(page, name="Count for me")
    bars = [row_of(each, "Count for me").locator("progress") for each in (page, second)]
    seen: list[set[float]] = [set(), set()]
    end = time.monotonic() + 15
    while bars[0].is_visible() or not seen[0]:
        assert time.monotonic() < end
        for bar, values in zip(bars, seen, strict=True):
            if bar.is_visible():
                values.add(bar.evaluate("bar => bar.position"))
    assert all(len({value for value in values if value > 0}) >= 4 for values in seen), seen
    for each in (page, second):
        row = row_of(each, "Count for me")
        expect(row.locator(".job-state")).to_have_text("Done")
        expect(row.locator(".job-message")).to_have_text("Counted to 3 seconds.")
        expect(row.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(row_of(page, "Count for me").locator(".job-state")).to_have_text("Done")
    assert sent == [], "it was started over the socket"
    expect(other.get_by_text("You have started no job yet.")).to_be_visible()
    assert other.locator(".job").count() == 0
    watch.excused.append("404")
    assert other.goto(Job.objects.get().get_absolute_url()).status == 404


@pytest.mark.alone
def test_it_is_cancelled_within_a_second(open_jobs, vera):
    page, second = open_jobs(vera), open_jobs(vera)
    start(page, name="Not this one")
    row = row_of(page, "Not this one")
    expect(row.locator(".job-state")).to_have_text("Running")
    expect(row.locator("progress")).to_have_attribute("value", re.compile(r"[1-9]"))
    row.get_by_role("button", name="Cancel").click()
    expect(row.locator(".job-state")).to_have_text("Cancelled", timeout=1_000)
    expect(row_of(second, "Not this one").locator(".job-state")).to_have_text("Cancelled")
    expect(row.get_by_role("button", name="Run again")).to_be_visible()
    assert Job.objects.get().state == Job.State.CANCELLED


def test_it_fails_with_its_reason_and_the_row_and_goes_well_when_run_again(open_jobs, vera):
    page = open_jobs(vera)
    start(page, "try_failing", "Trouble")
    row = row_of(page, "Trouble")
    expect(row.locator(".job-state")).to_have_text("Failed")
    expect(row.locator(".job-message")).to_contain_text("It failed, as it was asked to.")
    row.get_by_role("link", name="1 problem").click()
    expect(page.get_by_role("row", name=re.compile("16 This is where a job would say"))).to_be_visible()
    page.get_by_role("button", name="Run again").click()
    row = page.locator(".job")
    expect(row.locator(".job-state")).to_have_text("Running")
    expect(row.locator(".job-state")).to_have_text("Done")
    expect(row.locator(".job-times")).to_contain_text("attempt 2")
    expect(page.get_by_role("table")).to_have_count(0)


def test_a_reload_and_a_broken_connection_in_the_middle_keep_the_bar_true(open_jobs, vera):
    page = open_jobs(vera)
    sockets = []

    def pass_on(socket) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile("/notifications/"), pass_on)
    page.reload()
    expect(page.locator("#connection")).to_have_text("Live")
    start(page, name="Long")
    row = row_of(page, "Long")
    expect(row.locator("progress")).to_have_attribute("value", re.compile(r"[1-9]"))
    page.reload()
    expect(row.locator("progress")).to_be_visible()
    expect(row.locator("progress")).to_have_attribute("value", re.compile(r"[1-9]"))
    sockets[-1].close(code=4008, reason="broken")
    expect(page.locator("#connection")).not_to_have_text("Live")
    expect(page.locator("#connection")).to_have_text("Live")
    assert len(sockets) >= 2
    expect(row.locator(".job-state")).to_have_text("Done")


def test_messages_that_were_lost_are_made_good(open_jobs, vera):
    """Nothing told the page that the job ended: it asks when a job has long been quiet."""
    page = open_jobs(vera)
    start(page, name="Unheard")
    row = row_of(page, "Unheard")
    expect(row.locator(".job-state")).to_have_text("Done")
    Job.objects.update(state="running", finished=None, version=100)
    page.reload()
    expect(row.locator(".job-state")).to_have_text("Running")
    Job.objects.update(state="done", version=101)
    expect(row.locator(".job-state")).to_have_text("Done")


def test_an_import_shows_what_it_has_done(open_jobs, vera, tmp_path):
    page = open_jobs(vera)
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [10, at]}, "properties": {"name": f"No {at}"}}
        for at in (50, 51, 200)
    ]
    file = tmp_path / "three.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    page.get_by_role("link", name="Import a GeoJSON file").click()
    page.get_by_label("GeoJSON file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Choose how severe they are")).to_be_visible()
    page.get_by_label("Severity to use").select_option("Medium")
    page.get_by_label("GeoJSON file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    row = page.locator(".job")
    expect(row.locator(".job-state")).to_have_text("Done")
    expect(row.locator(".job-message")).to_contain_text("3 features: 2 imported, 1 refused.")
    expect(page.get_by_role("row", name=re.compile(r"^3 .*latitude"))).to_be_visible()


def test_an_export_can_be_downloaded(open_jobs, vera):
    page = open_jobs(vera)
    page.get_by_role("button", name="Export all incidents as GeoJSON").click()
    expect(page.locator(".job-state")).to_have_text("Done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"incidents-\d{4}-\d\d-\d\d\.geojson", download.value.suggested_filename)
    assert b'"FeatureCollection"' in download.value.path().read_bytes()


def test_a_thousand_jobs_at_once_leave_the_page_live(jobs: JobSite, open_jobs, vera):
    page = open_jobs(vera)
    with override_settings(JOB_BACKEND=settings.JOB_BACKENDS["celery" if jobs.worker else "threads"]):
        for number in range(1, 1_001):
            queue.enqueue(JOB_TYPES["try_it"], by=vera, name=f"Job {number}", seconds=60)
    page.reload()  # in such a flood the layer may lose what was said of a new job, and an in-memory layer tells nobody
    expect(row_of(page, "Job 1000")).to_be_visible(timeout=15_000)
    expect(page.locator(".job")).to_have_count(25)
    expect(page.locator("#connection")).to_have_text("Live")
    start(page, name="One too many")
    expect(page.get_by_role("alert")).to_have_text(re.compile("jobs that are not done yet."))
    row_of(page, "Job 1000").get_by_role("button", name="Cancel").click()
    expect(row_of(page, "Job 1000").locator(".job-state")).to_have_text("Cancelled")
    page.reload()
    expect(page.get_by_text("1 to 25 of 1000")).to_be_visible()
    states = Counter(Job.objects.values_list("state", flat=True))
    assert states["failed"] == states["interrupted"] == 0
    assert states["queued"] > 900
