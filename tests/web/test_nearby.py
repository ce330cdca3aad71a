"""“Is it one of these?”: what a stranger may learn of open incidents near a point, how often, and where it is off."""

import math
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from tests import make
from tests.web.page import Page
from tracker.incidents.nearby import ROUGH
from tracker.lib.places import nearest
from tracker.lib.request import rate_limit
from tracker.models import Incident
from tracker.web.views import nearby
from tracker.web.views.reports import signed

NEARBY, REPORT, SUCCESS = (f"/tracker/incident/{page}/" for page in ("nearby", "report", "report_success"))
HERE = {"latitude": "50", "longitude": "10"}


def test_a_stranger_learns_what_a_notice_on_the_spot_would_say(reporter, operator):
    incident = make.public_incident(
        "Fallen tree", (10, 50.0031), "HI", description="Call Mr X", place="Mill lane", reported_by=operator,
        accuracy_m=12, created=timezone.now() - timedelta(minutes=20, seconds=5),
    )  # fmt: skip
    response = reporter.get(NEARBY, HERE)
    assert response.json() == {
        "incidents": [
            {
                "reference": incident.pk,
                "name": "Fallen tree",
                "severity": "High",
                "severity_code": "HI",
                "place": nearest.describe(*ROUGH.middle(10, 50.0031)),
                "distance": "about 350 m away",
                "age": "20\xa0minutes ago",
            }
        ]
    }
    assert "no-store" in response["Cache-Control"]


def test_however_often_a_stranger_asks_the_position_stays_rough(reporter, viewer_client):
    """Two places within a hundred metres give the same answers from everywhere; who may see incidents sees each."""
    angles = [HERE | {"latitude": str(50 + step / 3000), "longitude": str(10 + step / 2000)} for step in range(-6, 7)]
    answers = []
    for at in [(10.0002, 50.0004), (9.9997, 49.9998)]:
        incident = make.public_incident("Fallen tree", at, place="Mill lane 5, second floor")
        answers.append([near_of(reporter.get(NEARBY, here)) for here in angles])
        assert near_of(viewer_client.get(NEARBY, HERE))[0]["place"] == "Mill lane 5, second floor"
        incident.delete()
    assert answers[0] == answers[1]
    assert "floor" not in str(answers)


def near_of(response) -> list[dict]:
    return [{**each, "reference": 0} for each in response.json()["incidents"]]


def test_the_accuracy_widens_the_circle_of_those_who_may_see_incidents_and_nonsense_does_not(reporter, viewer_client):
    make.public_incident("2 km", (10, 50.018))
    assert viewer_client.get(NEARBY, HERE).json() == {"incidents": []}
    assert len(viewer_client.get(NEARBY, HERE | {"accuracy_m": "2500"}).json()["incidents"]) == 1
    for nonsense in ("", "x", "nan", "-5000", "\0"):
        assert viewer_client.get(NEARBY, HERE | {"accuracy_m": nonsense}).json() == {"incidents": []}
    assert len(viewer_client.get(NEARBY, HERE | {"accuracy_m": "1e999"}).json()["incidents"]) == 1
    assert reporter.get(NEARBY, HERE | {"accuracy_m": "2500"}).json() == {"incidents": []}


@pytest.mark.parametrize("query", ["", "latitude=50", "latitude=x&longitude=1", "latitude=91&longitude=0"])
def test_no_place_on_earth_is_refused_in_words(query, reporter):
    response = reporter.get(f"{NEARBY}?{query}")
    assert response.status_code == 400
    assert response.json()["error"] == "Give latitude and longitude in degrees."


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "less than 50 m away"),
        (49, "less than 50 m away"),
        (51, "about 50 m away"),
        (76, "about 100 m away"),
        (974, "about 950 m away"),
        (980, "about 1.0 km away"),
        (4321, "about 4.3 km away"),
    ],
)
def test_distances_are_rough(metres, words):
    assert nearby.distance_in_words(metres) == words


