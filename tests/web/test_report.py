"""The public report page: anybody may report, not too often, and twice the same is once."""

import math
import uuid

import pytest
from django.core import signing
from django.test import Client, override_settings
from django.utils import timezone

from tests import make
from tests.web.odd_input import MARKUP, NUMBERS, TEXTS, no_markup, send
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment, meet_before
from tracker.accounts import presence
from tracker.lib.request import rate_limit
from tracker.models import Alert, Incident, WatchReport
from tracker.web.forms import IncidentForm
from tracker.web.views.reports import signed
from tracker.web.views.sender import sender_of

REPORT, SUCCESS, NEAREST = "/tracker/incident/report/", "/tracker/incident/report_success/", "/tracker/place/nearest/"
THREE_AN_HOUR = override_settings(REPORT_RATE="3/hour")


def form(**fields) -> dict:
    return {
        "name": "Tree on the road",
        "severity": "ME",
        "description": "Nobody can pass.",
        "place": "Mill lane",
        "location": '{"type":"Point","coordinates":[10,50]}',
        "submission": str(uuid.uuid4()),
    } | fields


def reference_of(response) -> int:
    begin, _, number = response.url.partition("?reference=")
    assert begin == SUCCESS
    return int(number)


# --- reporting -----------------------------------------------------------------------------------------------------


def test_a_stranger_reports_as_the_page_asks(reporter):
    make.area("Town", severity="ME")
    shown = Page(reporter.get(REPORT)).fields
    assert {"name", "severity", "description", "place", "location", "latitude", "longitude", "submission"} <= set(shown)
    assert "closed" not in shown
    response = reporter.post(REPORT, form(submission=shown["submission"], accuracy_m="25"))
    incident = Incident.objects.get()
    assert reference_of(response) == incident.pk
    assert (incident.name, incident.severity, incident.place) == ("Tree on the road", "ME", "Mill lane")
    assert (incident.source, incident.reported_by, incident.accuracy_m) == ("public", None, 25)
    assert incident.location.coords == (10, 50)
    assert [alert.area_name for alert in make.alerts_of(incident)] == ["Town"]
    assert f"Your reference: {incident.pk}" in Page(reporter.get(response.url)).text


def test_a_stranger_cannot_open_the_incident_that_was_reported(reporter):
    reporter.post(REPORT, form())
    assert reporter.get(Incident.objects.get().get_absolute_url()).status_code == 302


def test_typed_coordinates_do_without_a_map(reporter):
    assert reporter.post(REPORT, form(location="", latitude="48.8566", longitude="2.3522")).status_code == 302
    assert Incident.objects.get().location.coords == (2.3522, 48.8566)


def test_the_place_is_filled_in_when_it_was_left_empty(reporter):
    reporter.post(REPORT, form(place="", location='{"type":"Point","coordinates":[13.4,52.52]}'))
    assert "Germany" in Incident.objects.get().place


def test_in_the_middle_of_the_ocean_the_place_stays_empty(reporter):
    assert (
        reporter.post(REPORT, form(place="", location='{"type":"Point","coordinates":[-140,-40]}')).status_code == 302
    )
    assert Incident.objects.get().place == ""


def test_who_is_signed_in_is_named(viewer, viewer_client, outsider, outsider_client):
    for user, client in ((viewer, viewer_client), (outsider, outsider_client)):
        client.post(REPORT, form(name=user.username))
        incident = Incident.objects.get(name=user.username)
        assert (incident.reported_by, incident.source) == (user, "public")


def test_a_stranger_decides_nothing_else(reporter, viewer):
    reporter.post(REPORT, form(closed="on", source="admin", reported_by=viewer.pk, id="77", created="2000-01-01"))
    incident = Incident.objects.get()
    assert (incident.closed, incident.source, incident.reported_by) == (False, "public", None)
    assert incident.pk != 77
    assert incident.created.year > 2020


