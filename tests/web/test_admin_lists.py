"""The lists of the administration: searched, filtered, each in as many queries for many rows as for few."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests import make
from tests.web.admin_site import ALERTS, AREAS, INCIDENTS, LISTS, NOTIFICATIONS, change
from tracker.models import Alert, LogState, Notification


def test_lists_take_the_same_queries_for_25_rows_and_for_40(admin_client, admin, operator, queries):
    people: list[User] = []

    def rows(count):
        for n in range(count):
            people.append(make.person(f"person-{len(people)}"))
            area = make.area(f"Area {n}")
            incident = make.incident(f"Incident {n}", reported_by=people[-1])
            Alert.objects.filter(incident=incident, area=area).update(acknowledged_by=people[-1])

    rows(25)
    few = [queries(admin_client, address) for address in LISTS]
    rows(15)
    assert [queries(admin_client, address) for address in LISTS] == few


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Fire", "Flood"]),
        ("?q=fire", ["Fire"]),
        ("?q=cellar", ["Flood"]),
        ("?q=pier", ["Fire"]),
        ("?q=%00", None),
        ("?closed__exact=1", ["Flood"]),
        ("?severity__exact=UR", ["Fire"]),
        ("?source__exact=public", ["Flood"]),
        ("?created__gte=2000-01-01", ["Fire", "Flood"]),
        ("?created__year=1999", []),
    ],
)
def test_incidents_are_searched_and_filtered(query, found, admin_client):
    make.incident("Fire", severity="UR", place="Pier 3")
    make.incident("Flood", description="In the cellar", closed=True, source="public")
    response = admin_client.get(INCIDENTS + query)
    assert response.status_code == 200
    if found is not None:
        assert sorted(row.name for row in response.context["cl"].result_list) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=oil", 1), ("?q=harbour", 1), ("?q=none", 0), ("?state__exact=acknowledged", 0), ("?severity__exact=HI", 1)],
)
def test_alerts_are_searched_and_filtered(query, found, admin_client, alert):
    assert len(admin_client.get(ALERTS + query).context["cl"].result_list) == found


def test_areas_and_the_log_are_searched_and_filtered(admin_client):
    make.area("Harbour")
    make.incident()
    assert len(admin_client.get(f"{AREAS}?q=harb").context["cl"].result_list) == 1
    assert len(admin_client.get(f"{AREAS}?severity__exact=UR").context["cl"].result_list) == 0
    assert len(admin_client.get(f"{NOTIFICATIONS}?type__exact=alert").context["cl"].result_list) == 1


def test_every_list_and_every_form_opens(admin_client, alert):
    for address in LISTS:
        assert admin_client.get(address).status_code == 200, address
    for row in (alert, alert.incident, alert.area, make.first(Notification.objects.all()), LogState.current()):
        assert admin_client.get(change(row)).status_code == 200, row
        assert (
            admin_client.get(reverse(f"admin:tracker_{row._meta.model_name}_history", args=[row.pk])).status_code == 200
        )
    for address in ("/admin/", "/admin/tracker/", f"{INCIDENTS}add/", f"{AREAS}add/", "/admin/auth/user/add/"):
        assert admin_client.get(address).status_code == 200, address


@pytest.mark.parametrize("number", ["999999", "9" * 30, "x", "_00"])
def test_what_is_not_there_goes_back_to_the_index(number, admin_client):
    for address in (INCIDENTS, AREAS, ALERTS, NOTIFICATIONS):
        assert admin_client.get(f"{address}{number}/change/").status_code == 302
