"""The pages that show incidents: the list, and one with its areas and alerts."""

import json
from datetime import timedelta

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.conftest import signed_in
from tests.web.page import Page
from tracker.models import AreaOfInterest, Incident

LIST = "/tracker/incident/"


def names(response) -> list[str]:
    return [incident.name for incident in response.context["object_list"]]


# --- list ----------------------------------------------------------------------------------------------------------


def test_the_list_has_pages_of_25_newest_first(viewer_client):
    now = timezone.now()
    for n in range(30):
        make.incident(f"Incident {n:02}", created=now - timedelta(minutes=n))
    first, second = viewer_client.get(LIST), viewer_client.get(LIST + "?page=2")
    assert names(first) + names(second) == [f"Incident {n:02}" for n in range(30)]
    assert len(names(first)) == 25
    following = viewer_client.get(LIST + Page(first).all("a", rel="next")[0]["href"])
    assert names(following) == names(second)
    assert names(viewer_client.get(LIST + Page(following).all("a", rel="prev")[0]["href"])) == names(first)
    assert not Page(first).all("a", rel="prev")
    assert not Page(second).all("a", rel="next")
    assert "26 to 30 of 30" in Page(second).text


def test_the_links_to_other_pages_keep_the_filter(viewer_client):
    for n in range(30):
        make.incident(f"Flood {n}")
    page = Page(viewer_client.get(LIST + "?q=flood&severity=HI&state=open"))
    assert page.all("a", rel="next")[0]["href"].startswith("?q=flood&severity=HI&state=open&after=")


def test_the_list_takes_the_same_queries_for_30_rows_and_for_60(viewer_client, operator, queries):
    for n in range(30):
        make.incident(f"Incident {n}", reported_by=operator)
    thirty = queries(viewer_client, LIST)
    for n in range(30):
        make.incident(f"Incident {n}", reported_by=operator)
    assert queries(viewer_client, LIST) == thirty <= 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=fire", ["Fire"]),
        ("q=FIRE", ["Fire"]),
        ("q=cellar", ["Flood"]),
        ("q=Harbour", ["Fire", "Flood"]),
        ("q=%00fire", ["Fire"]),
        ("q=100%25", ["Power cut"]),
        ("q=_", []),
        ("severity=UR", ["Fire"]),
        ("severity=XX", ["Fire", "Flood", "Power cut"]),
        ("severity=%00", ["Fire", "Flood", "Power cut"]),
        ("state=open", ["Fire", "Power cut"]),
        ("state=closed", ["Flood"]),
        ("state=nonsense", ["Fire", "Flood", "Power cut"]),
        ("q=Harbour&state=open", ["Fire"]),
        ("q=%ED%A0%80", []),
        ("", ["Fire", "Flood", "Power cut"]),
    ],
)
def test_the_list_narrows_down(query, found, viewer_client):
    make.incident("Fire", severity="UR", place="Harbour")
    make.incident("Flood", severity="LO", place="Harbour", description="In the cellar", closed=True)
    make.incident("Power cut", severity="ME", description="100% of the town")
    assert sorted(names(viewer_client.get(f"{LIST}?{query}"))) == found


def test_the_filter_shows_what_was_asked(viewer_client):
    make.incident("Fire")
    asked = Page(viewer_client.get(LIST + "?q=fire&severity=HI&state=open")).fields
    assert (asked["q"], asked["severity"], asked["state"]) == ("fire", "HI", "open")


def test_an_empty_list_says_so(viewer_client):
    assert "Nothing has been reported yet." in Page(viewer_client.get(LIST)).text
    make.incident("Fire")
    page = Page(viewer_client.get(LIST + "?q=no-such-thing"))
    assert "No incident fits. Show all" in page.text
    assert "Nothing has been reported yet." not in page.text


# --- detail --------------------------------------------------------------------------------------------------------


def test_the_detail_page_says_everything(viewer_client, operator):
    make.area("Harbour")
    incident = make.incident(
        "Oil spill",
        description="Line one\nLine two",
        place="Pier 3",
        accuracy_m=12.5,
        reported_by=operator,
        source=Incident.Source.FORM,
    )
    page = Page(viewer_client.get(incident.get_absolute_url()))
    for said in ("Oil spill", "High", "Open", "Pier 3", "50, 10 (±12.5 m)", "Incident form, Olga Ortega"):
        assert said in page.text
    assert f"Reference {incident.pk} " in page.text
    assert "Line one<br>Line two" in page.source
    assert "Harbour" in page.text
    assert '"Incident:' in page.all("script", id="features")[0].text
    assert '"AreaOfInterest:' in page.all("script", id="features")[0].text


def test_the_detail_page_takes_the_same_queries_for_many_alerts(viewer_client, queries):
    make.area("One")
    for n in range(25):  # the bell is asked a second time for more than twenty
        make.incident(f"Incident {n}")
    one, many = make.incident(), make.incident()
    few = queries(viewer_client, one.get_absolute_url())
    for n in range(20):
        make.area(f"Area {n}")
    assert len(make.alerts_of(many)) == 21
    assert queries(viewer_client, many.get_absolute_url()) == few <= 14


def areas_said(page: Page) -> list[str]:
    return [
        " ".join(item.text.split()) for item in page.all("li") if any("areas-around" in e.classes for e in item.inside)
    ]


