"""Incidents are reported, changed and deleted: what is wrong is said at its field, and the same form twice is once."""

import uuid
from functools import partial

import pytest
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.web.odd_input import MARKUP, NUMBERS, TEXTS, no_markup, send
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment, meet_before
from tracker.models import Alert, Incident, Notification
from tracker.models.incidents import LEAST_ACCURATE_M
from tracker.web.forms import IncidentForm

LIST, CREATE = "/tracker/incident/", "/tracker/incident/create/"


def update_page(incident: Incident) -> str:
    return reverse("incident_update", args=[incident.pk])


def delete_page(incident: Incident) -> str:
    return reverse("incident_delete", args=[incident.pk])


def form(**fields) -> dict:
    return {
        "name": "Gas leak",
        "severity": "HI",
        "description": "It smells.",
        "place": "Market square",
        "latitude": "50.5",
        "longitude": "10.25",
        "submission": str(uuid.uuid4()),
    } | fields


def point_text(longitude: float, latitude: float) -> str:
    return f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}'


# --- create --------------------------------------------------------------------------------------------------------


def test_an_incident_is_reported(operator, operator_client):
    make.area("Town")
    response = operator_client.post(CREATE, form(accuracy_m="7.5"), follow=True)
    incident = Incident.objects.get()
    assert response.redirect_chain == [(incident.get_absolute_url(), 302)]
    assert Page(response).messages == ["The incident was reported."]
    assert (incident.name, incident.severity, incident.description) == ("Gas leak", "HI", "It smells.")
    assert (incident.place, incident.location.coords, incident.accuracy_m) == ("Market square", (10.25, 50.5), 7.5)
    assert (incident.source, incident.reported_by, incident.closed) == ("form", operator, False)
    assert [alert.area_name for alert in make.alerts_of(incident)] == ["Town"]
    assert [message["type"] for message in make.recorded()][-2:] == ["post_save", "alert"]


def test_the_place_comes_from_the_map(operator_client):
    operator_client.post(CREATE, form(latitude="", longitude="", location=point_text(3, 4)))
    assert Incident.objects.get().location.coords == (3, 4)


def test_typed_coordinates_win_over_the_map(operator_client):
    operator_client.post(CREATE, form(latitude="6", longitude="5", location=point_text(3, 4)))
    assert Incident.objects.get().location.coords == (5, 6)


def test_a_longitude_beyond_the_antimeridian_is_wrapped(operator_client):
    operator_client.post(CREATE, form(latitude="-17", longitude="182.5"))
    assert Incident.objects.get().location.coords == (-177.5, -17)


def test_an_empty_place_is_filled_in(operator_client):
    operator_client.post(CREATE, form(place="", latitude="48.8566", longitude="2.3522"))
    assert Incident.objects.get().place.startswith("in Paris")


def test_no_place_is_an_error_in_words_and_keeps_what_was_typed(operator_client):
    sent = form(latitude="", longitude="")
    response = operator_client.post(CREATE, sent)
    page = Page(response)
    assert response.status_code == 200
    assert "Pick the place on the map" in page.errors_at("latitude")
    assert {name: page.fields[name] for name in sent} == sent
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say in a few words what happened."),
        ("name", "x" * 151, "at most 150 characters (it has 151)"),
        ("place", "x" * 201, "at most 200 characters (it has 201)"),
        ("description", "x" * 10_001, "at most 10000 characters (it has 10001)"),
        ("name", "a\0b", "Null characters are not allowed."),
        ("place", "a\0b", "Null characters are not allowed."),
        ("description", "a\0b", "Null characters are not allowed."),
        ("severity", "", "Choose how bad it is."),
        ("severity", "XX", "Choose how bad it is."),
        ("severity", "\0", "Choose how bad it is."),
        ("latitude", "90.1", "between -90 and 90"),
        ("latitude", "-91", "between -90 and 90"),
        ("longitude", "361", "between -180 and 180"),
        ("latitude", "north", "not a number such as 52.5"),
        ("longitude", "inf", "not a number such as 52.5"),
        ("longitude", "nan", "not a number such as 52.5"),
        ("latitude", "1e400", "not a number such as 52.5"),
        ("latitude", "", "Pick the place on the map"),
    ],
)
def test_wrong_input_is_said_at_the_field_and_what_was_typed_stays(field, value, said, operator_client):
    incident = make.incident("Before")
    for address in (CREATE, update_page(incident)):
        sent = form(**{field: value})
        response = operator_client.post(address, sent)
        page = Page(response)
        assert response.status_code == 200
        if field != "latitude" or value or address == CREATE:
            assert said in page.errors_at(field), page.text
        if field != "severity":
            assert page.fields[field] == value
        assert page.fields["name"] == sent["name"]
    assert [i.name for i in Incident.objects.all()] == ["Before"]


