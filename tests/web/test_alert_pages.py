"""The pages of alerts: the list, one alert and what happened to it, acknowledging."""

import json
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.models import Alert, AlertEvent, AlertReceipt

LIST, ACKNOWLEDGE = "/tracker/alert/", "/tracker/alert/acknowledge/"


def detail_page(alert: Alert) -> str:
    return reverse("alert_detail", args=[alert.pk])


def names(response) -> list[str]:
    return [alert.incident_name for alert in response.context["object_list"]]


# --- list ----------------------------------------------------------------------------------------------------------


def test_the_list_has_pages_of_25_newest_first(viewer_client):
    make.area()
    now = timezone.now()
    for n in range(30):
        make.incident(f"Incident {n:02}")
        Alert.objects.filter(incident_name=f"Incident {n:02}").update(raised=now - timedelta(minutes=n))
    first, second = viewer_client.get(LIST), viewer_client.get(LIST + "?page=2")
    assert names(first) + names(second) == [f"Incident {n:02}" for n in range(30)]
    assert len(names(first)) == 25
    assert "26 to 30 of 30" in Page(second).text


def test_the_list_takes_the_same_queries_for_30_rows_and_for_60(viewer_client, operator, viewer, queries):
    make.area()

    def acknowledged_alerts(by):
        for n in range(30):
            make.incident(f"Incident {n}")
        Alert.objects.filter(acknowledged_by=None).update(
            state="acknowledged", acknowledged_by=by, acknowledged_at=timezone.now()
        )

        for each in Alert.objects.filter(receipt=None)[::2]:
            shown(each, 2)

    acknowledged_alerts(operator)
    thirty = queries(viewer_client, LIST)
    acknowledged_alerts(viewer)
    assert queries(viewer_client, LIST) == thirty <= 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Fire", "Flood"]),
        ("state=unacknowledged", ["Fire"]),
        ("state=acknowledged", ["Flood"]),
        ("state=resolved", ["Smoke"]),
        ("state=all", ["Fire", "Flood", "Smoke"]),
        ("state=nonsense", ["Fire", "Flood"]),
        ("state=%00", ["Fire", "Flood"]),
        ("severity=UR", ["Fire"]),
        ("severity=UR&state=resolved", []),
        ("severity=nonsense", ["Fire", "Flood"]),
    ],
)
def test_the_list_narrows_down(query, found, viewer_client):
    make.area()
    make.incident("Fire", severity="UR")
    flood = make.incident("Flood")
    viewer_client.post(ACKNOWLEDGE, {"alert": make.alerts_of(flood)[0].pk})
    make.incident("Smoke").delete()
    assert sorted(names(viewer_client.get(f"{LIST}?{query}"))) == found


