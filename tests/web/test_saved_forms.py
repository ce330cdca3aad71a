"""A browser is told which of the forms that it keeps the server has taken, and of no other."""

import pytest
from django.test import Client

from tests import make
from tests.conftest import signed_in
from tracker.models import Incident

CREATE = "/tracker/incident/create/"
ADD = "/admin/tracker/incident/add/"
TYPED = {"name": "Pipe", "severity": "LO", "latitude": "1", "longitude": "2", "draft": "abc123def"}
IN_ADMIN = {"name": "Pipe", "severity": "LO", "location": '{"type":"Point","coordinates":[2,1]}', "draft": "abc123def"}


@pytest.fixture
def admin(db):
    return signed_in(make.person("adam", "admin"))


def told(answer) -> str | None:
    found = answer.cookies.get("saved_draft")
    return found.value if found else None


@pytest.mark.parametrize(("page", "form"), [(CREATE, TYPED), (ADD, IN_ADMIN)])
def test_a_form_that_was_taken_is_named(admin, page, form):
    answer = admin.post(page, form)
    assert answer.status_code == 302
    assert told(answer) == "abc123def"
    assert answer.cookies["saved_draft"]["samesite"] == "Lax"
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(("page", "form"), [(CREATE, TYPED), (ADD, IN_ADMIN)])
def test_one_that_was_not_taken_is_not(admin, page, form):
    assert told(admin.post(page, form | {"name": ""})) is None
    for door in (page, "/admin/"):
        answer = Client().post(door, form)
        assert answer.status_code == 302  # to where people sign in
        assert told(answer) is None
    assert told(Client(enforce_csrf_checks=True).post(page, form)) is None
    assert not Incident.objects.exists()


@pytest.mark.parametrize("name", ["", "short", "x" * 41, "a b c d e f g", "<script>", "abc123def; Path=/", "Ä" * 10])
def test_a_name_that_no_page_of_ours_gives_is_not_repeated(admin, name):
    answer = admin.post(CREATE, TYPED | {"draft": name})
    assert answer.status_code == 302
    assert told(answer) is None
