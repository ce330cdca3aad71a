"""An area that is saved “only from now on” calls nobody for what is open in it, and misses nothing that comes."""

import pytest

from tests import make
from tracker.alerts import back_test, lifecycle
from tracker.models import Alert, AreaOfInterest, AuditEntry
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db
CREATE, ADD = "/tracker/area_of_interest/create/", "/admin/tracker/areaofinterest/add/"
SQUARE = make.around(make.HOME).geojson


def states() -> list[tuple[str, str, str]]:
    rows = Alert.objects.order_by("incident_name").values_list("incident_name", "state", "acknowledged_who")
    return [(name, state, who) for name, state, who in rows]


def save(client, address: str = CREATE, **more: str) -> AreaOfInterest:
    response = client.post(address, {"name": "Town", "severity": "HI", "polygon": SQUARE} | more)
    assert response.status_code == 302
    return AreaOfInterest.objects.latest("pk")


def calls(after: int) -> list[dict]:
    return make.recorded(after, ["alert"])


def test_nobody_is_called_for_what_is_open_and_it_is_the_authors(operator, operator_client):
    make.incident("Fire")
    make.incident("Flood", severity="UR")
    make.incident("Cat", severity="LO")
    before = make.newest_id()
    area = save(operator_client, open_incidents="known")
    who = operator.get_full_name() or operator.username
    assert states() == [("Fire", "acknowledged", who), ("Flood", "acknowledged", who)]
    assert calls(before) == []
    (told,) = make.recorded(before, ["alert_restored"])
    assert {(entry["incident_name"], entry["state"], entry["by"]) for entry in told["alerts"]} == {
        ("Fire", "acknowledged", who),
        ("Flood", "acknowledged", who),
    }
    assert AuditEntry.objects.filter(action="alert_acknowledged").exists()
    assert area.alerts.unresolved().count() == 2


@pytest.mark.parametrize("choice", [{}, {"open_incidents": "alert"}, {"open_incidents": ""}])
def test_unless_it_is_chosen_what_is_open_alerts(operator_client, choice):
    make.incident("Fire")
    before = make.newest_id()
    save(operator_client, **choice)
    assert [state for _name, state, _who in states()] == ["unacknowledged"]
    assert len(calls(before)) == 1


def test_what_comes_and_what_gets_worse_alerts(operator_client):
    fire = make.incident("Fire")
    save(operator_client, open_incidents="known")
    before = make.newest_id()
    fire.description = "Seen again"
    fire.save()
    assert calls(before) == []
    fire.severity = Severity.URGENT
    fire.save()
    make.incident("Flood")
    assert [message["cause"] for message in calls(before)] == ["worsened", "created"]
    assert {state for _name, state, _who in states()} == {"unacknowledged"}


def test_nothing_is_missing_for_the_check(operator_client):
    incidents = [make.incident(f"Fire {n}").pk for n in range(3)]
    save(operator_client, open_incidents="known")
    assert lifecycle.differences(incidents) == ([], [])


def test_a_lower_threshold_and_a_wider_shape_too(operator_client):
    area = save(operator_client)
    make.incident("Cat", severity="LO")
    make.incident("Away", (15, 50))
    before = make.newest_id()
    address = f"/tracker/area_of_interest/update/{area.pk}/"
    form = {"name": "Town", "severity": "LO", "polygon": make.box(9, 49, 16, 51).geojson, "open_incidents": "known"}
    assert operator_client.post(address, form).status_code == 302
    assert [(name, state) for name, state, _who in states()] == [("Away", "acknowledged"), ("Cat", "acknowledged")]
    assert calls(before) == []


def test_an_alert_that_waits_already_goes_on_waiting(operator_client):
    area = save(operator_client)
    make.incident("Fire")
    make.incident("Cat", severity="LO")
    form = {"name": "Town", "severity": "LO", "polygon": SQUARE, "open_incidents": "known"}
    operator_client.post(f"/tracker/area_of_interest/update/{area.pk}/", form)
    assert [(name, state) for name, state, _who in states()] == [("Cat", "acknowledged"), ("Fire", "unacknowledged")]


def test_in_the_administration(admin_client):
    make.incident("Fire")
    before = make.newest_id()
    save(admin_client, ADD, open_incidents="known")
    assert [state for _name, state, _who in states()] == ["acknowledged"]
    assert calls(before) == []
    area = save(admin_client, ADD)
    assert area.alerts.get().state == "unacknowledged"


def test_a_choice_that_there_is_not_is_said(operator_client):
    response = operator_client.post(
        CREATE, {"name": "Town", "severity": "HI", "polygon": SQUARE, "open_incidents": "never"}
    )
    assert response.status_code == 200
    assert "Choose one of these." in response.content.decode()
    assert not AreaOfInterest.objects.exists()


# --- how many that are, before it is saved ---


def test_the_form_is_told_what_saving_raises_at_every_threshold(operator, operator_client):
    for name, severity in (("Flood", "UR"), ("Fire", "HI"), ("Cat", "LO")):
        make.incident(name, severity=severity)
    make.incident("Over", severity="UR", closed=True)
    make.incident("Away", make.AWAY, "UR")
    elsewhere = make.area("District")
    lifecycle.acknowledge(elsewhere.alerts.filter(incident_name="Fire").values_list("pk", flat=True), operator)
    address = "/tracker/area_of_interest/back_test/"
    now = operator_client.post(address, {"polygon": SQUARE}).json()["now"]
    assert {code: tuple(counts.values()) for code, counts in now.items()} == {
        "UR": (1, 0), "HI": (2, 1), "ME": (2, 1), "LO": (3, 1), "IN": (3, 1)
    }  # fmt: skip
    edited = operator_client.post(address, {"polygon": SQUARE, "area": str(elsewhere.pk)}).json()["now"]
    assert {code: counts["alerts"] for code, counts in edited.items()} == {"UR": 0, "HI": 0, "ME": 0, "LO": 1, "IN": 1}
    for odd in ("", "x", "9" * 30, "-1"):
        assert operator_client.post(address, {"polygon": SQUARE, "area": odd}).json()["now"] == now


@pytest.mark.parametrize("at", [(0, 0), (180, 5), (-179.9, 5), (30, 90), (10, 10)])
def test_it_is_what_saving_raises(at):
    make.incident(at=at)
    for shape in (
        make.box(0, 0, 10, 10),
        make.box(170, 0, 180, 10),
        make.box(-180, 0, -170, 10),
        make.box(0, 80, 9, 90),
    ):
        said = back_test.alerts_now(shape)[Severity.HIGH].alerts
        assert make.area("Drawn", shape).alerts.count() == said
