"""The pages of areas of interest: list, detail, create, update, delete."""

import json

import pytest
from django.urls import reverse

from tests import make
from tests.web.odd_input import MARKUP, TEXTS, no_markup, send
from tests.web.page import Page
from tracker.models import Alert, AreaOfInterest

LIST, CREATE = "/tracker/area_of_interest/", "/tracker/area_of_interest/create/"
SQUARE = '{"type":"Polygon","coordinates":[[[9,49],[11,49],[11,51],[9,51],[9,49]]]}'
ELSEWHERE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'


def update_page(area: AreaOfInterest) -> str:
    return reverse("area_update", args=[area.pk])


def delete_page(area: AreaOfInterest) -> str:
    return reverse("area_delete", args=[area.pk])


def form(**fields) -> dict:
    return {"name": "Harbour", "severity": "HI", "polygon": SQUARE} | fields


def names(response) -> list[str]:
    return [area.name for area in response.context["object_list"]]


# --- detail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "view"),
    [
        (make.around(make.HOME, 0.01), "12/50.00000/10.00000"),
        (make.around(make.HOME, 1), "7/50.00000/10.00000"),
        (make.box(9, 45, 11, 55), "5/50.00000/10.00000"),
        (make.box(-60, -30, 60, 30), "3/0.00000/0.00000"),
        (make.box(-180, -90, 180, 90), "3/0.00000/0.00000"),
    ],
)
def test_the_way_to_the_live_map_shows_the_whole_area(shape, view, viewer_client):
    page = Page(viewer_client.get(make.area("Bay", shape).get_absolute_url()))
    assert [link["href"] for link in page.all("a") if "#map=" in link["href"]] == [f"/#map={view}"]


# --- list ----------------------------------------------------------------------------------------------------------


def test_the_list_has_pages_of_25_by_name(viewer_client):
    for n in reversed(range(30)):
        make.area(f"Area {n:02}")
    first, second = viewer_client.get(LIST), viewer_client.get(LIST + "?page=2")
    assert names(first) + names(second) == [f"Area {n:02}" for n in range(30)]
    assert len(names(first)) == 25
    assert "26 to 30 of 30" in Page(second).text


def test_areas_of_one_name_are_each_on_one_page(viewer_client):
    for _ in range(30):
        make.area("Twin")
    shown = [area.pk for page in (1, 2) for area in viewer_client.get(f"{LIST}?page={page}").context["object_list"]]
    assert shown == sorted(shown)
    assert len(set(shown)) == 30


def test_the_list_takes_the_same_queries_for_30_rows_and_for_60(viewer_client, queries):
    make.incident()
    for n in range(30):
        make.area(f"Area {n}")
    thirty = queries(viewer_client, LIST)
    for n in range(30):
        make.area(f"More {n}")
    assert queries(viewer_client, LIST) == thirty <= 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=har", ["Harbour"]),
        ("q=%00HAR", ["Harbour"]),
        ("q=_", []),
        ("severity=UR", ["Town"]),
        ("severity=nonsense", ["Harbour", "Town"]),
        ("q=har&severity=UR", []),
        ("", ["Harbour", "Town"]),
    ],
)
def test_the_list_narrows_down(query, found, viewer_client):
    make.area("Harbour")
    make.area("Town", severity="UR")
    assert names(viewer_client.get(f"{LIST}?{query}")) == found


def test_the_list_counts_unresolved_alerts_only(viewer_client):
    quiet, busy = make.area("Quiet", make.around(make.AWAY)), make.area("Busy")
    make.incident("One")
    make.incident("Two").delete()
    shown = {area.pk: area.unresolved for area in viewer_client.get(LIST).context["object_list"]}
    assert shown == {quiet.pk: 0, busy.pk: 1}


def test_an_empty_list_says_so(viewer_client):
    assert "No area has been drawn yet." in Page(viewer_client.get(LIST)).text
    make.area("Harbour")
    assert "No area fits. Show all" in Page(viewer_client.get(LIST + "?q=no-such")).text


# --- detail --------------------------------------------------------------------------------------------------------


