"""``/metrics``: only for who has the token, true of the database, and without a word of what people wrote."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.test import Client
from django.utils import timezone

from tests import make
from tests.asgi import answer
from tests.metrics import TOKEN, Metrics
from tests.web.page import Page
from tests.web.server import server
from tracker.events import publishing
from tracker.models import Alert, Notification, WatchReport
from tracker_project.monitoring import database
from tracker_project.monitoring.cached_probe import CachedProbe

REPORT = "/tracker/incident/report/"


@pytest.fixture
def asked_anew(monkeypatch, committing):
    """What was asked a moment ago is asked again, on a database that commits, as other threads see it."""
    monkeypatch.setattr(database, "probe", CachedProbe(database.read, fresh_s=0))


@pytest.fixture
def metrics(asked_anew):
    """``metrics()``: what the process of the tests says now."""

    def now() -> Metrics:
        response = answer("/metrics", authorization=TOKEN["Authorization"])
        assert response.status == 200
        return Metrics(response.body.decode())

    return now


# --- who may read them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Bearer wrong", TOKEN["Authorization"] + "x", "Basic " + "x" * 20, "é"]
)
def test_without_the_token_nothing_is_told(given):
    response = answer("/metrics", **({} if given is None else {"authorization": given}))
    assert response.status == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert b"tracker_" not in response.body


def test_without_a_token_in_the_settings_there_is_no_such_address(settings):
    settings.METRICS_TOKEN = ""
    for given in ({}, {"authorization": "Bearer "}, TOKEN | {"authorization": TOKEN["Authorization"]}):
        response = answer("/metrics", **{name.lower(): value for name, value in given.items()})
        assert (response.status, response.body) == (404, b"behind")


def test_a_real_server_tells_them_by_whatever_name_it_is_asked(live_site):
    for host in ("10.0.0.7:8000", "evil.example"):
        response = requests.get(f"{live_site.url}/metrics", headers=TOKEN | {"Host": host}, timeout=10)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert response.headers["Cache-Control"] == "no-store"
    assert requests.get(f"{live_site.url}/metrics", timeout=10).status_code == 401


def test_a_real_server_without_a_token_has_no_such_page(live_site, tmp_path):
    with server(live_site, tmp_path, METRICS_TOKEN="") as url:
        assert requests.get(f"{url}/metrics", headers=TOKEN, timeout=10).status_code == 404


# --- of the database -----------------------------------------------------------------------------------------------


def test_alerts_are_counted_by_severity(metrics):
    vera = make.person("vera")
    make.area(severity="LO")
    make.incident("one", severity="UR")
    make.incident("two", severity="UR")
    low = make.incident("three", severity="LO")
    make.incident("elsewhere", at=make.AWAY)
    make.incident("over", severity="UR", closed=True)
    Alert.objects.filter(incident=low).update(state="acknowledged", acknowledged_by=vera)
    said = metrics()
    assert said.value("tracker_alerts_open", severity="urgent") == 2
    assert said.value("tracker_alerts_unacknowledged", severity="urgent") == 2
    assert said.value("tracker_alerts_open", severity="low") == 1
    assert said.value("tracker_alerts_unacknowledged", severity="low") == 0
    assert said.value("tracker_alerts_open", severity="info") == 0
    assert said.value("tracker_incidents_open") == 4
    assert said.value("tracker_database_up") == 1


def test_the_log_says_what_waits_and_for_how_long(metrics):
    make.incident()
    before = metrics()
    assert before.value("tracker_log_pending") == 0
    assert before.value("tracker_log_pending_age_seconds") == 0
    created = timezone.now() - timedelta(seconds=90)
    for _ in range(3):
        Notification.objects.create(type="changed", body="{}", created=created)
    said = metrics()
    assert said.value("tracker_log_pending") == 3
    assert 90 <= said.value("tracker_log_pending_age_seconds") < 120
    publishing.publish()
    said = metrics()
    assert said.value("tracker_log_pending") == 0
    assert said.value("tracker_notifications_total") == before.value("tracker_notifications_total") + 3


def test_jobs_that_are_not_over_are_counted(metrics):
    vera = make.person("vera")
    for state in ("queued", "queued", "running", "done", "failed"):
        make.job(vera, state)
    said = metrics()
    assert said.value("tracker_jobs_active", kind="try_it", state="queued") == 2
    assert said.value("tracker_jobs_active", kind="try_it", state="running") == 1
    assert {labels["state"] for labels in said.labels("tracker_jobs_active")} == {"queued", "running"}


def test_a_kind_that_nobody_knows_makes_no_label(metrics):
    job = make.job(make.person("vera"))
    type(job).objects.update(kind="of another version")
    said = metrics()
    assert said.value("tracker_jobs_active", kind="unknown", state="queued") == 1


def test_who_is_on_watch_is_counted_over_all_processes(metrics):
    for process, sockets, seconds_ago in (("one", {1: 2, 2: 1}, 14), ("two", {2: 1, 3: 1}, 1), ("gone", {4: 9}, 46)):
        seen_at = timezone.now() - timedelta(seconds=seconds_ago)
        WatchReport.objects.create(process=process, sockets=sockets, seen_at=seen_at)
    said = metrics()
    assert (said.value("tracker_watch_people"), said.value("tracker_watch_consoles")) == (3, 5)
    assert said.value("tracker_watch_absent_seconds") == 0


def test_that_nobody_is_on_watch_is_said_and_for_how_long(metrics):
    WatchReport.objects.create(process="left", sockets={}, seen_at=timezone.now() - timedelta(hours=1))
    said = metrics()
    assert said.value("tracker_watch_people") == 0
    assert 3600 <= said.value("tracker_watch_absent_seconds") < 3660


def test_it_takes_a_handful_of_queries(committing, django_assert_max_num_queries):
    make.area()
    make.incident()
    with django_assert_max_num_queries(6):
        database.read()


def test_without_the_database_the_rest_is_told(metrics, monkeypatch):
    monkeypatch.setattr(database, "probe", CachedProbe(lambda: 1 / 0))
    said = metrics()
    assert said.value("tracker_database_up") == 0
    assert said.value("tracker_alerts_open", severity="urgent") is None
    assert said.value("tracker_sockets_open") is not None


def test_a_database_that_hangs_is_not_waited_for(metrics, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(database, "probe", CachedProbe(release.wait, patience_s=0.3))
    began = time.monotonic()
    assert metrics().value("tracker_database_up") == 0
    assert time.monotonic() - began < 1
    release.set()


def test_a_real_server_without_its_database_tells_the_rest(live_site, tmp_path):
    with server(live_site, tmp_path, DATABASE_URL=f"spatialite:///{tmp_path}/none.sqlite3") as url:
        said = Metrics.at(url)
    assert said.value("tracker_database_up") == 0
    assert said.value("tracker_sockets_open") == 0


# --- what the process counts ---------------------------------------------------------------------------------------


@pytest.fixture
def rises(metrics):
    """``rises(name, **labels)``: by how much it has risen since the test began."""
    before = metrics()

    def by(name: str, **labels: str) -> float:
        return (metrics().value(name, **labels) or 0) - (before.value(name, **labels) or 0)

    return by


def fields_of(client: Client) -> dict[str, str]:
    fields = Page(client.get(REPORT)).fields
    return fields | {"name": "Fire", "latitude": "50", "longitude": "10", "severity": "HI"}


def test_reports_are_counted_taken_or_refused(rises, settings, fresh_address):
    settings.REPORT_RATE = "1/hour"
    reporter = Client(REMOTE_ADDR=fresh_address)
    fields = fields_of(reporter)
    assert reporter.post(REPORT, fields | {"latitude": "north"}).status_code == 200
    assert reporter.post(REPORT, fields).status_code == 302
    assert reporter.post(REPORT, fields).status_code == 302, "the same form: one report"
    assert reporter.post(REPORT, fields_of(reporter)).status_code == 429
    assert rises("tracker_reports_accepted_total", what="new") == 1
    assert rises("tracker_reports_refused_total", reason="invalid") == 1
    assert rises("tracker_reports_refused_total", reason="throttled") == 1


def test_that_one_is_known_is_counted_as_a_report(rises, fresh_address):
    incident = make.incident(public_title="Fire")
    asked = {"incident": incident.pk, "latitude": "50", "longitude": "10"}
    answered = Client(REMOTE_ADDR=fresh_address).post("/tracker/incident/also_reported/", asked)
    assert answered.status_code == 200, answered.content
    assert rises("tracker_reports_accepted_total", what="known") == 1


def test_sign_ins_are_counted(rises, fresh_address):
    make.person("vera")
    client = Client(REMOTE_ADDR=fresh_address)
    client.post("/accounts/login/", {"username": "vera", "password": "wrong"})
    client.post("/accounts/login/", {"username": "nobody", "password": "wrong"})
    assert client.post("/accounts/login/", {"username": "vera", "password": "vera"}).status_code == 302
    assert rises("tracker_sign_ins_failed_total") == 2
    assert rises("tracker_sign_ins_total") == 1


def test_requests_are_timed_by_view_and_status(rises, stranger_client):
    stranger_client.get("/accounts/login/")
    stranger_client.get("/tracker/incident/1/")
    stranger_client.get("/no-such-page")
    stranger_client.get("/admin/tracker/incident/")
    count = "tracker_http_request_duration_seconds_count"
    assert rises(count, view="login", status="2xx") == 1
    assert rises(count, view="incident_detail", status="3xx") == 1
    assert rises(count, view="other", status="4xx") == 1
    assert rises(count, view="admin", status="3xx") == 1


def test_a_layer_that_does_not_take_a_message_is_counted(rises, monkeypatch):
    async def refuse(group, message):
        raise ConnectionError

    with monkeypatch.context() as away:
        away.setattr("tracker.events.sending.get_channel_layer", lambda: type("Away", (), {"group_send": refuse})())
        make.incident()
        deadline = time.monotonic() + 5
        while not rises("tracker_channel_layer_failures_total") and time.monotonic() < deadline:
            time.sleep(0.02)
    assert rises("tracker_channel_layer_failures_total") >= 1


def test_no_label_and_no_name_is_of_people(metrics, stranger_client, fresh_address):
    """What can be read there does not grow with what strangers ask for."""
    for path in ("/secret-page", "/tracker/incident/4711/", "/tracker/place/search/?q=secret", "/admin/secret/"):
        stranger_client.get(path)
    stranger_client.generic("SECRET", "/")
    Client(REMOTE_ADDR=fresh_address).post("/accounts/login/", {"username": "secret", "password": "x"})
    make.incident("secret")
    make.area("secret")
    # Without the values, which may be any number.
    names = " ".join(f"{sample.name} {sample.labels}" for sample in metrics().samples).lower()
    for word in ("secret", "4711", fresh_address):
        assert word not in names


def test_every_metric_has_the_prefix_and_is_documented(metrics):
    documented = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    for name in metrics().names:
        assert name.startswith("tracker_")
        family = name
        for ending in ("_bucket", "_sum", "_count"):
            family = family.removesuffix(ending)
        assert f"`{family}`" in documented, family
