"""Closing and reopening incidents, one or many, and taking a closing back."""

import pytest
from django.utils import timezone

from tests import make
from tests.web.page import Page
from tracker.incidents import history
from tracker.models import Alert, Change, Incident

LIST = "/tracker/incident/"
CLOSE, REOPEN, UNDO = f"{LIST}close/", f"{LIST}reopen/", f"{LIST}undo_close/"


def close(client, *incidents, **more):
    return client.post(CLOSE, {"incident": [i.pk for i in incidents], "next": f"{LIST}?sort=name"} | more, follow=True)


def undo(client, response):
    return client.post(UNDO, Page(response).fields, follow=True)


def said(response) -> str:
    return " ".join(Page(response).messages)


def open_names() -> list[str]:
    return sorted(Incident.objects.filter(closed=False).values_list("name", flat=True))


@pytest.fixture
def three(db):
    make.area("Town")
    return [make.incident(name) for name in ("Fire", "Flood", "Oil")]


def test_closing_many_ends_their_alerts_and_is_recorded(three, operator, operator_client):
    fire, flood, oil = three
    since = make.newest_id()
    response = close(operator_client, fire, flood)
    assert response.redirect_chain == [(f"{LIST}?sort=name", 302)]
    assert "2 incidents were closed." in said(response)
    assert open_names() == ["Oil"]
    assert [m["type"] for m in make.recorded(since)] == ["post_save", "post_save", "alert_state"]
    assert {alert.reason for alert in make.alerts_of(fire)} == {"incident_closed"}
    assert {alert.state for alert in make.alerts_of(oil)} == {"unacknowledged"}
    change = make.first(history.of(fire))
    assert (change.kind, change.by, change.who) == ("closed", operator, "Olga Ortega")
    fire.refresh_from_db()
    assert fire.updated == change.at


def test_what_was_closed_is_reopened_by_undo_and_alerts_nobody(three, operator_client):
    fire, flood, oil = three
    before = close(operator_client, oil)
    response = close(operator_client, fire, flood)
    since = make.newest_id()
    response = undo(operator_client, response)
    assert response.redirect_chain == [(f"{LIST}?sort=name", 302)]
    assert said(response) == "2 incidents were reopened."
    assert open_names() == ["Fire", "Flood"]
    assert make.recorded(since, ["alert"]) == []
    assert [len(m["alerts"]) for m in make.recorded(since, ["alert_restored"])] == [2]
    assert make.first(history.of(fire)).kind == "reopened"
    assert "1 incident was reopened." in said(undo(operator_client, before)), "an older closing can be taken back, too"


def test_what_was_changed_since_stays_as_it_is(three, operator_client, second_operator_client):
    fire, flood, oil = three
    response = close(operator_client, fire, flood, oil)
    fire.refresh_from_db()
    fire.description = "It was a false alarm."
    fire.save()
    oil.delete()
    response = undo(operator_client, response)
    assert open_names() == ["Flood"]
    assert "1 incident was reopened." in said(response)
    assert "2 incidents were changed or deleted since, and were left as they are." in said(response)
    again = operator_client.post(
        UNDO, {"closed_at": make.first(history.of(fire).reverse()).at.isoformat()}, follow=True
    )
    assert "There is nothing to undo." in said(again)


def test_undo_is_for_who_closed(three, operator_client, second_operator_client):
    response = close(operator_client, *three)
    answer = undo(second_operator_client, response)
    assert "There is nothing to undo." in said(answer)
    assert open_names() == []


def test_undo_twice_reopens_once(three, operator_client):
    response = close(operator_client, *three)
    undo(operator_client, response)
    answer = undo(operator_client, response)
    assert "3 incidents were changed or deleted since" in said(answer)
    assert len(open_names()) == 3
    assert Change.objects.filter(kind="reopened").count() == 3


