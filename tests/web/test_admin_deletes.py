"""All rows of a list of the administration are deleted, however many: told, audited, and their alerts are over."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from tests import make
from tests.conftest import signed_in
from tests.web.admin_site import AREAS, INCIDENTS, act
from tests.web.page import Page
from tracker.events import log
from tracker.incidents import bulk
from tracker.models import Alert, AreaOfInterest, AuditEntry, Change, Incident

pytestmark = pytest.mark.django_db

USERS = "/admin/auth/user/"
MANY = 1_200  # more than the fields that Django takes in one form


def confirmed(client, address: str, first) -> Page:
    """Select all, delete, and “Yes, I’m sure”: what the page sends that asks once more, and the page that follows."""
    asked = act(client, address, "delete_selected", first, select_across="1")
    page = Page(asked)
    assert "Are you sure" in page.text
    fields = [(each["name"], each["value"]) for each in page.all("input", type="hidden") if each["name"]]
    assert len(fields) < 10
    return Page(client.post(address, dict(fields), follow=True))


def test_all_incidents_are_deleted_and_it_is_told_and_audited(admin, admin_client):
    make.area()
    location = make.point(*make.HOME)
    for start in range(0, MANY, 400):
        rows = [Incident(name=f"Wrong {start + n}", severity="HI", location=location) for n in range(400)]
        bulk.create(Incident, rows, announce=False, audited=False)
    numbers = list(Incident.objects.order_by("pk").values_list("pk", flat=True))
    assert Alert.objects.unresolved().count() == MANY
    since = make.newest_id()
    page = confirmed(admin_client, INCIDENTS, Incident.objects.first())
    assert page.messages == [f"Successfully deleted {MANY} incidents."]
    assert not Incident.objects.exists()
    assert not Alert.objects.unresolved().exists()
    assert Alert.objects.filter(reason="incident_deleted").count() == MANY
    gone = [message["feature"]["properties"]["pk"] for message in make.recorded(since, ["post_delete"])]
    assert sorted(gone) == numbers
    (entry,) = AuditEntry.objects.filter(action="incident_deleted")
    assert (entry.by, entry.details["count"], sorted(entry.details["numbers"])) == (admin.pk, MANY, numbers)
    assert Change.objects.filter(kind="deleted", subject="incident", by=admin).count() == MANY
    assert LogEntry.objects.filter(user=admin).count() == MANY


def test_all_areas_are_deleted(admin_client, monkeypatch):
    monkeypatch.setattr(log, "PIECE", 4)
    make.incident()
    for number in range(11):
        make.area(f"Area {number}")
    since = make.newest_id()
    page = confirmed(admin_client, AREAS, AreaOfInterest.objects.first())
    assert page.messages == ["Successfully deleted 11 areas of interest."]
    assert not AreaOfInterest.objects.exists()
    assert Alert.objects.filter(reason="area_deleted", state="resolved").count() == 11
    assert len(make.recorded(since, ["post_delete"])) == 11
    assert AuditEntry.objects.filter(action="area_deleted").count() == 1


def test_all_accounts_are_deleted_but_ones_own(admin, admin_client):
    User.objects.bulk_create(User(username=f"p{number}") for number in range(MANY))
    page = confirmed(admin_client, USERS + "?q=p", User.objects.exclude(pk=admin.pk).first())
    assert page.messages == [f"Successfully deleted {MANY} users."]
    assert list(User.objects.all()) == [admin]
    assert AuditEntry.objects.filter(action="user_deleted").count() == MANY


def test_more_than_are_announced_one_by_one_are_one_message(admin_client, monkeypatch):
    monkeypatch.setattr(bulk, "ANNOUNCE_AT_MOST", 10)
    for number in range(11):
        make.incident(f"Wrong {number}")
    since = make.newest_id()
    confirmed(admin_client, INCIDENTS, Incident.objects.first())
    assert [(m["type"], m["model"], m["count"]) for m in make.recorded(since)] == [("changed", "Incident", 11)]


def test_what_is_not_chosen_and_what_is_no_number_stays(admin_client):
    rows = [make.incident(f"Incident {number}") for number in range(4)]
    chosen = [f"{rows[0].pk},{rows[1].pk},x, {rows[2].pk}", "1e3", "\0", ","]
    form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert admin_client.post(INCIDENTS, form).status_code == 302
    assert set(Incident.objects.all()) == {rows[2], rows[3]}


@pytest.mark.parametrize("permissions", [(), ("change_incident",)])
def test_deleting_needs_its_permission(permissions):
    row = make.incident()
    client = signed_in(make.person("stella", "none", "view_incident", *permissions, is_staff=True))
    act(client, INCIDENTS, "delete_selected", row, post="yes")
    assert Incident.objects.exists()


def test_rows_that_are_gone_meanwhile_are_not_told_of_twice():
    first, second = make.incident("First"), make.incident("Second")
    first.delete()
    since = make.newest_id()
    assert bulk.delete(Incident, [first.pk, second.pk]) == 1
    assert [m["feature"]["properties"]["name"] for m in make.recorded(since, ["post_delete"])] == ["Second"]