@pytest.mark.parametrize(
    ("field", "value", "at", "said"),
    [
        ("name", "", "name", "Say in a few words what happened."),
        ("name", "x" * 151, "name", "at most 150 characters"),
        ("name", "a\0b", "name", "Null characters are not allowed."),
        ("severity", "worst", "severity", "Choose how bad it is."),
        ("location", "", "latitude", "Pick the place on the map, use your location"),
        ("location", "a\0b", "latitude", "Null characters are not allowed."),
        ("location", "here", "latitude", "it cannot be read as JSON"),
        ("latitude", "91", "latitude", "between -90 and 90"),
        ("longitude", "nan", "longitude", "not a number such as 52.5"),
    ],
)
def test_wrong_input_is_said_at_the_field_and_what_was_typed_stays(field, value, at, said, reporter):
    sent = form(**{field: value})
    response = reporter.post(REPORT, sent)
    page = Page(response)
    assert response.status_code == 200
    assert said in page.errors_at(at)
    assert {name: page.fields[name] for name in sent if name != "severity"} == {
        name: text for name, text in sent.items() if name != "severity"
    }
    assert not Incident.objects.exists()


def test_odd_input_is_an_error_in_the_form_or_is_kept(viewer_client):
    """By somebody signed in, so that it is not the throttle that answers."""
    cases = [(field, text) for field in ("name", "description", "place", "submission") for text in TEXTS.values()]
    cases += [(field, text) for field in ("latitude", "longitude", "accuracy_m") for text in NUMBERS.values()]
    for field, text in cases:
        response = send(viewer_client, REPORT, form(**{field: text}))
        assert response.status_code in {200, 302}, (field, text)
        if response.status_code == 200:
            assert Page(response).errors_at(field), (field, text)


def test_markup_shows_as_text(reporter):
    page = Page(
        reporter.post(REPORT, form(name=MARKUP, description=MARKUP, place=MARKUP, severity=MARKUP, location=MARKUP))
    )
    no_markup(page)
    assert (page.fields["name"], page.fields["location"]) == (MARKUP, MARKUP)


# --- forgery, repetition -------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_taken(db, fresh_address):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=fresh_address)
    response = client.post(REPORT, form())
    assert response.status_code == 403
    assert "The form could not be checked" in Page(response).text
    token = Page(client.get(REPORT)).fields["csrfmiddlewaretoken"]
    assert client.post(REPORT, form(csrfmiddlewaretoken=token[::-1])).status_code == 403
    assert not Incident.objects.exists()
    assert client.post(REPORT, form(csrfmiddlewaretoken=token)).status_code == 302
    foreign = client.post(REPORT, form(csrfmiddlewaretoken=token), HTTP_ORIGIN="https://evil.example")
    assert foreign.status_code == 403
    assert Incident.objects.count() == 1