def test_what_has_just_happened_is_just_now():
    assert nearby.age_in_words(timezone.now()) == "just now"
    assert nearby.age_in_words(timezone.now() + timedelta(hours=1)) == "just now"


def test_a_stranger_asks_sixty_times_a_minute_and_who_may_see_incidents_as_often_as_they_like(
    reporter, viewer, outsider, fresh_address
):
    assert {reporter.get(NEARBY, HERE).status_code for _ in range(60)} == {200}
    response = reporter.get(NEARBY, HERE)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 61
    assert "You can report all the same." in response.json()["error"]
    client = Client(REMOTE_ADDR=fresh_address)
    client.force_login(viewer)
    assert client.get(NEARBY, HERE).status_code == 200
    client.force_login(outsider)
    assert client.get(NEARBY, HERE).status_code == 429
    sent = {"name": "Fire", "severity": "ME", "latitude": "1", "longitude": "2"}
    assert reporter.post(REPORT, sent).status_code == 302  # asking takes nothing from reporting


@override_settings(NEARBY_RATE="6/hour")
def test_a_stranger_moves_the_pin_about_a_spot_and_combs_no_town(reporter, viewer_client):
    """Forty incidents over ten kilometres: what one address is told of them is what lies around six spots."""
    for n in range(40):
        make.public_incident(f"Incident {n}", (10 + n % 8 * 0.018, 50 + n // 8 * 0.018))
    told, codes = set(), []
    for n in range(40):
        asked = {"latitude": str(50 + n // 8 * 0.018), "longitude": str(10 + n % 8 * 0.018), "accuracy_m": "5000"}
        response = reporter.get(NEARBY, asked)
        codes.append(response.status_code)
        told |= {incident["name"] for incident in response.json().get("incidents", [])}
    assert codes == [200] * 6 + [429] * 34
    assert len(told) <= 6
    assert 3500 < int(response["Retry-After"]) <= 3601
    minutes = math.ceil(int(response["Retry-After"]) / 60)
    assert f"can be shown again in {minutes} minutes. You can report all" in response.json()["error"]
    moved = [{"latitude": str(50 + step / 10_000), "longitude": str(10 + step / 10_000)} for step in range(20)]
    assert {reporter.get(NEARBY, here).status_code for here in moved} == {200}  # about a spot that was told already
    assert viewer_client.get(NEARBY, asked).status_code == 200


@override_settings(NEARBY_RATE="2/hour", REDIS_URL="unix:///nonexistent/redis.sock")
def test_when_the_counter_is_away_spots_are_counted_here(reporter):
    rate_limit.limiters.cache_clear()
    try:
        asked = [HERE | {"latitude": str(latitude)} for latitude in (50, 51, 50, 52, 51)]
        assert [reporter.get(NEARBY, here).status_code for here in asked] == [200, 200, 200, 429, 200]
    finally:
        rate_limit.limiters.cache_clear()


@override_settings(PUBLIC_NEARBY=False)
def test_where_it_is_off_only_people_who_may_see_incidents_are_shown_them(reporter, outsider_client, viewer_client):
    make.public_incident()
    for client in (reporter, outsider_client):
        response = client.get(NEARBY, HERE)
        assert response.status_code == 403
        assert response.json()["error"] == "Open incidents are not shown in public here."
        assert not Page(client.get(REPORT)).all("section", id="nearby")
    assert len(viewer_client.get(NEARBY, HERE).json()["incidents"]) == 1
    assert Page(viewer_client.get(REPORT)).all("section", id="nearby")


def test_asking_is_a_get(reporter):
    assert reporter.post(NEARBY, HERE).status_code == 405


def test_who_says_it_is_this_one_is_thanked_and_makes_no_second(reporter):
    incident = make.public_incident()
    page = Page(reporter.get(f"{SUCCESS}?known={signed(incident.pk)}"))
    assert "It is known already." in page.text
    assert page.all("strong", class_="reference")[0].text == str(incident.pk)
    assert incident.name not in page.text
    assert Incident.objects.count() == 1
