"""Who gets what at every address: a stranger, an outsider, a viewer, an operator, an administrator."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLResolver, reverse

from tests import make
from tests.conftest import signed_in
from tracker import urls
from tracker.models import Alert, AreaOfInterest, Incident, Job

WHO = ("stranger", "outsider", "viewer", "operator", "admin")
SIGN_IN = "sign in"
LIVE_MAP = "live map"

PAGE = (SIGN_IN, 403, 200, 200, 200)
WRITE = (SIGN_IN, 403, 403, 200, 200)
CHANGE = (SIGN_IN, 403, 403, 302, 302)
JSON = (401, 403, 200, 200, 200)
ANYBODY = (200, 200, 200, 200, 200)
START = (SIGN_IN, 403, 302, 302, 302)
NOT_THEIRS = (SIGN_IN, 403, 404, 404, 404)  # of somebody else, whoever one is; a result that there is not
SIGNED_IN = (SIGN_IN, 200, 200, 200, 200)

# What a GET is answered with (a POST, where there is no GET), by the name of the URL, or its route if it has no name.
TABLE: dict[str, tuple[object, ...]] = {
    "live_map": PAGE,
    "incident_list": PAGE,
    "incident_detail": PAGE,
    "incident_create": WRITE,
    "incident_update": WRITE,
    "incident_delete": WRITE,
    "incident_close": CHANGE,
    "incident_reopen": CHANGE,
    "incident_undo_close": CHANGE,
    "incident_feature_collection": JSON,
    "incident_report": ANYBODY,
    "incident_report_success": ANYBODY,
    "incidents_nearby": ANYBODY,
    "incident_also_reported": ANYBODY,
    "area_list": PAGE,
    "area_detail": PAGE,
    "area_create": WRITE,
    "area_update": WRITE,
    "area_delete": WRITE,
    "area_feature_collection": JSON,
    "area_back_test": (401, 403, 403, 200, 200),
    "alert_list": PAGE,
    "alert_detail": PAGE,
    "alert_collection": JSON,
    "alert_acknowledge": JSON,
    "job_list": PAGE,
    "job_detail": (SIGN_IN, 403, 404, 404, 200),  # of somebody else
    "job_cancel": (SIGN_IN, 403, 404, 404, 302),
    "job_run_again": (SIGN_IN, 403, 404, 404, 302),  # back to the list, with a refusal
    "job_result": NOT_THEIRS,
    "job_rows": JSON,
    "job_start": START,
    "job_export": START,
    "job_export_areas": START,
    "job_import": (SIGN_IN, 403, 403, 200, 200),
    "watch_gaps_read": JSON,
    "nearest_place": ANYBODY,
    "place_search": ANYBODY,
    "place_labels": ANYBODY,
    "login": (200, *[LIVE_MAP] * 4),
    "logout": SIGNED_IN,
    "accounts/logout/": SIGNED_IN,
    "password_change": SIGNED_IN,
    "password_change_done": SIGNED_IN,
    "password_reset": ANYBODY,
    "password_reset_done": ANYBODY,
    "password_reset_confirm": ANYBODY,
    "password_reset_complete": ANYBODY,
}
# What is posted where there is no GET.
POSTED: dict[str, Callable[[Alert], dict]] = {
    "alert_acknowledge": lambda alert: {"alert": alert.pk},
    "incident_also_reported": lambda alert: {"incident": alert.incident_id, "latitude": "50", "longitude": "10"},
    "incident_close": lambda alert: {"incident": alert.incident_id},
    "incident_reopen": lambda alert: {"incident": alert.incident_id},
    "incident_undo_close": lambda alert: {"closed_at": alert.raised.isoformat()},
    "area_back_test": lambda alert: {"polygon": make.around(make.HOME).geojson},
    "job_cancel": lambda alert: {},
    "job_run_again": lambda alert: {},
    "job_start": lambda alert: {"kind": "try_it"},
    "job_export": lambda alert: {"format": "geojson"},
    "job_export_areas": lambda alert: {},
    "watch_gaps_read": lambda alert: {"since": alert.raised.isoformat()},
}
CASES = [(name, who, answer) for name, answers in TABLE.items() for who, answer in zip(WHO, answers, strict=True)]
WRITING = [name for name, answers in TABLE.items() if answers is WRITE]


def routes(patterns, prefix: str = ""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield pattern.name or route


def address(name: str, alert: Alert) -> str:
    if name == "password_reset_confirm":
        return reverse(name, args=["MQ", "no-such-token"])
    if name in {"nearest_place", "incidents_nearby"}:
        return reverse(name) + "?latitude=50&longitude=10"
    if name == "place_labels":
        return reverse(name) + "?bbox=9,49,11,51&zoom=8"
    if name in {"job_detail", "job_cancel", "job_run_again", "job_result"}:
        return reverse(name, args=[Job.objects.create(kind="try_it", name="Nobody's", result="it").pk])
    kind, _, what = name.partition("_")
    if what in {"detail", "update", "delete"}:
        number = {"incident": alert.incident_id, "area": alert.area_id, "alert": alert.pk}[kind]
        return reverse(name, args=[number])
    return f"/{name}" if name.endswith("/") else reverse(name)


@pytest.fixture
def client_of(stranger_client, request):
    def find(who: str) -> Client:
        return stranger_client if who == "stranger" else signed_in(request.getfixturevalue(who))

    return find


def form(name: str) -> dict[str, Any]:
    """A form that would be accepted."""
    if name.startswith("area"):
        return {"name": "Drawn", "severity": "ME", "polygon": make.around(make.HOME).geojson}
    return {"name": "Typed", "severity": "LO", "latitude": "1", "longitude": "2", "submission": str(uuid.uuid4())}


def ask(client: Client, name: str, alert: Alert):
    path = address(name, alert)
    return client.post(path, POSTED[name](alert)) if name in POSTED else client.get(path)


def test_the_table_has_every_url():
    assert sorted(TABLE) == sorted(routes(urls.urlpatterns))


@pytest.mark.parametrize(("name", "who", "expected"), CASES, ids=[f"{name}-{who}" for name, who, _ in CASES])
def test_everybody_gets_what_the_table_says(name, who, expected, alert, client_of):
    response = ask(client_of(who), name, alert)
    if expected == SIGN_IN:
        assert response.status_code == 302
        assert response.url.split("?")[0] == reverse("login")
    elif expected == LIVE_MAP:
        assert response.status_code == 302
        assert response.url == reverse("live_map")
    else:
        assert response.status_code == expected
    if response.status_code in {401, 403} and TABLE[name] is JSON:
        assert response.json()["error"]


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("who", ["stranger", "outsider", "viewer"])
def test_who_may_not_write_changes_nothing(name, who, alert, client_of):
    before = [list(model.objects.order_by("pk").values()) for model in (Incident, AreaOfInterest, Alert)]
    response = client_of(who).post(address(name, alert), form(name))
    assert response.status_code == (302 if who == "stranger" else 403)
    if who == "stranger":
        assert response.url.startswith(reverse("login"))
    assert before == [list(model.objects.order_by("pk").values()) for model in (Incident, AreaOfInterest, Alert)]


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("who", ["operator", "admin"])
def test_who_may_write_does(name, who, alert, client_of):
    model = AreaOfInterest if name.startswith("area") else Incident
    response = client_of(who).post(address(name, alert), form(name))
    assert response.status_code == 302
    assert not response.url.startswith(reverse("login"))
    names = set(model.objects.values_list("name", flat=True))
    old, new = ("Harbour", "Drawn") if model is AreaOfInterest else ("Oil spill", "Typed")
    assert names == {"create": {old, new}, "update": {new}, "delete": set()}[name.split("_")[1]]


@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_who_may_not_acknowledge_changes_nothing(who, alert, client_of):
    client_of(who).post(reverse("alert_acknowledge"), {"alert": alert.pk})
    alert.refresh_from_db()
    assert alert.state == Alert.State.UNACKNOWLEDGED


def test_a_viewer_may_acknowledge(alert, viewer, viewer_client):
    assert viewer_client.post(reverse("alert_acknowledge"), {"alert": alert.pk}).json() == {"alerts": [alert.pk]}
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (Alert.State.ACKNOWLEDGED, viewer)


@pytest.mark.parametrize("who", WHO)
def test_the_administration_is_for_staff(who, client_of, db):
    response = client_of(who).get(reverse("admin:index"))
    assert response.status_code == (200 if who == "admin" else 302)


def test_pages_show_only_the_actions_that_a_person_has(alert, viewer_client, operator_client):
    for client, offered in ((viewer_client, False), (operator_client, True)):
        for page, action in [
            (reverse("incident_list"), reverse("incident_create")),
            (reverse("area_list"), reverse("area_create")),
            (address("incident_detail", alert), address("incident_update", alert)),
            (address("incident_detail", alert), address("incident_delete", alert)),
            (address("area_detail", alert), address("area_update", alert)),
            (address("area_detail", alert), address("area_delete", alert)),
        ]:
            assert (f'href="{action}"' in client.get(page).content.decode()) is offered, (page, action)


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


@pytest.mark.parametrize("name", [name for name, answers in TABLE.items() if answers in (PAGE, WRITE, JSON)])
def test_what_people_with_permission_see_is_not_kept_by_caches(name, alert, operator_client):
    response = ask(operator_client, name, alert)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
