"""What server processes count of their sockets and of the log, and that any of them answers for all of a machine."""

import contextlib
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import make
from tests.live_site import Daphne
from tests.metrics import Metrics
from tests.processes import wait_until
from tracker.events.messages import BAD_MESSAGE, SIGNED_OUT
from tracker.live.metrics import PACE_S


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "metrics"


@pytest.fixture
def process(process, folder) -> Callable[..., Daphne]:
    """``process()``: one more server process of the site, which shares a folder with those like it."""
    return partial(process, PROMETHEUS_MULTIPROC_DIR=str(folder))


def wait_for(daphne: Daphne, number: float, name: str, **labels: str) -> None:
    def says_so() -> bool:
        return Metrics.at(daphne.url).value(name, **labels) == number

    wait_until(says_so, f"{name}{labels or ''} does not become {number:g}")


# --- several processes ---------------------------------------------------------------------------------------------


def test_every_process_answers_for_all(process, console, vera, olga):
    first, second = process(), process()
    for user, at in ((vera, first), (vera, second), (olga, second)):
        console(user, at)
    for each in (first, second):
        wait_for(each, 3, "tracker_sockets_open")
        wait_for(each, 3, "tracker_consoles_open")
        wait_for(each, 3, "tracker_sockets_opened_total")
        wait_for(each, 2, "tracker_watch_people")
        wait_for(each, 3, "tracker_watch_consoles")


def test_the_sockets_of_one_that_was_killed_are_gone_and_what_it_counted_stays(process, console, vera, olga):
    first, second = process(), process()
    console(vera, first)
    console(olga, second)
    console(olga, second)
    wait_for(first, 3, "tracker_sockets_opened_total")
    second.kill()
    wait_for(first, 1, "tracker_sockets_open")
    wait_for(first, 1, "tracker_consoles_open")
    assert Metrics.at(first.url).value("tracker_sockets_opened_total") == 3, (
        "a sum that falls would be taken for a reset"
    )
    second.start()
    console(vera, second)
    for each in (first, second):
        wait_for(each, 2, "tracker_sockets_open")
        wait_for(each, 4, "tracker_sockets_opened_total")


def test_one_whose_number_another_process_has_by_now_is_known_to_be_dead(process, console, folder, vera):
    first, second = process(), process()
    console(vera, first)
    console(vera, second)
    wait_for(first, 2, "tracker_sockets_open")
    number = second.process.pid
    second.kill()
    for path in folder.glob(f"*_{number}.*"):  # as if the kernel had given its number to this process, which lives
        path.rename(path.with_name(path.name.replace(f"_{number}.", f"_{os.getpid()}.")))
    wait_for(first, 1, "tracker_sockets_open")
    assert not list(folder.glob(f"gauge_live*_{os.getpid()}.db"))


def test_a_process_that_has_no_sockets_yet_does_not_look_as_if_it_were_behind(process, console, vera, live_site):
    first, second = process(), process()
    console(vera, first)
    position = live_site.log_position()
    wait_for(second, position, "tracker_hub_position")
    assert Metrics.at(second.url).value("tracker_notifications_total") == position


def test_commands_leave_nothing_there(live_site, process, folder):
    first = process()
    before = {path.name for path in folder.iterdir()}
    live_site.manage("check_alerts", PROMETHEUS_MULTIPROC_DIR=str(folder))
    assert {path.name for path in folder.iterdir()} == before
    assert Metrics.at(first.url).value("tracker_database_up") == 1


def test_the_folder_is_made_for_its_owner_only(process, folder):
    process()
    assert folder.stat().st_mode & 0o777 == 0o700


# --- one process ---------------------------------------------------------------------------------------------------


class Rise:
    """By how much the numbers of a server have risen."""

    def __init__(self, daphne: Daphne):
        self.daphne = daphne
        self.before = Metrics.at(daphne.url)

    def of(self, name: str, **labels: str) -> float:
        now = Metrics.at(self.daphne.url).value(name, **labels) or 0
        return now - (self.before.value(name, **labels) or 0)

    def wait(self, number: float, name: str, **labels: str) -> None:
        wait_until(lambda: self.of(name, **labels) == number, f"{name}{labels or ''} does not rise by {number:g}")


@pytest.fixture
def rise(live_site) -> Rise:
    time.sleep(PACE_S + 0.2)  # until it has told what the test before has left
    wait_for(live_site, 0, "tracker_sockets_open")
    return Rise(live_site)


