"""What a role may do is done, and offered; how people come by a role. (Who gets what where: test_every_address.py.)"""

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tracker.models import Alert, AreaOfInterest, Incident

WRITING = [f"{model}_{action}" for model in ("incident", "area") for action in ("create", "update", "delete")]


def form(name: str) -> dict[str, Any]:
    """A form that would be accepted."""
    if name.startswith("area"):
        return {"name": "Drawn", "severity": "ME", "polygon": make.around(make.HOME).geojson}
    return {"name": "Typed", "severity": "LO", "latitude": "1", "longitude": "2", "submission": str(uuid.uuid4())}


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("who", ["operator", "admin"])
def test_who_may_write_does(name, who, alert, request):
    model = AreaOfInterest if name.startswith("area") else Incident
    number = alert.area_id if model is AreaOfInterest else alert.incident_id
    address = reverse(name, args=[] if name.endswith("create") else [number])
    response = signed_in(request.getfixturevalue(who)).post(address, form(name))
    assert response.status_code == 302
    assert not response["Location"].startswith(reverse("login"))
    names = set(model.objects.values_list("name", flat=True))
    old, new = ("Harbour", "Drawn") if model is AreaOfInterest else ("Oil spill", "Typed")
    assert names == {"create": {old, new}, "update": {new}, "delete": set()}[name.split("_")[1]]


def test_a_viewer_may_acknowledge(alert, viewer, viewer_client):
    assert viewer_client.post(reverse("alert_acknowledge"), {"alert": alert.pk}).json() == {"alerts": [alert.pk]}
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (Alert.State.ACKNOWLEDGED, viewer)


def test_pages_show_only_the_actions_that_a_person_has(alert, viewer_client, operator_client):
    offers = {
        reverse("incident_list"): [reverse("incident_create")],
        reverse("area_list"): [reverse("area_create")],
        **{
            reverse(f"{model}_detail", args=[number]): [
                reverse(f"{model}_{action}", args=[number]) for action in ("update", "delete")
            ]
            for model, number in (("incident", alert.incident_id), ("area", alert.area_id))
        },
    }
    for client, offered in ((viewer_client, False), (operator_client, True)):
        for page, actions in offers.items():
            text = client.get(page).content.decode()
            for action in actions:
                assert (f'href="{action}"' in text) is offered, (page, action)


def test_a_new_account_is_a_viewer(db):
    user = get_user_model().objects.create_user("nina")
    assert [group.name for group in user.groups.all()] == ["Viewer"]
    assert {p.removeprefix("tracker.") for p in user.get_all_permissions()} == {
        "view_incident",
        "view_areaofinterest",
        "view_alert",
        "acknowledge_alert",
    }


def test_a_new_account_made_in_the_admin_is_a_viewer(admin_client):
    password = "a long enough passphrase"
    form = {"username": "nina", "usable_password": "true", "password1": password, "password2": password}
    response = admin_client.post(reverse("admin:auth_user_add"), form)
    assert response.status_code == 302
    user = get_user_model().objects.get(username="nina")
    assert [group.name for group in user.groups.all()] == ["Viewer"]
    assert signed_in(user).get(reverse("incident_list")).status_code == 200


def test_a_viewer_who_was_taken_out_of_the_group_stays_out(admin_client, viewer):
    viewer.groups.clear()
    viewer.first_name = "Vera"
    viewer.save()
    assert not viewer.groups.exists()


def test_an_account_is_made_even_when_somebody_deleted_the_group(db):
    Group.objects.all().delete()
    assert get_user_model().objects.create_user("nina").has_perm("tracker.view_incident")


def test_an_account_that_was_disabled_is_a_stranger(viewer, viewer_client):
    assert viewer_client.get(reverse("incident_feature_collection")).status_code == 200
    viewer.is_active = False
    viewer.save()
    assert viewer_client.get(reverse("incident_feature_collection")).status_code == 401
    assert viewer_client.get(reverse("incident_list")).status_code == 302
