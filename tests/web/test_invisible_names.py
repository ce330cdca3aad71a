"""A name that nobody can see is refused wherever a name is typed, and is what was typed; a place like that is none."""

import pytest

from tests import make
from tests.web.page import Page
from tracker.lib.places import nearest
from tracker.models import AreaOfInterest, Incident

INVISIBLE = ["\u200b", "\u3164", "\u2800\u00ad", "\u202e\u2066", "\U000e0041", "\ufeff\u0301"]
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