@pytest.mark.parametrize("closed", [False, True])
def test_the_detail_page_names_the_areas_it_is_in_with_what_alerts_there(closed, viewer_client):
    reached, higher = make.area("Harbour", severity="LO"), make.area("City", severity="UR")
    make.area("Far away", make.box(-60, -30, -59, -29))
    incident = make.incident("Oil spill", (10, 50), "HI", closed=closed)
    response = viewer_client.get(incident.get_absolute_url())
    page = Page(response)
    assert areas_said(page) == [
        "City Alerts from Urgent up, so this was not severe enough",
        "Harbour Alerts from Low up",
    ]
    assert page.all("a", href=reached.get_absolute_url())
    assert page.all("a", href=higher.get_absolute_url())
    drawn = [feature["properties"]["name"] for feature in response.context["features"]["features"]]
    assert drawn == ["Oil spill", "Harbour", "City"]
    assert bool(page.all("a", href="/#map=14/50.00000/10.00000")) is not closed
    assert ("See it on the live map" in page.text) is not closed


def test_the_detail_page_of_an_open_incident_leads_to_its_place_on_the_live_map(viewer_client):
    incident = make.incident("Oil spill", (10, 50))
    assert Page(viewer_client.get(incident.get_absolute_url())).all("a", href="/#map=14/50.00000/10.00000")
    incident.closed = True
    incident.save()
    assert "See it on the live map" not in Page(viewer_client.get(incident.get_absolute_url())).text


def test_the_detail_page_says_that_an_incident_is_in_no_area(viewer_client):
    outside = Page(viewer_client.get(make.incident("Elsewhere", (100, 10)).get_absolute_url()))
    assert "It is in none of the areas of interest." in outside.text
    assert areas_said(outside) == []


def test_an_incident_on_a_seam_of_the_map_is_in_the_areas_of_both_sides(viewer_client):
    make.area("West", make.box(170, -10, 180, 10))
    make.area("East", make.box(-180, -10, -170, 10))
    page = Page(viewer_client.get(make.incident("Ship", (180, 0)).get_absolute_url()))
    assert [said.split()[0] for said in areas_said(page)] == ["East", "West"]


def test_of_very_many_areas_fifty_are_named_and_the_others_counted(viewer_client, queries):
    incident = make.incident("Oil spill")
    for n in range(50):
        make.area(f"Area {n:02}")
    fifty = queries(viewer_client, incident.get_absolute_url())
    for n in range(50, 53):
        make.area(f"Area {n:02}")
    response = viewer_client.get(incident.get_absolute_url())
    assert areas_said(Page(response))[-2:] == ["Area 49 Alerts from High up", "and 3 more"]
    assert queries(viewer_client, incident.get_absolute_url()) == fifty


def test_of_many_areas_those_that_alert_are_drawn_before_the_others(viewer_client):
    incident = make.incident("Oil spill", severity="ME")
    for n in range(10):
        make.area(f"Area {n}", severity="UR" if n % 2 else "LO")
    response = viewer_client.get(incident.get_absolute_url())
    drawn = [feature["properties"]["name"] for feature in response.context["features"]["features"]]
    assert drawn == ["Oil spill", *(f"Area {n}" for n in (0, 2, 4, 6, 8, 1, 3, 5))]
    assert len(areas_said(Page(response))) == 10
    assert "The map shows 8 of them, those that alert first." in Page(response).text
    AreaOfInterest.objects.filter(name__gte="Area 8").delete()
    assert "The map shows" not in Page(viewer_client.get(incident.get_absolute_url())).text


def test_a_small_map_is_not_sent_what_nobody_can_see_on_it(viewer_client):
    circle = make.point(*make.HOME).buffer(1.0, quadsegs=5000)
    make.area("Bay", circle)
    response = viewer_client.get(make.incident("Oil spill").get_absolute_url())
    _incident, bay = response.context["features"]["features"]
    assert 50 < len(bay["geometry"]["coordinates"][0]) < 500
    seen = GEOSGeometry(json.dumps(bay["geometry"]), srid=4326)
    assert circle.sym_difference(seen).area < 0.01 * circle.area
    assert len(response.content) < 60_000


def test_who_may_not_see_areas_is_not_shown_them_on_an_incident(db):
    make.area("Harbour")
    incident = make.incident("Oil spill")
    response = signed_in(make.person("otto", "none", "view_incident")).get(incident.get_absolute_url())
    assert response.status_code == 200
    assert b"Harbour" not in response.content


def test_the_alerts_of_an_incident_lead_to_their_areas_as_long_as_there_are_any(viewer_client):
    harbour, city = make.area("Harbour"), make.area("City")
    incident = make.incident("Oil spill")
    harbour_page, number = harbour.get_absolute_url(), city.pk
    city.delete()
    for address in (incident.get_absolute_url(), "/tracker/alert/?state=all"):
        page = Page(viewer_client.get(address))
        assert [link.text for link in page.all("a", href=harbour_page)][-1] == "Harbour"
        assert "City" in page.text
        assert not page.all("a", href=reverse("area_detail", args=[number]))
    page = Page(viewer_client.get(incident.get_absolute_url()))
    for alert in make.alerts_of(incident):
        assert page.all("a", href=reverse("alert_detail", args=[alert.pk]))


@pytest.mark.parametrize("number", ["999999", "9" * 19, "9" * 30, "0"])
@pytest.mark.parametrize("what", ["{}/", "update/{}/", "delete/{}/"])
def test_an_incident_that_is_not_there_is_not_found(what, number, admin_client):
    assert admin_client.get(LIST + what.format(number)).status_code == 404
    assert admin_client.post(LIST + what.format(number)).status_code in {404, 405}
