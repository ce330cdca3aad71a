"""An action from a page that is older than what a colleague has done: who did what, and when, and no false “done”."""

import pytest

from tests import make
from tests.alerting import change
from tests.web.page import Page
from tracker.alerts import lifecycle

ACKNOWLEDGE, CLOSE = "/tracker/alert/acknowledge/", "/tracker/incident/close/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def alerts():
    make.area("Town")
    return [make.alerts_of(make.incident(name))[0] for name in ("Fire", "Flood")]


def acknowledge(client, *alerts) -> Page:
    sent = {"alert": [alert.pk for alert in alerts], "next": "/tracker/alert/?state=all"}
    return Page(client.post(ACKNOWLEDGE, sent, follow=True))


def said(page: Page) -> dict[str, list[str]]:
    """The sentences by their colour."""
    found: dict[str, list[str]] = {}
    for box in page.all("div", class_="alert"):
        colour = next(name for name in box.classes if name.startswith("alert-"))
        found.setdefault(colour, []).append(" ".join(box.text.split()))
    return found


def test_an_alert_whose_incident_was_closed(alerts, viewer_client, operator_client):
    operator_client.post(CLOSE, {"incident": alerts[0].incident_id})
    sentences = said(acknowledge(viewer_client, alerts[0]))
    assert list(sentences) == ["alert-warning"]
    (sentence,) = sentences["alert-warning"]
    assert sentence.startswith("Closed by Olga Ortega at 20")
    assert sentence.endswith("“Fire – Town” does not wait any more.")


def test_an_alert_that_a_colleague_has_acknowledged(alerts, viewer_client, operator):
    lifecycle.acknowledge([alerts[0].pk], operator)
    sentences = said(acknowledge(viewer_client, *alerts))
    assert sentences["alert-success"] == ["1 alert was acknowledged."]
    assert sentences["alert-warning"][0].startswith("Acknowledged by Olga Ortega at 20")


def test_an_alert_that_has_ended_otherwise_and_one_that_is_not_there(alerts, viewer_client):
    change(alerts[0].incident, severity="IN")
    sentences = said(acknowledge(viewer_client, alerts[0]))
    assert "Severity fell below the area's threshold" in sentences["alert-warning"][0]
    gone = Page(viewer_client.post(ACKNOWLEDGE, {"alert": 999_999, "next": "/tracker/alert/"}, follow=True))
    assert said(gone) == {"alert-warning": ["1 alert was not waiting any more, and was left as it is."]}


def test_many_are_counted(viewer_client, operator):
    make.area("Town")
    many = [make.alerts_of(make.incident(f"Fire {n}"))[0] for n in range(5)]
    lifecycle.acknowledge([alert.pk for alert in many], operator)
    sentences = said(acknowledge(viewer_client, *many))
    assert sentences == {"alert-warning": ["5 alerts were not waiting any more, and were left as they are."]}


def test_an_incident_that_a_colleague_has_closed(alerts, operator_client, second_operator_client):
    sent = {"incident": alerts[0].incident_id, "next": "/tracker/incident/"}
    second_operator_client.post(CLOSE, sent)
    sentences = said(Page(operator_client.post(CLOSE, sent, follow=True)))
    assert list(sentences) == ["alert-warning"]
    assert "could be closed. Closed by omar at 20" in sentences["alert-warning"][0]
    assert sentences["alert-warning"][0].endswith("already: “Fire”.")


def test_a_script_is_answered_in_json(alerts, operator_client):
    sent = {"incident": alerts[0].incident_id}
    answer = operator_client.post(CLOSE, sent, headers={"Accept": "application/json"}).json()
    assert answer["said"] == "1 incident was closed."
    undo = operator_client.post(
        "/tracker/incident/undo_close/", {"closed_at": answer["closed_at"]}, headers={"Accept": "application/json"}
    )
    assert undo.json()["said"] == "1 incident was reopened."
    assert said(Page(operator_client.get("/tracker/incident/"))) == {}, "it was said already"
