"""What anybody on the street can send to a provisioned site, and what it makes of it."""

import http.client
import json
import ssl
import threading
import time

import pytest
import requests

from tests.deploy.conftest import SITE
from tests.deploy.visitors import PLACE, Visitor, words
from tests.processes import wait_until

URL = f"https://{SITE}"
FLOOD = 400  # reports


def report(visitor: Visitor, name: str, **how) -> requests.Response:
    return visitor.post("/tracker/incident/report/", {"name": name, "severity": "LO", "location": PLACE}, **how)


def test_guessing_passwords_is_locked_out(site):
    stranger = Visitor(URL)
    codes = [
        stranger.post("/accounts/login/", {"username": "viewer", "password": f"guess {n}"}).status_code
        for n in range(8)
    ]
    assert codes[0] == 200
    assert codes[-1] == 429
    refused = stranger.post(
        "/accounts/login/", {"username": "viewer", "password": "viewer"}, headers={"X-Forwarded-For": "10.9.8.7"}
    )
    assert refused.status_code == 429, (
        "the right password does not help, nor does another address that one claims to have"
    )
    site.manage("axes_reset")
    Visitor(URL).sign_in("viewer", "viewer")


def chunked(path: str, megabytes: int) -> int:
    """Send a body whose length is not told; the status of the answer."""
    connection = http.client.HTTPSConnection(SITE, timeout=30, context=ssl.create_default_context())
    connection.putrequest("POST", path)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.endheaders()
    piece = b"x" * 65_536
    try:
        for _ in range(megabytes * 16):
            connection.send(b"10000\r\n" + piece + b"\r\n")
        connection.send(b"0\r\n\r\n")
    except OSError:
        pass  # it has said no and closed; the answer is there to be read
    return connection.getresponse().status


@pytest.mark.parametrize("path", ["/tracker/incident/report/", "/accounts/login/", "/"])
def test_a_large_body_is_refused(site, path):
    assert chunked(path, 8) == 413


def test_a_large_file_may_be_imported(site):
    operator = Visitor(URL).sign_in("operator", "operator")
    place = {"type": "Point", "coordinates": [-2.2, 57]}
    wells = [{"type": "Feature", "properties": {"name": f"Well {n}", "note": "x" * 4000}} for n in range(2500)]
    features = [well | {"geometry": place} for well in wells]
    file = json.dumps({"type": "FeatureCollection", "features": features})
    assert len(file) > 8_000_000
    fields = {"what": "import_incidents", "name": "name", "default": "IN"}
    page = operator.get("/tracker/job/import/")
    for line in page.text.split("<input ")[1:]:
        if 'type="hidden"' in line and 'name="submission"' in line:
            fields["submission"] = line.split('value="')[1].split('"')[0]
    answer = operator.post("/tracker/job/import/", fields, files={"file": ("wells.geojson", file)})
    assert answer.status_code == 302, words(answer)

    def is_done() -> bool:
        return operator.get("/tracker/job/rows/?newest").json()["jobs"][0]["state"] in {"done", "failed"}

    wait_until(is_done, "the import does not end", 60)
    job = operator.get("/tracker/job/rows/?newest").json()["jobs"][0]
    assert (job["state"], job["done"]) == ("done", 2500), job


def test_metrics_are_for_who_has_the_token(site):
    assert requests.get(f"{URL}/metrics", timeout=10).status_code == 401
    token = site.settings()["METRICS_TOKEN"]
    answer = requests.get(f"{URL}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 200
    assert "tracker_" in answer.text


def test_a_request_is_found_again_in_the_logs(site):
    answer = requests.get(f"{URL}/accounts/login/", headers={"X-Request-ID": "mine-0123456789"}, timeout=10)
    number = answer.headers["X-Request-ID"]
    assert number != "mine-0123456789", "nginx gives the number, not the browser"
    wait_until(lambda: number in site.path("/var/log/nginx/tracker.log").read_text(), "nginx has not written it")


def test_who_is_refused_reads_why_and_keeps_the_text(site):
    stranger = Visitor(URL)
    for n in range(25):
        answer = report(stranger, f"What I have seen {n}")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_flood_of_reports_is_refused_and_operators_notice_nothing(site, watch):
    """From the address that the operators have, too: a town hall has one for all. Made up ones do not help."""
    watch.watch(3)
    operator = watch.report("In the flood", "operator", pause_s=0.05)
    answers: list[int] = []

    def flood() -> None:
        stranger = Visitor(URL)
        for n in range(FLOOD // 4):
            answers.append(report(stranger, f"Flood {n}", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code)

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    time.sleep(1)
    assert len(answers) == FLOOD
    assert set(answers) <= {302, 429}
    assert answers.count(429) >= FLOOD - 20
    began = time.monotonic()
    assert watch.visitors["viewer"].get("/tracker/incident/").status_code == 200
    assert time.monotonic() - began < 5
    assert watch.stop_reporting() > 10
    assert operator.again == 0, "no form of an operator was refused"
    watch.must_be_clean()
