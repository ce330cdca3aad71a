"""“Yes, it is this one”: it is kept and counted, once a tap, and tells a stranger nothing that the page did not."""

import uuid

import pytest
from django.test import Client, override_settings

from tests import make
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment, meet_before
from tracker.incidents import history
from tracker.models import Change, Incident

ALSO, REPORT = "/tracker/incident/also_reported/", "/tracker/incident/report/"
THREE_AN_HOUR = override_settings(REPORT_RATE="3/hour")


def tap(incident: object, **fields) -> dict:
    """What the page sends: its form as it is, and which incident it is."""
    number = getattr(incident, "pk", incident)
    shown = {"latitude": "50.001", "longitude": "10", "accuracy_m": "25", "submission": str(uuid.uuid4())}
    return shown | {"name": "Tree", "severity": "ME", "incident": str(number)} | fields


@pytest.fixture
def fire(db):
    return make.public_incident("Fire", severity="HI", place="Pier 3")


def count(incident) -> int:
    return history.reports(incident).times


def test_it_stands_in_the_history_and_is_counted_and_changes_nothing(reporter, viewer_client, fire):
    version, since = history.version(fire), make.newest_id()
    response = reporter.post(ALSO, tap(fire))
    url = response.json()["url"]
    assert url.startswith("/tracker/incident/report_success/?known=")
    thanks = Page(reporter.get(url))
    assert "It is known already." in thanks.text
    assert thanks.all("strong", class_="reference")[0].text == str(fire.pk)
    assert fire.name not in thanks.text
    change = make.first(history.of(fire))
    assert (change.kind, change.by, change.who, change.name) == ("reported", None, "", "Fire")
    assert change.values == {"source": [None, "public"]}
    assert history.version(fire) == version
    assert make.recorded(since) == []
    assert Incident.objects.count() == 1
    page = Page(viewer_client.get(fire.get_absolute_url()))
    assert "Once, by the public report page" in page.text
    assert "Also reported, nobody signed in" in page.text
    reporter.post(ALSO, tap(fire))
    assert "2 times, by the public report page; last" in Page(viewer_client.get(fire.get_absolute_url())).text


def test_the_page_of_an_incident_that_nobody_else_reported_says_nothing_of_it(viewer_client, fire):
    assert "Also reported" not in Page(viewer_client.get(fire.get_absolute_url())).text


def test_who_is_signed_in_is_named(viewer_client, fire):
    viewer_client.post(ALSO, tap(fire))
    assert make.first(history.of(fire)).who == "vera"