def test_what_is_delivered_is_counted_and_timed(live_site, rise, vera, olga):
    consoles = [live_site.on_watch(vera), live_site.on_watch(olga)]
    position = live_site.log_position()
    rise = Rise(live_site)
    make.area()
    make.incident()
    written = live_site.log_position() - position
    assert written == 3  # the area, the incident, the alert
    for console in consoles:
        console.up_to(position + written)
    rise.wait(2 * written, "tracker_notifications_delivered_total")
    rise.wait(written, "tracker_delivery_seconds_count")
    assert 0 < rise.of("tracker_delivery_seconds_sum") < 10
    assert rise.of("tracker_delivery_seconds_bucket", le="+Inf") == written
    assert rise.of("tracker_frames_sent_total") >= 2
    rise.wait(written, "tracker_notifications_total")


def test_what_the_layer_brings_is_no_catch_up_and_what_it_does_not_is(live_site, rise, vera, settings):
    console = live_site.on_watch(vera)
    rise = Rise(live_site)
    make.incident()
    console.next_of("post_save")
    if settings.REDIS_URL:
        assert rise.of("tracker_log_catch_ups_total") == 0
    else:  # the in-memory layer of the process that wrote reaches nobody
        rise.wait(1, "tracker_log_catch_ups_total")


def test_what_a_page_saves_is_timed_from_its_own_process(live_site, rise, olga, vera):
    console = live_site.on_watch(vera)
    rise = Rise(live_site)
    form = {"name": "Fire", "latitude": "50", "longitude": "10", "severity": "HI", "description": "", "place": ""}
    answer = live_site.browse(olga).post(f"{live_site.url}/tracker/incident/create/", form, timeout=10)
    assert answer.status_code == 200, answer.text
    console.next_of("post_save")
    rise.wait(1, "tracker_delivery_seconds_count")
    assert rise.of("tracker_log_catch_ups_total") == 0


class TestWhySocketsGo:
    def test_by_themselves(self, live_site, rise, vera):
        live_site.on_watch(vera).close()
        rise.wait(1, "tracker_sockets_closed_total", reason="left")

    def test_for_a_flood(self, live_site, rise, vera):
        console = live_site.on_watch(vera)
        with contextlib.suppress(ConnectionClosed):  # before all are sent
            for _ in range(80):
                console.say({"type": "ping"})
        assert console.close_code() == BAD_MESSAGE
        rise.wait(1, "tracker_sockets_closed_total", reason="flood")
        assert rise.of("tracker_sockets_closed_total", reason="left") == 0

    def test_for_nonsense(self, live_site, rise, vera):
        console = live_site.on_watch(vera)
        console.say("nonsense")
        assert console.close_code() == BAD_MESSAGE
        rise.wait(1, "tracker_sockets_closed_total", reason="bad_message")

    def test_signed_out(self, live_site, rise, vera):
        console = live_site.on_watch(vera)
        vera.is_active = False
        vera.save()
        assert console.close_code() == SIGNED_OUT
        rise.wait(1, "tracker_sockets_closed_total", reason="signed_out")

    def test_never_let_in(self, live_site, rise):
        with pytest.raises(InvalidStatus):
            live_site.socket()
        rise.wait(1, "tracker_sockets_refused_total", reason="signed_out")
        assert rise.of("tracker_sockets_opened_total") == 0

    def test_all_who_came_are_open_or_gone(self, live_site, rise, vera, olga):
        console = live_site.on_watch(vera)
        live_site.on_watch(olga).close()
        console.ping()
        rise.wait(2, "tracker_sockets_opened_total")
        rise.wait(1, "tracker_sockets_closed_total", reason="left")
        wait_for(live_site, 1, "tracker_sockets_open")

    def test_a_page_of_jobs_is_a_socket_and_no_console(self, live_site, rise, vera):
        live_site.on_watch(vera, only="job")
        wait_for(live_site, 1, "tracker_sockets_open")
        wait_for(live_site, 0, "tracker_consoles_open")


def test_a_page_is_timed_by_its_view(live_site, rise):
    requests.get(f"{live_site.url}/tracker/incident/report/", timeout=10)
    labels = {"view": "incident_report", "status": "2xx"}
    assert rise.of("tracker_http_request_duration_seconds_count", **labels) == 1
