"""Which version runs is said by the page for a failure as by any other, by ``/metrics``, and by the log's first line.

Pages that are no failure are looked at one by one in test_every_address.py, and ``/healthz`` in test_healthz.py.
"""

import json

import pytest

from tests.asgi import answer
from tests.metrics import TOKEN, Metrics
from tests.web.page import Page
from tests.web.server import DAPHNE, UVICORN, server
from tracker import __version__


def foot(response) -> str:
    (footer,) = Page(response).all("footer")
    return footer.text.strip()


class TestPagesThatRefuse:
    def test_there_is_no_such_page(self, stranger_client, db):
        response = stranger_client.get("/no-such-page/")
        assert (response.status_code, foot(response)) == (404, f"Tracker {__version__}")

    def test_not_permitted(self, viewer_client):
        response = viewer_client.get("/tracker/incident/create/")
        assert (response.status_code, foot(response)) == (403, f"Tracker {__version__}")

    def test_not_understood(self, stranger_client):
        response = stranger_client.get("/accounts/login/", headers={"host": "evil.example"})
        assert (response.status_code, foot(response)) == (400, f"Tracker {__version__}")

    def test_something_went_wrong(self, viewer_client, monkeypatch):
        def fail(*args):
            raise RuntimeError("the towns are lost")

        monkeypatch.setattr("tracker.lib.places.nearest.nearest", fail)
        viewer_client.raise_request_exception = False
        response = viewer_client.get("/tracker/place/nearest/?latitude=1&longitude=2", headers={"accept": "text/html"})
        assert (response.status_code, foot(response)) == (500, f"Tracker {__version__}")


def test_metrics_say_it(transactional_db):
    said = Metrics(answer("/metrics", authorization=TOKEN["Authorization"]).body.decode())
    assert said.value("tracker_build_info", version=__version__) == 1


@pytest.mark.parametrize("asgi", [DAPHNE, UVICORN], ids=["daphne", "uvicorn"])
def test_a_process_says_it_in_its_first_line(live_site, tmp_path, asgi):
    with server(live_site, tmp_path, asgi, LOG_FORMAT="json", LOG_LEVEL="INFO"):
        lines = (tmp_path / "daphne.log").read_text().splitlines()
    own = [line for line in lines if line.startswith("{")]  # uvicorn has said by then that it has started
    first = json.loads(own[0])
    assert (first["level"], first["logger"]) == ("INFO", "tracker_project.asgi")
    assert first["message"] == f"Tracker {__version__} starts."
    assert asgi is UVICORN or lines[0] == own[0]