@pytest.mark.parametrize("field", ["name", "description", "place", "location", "submission", "accuracy_m", "severity"])
def test_odd_text_is_an_error_in_the_form_or_is_kept(field, operator_client):
    incident = make.incident("Before", place="somewhere")
    for odd, text in TEXTS.items():
        for address in (CREATE, update_page(incident)):
            response = send(operator_client, address, form(**{field: text}))
            assert response.status_code in {200, 302}, odd
            if response.status_code == 200:
                page = Page(response)
                assert page.all(class_="is-invalid") or page.form_errors, f"{odd}: the form comes back without a reason"
            else:
                assert operator_client.get(response.url).status_code == 200
    assert operator_client.get(LIST).status_code == 200
    assert (
        len(operator_client.get(reverse("incident_feature_collection")).json()["features"]) == Incident.objects.count()
    )


@pytest.mark.parametrize("field", ["latitude", "longitude"])
def test_an_odd_number_is_an_error_in_the_form(field, operator_client):
    for odd, text in NUMBERS.items():
        response = send(operator_client, CREATE, form(**{field: text}))
        assert response.status_code == 200, odd
        assert Page(response).errors_at(field), odd
    assert not Incident.objects.exists()


@pytest.mark.parametrize("accuracy", ["-1", "nan", "about ten", "\0", "", "9" * 5000])
def test_an_accuracy_that_no_device_would_say_is_dropped(accuracy, operator_client):
    response = operator_client.post(CREATE, form(accuracy_m=accuracy))
    assert response.status_code == 302
    assert Incident.objects.get().accuracy_m is None


@pytest.mark.parametrize("accuracy", ["inf", "1e9"])
def test_an_accuracy_without_bound_is_anywhere(accuracy, operator_client):
    assert operator_client.post(CREATE, form(accuracy_m=accuracy)).status_code == 302
    assert Incident.objects.get().accuracy_m == LEAST_ACCURATE_M


def test_fields_that_are_not_in_the_form_are_left_alone(operator, operator_client, viewer):
    operator_client.post(
        CREATE, form(closed="on", source="import", reported_by=viewer.pk, id="77", created="2000-01-01")
    )
    incident = Incident.objects.get()
    assert not incident.closed
    assert (incident.source, incident.reported_by) == ("form", operator)
    assert incident.pk != 77
    assert incident.created.year > 2020


# --- the same form twice -------------------------------------------------------------------------------------------


def test_every_form_has_a_key_of_its_own(operator_client):
    keys = {Page(operator_client.get(CREATE)).fields["submission"] for _ in range(2)}
    assert len({uuid.UUID(key) for key in keys}) == 2


def test_the_same_form_twice_makes_one_incident(operator_client):
    make.area()
    sent = form()
    first, second = operator_client.post(CREATE, sent), operator_client.post(CREATE, sent)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Incident.objects.count() == Alert.objects.count() == 1
    assert len(make.recorded(types=["alert"])) == 1


def test_two_forms_with_the_same_words_make_two_incidents(operator_client):
    operator_client.post(CREATE, form())
    operator_client.post(CREATE, form())
    assert Incident.objects.count() == 2


def test_a_form_without_a_key_is_taken(operator_client):
    for _ in range(2):
        assert operator_client.post(CREATE, form(submission="")).status_code == 302
    assert Incident.objects.count() == 2


def test_the_same_form_twice_at_the_same_moment_makes_one_incident(committing, monkeypatch):
    make.area()
    meet_before(monkeypatch, IncidentForm, "save")
    olga = make.person("olga", "Operator")
    sent = form()
    responses = at_the_same_moment(*[partial(signed_in(olga).post, CREATE, sent) for _ in range(2)])
    assert [response.status_code for response in responses] == [302, 302]
    assert responses[0].url == responses[1].url == Incident.objects.get().get_absolute_url()
    assert Alert.objects.count() == 1
    assert Notification.objects.filter(type="alert").count() == 1


# --- update --------------------------------------------------------------------------------------------------------


def test_the_form_shows_what_is_stored(operator_client):
    incident = make.incident("Oil", place="Pier", description="Black", accuracy_m=3.5, at=(10.123456789, 50.5))
    shown = Page(operator_client.get(update_page(incident))).fields
    assert (shown["name"], shown["place"], shown["description"], shown["severity"]) == ("Oil", "Pier", "Black", "HI")
    assert (shown["latitude"], shown["longitude"], shown["accuracy_m"]) == ("50.5", "10.1234568", "3.5")
    assert "closed" not in shown
    assert "submission" not in shown