def test_the_detail_page_says_everything(viewer_client):
    area = make.area("Harbour")
    make.incident("Oil spill")
    make.incident("Long ago").delete()
    page = Page(viewer_client.get(area.get_absolute_url()))
    for said in ("Harbour", "High", "Oil spill", "Long ago", "1 is not resolved.", "Resolved: Incident deleted"):
        assert said in page.text
    features = json.loads(page.all("script", id="features")[0].text)["features"]
    assert [feature["properties"]["name"] for feature in features] == ["Harbour", "Oil spill"]


def test_the_detail_page_without_alerts_says_so(viewer_client):
    assert "No alert was ever raised here." in Page(viewer_client.get(make.area().get_absolute_url())).text


def test_the_detail_page_shows_at_most_a_hundred_alerts_in_the_same_queries(viewer_client, queries):
    area = make.area("Harbour")
    for n in range(25):  # the bell is asked a second time for more than twenty
        make.incident(f"Incident {n}")
    few = queries(viewer_client, area.get_absolute_url())
    for n in range(85):
        make.incident(f"Incident {n}")
    assert queries(viewer_client, area.get_absolute_url()) == few <= 13
    page = Page(viewer_client.get(area.get_absolute_url()))
    assert len([row for row in page.all("tr") if row["data-alert"]]) == 100
    assert "110 are not resolved." in page.text


@pytest.mark.parametrize("number", ["999999", "9" * 19, "9" * 30])
def test_an_area_that_is_not_there_is_not_found(number, admin_client):
    for what in ("{}/", "update/{}/", "delete/{}/"):
        assert admin_client.get(LIST + what.format(number)).status_code == 404


# --- create and update ---------------------------------------------------------------------------------------------


def test_an_area_is_drawn_and_alerts_what_is_in_it(operator_client):
    make.incident("Oil spill")
    response = operator_client.post(CREATE, form(), follow=True)
    area = AreaOfInterest.objects.get()
    assert response.redirect_chain == [(area.get_absolute_url(), 302)]
    assert Page(response).messages == ["The area was saved. Unresolved alerts in it: 1."]
    assert (area.name, area.severity, area.centroid.coords) == ("Harbour", "HI", (10, 50))
    assert json.loads(area.polygon.geojson) == json.loads(SQUARE)
    assert (Alert.objects.get().cause, Alert.objects.get().incident_name) == ("area", "Oil spill")


@pytest.mark.parametrize(
    ("polygon", "kind"),
    [
        (f'{{"type":"Feature","properties":{{"a":1}},"geometry":{SQUARE}}}', "Polygon"),
        (f'{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{SQUARE}}}]}}', "Polygon"),
        (
            '{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}',
            "MultiPolygon",
        ),
        ('{"type":"Polygon","coordinates":[[[0,0,7],[1,0,7],[1,1,7],[0,0,7]]]}', "Polygon"),  # with a height
        ('{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}', "MultiPolygon"),  # a bow tie
        ('{"type":"Polygon","coordinates":[[[170,0],[190,0],[190,5],[170,5],[170,0]]]}', "MultiPolygon"),
    ],
)
def test_shapes_that_can_be_used_are_taken(polygon, kind, operator_client):
    assert operator_client.post(CREATE, form(polygon=polygon)).status_code == 302
    stored = AreaOfInterest.objects.get().polygon
    assert stored.geom_type == kind
    assert stored.valid
    assert not stored.hasz
    assert operator_client.get(AreaOfInterest.objects.get().get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Give the area a name."),
        ("name", "x" * 151, "at most 150 characters (it has 151)"),
        ("name", "a\0b", "Null characters are not allowed."),
        ("severity", "XX", "Choose one of these."),
        ("severity", "\0", "Choose one of these."),
        ("polygon", "", "Draw the area on the map, or paste its GeoJSON."),
        ("polygon", "here and there", "it cannot be read as JSON"),
        ("polygon", '{"type":"Point","coordinates":[1,2]}', "A polygon or a multipolygon is needed, not “Point”."),
    ],
)
def test_wrong_input_is_said_at_the_field_and_what_was_typed_stays(field, value, said, operator_client):
    area = make.area("Before")
    for address in (CREATE, update_page(area)):
        sent = form(**{field: value})
        response = operator_client.post(address, sent)
        page = Page(response)
        assert response.status_code == 200
        assert said in page.errors_at(field)
        for name in {"name", "polygon"} | ({field} - {"severity"}):
            assert page.fields[name] == sent[name]
    area.refresh_from_db()
    assert AreaOfInterest.objects.get().name == "Before"