@THREE_AN_HOUR
def test_the_same_form_twice_makes_one_incident_and_counts_once(reporter):
    sent = form()
    answers = [reporter.post(REPORT, sent) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert Incident.objects.count() == 1
    assert [reporter.post(REPORT, form()).status_code for _ in range(3)] == [302, 302, 429]


def test_the_same_form_twice_at_the_same_moment_makes_one_incident(committing, monkeypatch, fresh_address):
    make.area(severity="ME")
    meet_before(monkeypatch, IncidentForm, "save")
    sent = form()
    answers = at_the_same_moment(*[lambda: Client(REMOTE_ADDR=fresh_address).post(REPORT, sent)] * 2)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert reference_of(answers[0]) == reference_of(answers[1]) == Incident.objects.get().pk
    assert Alert.objects.count() == 1


# --- how often -----------------------------------------------------------------------------------------------------


@THREE_AN_HOUR
def test_one_too_many_is_put_off_with_the_form_as_typed(reporter):
    for _ in range(3):
        assert reporter.post(REPORT, form()).status_code == 302
    sent = form(name="The fourth", description="Still typed", place="A place")
    response = reporter.post(REPORT, sent)
    assert response.status_code == 429
    wait_s = int(response["Retry-After"])
    assert 3500 < wait_s <= 3601
    page = Page(response)
    assert "Too many reports came from your connection" in page.form_errors
    assert f"in {math.ceil(wait_s / 60)} minutes" in page.form_errors
    assert "What you typed is kept." in page.form_errors
    assert {name: page.fields[name] for name in sent} == sent
    assert Incident.objects.count() == 3


@THREE_AN_HOUR
def test_what_is_wrong_does_not_count(reporter):
    for _ in range(5):
        assert reporter.post(REPORT, form(name="")).status_code == 200
    assert [reporter.post(REPORT, form()).status_code for _ in range(4)] == [302, 302, 302, 429]


@override_settings(REPORT_RATE="1/minute")
def test_a_short_wait_is_said_in_the_singular(reporter):
    reporter.post(REPORT, form())
    response = reporter.post(REPORT, form())
    assert 0 < int(response["Retry-After"]) <= 61
    assert "in a minute" in Page(response).form_errors or "in 2 minutes" in Page(response).form_errors


@THREE_AN_HOUR
def test_who_is_signed_in_is_not_throttled(viewer, fresh_address):
    client = Client(REMOTE_ADDR=fresh_address)
    client.force_login(viewer)
    assert {client.post(REPORT, form()).status_code for _ in range(6)} == {302}
    assert Client(REMOTE_ADDR=fresh_address).post(REPORT, form()).status_code == 302


@THREE_AN_HOUR
def test_an_address_that_is_named_by_the_sender_is_not_believed(fresh_address, db):
    client = Client(REMOTE_ADDR=fresh_address)
    codes = [client.post(REPORT, form(), HTTP_X_FORWARDED_FOR=f"1.2.3.{n}").status_code for n in range(4)]
    assert codes == [302, 302, 302, 429]


@THREE_AN_HOUR
@pytest.mark.parametrize(
    ("addresses", "together"),
    [
        (["2001:db8:{n}:7::1", "2001:db8:{n}:7:ffff:1:2:3", "2001:db8:{n}:7::2", "2001:db8:{n}:7:8::"], True),
        (["2001:db8:{n}:1::1", "2001:db8:{n}:2::1", "2001:db8:{n}:3::1", "2001:db8:{n}:4::1"], False),
        (["{v4}.1", "{v4}.2", "{v4}.3", "{v4}.4"], False),
        (["::ffff:{v4}.1", "::ffff:{v4}.2", "::ffff:{v4}.3", "::ffff:{v4}.4"], False),
        (["::ffff:{v4}.9", "{v4}.9", "::ffff:{v4}.9", "{v4}.9"], True),
    ],
    ids=["IPv6, one household", "IPv6, four households", "IPv4", "IPv4 on an IPv6 socket", "IPv4 in both ways"],
)
def test_who_is_counted_together(addresses, together, db):
    n = f"{uuid.uuid4().int % 65536:x}"
    v4 = f"10.{uuid.uuid4().int % 256}.{uuid.uuid4().int % 256}"
    codes = [Client(REMOTE_ADDR=address.format(n=n, v4=v4)).post(REPORT, form()).status_code for address in addresses]
    assert codes == [302, 302, 302, 429 if together else 302]


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", "1.2.3", "\0"])
def test_an_odd_address_is_no_error(address, rf):
    assert sender_of(rf.get(REPORT, REMOTE_ADDR=address))


@THREE_AN_HOUR
@override_settings(REDIS_URL="unix:///nonexistent/redis.sock")
def test_when_the_counter_is_away_reports_are_taken_and_counted_here(reporter, monkeypatch):
    rate_limit.limiters.cache_clear()
    try:
        assert len(rate_limit.limiters()) == 2
        assert [reporter.post(REPORT, form()).status_code for _ in range(4)] == [302, 302, 302, 429]
    finally:
        rate_limit.limiters.cache_clear()


# --- thank you -----------------------------------------------------------------------------------------------------


def test_the_reference_is_shown_and_nothing_else_is(stranger_client, db):
    assert (
        Page(stranger_client.get(f"{SUCCESS}?reference=1234567")).all("strong", class_="reference")[0].text == "1234567"
    )
    for junk in ("", "x", "-1", "1.5", "%C2%B2", "9" * 19, "%00", "1%00", "%3Cxss-probe%3E", "1 or 1", "0x1"):
        page = Page(stranger_client.get(f"{SUCCESS}?reference={junk}"))
        assert "Your report has arrived." in page.text
        assert not page.all("strong", class_="reference"), junk
        no_markup(page)
    assert "Your reference" not in Page(stranger_client.get(SUCCESS)).text


def test_nobody_is_told_by_a_link_that_it_is_known(stranger_client, db):
    ours = signed(7)
    assert "It is known already." in Page(stranger_client.get(SUCCESS, {"known": ours})).text
    other = signing.dumps(7, salt="another")
    for forged in ("7", "", "x", "\0", "²", "NQ:1:x", ours[1:], ours[:-1], "x" + ours, other):
        response = stranger_client.get(SUCCESS, {"known": forged})
        assert (response.status_code, response.headers.get("Location")) == (302, REPORT), forged


# --- sent by the page's script -------------------------------------------------------------------------------------


def test_the_script_is_told_where_the_thanks_are_and_twice_is_once(reporter):
    sent = form()
    answers = [reporter.post(REPORT, sent, headers={"Accept": "application/json"}) for _ in range(2)]
    plain = reporter.post(REPORT, sent)
    assert {answer.json()["url"] for answer in answers} == {plain.url}
    assert reference_of(plain) == Incident.objects.get().pk


def test_the_script_is_told_of_errors_and_a_browser_is_shown_them(reporter):
    answer = reporter.post(REPORT, form(name=""), headers={"Accept": "application/json"})
    assert list(answer.json()["errors"]) == ["name"]
    for accept in ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", ""):
        assert "Not sent yet" in Page(reporter.post(REPORT, form(name=""), headers={"Accept": accept})).text
    assert not Incident.objects.exists()


def test_how_bad_it_is_is_chosen_from_five_with_shape_letter_and_word(reporter):
    page = Page(reporter.get(REPORT))
    choices = page.all("input", type="radio", name="severity")
    assert [choice["value"] for choice in choices] == ["UR", "HI", "ME", "LO", "IN"]
    assert [choice["value"] for choice in choices if "checked" in choice.attributes] == ["ME"]
    labels = page.all("label", class_="severity-option")
    assert [label.text.split() for label in labels] == [[w[0], w] for w in ("Urgent", "High", "Medium", "Low", "Info")]
    assert len([e for e in page.all("svg") if any("severity-option" in outer.classes for outer in e.inside)]) == 5
    again = Page(reporter.post(REPORT, form(name="", severity="UR")))
    assert again.fields["severity"] == "UR"


# --- the nearest place ---------------------------------------------------------------------------------------------


def test_the_nearest_place_with_a_name_and_a_description(stranger_client):
    answer = stranger_client.get(f"{NEAREST}?latitude=52.52&longitude=13.405").json()
    assert "Germany" in answer["place"]
    assert answer["name"].startswith("Incident near ")
    assert answer["place"] in answer["description"]


def test_longitudes_go_around(stranger_client):
    here = stranger_client.get(f"{NEAREST}?latitude=52.52&longitude=13.405").json()
    assert stranger_client.get(f"{NEAREST}?latitude=52.52&longitude=-346.595").json() == here
    assert stranger_client.get(f"{NEAREST}?latitude=-17.8&longitude=-182").status_code == 200


@pytest.mark.parametrize("latitude", [90, -90])
def test_poles_are_far_from_every_town(latitude, stranger_client):
    answer = stranger_client.get(f"{NEAREST}?latitude={latitude}&longitude=0")
    assert answer.json() == {"place": "", "name": "", "description": ""}


@pytest.mark.parametrize(
    "query",
    [
        "", "latitude=50", "longitude=10", "latitude=&longitude=", "latitude=x&longitude=y", "latitude=91&longitude=0",
        "latitude=0&longitude=361", "latitude=nan&longitude=0", "latitude=0&longitude=inf",
        "latitude=1e999&longitude=0",
        "latitude=%00&longitude=0", "latitude=0&longitude=" + "9" * 5000, "latitude=50,5,5&longitude=0",
    ],
    ids=lambda query: query[:30],
)  # fmt: skip
def test_no_place_on_earth_is_refused_in_words(query, stranger_client):
    answer = stranger_client.get(f"{NEAREST}?{query}")
    assert answer.status_code == 400
    assert answer.json() == {"error": "Give latitude and longitude in degrees."}


def test_asking_for_a_place_is_a_get(stranger_client):
    assert stranger_client.post(NEAREST).status_code == 405


# --- what the thanks promise ---


@pytest.mark.parametrize("of", ["reference", "known"])
def test_the_thanks_say_whether_somebody_is_on_watch(stranger_client, viewer, of):
    incident = make.incident()
    query = {of: signed(incident.pk) if of == "known" else incident.pk}

    def thanks() -> str:
        return Page(stranger_client.get(SUCCESS, query)).text

    promise = "The people on watch see it on their map now." if of == "reference" else "have it on their map"
    assert "Nobody is on watch at this moment" in thanks()
    assert promise not in thanks()
    presence.report("web", {viewer.pk: 1})
    assert promise in thanks()
    assert "Nobody is on watch" not in thanks()
    presence.report("web", {})
    assert "Nobody is on watch at this moment" in thanks()
    presence.report("web", {viewer.pk: 1})
    WatchReport.objects.update(seen_at=timezone.now() - presence.GONE_AFTER)
    assert "Nobody is on watch at this moment" in thanks(), "its process is gone"
