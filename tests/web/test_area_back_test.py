"""The area form's question about a shape: the numbers for every threshold, or the form's own sentence."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.web.odd_input import TEXTS, send
from tests.web.page import Page
from tracker.alerts import back_test
from tracker.lib.geo import geometry
from tracker.models import AreaOfInterest

BACK_TEST, CREATE = "/tracker/area_of_interest/back_test/", "/tracker/area_of_interest/create/"
SQUARE = make.around(make.HOME).geojson


def test_the_numbers_for_every_threshold(operator_client):
    noon = (timezone.now() - timedelta(days=2)).replace(hour=12)
    make.incident("Noon", created=noon, closed=True)
    make.incident("Night", severity="UR", created=noon.replace(hour=2))
    make.incident("Away", make.AWAY)
    assert operator_client.post(BACK_TEST, {"polygon": SQUARE}).json() == {
        "days": 90,
        "night": "22–06",
        "time_zone": "UTC",
        "thresholds": {
            "UR": {"alerts": 1, "at_night": 1},
            "HI": {"alerts": 2, "at_night": 1},
            "ME": {"alerts": 2, "at_night": 1},
            "LO": {"alerts": 2, "at_night": 1},
            "IN": {"alerts": 2, "at_night": 1},
        },
        "now": {code: {"alerts": 1, "in_hand": 0} for code in ("UR", "HI", "ME", "LO", "IN")},
    }
    assert not AreaOfInterest.objects.exists()


def test_features_and_shapes_that_can_be_mended_are_counted_as_the_form_would_store_them(operator_client):
    make.incident("In Fiji", (-179.5, -17))
    fiji = {"type": "Polygon", "coordinates": [[[179, -18], [181, -18], [181, -16], [179, -16], [179, -18]]]}
    wrapped = json.dumps({"type": "Feature", "properties": {}, "geometry": fiji})
    assert operator_client.post(BACK_TEST, {"polygon": wrapped}).json()["thresholds"]["HI"]["alerts"] == 1


BROKEN = {
    "empty": "",
    "no JSON": "here and there",
    "a point": '{"type":"Point","coordinates":[1,2]}',
    "no area": '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0],[1,1],[0,0]]]}',
    "out of range": '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,91],[0,0]]]}',
    "crs": SQUARE[:-1] + ',"crs":{}}',
    "too many points": json.dumps({"type": "Polygon", "coordinates": [[[0, 0]] * (geometry.MAX_VERTICES + 1)]}),
    "too large": '{"type":"' + "x" * geometry.MAX_BYTES + '"}',
    "too deep": "[" * 3000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_form_refuses_is_refused_with_the_same_sentence(name, operator_client):
    response = operator_client.post(BACK_TEST, {"polygon": BROKEN[name]})
    assert response.status_code == 400
    page = Page(operator_client.post(CREATE, {"name": "Drawn", "severity": "HI", "polygon": BROKEN[name]}))
    assert response.json()["error"] in page.errors_at("polygon")


def test_odd_input_is_refused_in_words(operator_client):
    for odd, text in TEXTS.items():
        response = send(operator_client, BACK_TEST, {"polygon": text})
        assert response.status_code == 400, odd
        assert response.json()["error"], odd
    assert operator_client.post(BACK_TEST).status_code == 400
    assert operator_client.post(BACK_TEST, {"polygon": "x" * (6 * 1024 * 1024)}).status_code == 400


def test_many_incidents_cost_no_more_queries(operator_client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator_client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 200
        return len(captured)

    few = queries()
    for n in range(40):
        make.incident(f"{n}")
    assert queries() == few


def test_only_with_a_token_and_by_post(operator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 403
    token = Page(client.get(CREATE)).fields["csrfmiddlewaretoken"]
    assert client.post(BACK_TEST, {"polygon": SQUARE}, headers={"X-CSRFToken": token}).status_code == 200
    assert client.get(BACK_TEST).status_code == 405


@pytest.mark.parametrize("permission", ["add_areaofinterest", "change_areaofinterest"])
def test_who_may_draw_or_change_areas_may_ask(permission, outsider, outsider_client, viewer_client):
    assert outsider_client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 403
    assert viewer_client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 403
    make.grant(outsider, permission)
    assert outsider_client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 403, "small shapes would tell where"
    make.grant(outsider, "view_incident")
    assert outsider_client.post(BACK_TEST, {"polygon": SQUARE}).status_code == 200


def test_a_count_that_takes_too_long_is_said_in_words(operator_client, monkeypatch):
    def take_long(_shape):
        raise back_test.TooLong

    monkeypatch.setattr(back_test, "back_test", take_long)
    response = operator_client.post(BACK_TEST, {"polygon": SQUARE})
    assert response.status_code == 503
    assert "too many incidents in this shape" in response.json()["error"]


def test_the_form_has_a_line_for_it(operator_client):
    (line,) = Page(operator_client.get(CREATE)).all("p", id="back-test")
    assert (line["role"], line["data-url"]) == ("status", BACK_TEST)