@pytest.mark.parametrize("field", ["name", "severity", "polygon"])
def test_odd_text_is_an_error_in_the_form_or_is_kept(field, operator_client):
    area = make.area("Before")
    for odd, text in TEXTS.items():
        for address in (CREATE, update_page(area)):
            response = send(operator_client, address, form(**{field: text}))
            assert response.status_code in {200, 302}, odd
            if response.status_code == 200:
                assert Page(response).errors_at(field), odd
            else:
                assert operator_client.get(response.url).status_code == 200
    assert operator_client.get(LIST).status_code == 200
    collection = operator_client.get(reverse("area_feature_collection")).json()
    assert len(collection["features"]) == AreaOfInterest.objects.count()


def test_sending_the_form_back_unchanged_changes_nothing(operator_client):
    make.incident()
    area = make.area("Two parts", make.boxes((9, 49, 11, 51), (20.123456789, 0, 21, 1)))
    since = make.newest_id()
    shown = Page(operator_client.get(update_page(area))).fields
    assert (shown["name"], shown["severity"]) == ("Two parts", "HI")
    assert json.loads(shown["polygon"])["type"] == "MultiPolygon"
    assert operator_client.post(update_page(area), shown).status_code == 302
    stored = AreaOfInterest.objects.get()
    assert stored.polygon.equals_exact(area.polygon)
    assert (stored.name, stored.severity, stored.created) == (area.name, area.severity, area.created)
    assert [message["type"] for message in make.recorded(since)] == ["post_save"]


def test_an_area_is_moved(operator_client):
    area = make.area("Harbour")
    make.incident("Oil spill")
    operator_client.post(update_page(area), form(polygon=ELSEWHERE, name="Pier"))
    area.refresh_from_db()
    assert (area.name, area.polygon.extent) == ("Pier", (0, 0, 1, 1))
    assert (Alert.objects.get().state, Alert.objects.get().reason) == ("resolved", "area_changed")


# --- delete --------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_keeps_the_alerts(operator_client):
    area = make.area("Harbour")
    make.incident()
    assert "Delete “Harbour”?" in Page(operator_client.get(delete_page(area))).text
    assert AreaOfInterest.objects.exists()
    response = operator_client.post(delete_page(area), follow=True)
    assert Page(response).messages == ["The area “Harbour” was deleted."]
    assert not AreaOfInterest.objects.exists()
    alert = Alert.objects.get()
    assert (alert.state, alert.reason, alert.area_name) == ("resolved", "area_deleted", "Harbour")
    assert operator_client.post(delete_page(area)).status_code == 404


# --- markup --------------------------------------------------------------------------------------------------------


def test_markup_in_every_field_shows_as_text(operator_client):
    make.incident(MARKUP)
    response = operator_client.post(CREATE, form(name=MARKUP), follow=True)
    no_markup(Page(response))
    assert Page(response).text.count(MARKUP) >= 2  # heading, and the name of the incident in the alert
    area = AreaOfInterest.objects.get()
    for address in (LIST, update_page(area), delete_page(area)):
        page = Page(operator_client.get(address))
        no_markup(page)
        assert MARKUP in page.text
    wrong = Page(operator_client.post(CREATE, form(name=MARKUP, severity=MARKUP, polygon=MARKUP)))
    no_markup(wrong)
    assert (wrong.fields["name"], wrong.fields["polygon"]) == (MARKUP, MARKUP)
    kind = json.dumps({"type": "<xss-probe>"})
    wrong = Page(operator_client.post(CREATE, form(polygon=kind)))
    no_markup(wrong)
    assert "not “<xss-probe>”" in wrong.errors_at("polygon")
    deleted = Page(operator_client.post(delete_page(area), follow=True))
    no_markup(deleted)
    assert deleted.messages == [f"The area “{MARKUP}” was deleted."]