def test_the_list_narrows_down_to_a_time(viewer_client):
    make.area()
    now = timezone.now().replace(microsecond=0)
    for hours in (1, 2, 3):
        make.incident(f"{hours} h ago")
        Alert.objects.filter(incident_name=f"{hours} h ago").update(raised=now - timedelta(hours=hours))

    def found(**asked: datetime | str) -> list[str]:
        times = {name: at if isinstance(at, str) else at.isoformat() for name, at in asked.items()}
        return names(viewer_client.get(LIST, times))

    two_h_ago = now - timedelta(hours=2)
    assert found(raised_from=two_h_ago) == ["1 h ago", "2 h ago"]
    assert found(raised_until=two_h_ago) == ["2 h ago", "3 h ago"]
    assert found(raised_from=two_h_ago, raised_until=two_h_ago) == ["2 h ago"]
    assert found(raised_from=two_h_ago.replace(tzinfo=None)) == ["1 h ago", "2 h ago"], "in the site's time zone"
    for nonsense in ("", "yesterday", "\0", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00", "2026-02-30T00:00"):
        assert len(found(raised_from=nonsense, raised_until=nonsense)) == 3, nonsense


def test_the_form_shows_the_time_that_was_asked_for(viewer_client, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        page = Page(viewer_client.get(LIST, {"raised_from": "2026-11-21T01:14:05.5+00:00"}))
    assert page.all("input", name="raised_from")[0]["value"] == "2026-11-21T02:14:05"
    assert page.all("input", name="raised_until")[0]["value"] == ""
    assert "No alert fits." in page.text


def test_an_empty_list_says_so(viewer_client, db):
    assert "No alert is waiting. All is quiet." in Page(viewer_client.get(LIST)).text
    assert "No alert fits." in Page(viewer_client.get(LIST + "?state=resolved")).text


# --- one alert -----------------------------------------------------------------------------------------------------


def test_the_detail_page_tells_what_happened(viewer_client, operator_client, alert):
    operator_client.post(ACKNOWLEDGE, {"alert": alert.pk})
    page = Page(viewer_client.get(detail_page(alert)))
    assert "Alert: Oil spill in Harbour" in page.text
    assert "Acknowledged by Olga Ortega" in page.text
    happened = [item.text for item in page.all("li")]
    assert len(happened) == 2
    assert "Raised – High" in happened[0]
    assert "Acknowledged, Olga Ortega – High" in happened[1]
    assert page.all("a", href=alert.incident.get_absolute_url())
    assert page.all("a", href=alert.area.get_absolute_url())
    features = json.loads(page.all("script", id="features")[0].text)["features"]
    assert {feature["id"] for feature in features} == {alert.incident.feature_id, alert.area.feature_id}


def shown(alert: Alert, consoles: int, raised: datetime | None = None) -> None:
    AlertReceipt.objects.create(alert=alert, raised=raised or alert.raised, consoles=consoles)


def test_both_pages_say_on_how_many_consoles_an_alert_was_shown(viewer_client, alert):
    for consoles, said in (
        (0, "Shown on no screen"),
        (1, "Shown on 1 screen"),
        (3, "Shown on 3 screens"),
    ):
        AlertReceipt.objects.all().delete()
        if consoles:
            shown(alert, consoles)
        for address in (LIST, detail_page(alert), alert.incident.get_absolute_url(), alert.area.get_absolute_url()):
            assert said in Page(viewer_client.get(address)).text, address


def test_an_alert_that_was_raised_again_has_not_been_shown_again(viewer_client, alert):
    shown(alert, 3)
    alert.incident.severity = "UR"
    alert.incident.save()
    assert "Shown on no screen" in Page(viewer_client.get(detail_page(alert))).text


def test_the_detail_page_outlives_the_incident_and_the_area(viewer_client, alert):
    alert.incident.delete()
    alert.area.delete()
    page = Page(viewer_client.get(detail_page(alert)))
    for said in (
        "Alert: Oil spill in Harbour",
        "The incident was deleted.",
        "The area was deleted.",
        "Incident deleted",
    ):
        assert said in page.text
    assert json.loads(page.all("script", id="features")[0].text)["features"] == []
    assert not page.all("button", class_="btn-primary")  # nothing is left to acknowledge


@pytest.mark.parametrize("number", ["999999", "9" * 19, "9" * 30])
def test_an_alert_that_is_not_there_is_not_found(number, admin_client):
    assert admin_client.get(f"{LIST}{number}/").status_code == 404


# --- acknowledging -------------------------------------------------------------------------------------------------


def test_acknowledging_several_answers_json(viewer, viewer_client):
    make.area("One")
    make.area("Two")
    alerts = make.alerts_of(make.incident())
    answer = viewer_client.post(ACKNOWLEDGE, {"alert": [alert.pk for alert in alerts]})
    assert answer.json() == {"alerts": [alert.pk for alert in alerts]}
    for alert in Alert.objects.all():
        assert (alert.state, alert.acknowledged_by) == ("acknowledged", viewer)
    last = make.recorded(types=["alert_state"])[-1]
    assert {(entry["alert"], entry["state"], entry["by"]) for entry in last["alerts"]} == {
        (alert.pk, "acknowledged", "vera") for alert in alerts
    }


def test_the_first_to_acknowledge_stays(viewer, viewer_client, operator_client, alert):
    assert viewer_client.post(ACKNOWLEDGE, {"alert": alert.pk}).json() == {"alerts": [alert.pk]}
    since = make.newest_id()
    assert operator_client.post(ACKNOWLEDGE, {"alert": alert.pk}).json() == {"alerts": []}
    alert.refresh_from_db()
    assert alert.acknowledged_by == viewer
    assert make.recorded(since) == []
    assert AlertEvent.objects.filter(alert=alert, kind="acknowledged").count() == 1


def test_a_resolved_alert_and_one_that_is_not_there_are_passed_over(viewer_client, alert):
    alert.incident.delete()
    assert viewer_client.post(ACKNOWLEDGE, {"alert": [alert.pk, 999_999, "9" * 18]}).json() == {"alerts": []}
    alert.refresh_from_db()
    assert alert.state == Alert.State.RESOLVED


def test_the_button_goes_back_to_the_page_and_says_what_happened(viewer_client, alert):
    page = Page(viewer_client.get(LIST + "?severity=HI"))
    sent = page.fields
    assert (sent["alert"], sent["next"]) == (str(alert.pk), LIST + "?severity=HI")
    response = viewer_client.post(ACKNOWLEDGE, {"alert": sent["alert"], "next": sent["next"]}, follow=True)
    assert response.redirect_chain == [(LIST + "?severity=HI", 302)]
    assert Page(response).messages == ["1 alert was acknowledged."]
    assert not Page(response).all("input", name="alert")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "\0",
        "http:evil.example",
    ],
)
def test_going_back_never_leaves_the_site(target, viewer_client, alert):
    response = viewer_client.post(ACKNOWLEDGE, {"alert": alert.pk, "next": target})
    assert response.status_code == 302
    assert response.url == LIST


