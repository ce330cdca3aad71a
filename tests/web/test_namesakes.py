"""Two people of one name: the account's name stands beside it, wherever a person is named."""

import pytest

from tests import make
from tests.conftest import signed_in
from tests.web.page import Page
from tracker.lib.request.current_user import LONGEST_NAME, name_of
from tracker.models import Alert, AlertEvent, Change

ANNA = {"first_name": "Anna", "last_name": "Smith"}


@pytest.fixture
def annas(db):
    return make.person("anna", "Operator", **ANNA), make.person("anna2", "Operator", **ANNA)


def test_who_acknowledged_is_clear_in_the_list_on_the_map_and_on_the_wire(annas):
    make.area()
    for person in annas:
        alert = make.alerts_of(make.incident(f"Fire for {person.username}"))[0]
        after = make.newest_id()
        signed_in(person).post("/tracker/alert/acknowledge/", {"alert": alert.pk})
        called = f"Anna Smith ({person.username})"
        (message,) = make.recorded(after, ["alert_state"])
        assert message["alerts"][0]["by"] == called
        client = signed_in(person)
        assert f"Acknowledged by {called}" in Page(client.get("/tracker/alert/?state=all")).text
        collection = client.get("/tracker/alert/collection/").json()["alerts"]
        assert called in {entry["by"] for entry in collection}
        assert AlertEvent.objects.get(alert=alert, kind="acknowledged").who == called


def test_who_reported_and_who_changed_is_clear(annas):
    anna, _other = annas
    incident = make.incident(reported_by=anna)
    client = signed_in(anna)
    client.post("/tracker/incident/close/", {"incident": incident.pk})
    assert Change.objects.filter(kind="closed").get().who == "Anna Smith (anna)"
    assert Page(client.get(incident.get_absolute_url())).text.count("Anna Smith (anna)") == 2


@pytest.mark.parametrize(
    ("username", "fields", "is_namesake"),
    [
        ("b", {"first_name": "anna", "last_name": "SMITH"}, True),
        ("b", {"first_name": "Anna Smith"}, True),
        ("b", {"last_name": "Anna Smith"}, True),
        ("b", {"first_name": "Anna"}, False),
        ("b", {"first_name": "Anna", "last_name": "Smithson"}, False),
        ("smith", {}, False),
    ],
)
def test_what_is_one_name(username, fields, is_namesake, db):
    anna = make.person("anna", **ANNA)
    other = make.person(username, **fields)
    assert name_of(anna) == ("Anna Smith (anna)" if is_namesake else "Anna Smith")
    if is_namesake:
        assert name_of(other).endswith(f" ({username})")


def test_a_name_that_is_another_account_s(db):
    make.person("anna")
    other = make.person("anna2", first_name="Anna")
    assert name_of(other) == "Anna (anna2)"


def test_the_longest_names_fit(db):
    long = {"first_name": "F" * 150, "last_name": "L" * 150}
    make.person("x" * 150, **long)
    person = make.person("y" * 150, "Operator", **long)
    assert len(name_of(person)) == LONGEST_NAME
    assert name_of(person).endswith(f"({'y' * 150})")
    make.area()
    alert = make.alerts_of(make.incident())[0]
    assert signed_in(person).post("/tracker/alert/acknowledge/", {"alert": alert.pk}).status_code == 200
    assert Alert.objects.get(pk=alert.pk).acknowledged_who == name_of(person)


def test_nobody_has_no_name(db):
    assert name_of(None) == ""
