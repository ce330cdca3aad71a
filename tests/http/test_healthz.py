"""``/healthz``: 200 while everything works; 503 that names the part when database, layer or log does not.

It also says how many are on watch, and if nobody is, since when.
"""

import time
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import redis
import requests
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from tests import make
from tests.http.page import Page
from tests.http.server import server
from tracker import notifications
from tracker.models import Incident, LogState, Notification, WatchReport

HEALTHZ = "/healthz"
WELL = {"status": "ok", "database": "ok", "layer": "ok", "log": "ok"}
NOBODY_EVER = {"people": 0, "consoles": 0, "unwatched_since": None}


def parts(response) -> dict:
    """What is said of the parts; who is on watch has its own tests."""
    return {name: state for name, state in response.json().items() if name not in NOBODY_EVER}


# --- in this process -----------------------------------------------------------------------------------------------


def test_all_is_well(stranger_client, db):
    response = stranger_client.get(HEALTHZ)
    assert (response.status_code, response.json()) == (200, WELL | NOBODY_EVER)
    assert "no-store" in response["Cache-Control"]
    assert stranger_client.head(HEALTHZ).status_code == 200
    assert not response.cookies


def test_a_log_that_stays_behind_is_said(stranger_client, db, monkeypatch):
    make.incident()
    assert stranger_client.get(HEALTHZ).status_code == 200  # not numbered yet, and not for long
    Notification.objects.update(created=timezone.now() - timedelta(seconds=31))
    with monkeypatch.context() as stuck:
        stuck.setattr(notifications, "publish", lambda: None)
        response = stranger_client.get(HEALTHZ)
        assert (response.status_code, response.json()) == (
            503,
            WELL | {"status": "down", "log": "behind"} | NOBODY_EVER,
        )
    assert parts(stranger_client.get(HEALTHZ)) == WELL


def test_a_database_that_fails_is_said_and_not_why(stranger_client, db, monkeypatch):
    def fail(cls):
        raise DatabaseError("connection to 10.1.2.3 with password hunter2 failed")

    monkeypatch.setattr(LogState, "current", classmethod(fail))
    response = stranger_client.get(HEALTHZ)
    assert (response.status_code, response.json()) == (503, WELL | {"status": "down", "database": "down"})


def test_a_layer_that_does_not_answer_is_said_in_time(stranger_client, db, monkeypatch):
    async def swallow(channel, message):
        pass

    monkeypatch.setattr(get_channel_layer(), "send", swallow)
    began = time.monotonic()
    response = stranger_client.get(HEALTHZ)
    assert (response.status_code, response.json()) == (503, WELL | {"status": "down", "layer": "down"} | NOBODY_EVER)
    assert time.monotonic() - began < 4


# --- who is on watch -----------------------------------------------------------------------------------------------


def reported(process: str, sockets: dict[int, int], seconds_ago: float) -> datetime:
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    WatchReport.objects.create(process=process, sockets=sockets, seen_at=seen_at)
    return seen_at


def on_watch(client) -> dict:
    response = client.get(HEALTHZ)
    assert response.status_code == 200
    return {name: value for name, value in response.json().items() if name in NOBODY_EVER}


def test_people_and_consoles_of_all_processes_are_counted(stranger_client, db):
    reported("one", {1: 2, 2: 1}, 14)
    reported("two", {2: 1, 3: 1}, 1)
    reported("gone", {4: 9}, 46)
    assert on_watch(stranger_client) == {"people": 3, "consoles": 5}


def test_that_nobody_is_on_watch_is_said_and_since_when(stranger_client, db):
    reported("killed", {1: 1}, 7200)
    last = reported("left", {}, 3600)
    told = on_watch(stranger_client)
    assert (told["people"], told["consoles"]) == (0, 0)
    assert abs(datetime.fromisoformat(told["unwatched_since"]) - last) < timedelta(milliseconds=2)


# --- a server whose parts are gone ---------------------------------------------------------------------------------


def test_a_real_server_is_well(live_site):
    response = requests.get(live_site.url + HEALTHZ, timeout=10)
    assert (response.status_code, parts(response)) == (200, WELL)


def test_what_a_dead_process_left_is_numbered_although_nobody_is_on_watch(live_site):
    """Without sockets there is no hub, and so no sweep; else the site would be unhealthy until somebody writes."""
    live_site.stop()
    live_site.start()
    left = Notification.objects.create(
        type="changed", body='{"model":"Incident","count":1}', created=timezone.now() - timedelta(minutes=1)
    )
    assert parts(requests.get(live_site.url + HEALTHZ, timeout=10)) == WELL
    left.refresh_from_db()
    assert left.seq


@pytest.mark.needs_redis
def test_asking_often_leaves_nothing_behind_in_redis(live_site):
    def channels() -> int:
        return len(redis.Redis.from_url(settings.REDIS_URL).pubsub_channels())

    requests.get(live_site.url + HEALTHZ, timeout=10)
    before = channels()
    for _ in range(20):
        requests.get(live_site.url + HEALTHZ, timeout=10)
    assert channels() <= before + 1


@pytest.fixture
def gone(tmp_path) -> str:
    """A folder for a database that is not there."""
    return str(tmp_path / "gone")


def test_without_its_database_a_server_says_so(live_site, gone, tmp_path, on_postgis):
    scheme = (
        "postgis://tracker@" + quote(gone, safe="") + "/tracker" if on_postgis else f"spatialite:///{gone}/x.sqlite3"
    )
    with server(live_site, tmp_path, DATABASE_URL=scheme) as url:
        response = requests.get(url + HEALTHZ, timeout=20)
        assert response.status_code == 503
        assert response.json() == {"status": "down", "database": "down", "layer": "ok", "log": "down"}
        signed_in = requests.get(f"{url}/tracker/incident/", cookies={"sessionid": "x" * 32}, timeout=20)
        assert signed_in.status_code == 500
        assert "Something went wrong here" in signed_in.text
        assert "Traceback" not in signed_in.text


def test_without_redis_a_server_says_so_and_still_takes_reports(live_site, gone, tmp_path):
    with server(live_site, tmp_path, REDIS_URL=f"unix://{gone}/redis.sock") as url:
        response = requests.get(url + HEALTHZ, timeout=20)
        assert response.status_code == 503
        assert parts(response) == {"status": "down", "database": "ok", "layer": "down", "log": "ok"}

        session = requests.Session()
        fields = Page(session.get(f"{url}/tracker/incident/report/", timeout=20).text).fields
        fields |= {"name": "Without Redis", "latitude": "50", "longitude": "10", "severity": "HI"}
        began = time.monotonic()
        answer = session.post(f"{url}/tracker/incident/report/", fields, allow_redirects=False, timeout=20)
        assert answer.status_code == 302
        assert time.monotonic() - began < 5
        assert Incident.objects.get().name == "Without Redis"
        assert not Notification.objects.filter(seq=None).exists()