def test_sending_the_form_back_unchanged_changes_nothing(operator, operator_client):
    make.area()
    incident = make.incident(
        "Oil", at=(10.123456789, 50.987654321), place="Pier", accuracy_m=3.5, source="public", reported_by=operator
    )
    since = make.newest_id()
    sent = Page(operator_client.get(update_page(incident))).fields
    response = operator_client.post(update_page(incident), sent, follow=True)
    assert Page(response).messages == ["The incident was saved."]
    stored = Incident.objects.get()
    for field in ("name", "place", "accuracy_m", "source", "reported_by", "severity", "closed", "created"):
        assert getattr(stored, field) == getattr(incident, field)
    assert stored.location.equals_exact(incident.location)
    assert [message["type"] for message in make.recorded(since)] == ["post_save"]  # and no alert


def test_an_incident_is_changed_moved_and_closed(operator_client):
    make.area("Here")
    make.area("There", make.around(make.AWAY))
    incident = make.incident("Oil")
    shown = Page(operator_client.get(update_page(incident))).fields

    moved = shown | {"location": point_text(*make.AWAY), "name": "Slick"}
    operator_client.post(update_page(incident), moved)
    incident.refresh_from_db()
    assert (incident.name, incident.location.coords) == ("Slick", make.AWAY)
    assert [(a.area_name, a.state) for a in make.alerts_of(incident)] == [
        ("Here", "resolved"),
        ("There", "unacknowledged"),
    ]

    shown = Page(operator_client.get(update_page(incident))).fields
    operator_client.post(update_page(incident), shown | {"closed": "on"})
    incident.refresh_from_db()
    assert incident.closed
    assert {alert.state for alert in make.alerts_of(incident)} == {"resolved"}
    assert Page(operator_client.get(update_page(incident))).fields["closed"] == "on"


def test_changed_coordinates_win_and_unchanged_ones_do_not(operator_client):
    incident = make.incident(at=(10, 50))
    shown = Page(operator_client.get(update_page(incident))).fields
    operator_client.post(update_page(incident), shown | {"latitude": "51", "location": point_text(3, 4)})
    incident.refresh_from_db()
    assert incident.location.coords == (10, 51)
    shown = Page(operator_client.get(update_page(incident))).fields
    operator_client.post(update_page(incident), shown | {"location": point_text(3, 4)})
    incident.refresh_from_db()
    assert incident.location.coords == (3, 4)


# --- delete --------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_keeps_the_alerts(operator_client):
    make.area()
    incident = make.incident("Oil")
    page = Page(operator_client.get(delete_page(incident)))
    assert "Delete “Oil”?" in page.text
    assert Incident.objects.exists()
    response = operator_client.post(delete_page(incident), follow=True)
    assert Page(response).messages == ["The incident “Oil” was deleted."]
    assert not Incident.objects.exists()
    alert = Alert.objects.get()
    assert (alert.state, alert.reason, alert.incident_name) == ("resolved", "incident_deleted", "Oil")
    assert [message["type"] for message in make.recorded()][-2:] == ["post_delete", "alert_state"]
    assert operator_client.get(incident.get_absolute_url()).status_code == 404
    assert operator_client.post(delete_page(incident)).status_code == 404


# --- markup --------------------------------------------------------------------------------------------------------


def test_markup_in_every_field_shows_as_text(operator, operator_client):
    operator.first_name = operator.last_name = MARKUP
    operator.save()
    make.area(MARKUP)
    response = operator_client.post(CREATE, form(name=MARKUP, description=MARKUP, place=MARKUP))
    incident = Incident.objects.get()
    detail = Page(operator_client.get(response.url))
    no_markup(detail)
    assert detail.text.count(" ".join(MARKUP.split())) >= 5  # title, description, place, reporter, alert
    for address in (
        LIST,
        f"{LIST}?q=%22%3E%3Cxss-probe%20onclick%3Devil()%3E",
        update_page(incident),
        delete_page(incident),
    ):
        page = Page(operator_client.get(address))
        no_markup(page)
        assert MARKUP in page.text
    shown = Page(operator_client.get(update_page(incident))).fields
    assert (shown["name"], shown["description"], shown["place"]) == (MARKUP, MARKUP, MARKUP)
    wrong = Page(operator_client.post(CREATE, form(name=MARKUP, severity=MARKUP, latitude=MARKUP, location=MARKUP)))
    no_markup(wrong)
    assert wrong.fields["latitude"] == MARKUP
    deleted = Page(operator_client.post(delete_page(incident), follow=True))
    no_markup(deleted)
    assert deleted.messages == [f"The incident “{MARKUP}” was deleted."]