def test_the_same_tap_twice_counts_once_and_another_incident_is_another_tap(reporter, fire):
    other = make.public_incident("Flood")
    sent = tap(fire)
    answers = [reporter.post(ALSO, sent) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert count(fire) == 1
    assert reporter.post(ALSO, sent | {"incident": str(other.pk)}).status_code == 200
    assert (count(fire), count(other)) == (1, 1)


def test_the_same_tap_twice_at_the_same_moment_counts_once(committing, monkeypatch, fresh_address):
    fire = make.public_incident("Fire")
    meet_before(monkeypatch, history, "record_reported")
    sent = tap(fire)
    answers = at_the_same_moment(*[lambda: Client(REMOTE_ADDR=fresh_address).post(ALSO, sent)] * 2)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert count(fire) == 1


@pytest.mark.parametrize("submission", ["", "x", "\0"])
def test_a_tap_without_a_key_counts_each_time(submission, reporter, fire):
    for _ in range(2):
        assert reporter.post(ALSO, tap(fire, submission=submission)).status_code == 200
    assert count(fire) == 2


# --- what a stranger may not ---------------------------------------------------------------------------------------


def test_what_is_elsewhere_over_or_nothing_at_all_is_one_and_the_same_answer(reporter, fire):
    over, far = make.public_incident("Over", closed=True), make.public_incident("Far away", make.AWAY)
    sent = [tap(over), tap(far), tap(999_999), tap("x"), tap(""), tap("9" * 30), tap("-1"), tap("\0")]
    answers = [reporter.post(ALSO, each) for each in sent]
    assert {(answer.status_code, answer.content) for answer in answers} == {(409, answers[0].content)}
    assert "not open any more" in answers[0].json()["error"]
    assert not Change.objects.filter(kind="reported").exists()


def test_a_stranger_reports_roughly_what_the_page_shows_and_no_farther(reporter, viewer_client, fire):
    sent = tap(fire, latitude="50.018", accuracy_m="2500")  # 2 km away
    assert reporter.post(ALSO, sent | {"accuracy_m": ""}).status_code == 409
    assert reporter.post(ALSO, sent).status_code == 409
    assert viewer_client.post(ALSO, sent).status_code == 200
    assert viewer_client.post(ALSO, tap(fire, latitude="50.018", accuracy_m="nan")).status_code == 409


@pytest.mark.parametrize("missing", ["latitude", "longitude"])
def test_no_place_on_earth_is_refused_in_words(missing, reporter, fire):
    response = reporter.post(ALSO, tap(fire, **{missing: ""}))
    assert response.status_code == 400
    assert response.json()["error"] == "Give latitude and longitude in degrees."


@THREE_AN_HOUR
def test_one_too_many_is_put_off_and_the_same_tap_is_not_another(reporter, fire):
    first = tap(fire)
    assert [reporter.post(ALSO, each).status_code for each in (first, tap(fire), tap(999_999))] == [200, 200, 409]
    response = reporter.post(ALSO, tap(fire))
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 3500
    assert "Too many reports came from your connection" in response.json()["error"]
    assert reporter.post(ALSO, first).status_code == 200
    assert count(fire) == 2
    report = {"name": "Fire", "severity": "ME", "latitude": "1", "longitude": "2"}
    assert reporter.post(REPORT, report).status_code == 302  # it takes nothing from reporting


@THREE_AN_HOUR
def test_an_account_that_may_see_nothing_is_put_off_like_a_stranger_and_who_is_on_watch_is_not(
    fresh_address, outsider, viewer, fire
):
    codes = {}
    for person in (outsider, viewer):
        client = Client(REMOTE_ADDR=fresh_address)
        client.force_login(person)
        codes[person] = [client.post(ALSO, tap(fire)).status_code for _ in range(4)]
    assert codes == {outsider: [200, 200, 200, 429], viewer: [200] * 4}
    assert count(fire) == 7


@override_settings(PUBLIC_NEARBY=False)
def test_where_strangers_are_shown_nothing_they_say_nothing(reporter, outsider_client, viewer_client, fire):
    for client in (reporter, outsider_client):
        response = client.post(ALSO, tap(fire))
        assert response.status_code == 403
        assert response.json()["error"] == "Open incidents are not shown in public here."
    assert count(fire) == 0
    assert viewer_client.post(ALSO, tap(fire)).status_code == 200


def test_without_a_token_nothing_is_taken(fresh_address, fire):
    client = Client(REMOTE_ADDR=fresh_address, enforce_csrf_checks=True)
    assert client.post(ALSO, tap(fire)).status_code == 403
    assert count(fire) == 0


def test_it_is_a_post(reporter, fire):
    assert reporter.get(ALSO, tap(fire)).status_code == 405


# --- beside the changes --------------------------------------------------------------------------------------------


def test_nobody_who_edits_is_overtaken_by_it(reporter, operator_client, fire):
    edit = f"/tracker/incident/update/{fire.pk}/"
    fields = Page(operator_client.get(edit)).fields
    reporter.post(ALSO, tap(fire))
    assert operator_client.post(edit, fields | {"name": "Big fire"}).status_code == 302
    fire.refresh_from_db()
    assert fire.name == "Big fire"


def test_many_reports_do_not_bury_the_changes(viewer_client, fire):
    for _ in range(30):
        history.record_reported(fire, uuid.uuid4())
    page = Page(viewer_client.get(fire.get_absolute_url()))
    assert "30 times, by the public report page" in page.text
    assert page.text.count("Also reported, nobody") == history.REPORTS_SHOWN
    assert "Created, nobody signed in" in page.text