@pytest.mark.parametrize("at", ["", "yesterday", "\0", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00"])
def test_a_time_that_cannot_be_read_undoes_nothing(at, three, operator_client):
    close(operator_client, *three)
    assert "not known any more" in said(operator_client.post(UNDO, {"closed_at": at}, follow=True))
    assert open_names() == []


def test_reopening_many(three, operator_client):
    close(operator_client, *three)
    response = operator_client.post(REOPEN, {"incident": [row.pk for row in three[:2]]}, follow=True)
    assert "2 incidents were reopened." in said(response)
    assert open_names() == ["Fire", "Flood"]
    assert Alert.objects.unresolved().count() == 2
    again = operator_client.post(REOPEN, {"incident": three[0].pk}, follow=True)
    assert "Nothing was closed that could be reopened." in said(again)


def test_closed_ones_and_missing_ones_are_passed_over(three, operator_client):
    close(operator_client, three[0])
    response = operator_client.post(CLOSE, {"incident": [three[0].pk, three[1].pk, 999_999, "9" * 18]}, follow=True)
    assert "1 incident was closed." in said(response)
    response = close(operator_client, three[0])
    assert "Nothing was open that could be closed." in said(response)
    assert not Page(response).all("input", name="closed_at")


@pytest.mark.parametrize(
    "numbers",
    [[], [""], ["x"], ["-1"], ["1", "x"], ["²"], ["\0"], ["9" * 19], range(1, 502)],
    ids=lambda n: repr(n)[:20],
)
def test_what_is_no_choice_is_said(numbers, three, operator_client):
    response = operator_client.post(CLOSE, {"incident": list(numbers)}, follow=True)
    assert "Choose 1 to 500 incidents first." in said(response)
    assert len(open_names()) == 3


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\0"])
def test_going_back_never_leaves_the_site(target, three, operator_client):
    for address in (CLOSE, REOPEN, UNDO):
        response = operator_client.post(address, {"incident": three[0].pk, "next": target})
        assert (response.status_code, response.url) == (302, LIST)


def test_the_page_of_the_incident_closes_and_reopens_it(three, operator_client, viewer_client):
    address = three[0].get_absolute_url()
    assert "Close the incident" not in Page(viewer_client.get(address)).text
    sent = {"incident": three[0].pk, "next": address}
    assert f'action="{CLOSE}"' in operator_client.get(address).content.decode()
    response = operator_client.post(CLOSE, sent, follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "1 incident was closed." in said(response)
    assert "Reopen the incident" in Page(response).text
    assert f'action="{REOPEN}"' in response.content.decode()
    operator_client.post(REOPEN, sent)
    assert len(open_names()) == 3


def test_the_list_offers_it_to_those_who_may(three, operator_client, viewer_client):
    assert len(Page(operator_client.get(LIST)).all("input", name="incident")) == 3
    assert not Page(viewer_client.get(LIST)).all("input", name="incident")
    assert not Page(viewer_client.get(LIST)).all("form", id="bulk")


@pytest.mark.parametrize("address", [CLOSE, REOPEN, UNDO])
def test_after_signing_in_on_the_way_the_list_is_shown(address, operator_client, db):
    response = operator_client.get(address)
    assert (response.status_code, response.url) == (302, LIST)


@pytest.mark.parametrize("address", [CLOSE, REOPEN, UNDO])
def test_who_may_not_changes_nothing(address, three, stranger_client, viewer_client, operator_client):
    response = close(operator_client, three[0])
    at = Page(response).fields["closed_at"]
    for client, status in ((stranger_client, 302), (viewer_client, 403)):
        sent = {"incident": [row.pk for row in three], "closed_at": at}
        assert client.post(address, sent).status_code == status
    assert open_names() == ["Flood", "Oil"]


def test_choosing_no_alert_is_said(three, viewer_client):
    response = viewer_client.post("/tracker/alert/acknowledge/", {"next": "/tracker/alert/?sort=area"}, follow=True)
    assert response.redirect_chain == [("/tracker/alert/?sort=area", 302)]
    assert "Choose at least one alert first." in said(response)


def test_a_closing_by_the_admin_is_in_the_history(three, admin, admin_client):
    admin_client.post("/admin/tracker/incident/", {"action": "close", "_selected_action": [three[0].pk]}, follow=True)
    assert make.first(history.of(three[0])).by == admin
    assert make.first(history.of(three[0])).at <= timezone.now()
