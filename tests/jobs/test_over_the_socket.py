"""Jobs over the WebSocket: started, watched and cancelled by their owner, and nobody else's business."""

import time

import pytest

from tests.listener import Listener
from tests.processes import wait_until
from tracker.jobs.run import PACE_S
from tracker.models import Job


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


@pytest.fixture
def otto(live_site):
    return live_site.make_user("otto")


@pytest.fixture
def on_watch(jobs):
    """Open a socket of this person."""
    return jobs.site.on_watch


def states_until(listener: Listener, *ends: str, timeout_s: float = 15) -> list[dict]:
    """The rows of one job as they come, up to one in a state of *ends*."""
    rows = [listener.next_of("job", timeout_s=timeout_s)["job"]]
    while rows[-1]["state"] not in ends:
        rows.append(listener.next_of("job", timeout_s=timeout_s)["job"])
    return rows


def test_a_job_is_started_by_its_name_and_its_progress_comes(on_watch, vera):
    listener = on_watch(vera)
    listener.say({"type": "job_start", "kind": "try_it", "name": "Mine"})
    began = time.monotonic()
    rows = states_until(listener, "done")
    took_s = time.monotonic() - began
    assert {row["name"] for row in rows} == {"Mine"}
    assert [rows[0]["state"], rows[1]["state"]] == ["queued", "running"]
    versions = [row["version"] for row in rows]
    assert versions == sorted(set(versions))
    bar = [row["done"] for row in rows if row["state"] == "running"]
    assert bar == sorted(bar)
    assert len(set(bar)) >= 5, "a bar that moves"
    assert len(rows) <= took_s / PACE_S + 5, "throttled: not one message a step"
    job = Job.objects.get()
    assert (job.owner, job.state, rows[-1]["version"]) == (vera, "done", job.version)


def test_nobody_else_hears_of_it_and_all_windows_of_its_owner_do(on_watch, vera, otto):
    hers, her_page, his = on_watch(vera), on_watch(vera, only="job"), on_watch(otto)
    hers.say({"type": "job_start", "kind": "try_it"})
    started = states_until(hers, "running")[-1]
    assert states_until(her_page, "running")[-1]["id"] == started["id"]
    his.say({"type": "job_cancel", "id": started["id"]})
    assert his.next_of("error")["message"] == "There is no such job."
    states_until(hers, "done")
    assert not [message for message in his.ping() if message["type"] == "job"]
    assert not [message for message in his.received if message["type"] == "job"]


def test_it_is_cancelled_within_a_second(on_watch, vera):
    listener = on_watch(vera)
    listener.say({"type": "job_start", "kind": "try_it"})
    running = states_until(listener, "running")[-1]
    began = time.monotonic()
    listener.say({"type": "job_cancel", "id": running["id"]})
    assert states_until(listener, "cancelled", "done")[-1]["state"] == "cancelled"
    assert time.monotonic() - began < 1.5  # the second, and some for a busy machine
    listener.say({"type": "job_cancel", "id": running["id"]})
    assert listener.next_of("error")["message"] == "This job has ended already."


def test_an_administrator_cancels_anybodys(on_watch, live_site, vera):
    hers, ada = on_watch(vera), on_watch(live_site.make_user("ada", is_superuser=True))
    hers.say({"type": "job_start", "kind": "try_it"})
    running = states_until(hers, "running")[-1]
    assert (running["who"], running["own"]) == ("vera", True)
    ada.say({"type": "job_cancel", "id": running["id"]})
    assert states_until(hers, "cancelled", "done")[-1]["state"] == "cancelled"


def test_it_fails_with_its_reason_and_is_run_again(on_watch, live_site, vera):
    listener = on_watch(vera)
    listener.say({"type": "job_start", "kind": "try_failing"})
    failed = states_until(listener, "failed", "done")[-1]
    assert (failed["state"], failed["problems"]) == ("failed", 1)
    assert "as it was asked to" in failed["message"]
    session = live_site.browse(vera)
    answer = session.post(f"{live_site.url}{failed['url']}again/", headers={"Accept": "application/json"}, timeout=10)
    assert answer.json()["job"]["attempt"] == 2
    done = states_until(listener, "failed", "done")[-1]
    assert (done["state"], done["attempt"], done["problems"]) == ("done", 2, 0)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"type": "job_start"}, "no job of that kind"),
        ({"type": "job_start", "kind": "import_areas", "name": "x"}, "no job of that kind"),
        ({"type": "job_start", "kind": "check_alerts"}, "permission"),
        ({"type": "job_start", "kind": "try_it", "name": ["x"]}, "is a text"),
        ({"type": "job_start", "kind": "try_it", "name": "half of a character: \ud800"}, "is a text"),
        ({"type": "job_cancel"}, "no such job"),
        ({"type": "job_cancel", "id": True}, "no such job"),
        ({"type": "job_cancel", "id": "1; DROP"}, "no such job"),
        ({"type": "job_cancel", "id": 10**30}, "no such job"),
    ],
)
def test_what_cannot_be_done_is_answered_in_words(live_site, vera, message, why):
    listener = live_site.on_watch(vera)
    listener.say(message)
    assert why in listener.next_of("error")["message"]
    assert listener.ping() == []
    assert not Job.objects.exists()


def test_a_page_of_jobs_is_no_console_and_hears_nothing_of_the_log(live_site, vera, otto):
    watching = live_site.on_watch(otto)
    page = live_site.on_watch(vera, only="job")
    session = live_site.browse(live_site.make_user("olga", "Operator"))
    fields = {"name": "A fire", "severity": "HI", "latitude": "50", "longitude": "10"}
    session.post(f"{live_site.url}/tracker/incident/create/", fields, timeout=10)
    watching.next_of("post_save")
    page.ping()
    assert {message["type"] for message in page.received} - {"heartbeat"} == {"hello", "pong"}
    presence = [message for message in watching.received if message["type"] == "presence"]
    assert all(message["consoles"] == 1 for message in presence)


def test_a_job_that_another_process_started_is_carried_out_and_told(live_site, vera):
    """A command, say, whose in-memory layer reaches nobody."""
    listener = live_site.on_watch(vera)
    script = (
        "from tracker.jobs import queue; from tracker.jobs.registry import JOB_TYPES;"
        "from django.contrib.auth import get_user_model as accounts;"
        f"queue.enqueue(JOB_TYPES['try_it'], by=accounts().objects.get(pk={vera.pk}), seconds=0.5)"
    )
    live_site.manage("shell", "-c", script)
    assert states_until(listener, "done")[-1]["done"] == 5
    wait_until(lambda: Job.objects.get().state == "done", "the row says so, too")
