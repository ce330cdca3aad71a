"""Lists that are sorted by their columns, narrowed down to an area or a time, and show each row's place."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.models import Alert

INCIDENTS, AREAS, ALERTS = "/tracker/incident/", "/tracker/area_of_interest/", "/tracker/alert/"


def names(response) -> list[str]:
    return [str(row) for row in response.context["object_list"]]


def places(response) -> dict:
    return json.loads(Page(response).all("script", id="places")[0].text)


# --- sorting -------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(db):
    now = timezone.now()
    make.incident("Beta", severity="LO", place="Zoo", created=now - timedelta(hours=2))
    make.incident("Alpha", severity="UR", place="Quay", created=now - timedelta(hours=3), closed=True)
    make.incident("Gamma", severity="UR", place="Mall", created=now - timedelta(hours=1))


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("", "Gamma Beta Alpha"),
        ("-created", "Gamma Beta Alpha"),
        ("created", "Alpha Beta Gamma"),
        ("name", "Alpha Beta Gamma"),
        ("-name", "Gamma Beta Alpha"),
        ("severity", "Gamma Alpha Beta"),  # the worst first, of equals the newest
        ("-severity", "Beta Alpha Gamma"),
        ("place", "Gamma Alpha Beta"),
        ("state", "Gamma Beta Alpha"),
        ("-state", "Alpha Beta Gamma"),
        ("description", "Gamma Beta Alpha"),  # what is not offered is not sorted by
        ("reported_by__password", "Gamma Beta Alpha"),
        ("--name", "Gamma Beta Alpha"),
        ("%00", "Gamma Beta Alpha"),
        ("?", "Gamma Beta Alpha"),
    ],
)
def test_incidents_are_sorted(sort, found, three, viewer_client):
    assert names(viewer_client.get(f"{INCIDENTS}?sort={sort}")) == found.split()


@pytest.mark.parametrize(
    ("sort", "found"),
    [("", "Quiet Town"), ("-name", "Town Quiet"), ("unresolved", "Quiet Town"), ("-unresolved", "Town Quiet"),
     ("severity", "Town Quiet"), ("-severity", "Quiet Town"), ("updated", "Quiet Town"), ("-updated", "Town Quiet")],
)  # fmt: skip
def test_areas_are_sorted(sort, found, viewer_client):
    make.area("Quiet", make.around(make.AWAY), severity="LO")
    make.area("Town")
    make.incident()
    assert names(viewer_client.get(f"{AREAS}?sort={sort}")) == found.split()


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("", "Fire Oil"),
        ("raised", "Oil Fire"),
        ("severity", "Oil Fire"),
        ("incident", "Fire Oil"),
        ("-incident", "Oil Fire"),
        ("area", "Fire Oil"),
        ("-state", "Oil Fire"),
        ("state", "Fire Oil"),
    ],
)
def test_alerts_are_sorted(sort, found, viewer_client, viewer):
    make.area("Z", make.around(make.AWAY))
    make.area("A")
    make.incident("Oil", make.AWAY, severity="UR")
    fire = make.incident("Fire")
    Alert.objects.filter(incident=fire).update(
        state="acknowledged", acknowledged_by=viewer, raised=timezone.now() + timedelta(seconds=1)
    )
    shown = viewer_client.get(f"{ALERTS}?sort={sort}").context["object_list"]
    assert [alert.incident_name for alert in shown] == found.split()


@pytest.mark.parametrize("sort", ["severity", "-severity", "state", "-state", "place", "name", "-name"])
def test_equal_rows_are_each_on_one_page(sort, viewer_client):
    for n in range(60):
        make.incident("Same", closed=n % 2)
    pages = [viewer_client.get(f"{INCIDENTS}?sort={sort}&page={n}").context["object_list"] for n in (1, 2, 3)]
    assert len({row.pk for page in pages for row in page}) == 60


def test_the_headings_say_how_it_is_sorted_and_keep_the_filter(three, viewer_client):
    page = Page(viewer_client.get(f"{INCIDENTS}?q=a&severity=UR&sort=name&page=1"))
    sorted_by = [heading for heading in page.all("th") if heading["aria-sort"]]
    assert [(h["aria-sort"], h.text.strip(" ▲▼↕\n")) for h in sorted_by] == [("ascending", "Name")]
    links = {link.text.strip(" ▲▼↕\n"): link["href"] for link in page.all("a", class_="sort")}
    assert links["Name"] == "?q=a&severity=UR&sort=-name"  # the other way, from its first page
    assert links["Reported"] == "?q=a&severity=UR&sort=-created"  # the newest first
    assert links["Severity"] == "?q=a&severity=UR&sort=severity"
    assert page.fields["sort"] == "name"
    page = Page(viewer_client.get(f"{INCIDENTS}?sort=-name"))
    assert [heading["aria-sort"] for heading in page.all("th") if heading["aria-sort"]] == ["descending"]


def test_the_pages_keep_the_order(viewer_client):
    for n in range(30):
        make.incident(f"Fire {n:02}")
    page = Page(viewer_client.get(f"{INCIDENTS}?sort=name"))
    assert page.all("a", rel="next")[0]["href"].startswith("?sort=name&after=")


# --- filters -------------------------------------------------------------------------------------------------------


def test_incidents_of_a_time(viewer_client):
    now = timezone.now().replace(microsecond=0)
    for hours in (1, 2, 3):
        make.incident(f"{hours} h ago", created=now - timedelta(hours=hours))
    two_h_ago = (now - timedelta(hours=2)).isoformat()
    assert names(viewer_client.get(INCIDENTS, {"reported_from": two_h_ago})) == ["1 h ago", "2 h ago"]
    assert names(viewer_client.get(INCIDENTS, {"reported_until": two_h_ago})) == ["2 h ago", "3 h ago"]
    for nonsense in ("yesterday", "\0", "0001-01-01T00:00", "9999-12-31T23:59:59-14:00"):
        assert len(names(viewer_client.get(INCIDENTS, {"reported_from": nonsense}))) == 3


def test_incidents_in_an_area(viewer_client):
    area = make.area("Town", make.boxes((9, 49, 11, 51), (20, 0, 21, 1)))
    make.incident("Inside", (10, 50), severity="IN")
    make.incident("Over", (20.5, 0.5), closed=True)
    make.incident("On the border", (11, 50))
    make.incident("In the box around it", (15, 25))
    found = viewer_client.get(f"{INCIDENTS}?area={area.pk}&sort=name")
    assert names(found) == ["Inside", "On the border", "Over"]
    assert Page(found).fields["area"] == str(area.pk)
    assert names(viewer_client.get(f"{INCIDENTS}?area={area.pk}&state=open&severity=IN")) == ["Inside"]
    assert names(viewer_client.get(f"{INCIDENTS}?area=999999")) == []
    for nonsense in ("x", "-1", "", "%00", "9" * 30, "²"):
        assert len(names(viewer_client.get(f"{INCIDENTS}?area={nonsense}"))) == 4, nonsense


def test_incidents_in_an_area_on_the_seams_of_the_map(viewer_client):
    fiji, arctic = make.area("Fiji", make.box(176, -21, 182, -15)), make.area("Arctic", make.box(-180, 80, 180, 90))
    make.incident("East of it", (-179, -17))
    make.incident("On it", (180, -17))
    make.incident("Pole", (33, 90))
    assert sorted(names(viewer_client.get(f"{INCIDENTS}?area={fiji.pk}"))) == ["East of it", "On it"]
    assert names(viewer_client.get(f"{INCIDENTS}?area={arctic.pk}")) == ["Pole"]


def test_alerts_by_text_and_by_area(viewer_client):
    town, pier = make.area("Town"), make.area("Pier")
    make.incident("Oil")
    make.incident("Fire")
    assert len(names(viewer_client.get(ALERTS))) == 4
    assert names(viewer_client.get(f"{ALERTS}?q=oil&sort=area")) == ["Oil – Pier", "Oil – Town"]
    assert names(viewer_client.get(f"{ALERTS}?q=pier&sort=incident")) == ["Fire – Pier", "Oil – Pier"]
    assert names(viewer_client.get(f"{ALERTS}?area={town.pk}&sort=incident")) == ["Fire – Town", "Oil – Town"]
    number = pier.pk
    pier.delete()
    found = viewer_client.get(f"{ALERTS}?state=all&area={number}")
    assert len(names(found)) == 2, "the alerts outlive the area"
    assert Page(found).fields["area"] == str(number)
    assert "No alert fits." in Page(viewer_client.get(f"{ALERTS}?q=nothing")).text


def test_the_area_filter_is_for_those_who_may_see_areas(operator):
    from tests.conftest import signed_in

    area = make.area("Secret")
    make.incident("Outside", make.AWAY)
    client = signed_in(make.person("ines", "none", "view_incident"))
    found = client.get(f"{INCIDENTS}?area={area.pk}")
    assert names(found) == ["Outside"]
    assert "Secret" not in Page(found).text
    assert not Page(found).all("select", name="area")


# --- places --------------------------------------------------------------------------------------------------------


def test_each_row_has_its_place(viewer_client):
    area = make.area("Parts", make.boxes((9, 49, 11, 51), (20, 0, 21, 1)))
    incident = make.incident(at=(10.25, 50.5))
    found = viewer_client.get(INCIDENTS)
    assert places(found) == {str(incident.pk): {"type": "Point", "coordinates": [10.25, 50.5]}}
    assert "50.50000, 10.25000" in Page(found).text, "where there are no words for it"
    (row,) = Page(found).all("tr", **{"data-row": str(incident.pk)})
    assert row["data-severity"] == incident.severity

    outline = places(viewer_client.get(AREAS))[str(area.pk)]
    assert outline["type"] == "MultiPolygon"
    assert len(outline["coordinates"]) == 2
    alert = make.alerts_of(incident)[0]
    assert places(viewer_client.get(ALERTS))[str(alert.pk)]["coordinates"] == [10.25, 50.5]
    incident.delete()
    gone = viewer_client.get(f"{ALERTS}?state=all")
    assert places(gone) == {}
    assert "The incident was deleted." in Page(gone).text


def test_an_outline_is_small_however_intricate_the_area(viewer_client):
    import math

    from django.contrib.gis.geos import Polygon

    ring = [
        (10 + math.cos(n / 5000 * 2 * math.pi) * (1 + 0.002 * (n % 2)), 50 + math.sin(n / 5000 * 2 * math.pi))
        for n in range(5000)
    ]
    area = make.area("Round", Polygon([*ring, ring[0]], srid=4326))
    sliver = make.area("Sliver", make.box(0, 0, 10, 0.0001))
    found = places(viewer_client.get(AREAS))
    assert 8 <= len(found[str(area.pk)]["coordinates"][0]) < 200
    xs = [x for x, _y in found[str(area.pk)]["coordinates"][0]]
    assert (min(xs), max(xs)) == pytest.approx((9, 11), abs=0.05)
    assert found[str(sliver.pk)]["type"] == "Polygon"
    assert found[str(sliver.pk)]["coordinates"][0]


@pytest.mark.parametrize("width", [3.5, 0.2, 0.001])
def test_the_outline_of_an_area_across_the_antimeridian_is_as_wide_as_the_area(width, viewer_client):
    area = make.area("Fiji", make.box(180 - width / 2, -17.5, 180 + width / 2, -17.4))
    outline = places(viewer_client.get(AREAS))[str(area.pk)]
    assert outline["type"] == "MultiPolygon"
    xs = [abs(x) for rings in outline["coordinates"] for x, _y in rings[0]]
    assert min(xs) == pytest.approx(180 - width / 2, abs=1e-5)


def test_places_take_one_query(viewer_client, queries):
    make.area("Town")
    for n in range(30):  # a list of one page is not counted
        make.incident(f"Fire {n}")
    few = [queries(viewer_client, address) for address in (INCIDENTS, AREAS, ALERTS)]
    for n in range(20):
        make.area(f"Town {n}")
        make.incident(f"Flood {n}")
    assert [queries(viewer_client, address) for address in (INCIDENTS, AREAS, ALERTS)] == few
    assert max(few) <= 10


def test_markup_in_names_of_areas_and_in_the_query_is_text(viewer_client):
    make.area(MARKUP)
    make.incident(MARKUP)
    for address in (INCIDENTS, AREAS, ALERTS):
        for query in (
            "",
            "?sort=%22%3E%3Cxss-probe%3E",
            "?area=%22%3E%3Cxss-probe%3E&reported_from=%22%3E%3Cxss-probe%3E",
        ):
            no_markup(Page(viewer_client.get(address + query)))


# --- by its number -------------------------------------------------------------------------------------------------


def test_an_incident_is_found_by_the_reference_that_its_reporter_was_given(db, viewer_client):
    incident = make.incident("A fire")
    make.incident(f"Bus {incident.pk} broke down")
    make.incident("Something else")
    for text in (str(incident.pk), f"%23{incident.pk}"):
        found = names(viewer_client.get(f"{INCIDENTS}?q={text}"))
        assert "A fire" in found
        assert "Something else" not in found
    assert names(viewer_client.get(f"{INCIDENTS}?q={10**30}")) == []


# --- by name, as people sort ---------------------------------------------------------------------------------------

IN_ORDER = ["alpha", "Äpfel", "Ärger", "Beta", "Delta", "Éclair", "école", "gamma", "Ø-Deck", "Östhafen", "Zebra", "zz"]
MIXED = sorted(IN_ORDER, reverse=True)  # by their bytes


def test_names_are_in_the_order_in_which_people_look_for_them(viewer_client, admin_client):
    for name in MIXED:
        make.area(name)
        make.incident(name, make.AWAY, place=name)
    incident = make.incident("Here")
    for sort, order in (("name", IN_ORDER), ("-name", IN_ORDER[::-1]), ("place", IN_ORDER)):
        listed = [row.name for row in viewer_client.get(f"{INCIDENTS}?sort={sort}").context["object_list"]]
        assert [name for name in listed if name != "Here"] == order, sort
    assert names(viewer_client.get(AREAS)) == IN_ORDER
    found = viewer_client.get(f"{ALERTS}?sort=area").context["object_list"]
    assert [alert.area_name for alert in found] == IN_ORDER
    choice = [option.text for option in Page(viewer_client.get(INCIDENTS)).all("option") if option.text in MIXED]
    assert choice == IN_ORDER
    around = [area.name for area, _is_reached in viewer_client.get(incident.get_absolute_url()).context["around"]]
    assert around == IN_ORDER
    for address in ("/admin/tracker/areaofinterest/", "/admin/tracker/areaofinterest/?o=1"):
        assert [area.name for area in admin_client.get(address).context["cl"].result_list] == IN_ORDER


def test_the_choice_of_areas_ends_in_that_order(viewer_client, monkeypatch):
    monkeypatch.setattr("tracker.web.views.filtered_list.AREAS_OFFERED", 3)
    for name in MIXED:
        make.area(name)
    options = [option.text for option in Page(viewer_client.get(INCIDENTS)).all("option")]
    assert [name for name in options if name in MIXED] == IN_ORDER[:3]
