"""“Is it one of these?”: what a stranger may learn of open incidents near a point, how often, and where it is off."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from tests import make
from tests.http.page import Page
from tracker import places
from tracker.models import Incident
from tracker.views import nearby
from tracker.views.reports import sealed

NEARBY, REPORT, SUCCESS = (f"/tracker/incident/{page}/" for page in ("nearby", "report", "report_success"))
HERE = {"latitude": "50", "longitude": "10"}


def test_a_stranger_learns_what_a_notice_on_the_spot_would_say(reporter, operator):
    incident = make.incident(
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
                "place": places.describe(10, 50.003),
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
        incident = make.incident("Fallen tree", at, place="Mill lane 5, second floor")
        answers.append([near_of(reporter.get(NEARBY, here)) for here in angles])
        assert near_of(viewer_client.get(NEARBY, HERE))[0]["place"] == "Mill lane 5, second floor"
        incident.delete()
    assert answers[0] == answers[1]
    assert "floor" not in str(answers)


def near_of(response) -> list[dict]:
    return [{**each, "reference": 0} for each in response.json()["incidents"]]


def test_the_accuracy_widens_the_circle_and_nonsense_does_not(reporter):
    make.incident("2 km", (10, 50.018))
    assert reporter.get(NEARBY, HERE).json() == {"incidents": []}
    assert len(reporter.get(NEARBY, HERE | {"accuracy_m": "2500"}).json()["incidents"]) == 1
    for nonsense in ("", "x", "nan", "-5000", "\0"):
        assert reporter.get(NEARBY, HERE | {"accuracy_m": nonsense}).json() == {"incidents": []}
    assert len(reporter.get(NEARBY, HERE | {"accuracy_m": "1e999"}).json()["incidents"]) == 1


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
    assert response.json()["error"] == "Too many questions came from your connection."
    client = Client(REMOTE_ADDR=fresh_address)
    client.force_login(viewer)
    assert client.get(NEARBY, HERE).status_code == 200
    client.force_login(outsider)
    assert client.get(NEARBY, HERE).status_code == 429
    sent = {"name": "Fire", "severity": "ME", "latitude": "1", "longitude": "2"}
    assert reporter.post(REPORT, sent).status_code == 302  # asking takes nothing from reporting


@override_settings(PUBLIC_NEARBY=False)
def test_where_it_is_off_only_people_who_may_see_incidents_are_shown_them(reporter, outsider_client, viewer_client):
    make.incident()
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
    incident = make.incident()
    page = Page(reporter.get(f"{SUCCESS}?known={sealed(incident.pk)}"))
    assert "It is known already." in page.text
    assert page.all("strong", class_="reference")[0].text == str(incident.pk)
    assert incident.name not in page.text
    assert Incident.objects.count() == 1