@pytest.mark.parametrize(
    "numbers",
    [[], [""], ["x"], ["-1"], ["1.0"], ["²"], ["9" * 19], ["1", "x"], ["\0"], [" 1"], range(1, 1002), [MARKUP]],
    ids=lambda numbers: repr(numbers)[:20],
)
def test_what_is_no_number_of_an_alert_is_refused(numbers, viewer_client, alert):
    with_room = {"alert": list(numbers)}
    response = viewer_client.post(ACKNOWLEDGE, with_room)
    assert response.status_code == 400
    alert.refresh_from_db()
    assert alert.state == Alert.State.UNACKNOWLEDGED


def test_a_thousand_can_be_acknowledged_at_once(viewer_client, alert):
    numbers = [alert.pk, *range(10**6, 10**6 + 999)]
    assert viewer_client.post(ACKNOWLEDGE, {"alert": numbers}).json() == {"alerts": [alert.pk]}


def test_acknowledging_is_a_post(viewer_client, alert):
    assert viewer_client.get(f"{ACKNOWLEDGE}?alert={alert.pk}").status_code == 405


# --- markup --------------------------------------------------------------------------------------------------------


def test_markup_in_every_field_shows_as_text(viewer, viewer_client):
    viewer.first_name = viewer.last_name = MARKUP[:150]
    viewer.save()
    make.area(MARKUP)
    alert = make.alerts_of(make.incident(MARKUP))[0]
    viewer_client.post(ACKNOWLEDGE, {"alert": alert.pk})
    for address in (LIST, detail_page(alert), f"{LIST}?state=%22%3E%3Cxss-probe%3E"):
        page = Page(viewer_client.get(address))
        no_markup(page)
        assert page.text.count(MARKUP) >= 3


# --- what a link leads to ------------------------------------------------------------------------------------------


def links(response) -> dict[str, str]:
    return {link.text.strip(): link["href"] for link in Page(response).all("a")}


def test_the_incident_s_name_leads_to_the_incident_and_details_to_the_alert(viewer_client, alert):
    name, area, address = alert.incident_name, alert.area_name, f"/tracker/alert/{alert.pk}/"
    for page in (LIST, f"/tracker/area_of_interest/{alert.area_id}/"):
        found = links(viewer_client.get(page))
        assert found[name] == f"/tracker/incident/{alert.incident_id}/"
        assert found[f"Details {name} – {area}"] == address
    make.first(type(alert.incident).objects.all()).delete()
    for page in (f"{LIST}?state=all", f"/tracker/area_of_interest/{alert.area_id}/"):
        found = links(viewer_client.get(page))
        assert name not in found, "there is nothing that it could lead to"
        assert found[f"Details {name} – {area}"] == address


def test_who_may_not_see_incidents_is_led_to_none(alert):
    from tests.conftest import signed_in

    client = signed_in(make.person("ines", "none", "view_alert"))
    assert alert.incident_name not in links(client.get(LIST))
    assert alert.incident_name in Page(client.get(LIST)).text
