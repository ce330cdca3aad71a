"""Addresses of the administration that ask for what neither Django nor the database can read: the whole list, and a
sentence; on both databases, which choke on different things."""

import socket
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin as administration
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from tests import make
from tests.amount import in_turn
from tests.conftest import signed_in
from tests.web.page import Page
from tracker.events import publishing
from tracker.models import AreaOfInterest, Incident
from tracker.web.admin.any_input import AnyInput

ADMINS = {model.__name__: each for model, each in administration.site._registry.items()}
ODD = [
    ("", "\0"),
    ("", "x"),
    ("__year", "9" * 30),
    ("__year", "0"),
    ("__gte", "2026-11-01T00:00:00+16:00"),
    ("__in", "9" * 30),
    ("__range", "x"),
    ("__regex", "["),
]
SENTENCE = "What the address asked for could not be read. All rows are shown."


@pytest.fixture
def rows(committing):
    """Some of everything. The database commits: PostgreSQL goes on after an error only where no transaction is open."""
    make.area()
    make.incident(reported_by=make.person("vera"))
    publishing.publish()


@pytest.fixture
def client(rows):
    return signed_in(make.person("anna", "admin"))


def list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("name", ADMINS)
def test_no_lookup_is_an_error_of_the_server(name, client):
    model = ADMINS[name].model
    assert isinstance(ADMINS[name], AnyInput)
    for number, field in enumerate([field.name for field in model._meta.get_fields()]):
        for suffix, value in in_turn(ODD, number + len(name), 3):
            response = client.get(list_of(model), {f"{field}{suffix}": value})
            assert response.status_code in {200, 302, 400}, (field, suffix, value)
            if response.status_code == 302:
                assert response.url == f"{list_of(model)}?e=1"


def test_neither_are_pages_orders_searches_and_the_list_s_own_parameters(client):
    own = ("p", "o", "q", "all", "_facets", "_popup", "_to_field", "since", "until", "by", "locked_out", "x__y")
    for of_model, each in enumerate(ADMINS.values()):
        for number, field in enumerate(own):
            for value in in_turn(("\0", "9" * 30, "x", "1.1.1"), of_model + number):
                response = client.get(list_of(each.model), {field: value})
                assert response.status_code in {200, 302, 400}, (each, field, value)
        for words in (1_000, 5_000):
            assert client.get(list_of(each.model), {"q": "x " * words}).status_code in {200, 302}


@pytest.mark.parametrize(
    "query",
    [
        {"created__year": "9" * 30},
        {"created__range": "x"},
        {"name__regex": "["},
        {"created__year": "0"},
        {"accuracy_m__in": "x"},
        {"created__gte": "\0"},
    ],
    ids=urlencode,
)
def test_all_is_shown_and_a_sentence_says_so(query, client):
    address = list_of(Incident)
    response = client.get(address, query, follow=True)
    assert response.redirect_chain == [(f"{address}?e=1", 302)]
    assert Page(response).messages == [SENTENCE]
    assert len(response.context["cl"].result_list) == 1
    assert Page(client.get(address)).messages == []


def test_what_can_be_read_still_narrows_down(client):
    make.incident("Flood", severity="UR")
    for query, found in ({"severity__exact": "UR"}, 1), ({"name__regex": "^Fl"}, 1), ({"created__year": "1999"}, 0):
        response = client.get(list_of(Incident), query)
        assert len(response.context["cl"].result_list) == found
        assert Page(response).messages == []


def counted() -> list[int]:
    closed = Incident.objects.filter(closed=True).count()
    return [closed, *(model.objects.count() for model in (Incident, AreaOfInterest, Group, get_user_model()))]


def test_an_action_on_what_is_no_row_does_nothing(client):
    before = counted()
    for each in ADMINS.values():
        address = list_of(each.model)
        for action in ("delete_selected", "close"):
            for row in ("\0", "x", "9" * 30, "-1", ""):
                response = client.post(address, {"action": action, "_selected_action": row, "post": "yes"})
                assert response.status_code in {200, 302}, (each, action, row)
        sent = {"action": "delete_selected", "_selected_action": "1", "post": "yes"}
        assert client.post(f"{address}?pk__in={'9' * 30}", sent).status_code in {200, 302}
    assert counted() == before


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_row_with_an_odd_number_is_not_there(page, client):
    for each in ADMINS.values():
        for number in ("%00", "9" * 30, "x", "1%201", "-1", "%D9%A3%D9%A3%D9%A3%D9%A3", "_00", "%ED%A0%80"):
            response = client.get(f"{list_of(each.model)}{number}/{page}/")
            assert response.status_code in {302, 403, 404}, (each, number)


def test_what_a_form_begins_with_may_be_anything(client):
    for of_model, each in enumerate(ADMINS.values()):
        for number, field in enumerate([field.name for field in each.model._meta.get_fields()]):
            address = list_of(each.model)
            for value in in_turn(("\0", "9" * 30, "0001-01-01"), of_model + number):
                assert client.get(f"{address}add/", {field: value}).status_code in {200, 403}, (address, field)


def test_a_person_s_form_with_odd_values_is_refused_or_kept(client):
    vera = make.person("otto")
    address = reverse("admin:auth_user_change", args=[vera.pk])
    sent = {"username": "otto", "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}
    for field in (
        "username",
        "email",
        "first_name",
        "groups",
        "user_permissions",
        "last_login_0",
        "date_joined_0",
        "_to_field",
    ):
        for value in ("", "\0", "9" * 30, "x" * 400, "0001-01-01", "9999-12-31", "٣"):
            assert client.post(address, sent | {field: value}).status_code in {200, 302, 400}, (field, value)
    joined = vera.date_joined
    vera.refresh_from_db()
    assert (vera.last_login, vera.date_joined) == (None, joined), "what the software has seen is nobody's to write"
    group = reverse("admin:auth_group_change", args=[make.first(Group.objects.all()).pk])
    for value in ("\0", "9" * 30, "x"):
        assert client.post(group, {"name": "Viewer", "permissions": value}).status_code in {200, 302}


def test_what_nobody_asks_is_not_there(client):
    own = {"app_label": "tracker", "model_name": "incident", "field_name": "reported_by"}
    for asked in (
        {},
        {**own, "term": "vera"},
        {**own, "term": "\0"},
        {**own, "field_name": "alert", "model_name": "x"},
    ):
        assert client.get("/admin/autocomplete/", asked).status_code == 404


def test_a_failure_of_the_server_is_not_taken_for_a_question(client, monkeypatch):
    def fail(self, request):
        raise RuntimeError("out of order")

    monkeypatch.setattr(ADMINS["Incident"].__class__, "get_queryset", fail)
    for query in ({}, {"e": "1"}):
        with pytest.raises(RuntimeError, match="out of order"):
            client.get(list_of(Incident), query)


SHAPES = ["incident/?location__exact=", "areaofinterest/?polygon__bboverlaps=", "alert/?incident__location__exact="]


@pytest.mark.parametrize("address", SHAPES)
@pytest.mark.parametrize("shape", ["/vsicurl/http://127.0.0.1:%d/x", '{"type":"Point","coordinates":["10","50"]}'])
def test_a_shape_in_an_address_is_read_by_nobody(admin_client, caplog, address, shape):
    """Django would hand a text that it cannot read to GDAL, which opens what it names, also over the network."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        named = shape.replace("%d", str(listener.getsockname()[1]))
        answer = admin_client.get(f"/admin/tracker/{address}{quote(named)}")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert answer.status_code == 400
    assert "GDAL" not in caplog.text
