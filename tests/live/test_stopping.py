"""daphne is told to stop (SIGTERM), as in every restart: nobody is cut off in the middle."""

import contextlib
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import transaction

from tests.live_site import wait_until
from tracker import changes
from tracker.models import AreaOfInterest, Incident

FORM = {"name": "Sent just before", "severity": "HI", "location": '{"type":"Point","coordinates":[10,50]}'}


@pytest.fixture
def web(live_site):
    web = live_site.another()
    web.start()
    yield web
    web.kill()


def test_a_report_that_is_being_saved_is_saved_and_answered(live_site, olga, web):
    session = live_site.browse(olga)
    address = f"{web.url}/tracker/incident/create/"
    form = FORM | {"submission": str(uuid.uuid4())}
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            changes.lock(AreaOfInterest)  # for which every writer of incidents waits
            answer = pool.submit(session.post, address, form, allow_redirects=False, timeout=30)
            with pytest.raises(TimeoutError):
                answer.result(1)
            web.process.send_signal(signal.SIGTERM)
            wait_until(lambda: is_closed(web), "it still takes what is new")
            assert web.is_running(), "it waits for what it has"
        assert answer.result(20).status_code == 302
    assert web.process.wait(10) == 0
    assert Incident.objects.filter(name=FORM["name"]).count() == 1


def is_closed(web) -> bool:
    with contextlib.suppress(requests.ReadTimeout):
        try:
            requests.get(f"{web.url}/healthz", timeout=0.5)
        except requests.ConnectionError:
            return True
    return False


def test_one_that_never_ends_is_given_up(live_site, olga, web):
    session = live_site.browse(olga)
    form = FORM | {"submission": str(uuid.uuid4())}
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        changes.lock(AreaOfInterest)
        answer = pool.submit(session.post, f"{web.url}/tracker/incident/create/", form, timeout=30)
        with pytest.raises(TimeoutError):
            answer.result(1)
        web.process.send_signal(signal.SIGTERM)
        with pytest.raises((requests.ConnectionError, AssertionError)):
            assert answer.result(20).status_code == 302


def test_sockets_are_told_to_come_back(live_site, vera, web):
    live_site_url, live_site.ws_url = live_site.ws_url, web.ws_url
    try:
        listener = live_site.on_watch(vera)
    finally:
        live_site.ws_url = live_site_url
    web.process.send_signal(signal.SIGTERM)
    assert listener.close_code() == 1012
    assert web.process.wait(5) == 0
