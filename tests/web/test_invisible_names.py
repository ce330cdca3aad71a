"""A name that nobody can see is refused wherever a name is typed, and is what was typed; a place like that is none."""

import pytest
from django.contrib.auth.models import Group, User

from tests import make
from tests.web.page import Page
from tracker.lib.places import nearest
from tracker.models import AreaOfInterest, Incident, Job

pytestmark = pytest.mark.django_db

INVISIBLE = [
    "\u200b",
    "\u3164",
    "\u2800\u00ad",
    "\u202e\u2066",
    "\U000e0041",
    "\ufeff\u0301",
    "\x07\x1b",
    "\ufffc\u2060",
]
INCIDENT = {"severity": "HI", "latitude": "50", "longitude": "10", "location": make.point(10, 50).geojson}
AREA = {"severity": "HI", "polygon": make.around(make.HOME).geojson}
NO_NAME, NO_AREA_NAME = "Say in a few words what happened.", "Give the area a name."
UNSEEN = "This name has no character that can be seen."


@pytest.mark.parametrize("name", INVISIBLE)
@pytest.mark.parametrize(
    ("address", "fields", "said"),
    [
        ("/tracker/incident/report/", INCIDENT, NO_NAME),
        ("/tracker/incident/create/", INCIDENT, NO_NAME),
        ("/tracker/incident/update/{incident}/", INCIDENT, NO_NAME),
        ("/tracker/area_of_interest/create/", AREA, NO_AREA_NAME),
        ("/tracker/area_of_interest/update/{area}/", AREA, NO_AREA_NAME),
        ("/admin/tracker/incident/add/", INCIDENT, UNSEEN),
        ("/admin/tracker/incident/{incident}/change/", INCIDENT, UNSEEN),
        ("/admin/tracker/areaofinterest/add/", AREA, UNSEEN),
        ("/admin/tracker/areaofinterest/{area}/change/", AREA, UNSEEN),
    ],
)
def test_it_is_refused_and_what_was_typed_stays(name, address, fields, said, admin_client):
    incident, area = make.incident("Fire"), make.area("Town")
    response = admin_client.post(address.format(incident=incident.pk, area=area.pk), fields | {"name": name})
    assert response.status_code == 200
    page = Page(response)
    assert said in page.errors_at("name")
    assert page.fields["name"] == name
    assert [row.name for row in (*Incident.objects.all(), *AreaOfInterest.objects.all())] == ["Fire", "Town"]


def test_a_name_that_can_be_seen_among_what_cannot_is_taken(reporter):
    assert reporter.post("/tracker/incident/report/", INCIDENT | {"name": "\u200bTree\u200b"}).status_code == 302
    assert Incident.objects.get().name == "\u200bTree\u200b"


@pytest.mark.parametrize("address", ["/tracker/incident/report/", "/admin/tracker/incident/add/"])
def test_an_invisible_place_is_filled_in_like_none(address, admin_client):
    assert admin_client.post(address, INCIDENT | {"name": "Tree", "place": "\u3164\u200b"}).status_code == 302
    assert Incident.objects.get().place == nearest.describe(10, 50)


# --- control characters --------------------------------------------------------------------------------------------

CONTROLS = "bell\x07 esc\x1b[31m \x85del\x7f\tline\r\nend"
CLEAN = "bell esc[31m del\tline\r\nend"


@pytest.mark.parametrize(
    "address", ["/tracker/incident/report/", "/tracker/incident/create/", "/admin/tracker/incident/add/"]
)
def test_control_characters_of_an_incident_are_removed(address, admin_client):
    texts = dict.fromkeys(("name", "description", "place"), CONTROLS)
    assert admin_client.post(address, INCIDENT | texts).status_code == 302
    incident = Incident.objects.get()
    assert (incident.name, incident.description, incident.place) == (CLEAN, CLEAN, CLEAN)


@pytest.mark.parametrize("address", ["/tracker/area_of_interest/create/", "/admin/tracker/areaofinterest/add/"])
def test_control_characters_of_an_area_are_removed(address, admin_client):
    assert admin_client.post(address, AREA | {"name": CONTROLS}).status_code == 302
    assert AreaOfInterest.objects.get().name == CLEAN


def test_whatever_writes_an_incident_leaves_them_out():
    incident = make.incident("a\x07b", description="\x1b[2J", place="\x9bc")
    incident.refresh_from_db()
    assert (incident.name, incident.description, incident.place) == ("ab", "[2J", "c")
    incident = Incident.objects.defer("description").get()
    incident.place = "\x01"
    incident.save()
    incident.refresh_from_db()
    assert (incident.description, incident.place) == ("[2J", "")


# --- accounts, roles, jobs -----------------------------------------------------------------------------------------

ACCOUNT = {"usable_password": "true", "password1": "correct horse 7", "password2": "correct horse 7"}


@pytest.mark.parametrize("name", ["\u3164", "\u115f\u1160", "\uffa0"])
def test_an_account_has_a_name_that_can_be_seen(name, admin, admin_client):
    """These are letters to Django."""
    page = Page(admin_client.post("/admin/auth/user/add/", ACCOUNT | {"username": name}))
    assert UNSEEN in page.errors_at("username")
    assert list(User.objects.values_list("username", flat=True)) == [admin.username]


@pytest.mark.parametrize("name", INVISIBLE)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_person_has_one_too(name, field, operator, admin_client):
    form = {"username": operator.username, "date_joined_0": "2026-01-01", "date_joined_1": "00:00", field: name}
    page = Page(admin_client.post(f"/admin/auth/user/{operator.pk}/change/", form))
    assert UNSEEN in page.errors_at(field)
    operator.refresh_from_db()
    assert operator.get_full_name() == "Olga Ortega"


def test_a_person_may_have_no_name_and_keeps_no_control_characters(operator, admin_client):
    form = {"username": operator.username, "first_name": "", "last_name": "Or\x1bte\x07ga"}
    assert admin_client.post(f"/admin/auth/user/{operator.pk}/change/", form).status_code == 302
    operator.refresh_from_db()
    assert (operator.first_name, operator.last_name) == ("", "Ortega")


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_role_has_a_name_that_can_be_seen(name, admin_client):
    roles = Group.objects.count()
    page = Page(admin_client.post("/admin/auth/group/add/", {"name": name}))
    assert UNSEEN in page.errors_at("name")
    assert Group.objects.count() == roles


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_job_without_a_name_to_see_is_called_what_it_does(name, operator_client):
    operator_client.post("/tracker/job/start/", {"kind": "try_it", "name": name})
    assert Job.objects.get().name == "Try it"
