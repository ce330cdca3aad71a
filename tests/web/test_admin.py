"""The administration: a main way to report, so it records and alerts like any other; the log is read only."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.web.admin_site import ALERTS, AREAS, INCIDENTS, LOG, NOTIFICATIONS, act, change, delete
from tests.web.odd_input import MARKUP, NUMBERS, TEXTS, no_markup, send
from tests.web.page import Page
from tracker.events import publishing
from tracker.incidents import bulk
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident, LogState, Notification

HERE = '{"type":"Point","coordinates":[10,50]}'
FAR = '{"type":"Point","coordinates":[-60,-30]}'


def form(**fields) -> dict:
    return {"name": "Gas leak", "severity": "HI", "description": "", "location": HERE, "place": ""} | fields


def types(since: int) -> list[str]:
    return [message["type"] for message in make.recorded(since)]


@pytest.fixture
def staff(db):
    """Staff with the given permissions, and no others."""

    def make_staff(*permissions: str):
        return signed_in(make.person("stella", "none", *permissions, is_staff=True))

    return make_staff


# --- incidents -----------------------------------------------------------------------------------------------------


def test_an_incident_is_reported_and_alerts(admin, admin_client):
    make.area("Town")
    since = make.newest_id()
    response = admin_client.post(f"{INCIDENTS}add/", form(accuracy_m="4"), follow=True)
    assert "was added successfully" in Page(response).messages[0]
    incident = Incident.objects.get()
    assert (incident.source, incident.reported_by, incident.accuracy_m) == ("admin", admin, 4)
    assert incident.location.coords == (10, 50)
    assert types(since) == ["post_save", "alert"]
    assert [alert.area_name for alert in make.alerts_of(incident)] == ["Town"]


def test_moving_closing_and_deleting_an_incident_is_followed(admin_client):
    make.area("Here")
    make.area("There", make.around(make.AWAY))
    incident = make.incident("Oil", source="public")
    since = make.newest_id()
    admin_client.post(change(incident), form(name="Oil", location=FAR))
    assert types(since) == ["post_save", "alert", "alert_state"]
    incident.refresh_from_db()
    assert (incident.source, incident.reported_by) == ("public", None)  # whoever corrects it did not report it

    since = make.newest_id()
    admin_client.post(change(incident), form(name="Oil", location=FAR, closed="on"))
    assert types(since) == ["post_save", "alert_state"]

    since = make.newest_id()
    admin_client.post(delete(incident), {"post": "yes"})
    assert types(since) == ["post_delete"]
    assert not Incident.objects.exists()
    assert [(a.area_name, a.reason) for a in Alert.objects.order_by("pk")] == [
        ("Here", "left_area"),
        ("There", "incident_closed"),
    ]


def test_saving_without_a_change_alerts_nobody(admin_client):
    make.area()
    incident = make.incident("Oil", at=(10.123456789, 50.987654321), place="Pier")
    since = make.newest_id()
    shown = Page(admin_client.get(change(incident))).fields
    assert admin_client.post(change(incident), shown).status_code == 302
    assert types(since) == ["post_save"]
    stored = Incident.objects.get()
    assert stored.location.equals_exact(incident.location)
    assert (stored.name, stored.place, stored.severity) == (incident.name, incident.place, incident.severity)


def test_deleting_several_records_and_ends_the_alerts_of_each(admin_client):
    make.area()
    incidents = [make.incident(f"Incident {n}") for n in range(3)]
    since = make.newest_id()
    asked = act(admin_client, INCIDENTS, "delete_selected", *incidents[:2])
    assert "Are you sure" in Page(asked).text
    assert Incident.objects.count() == 3
    act(admin_client, INCIDENTS, "delete_selected", *incidents[:2], post="yes")
    assert Incident.objects.count() == 1
    assert types(since) == ["post_delete", "post_delete", "alert_state"]
    assert Alert.objects.filter(state="resolved", reason="incident_deleted").count() == 2


def test_closing_several_at_once(admin_client):
    make.area()
    first, second, third = (make.incident(f"Incident {n}") for n in range(3))
    over = make.incident("Over", closed=True)
    since = make.newest_id()
    response = act(admin_client, INCIDENTS, "close", first, second, over)
    assert Page(response).messages == ["2 incidents were closed."]
    closed = set(Incident.objects.filter(closed=True).values_list("pk", flat=True))
    assert closed == {first.pk, second.pk, over.pk}
    messages = make.recorded(since)
    assert [message["type"] for message in messages] == ["post_save", "post_save", "alert_state"]
    assert [message["feature"]["properties"]["closed"] for message in messages[:2]] == [True, True]
    assert {alert.state for alert in make.alerts_of(first)} == {"resolved"}
    assert {alert.state for alert in make.alerts_of(third)} == {"unacknowledged"}
    assert Page(act(admin_client, INCIDENTS, "close", first)).messages == ["0 incidents were closed."]


def test_closing_more_than_one_piece(admin_client):
    location = make.point(*make.HOME)
    for start in (0, 400):
        bulk.create(
            Incident, [Incident(name=f"Incident {start + n}", location=location) for n in range(400)], announce=False
        )
    row = Incident.objects.first()
    response = act(admin_client, INCIDENTS, "close", row, select_across="1")
    assert Page(response).messages == ["800 incidents were closed."]
    assert not Incident.objects.filter(closed=False).exists()


def test_closing_needs_the_permission_to_change(staff):
    incident = make.incident()
    client = staff("view_incident")
    act(client, INCIDENTS, "close", incident)
    incident.refresh_from_db()
    assert not incident.closed
    assert 'value="close"' not in client.get(INCIDENTS).content.decode()


def test_staff_who_may_only_look_see_the_incident(staff):
    page = staff("view_incident").get(change(make.incident("Oil")))
    assert page.status_code == 200
    assert "Oil" in Page(page).text
    assert not Page(page).all("input", name="_save")


# --- areas ---------------------------------------------------------------------------------------------------------


def test_drawing_changing_and_deleting_an_area_is_followed(admin_client):
    make.incident("Oil")
    since = make.newest_id()
    drawn = {"name": "Town", "severity": "HI", "polygon": make.around(make.HOME).geojson}
    admin_client.post(f"{AREAS}add/", drawn)
    area = AreaOfInterest.objects.get()
    assert types(since) == ["post_save", "alert"]

    since = make.newest_id()
    admin_client.post(change(area), drawn | {"severity": "UR"})
    assert types(since) == ["post_save", "alert_state"]
    assert Alert.objects.get().reason == "area_changed"

    admin_client.post(change(area), drawn)
    since = make.newest_id()
    act(admin_client, AREAS, "delete_selected", area, post="yes")
    assert types(since) == ["post_delete", "alert_state"]
    assert not AreaOfInterest.objects.exists()


def test_saving_an_area_of_several_parts_without_a_change_changes_nothing(admin_client):
    area = make.area("Parts", make.boxes((0, 0, 1.123456789, 1), (5, 5, 6, 6)))
    shown = Page(admin_client.get(change(area))).fields
    assert json.loads(shown["polygon"])["type"] == "MultiPolygon"
    assert admin_client.post(change(area), shown).status_code == 302
    area_now = AreaOfInterest.objects.get()
    assert area_now.polygon.equals_exact(area.polygon)


# --- alerts --------------------------------------------------------------------------------------------------------


def test_alerts_are_read_and_acknowledged_and_nothing_else(admin, admin_client, alert):
    page = Page(admin_client.get(change(alert)))
    assert "Oil spill" in page.text
    assert "Raised" in page.text
    features = json.loads(page.all("script", id="features")[0].text)["features"]
    assert [feature["properties"]["name"] for feature in features] == ["Harbour", "Oil spill"]
    assert not page.all("input", name="_save")
    before = list(Alert.objects.values())
    assert admin_client.get(f"{ALERTS}add/").status_code == 403
    assert admin_client.post(f"{ALERTS}add/", {"incident_name": "x"}).status_code == 403
    assert admin_client.post(change(alert), {"incident_name": "x", "state": "resolved"}).status_code == 403
    assert admin_client.post(delete(alert), {"post": "yes"}).status_code == 403
    act(admin_client, ALERTS, "delete_selected", alert, post="yes")
    assert list(Alert.objects.values()) == before

    since = make.newest_id()
    assert Page(act(admin_client, ALERTS, "acknowledge", alert)).messages == ["1 alert was acknowledged."]
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", admin)
    assert types(since) == ["alert_state"]
    assert Page(act(admin_client, ALERTS, "acknowledge", alert)).messages == ["0 alerts were acknowledged."]


def test_acknowledging_needs_its_permission(staff, alert):
    client = staff("view_alert")
    assert client.get(change(alert)).status_code == 200
    act(client, ALERTS, "acknowledge", alert)
    alert.refresh_from_db()
    assert alert.state == "unacknowledged"


def test_an_alert_whose_incident_and_area_are_gone_can_be_read(admin_client, alert):
    alert.incident.delete()
    alert.area.delete()
    page = admin_client.get(change(alert))
    assert page.status_code == 200
    assert "Oil spill" in Page(page).text


# --- the log -------------------------------------------------------------------------------------------------------


def test_the_log_is_read_only(admin_client, alert):
    row, state = Notification.objects.first(), LogState.current()
    before = list(Notification.objects.order_by("pk").values()), list(LogState.objects.values())
    for address, one in ((NOTIFICATIONS, row), (LOG, state)):
        assert admin_client.get(change(one)).status_code == 200
        assert not Page(admin_client.get(change(one))).all("input", name="_save")
        assert admin_client.get(f"{address}add/").status_code == 403
        assert admin_client.post(f"{address}add/", {}).status_code == 403
        assert admin_client.post(change(one), {"body": "{}", "last": "0"}).status_code == 403
        assert admin_client.get(delete(one)).status_code == 403
        assert admin_client.post(delete(one), {"post": "yes"}).status_code == 403
        act(admin_client, address, "delete_selected", one, post="yes")
    assert before == (list(Notification.objects.order_by("pk").values()), list(LogState.objects.values()))


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_person_who_reported_and_acknowledged_can_be_deleted(admin_client, operator, operator_client, alert):
    Incident.objects.update(reported_by=operator)
    operator_client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    admin_client.post(reverse("admin:auth_user_delete", args=[operator.pk]), {"post": "yes"})
    assert not get_user_model().objects.filter(pk=operator.pk).exists()
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by, alert.incident.reported_by) == ("acknowledged", None, None)


def test_the_name_of_who_acknowledged_stays_when_the_account_is_deleted(admin_client, operator, operator_client, alert):
    operator_client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    alert.refresh_from_db()
    told = admin_client.get(reverse("alert_collection")).json()["alerts"]
    operator.delete()
    assert admin_client.get(reverse("alert_collection")).json()["alerts"] == told
    assert told[0]["by"] == "Olga Ortega"
    page = reverse("alert_detail", args=[alert.pk])
    for address in (page, alert.incident.get_absolute_url(), alert.area.get_absolute_url(), reverse("alert_list")):
        assert "Acknowledged by Olga Ortega" in Page(admin_client.get(address)).text, address
    assert "Acknowledged, Olga Ortega" in Page(admin_client.get(page)).text, "what happened"
    for address in (change(alert), ALERTS):
        assert "Olga Ortega" in Page(admin_client.get(address)).text


def test_the_names_of_those_who_acknowledged_before_names_were_kept(operator, viewer, alert):
    migration = import_module("tracker.migrations.0010_who_acknowledged")
    for person, name in ((operator, "Olga Ortega"), (viewer, "vera")):
        Alert.objects.update(acknowledged_by=person, acknowledged_who="")
        AlertEvent.objects.update(by=person, who="")
        migration.keep_the_names(apps, None)
        assert Alert.objects.get(pk=alert.pk).acknowledged_who == name
        assert {event.who for event in AlertEvent.objects.all()} == {name}


# --- odd input, markup ---------------------------------------------------------------------------------------------


def test_odd_input_is_an_error_in_the_form_or_is_kept(admin_client):
    cases = [(f"{INCIDENTS}add/", field, form(), text) for field in ("name", "place") for text in TEXTS.values()]
    cases += [(f"{INCIDENTS}add/", "description", form(), TEXTS["nul"])]
    cases += [(f"{INCIDENTS}add/", "accuracy_m", form(), text) for text in NUMBERS.values()]
    area = {"name": "Town", "severity": "HI", "polygon": make.around(make.HOME).geojson}
    cases += [(f"{AREAS}add/", "name", area, text) for text in TEXTS.values()]
    for address, field, sent, text in cases:
        response = send(admin_client, address, sent | {field: text})
        assert response.status_code in {200, 302}, (field, text)
        if response.status_code == 200:
            assert Page(response).errors_at(field), (field, text)
    for address in (INCIDENTS, AREAS):
        assert admin_client.get(address).status_code == 200


def test_markup_in_every_field_shows_as_text(admin, admin_client):
    admin.first_name = admin.last_name = MARKUP
    admin.save()
    admin_client.post(f"{AREAS}add/", {"name": MARKUP, "severity": "HI", "polygon": make.around(make.HOME).geojson})
    response = admin_client.post(f"{INCIDENTS}add/", form(name=MARKUP, description=MARKUP, place=MARKUP), follow=True)
    no_markup(Page(response))
    assert MARKUP in Page(response).messages[0]
    incident, area, alert = Incident.objects.get(), AreaOfInterest.objects.get(), Alert.objects.get()
    admin_client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    assert LogEntry.objects.filter(object_repr=MARKUP).count() == 2
    for row in (incident, area, alert):
        listed = reverse(f"admin:tracker_{row._meta.model_name}_changelist")
        for address in (listed, f"{listed}?q=%3Cxss-probe%3E", change(row), change(row).replace("change", "history")):
            page = Page(admin_client.get(address))
            no_markup(page)
            assert "xss-probe" in page.text, address
    for row in (incident, area):
        no_markup(Page(admin_client.get(delete(row))))
        no_markup(
            Page(act(admin_client, reverse(f"admin:tracker_{row._meta.model_name}_changelist"), "delete_selected", row))
        )
    no_markup(Page(admin_client.get("/admin/")))  # recent actions
    for address, field in ((f"{INCIDENTS}add/", "location"), (f"{AREAS}add/", "polygon")):
        wrong = Page(admin_client.post(address, {"name": MARKUP, "severity": MARKUP, field: MARKUP}))
        no_markup(wrong)
        assert wrong.fields[field] == MARKUP
    no_markup(Page(admin_client.post(delete(incident), {"post": "yes"}, follow=True)))


def test_a_notification_can_be_read_in_full(admin_client, alert):
    publishing.publish()
    row = make.first(Notification.objects.order_by("seq"))
    page = admin_client.get(f"/admin/tracker/notification/{row.pk}/change/").content.decode()
    assert "readonly" in page
    assert json.loads(row.body)["feature"]["id"] in page
