"""The forms in every window: an incident by the map, by coordinates and by this device's location; an area drawn,
edited, pasted and loaded; what is wrong said at its field; two people at one form; and the pages that tell what became
of it. Each step says which sentence of the description of the screens it plays.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FloatRect, Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import (
    Window,
    assert_fits,
    assert_readable,
    assert_theme,
    box_of,
    in_every_window,
    painted,
    sentence,
    wrong_times,
)
from tracker.models import Alert, AreaOfInterest, Change, Incident

pytestmark = pytest.mark.once

BREST = {"latitude": 48.39, "longitude": -4.49, "accuracy": 400}


@pytest.fixture
def omar(live_site):
    return live_site.make_user("omar", "Operator", first_name="Omar", last_name="Okoye")


def problem_at(page: Page, name: str):
    """What is said of a field: where it stands, and to those who hear it by the field itself."""
    field = page.locator(f"#id_{name}")
    expect(field).to_have_attribute("aria-invalid", "true")
    ids = (field.get_attribute("aria-describedby") or "").split()
    told = page.locator(", ".join(f"#{each}" for each in ids if "error" in each) or "#nothing-describes-it").first
    expect(told).to_be_visible()
    below = box_of(told)["y"] - box_of(field)["y"]
    assert 0 < below < 200, f"the sentence stands {below} px below its field"
    assert_readable(told)
    return told


def coordinates(page: Page) -> tuple[float, float]:
    latitude, longitude = (float(page.locator(f"#id_{name}").input_value()) for name in ("latitude", "longitude"))
    return latitude, longitude


def overtake(first: Page, second: Page, name: str, change: str, saved: str) -> None:
    """Both have the same form open, and Omar has made a *change* in the first: he saves it. Olga, who gives the row
    another *name* in the second, is told of it, and shown both: hers and the name that is *saved*.
    """
    save = re.compile("^Save the (incident|area)$")
    first.get_by_role("button", name=save).click()
    first.wait_for_url(re.compile(r"/tracker/(incident|area_of_interest)/\d+/$"))
    second.locator("#id_name").fill(name)
    second.get_by_role("button", name=save).click()
    notice = second.locator(".edit-conflict")
    expect(notice.get_by_role("alert")).to_have_text("Somebody else was quicker. Nothing has been overwritten.")
    expect(notice).to_contain_text("Omar Okoye")
    expect(notice).to_contain_text(change)
    row = notice.locator("tr").filter(has_text=name)
    expect(row).to_contain_text(saved)
    expect(second.locator("#id_name")).to_have_value(name)
    assert_readable(notice.get_by_role("heading"), row.locator("td").first, notice.locator("li").first)
    assert_fits(second)


@in_every_window
def test_an_incident_from_the_form_to_its_history(live_site, open_page, watch, olga, omar, window: Window):
    watch.excused.append("409")
    harbour = make.area("Harbour", make.box(-5, 48, -4, 49), "HI")
    page = open_page("/tracker/incident/create/", olga, **window.options)
    expect(page.locator(".leaflet-container")).to_be_visible()
    assert_theme(page, window)

    with sentence("Errors stand at the field in words; what was typed is kept; nothing ends in a 500 page."):
        page.get_by_label("Description").fill("Smoke over the roofs.")
        page.locator("#id_latitude").fill("91")
        page.locator("#id_longitude").fill("-4.4")
        page.get_by_role("button", name="Report the incident").click()
        expect(problem_at(page, "name")).to_contain_text("what happened")
        expect(problem_at(page, "latitude")).to_contain_text("between -90 and 90")
        expect(page.get_by_label("Description")).to_have_value("Smoke over the roofs.")
        expect(page.locator("#id_latitude")).to_have_value("91")
        assert_fits(page)

    with sentence("Incident form: pick the point on the map, type coordinates, or use my location."):
        page.locator("#id_latitude").fill("48.5")
        expect(page.locator(".pin")).to_be_visible()
        typed = coordinates(page)
        page.locator("#point-map").click(position={"x": 60, "y": 60})
        expect(page.locator("#id_latitude")).not_to_have_value("48.5")
        picked = coordinates(page)
        assert typed == (48.5, -4.4)
        assert picked[0] > typed[0], "the click was north-west of the pin"
        assert picked[1] < typed[1]
        page.context.set_geolocation(BREST)
        page.context.grant_permissions(["geolocation"])
        page.get_by_role("button", name="Use my location").click()
        expect(page.locator("#location-status")).to_contain_text("±400 m")
        assert coordinates(page) == (48.39, -4.49)
        circle = box_of(page.locator("path.accuracy"))
        assert circle["width"] > 20
        assert circle["width"] == pytest.approx(circle["height"], abs=2)
        assert_readable(page.locator("#location-status"))

    page.locator("#id_name").fill("Fire at the quay")
    page.get_by_role("radio", name="Urgent").check()
    page.get_by_role("button", name="Report the incident").click()
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    incident = Incident.objects.get()
    assert (incident.description, incident.accuracy_m) == ("Smoke over the roofs.", 400)

    with sentence("A form that someone else overtook says so and shows both."):
        edit = f"/tracker/incident/update/{incident.pk}/"
        first, second = open_page(edit, omar, **window.options), page
        second.goto(edit)
        first.get_by_role("radio", name="High").check()
        overtake(first, second, "Fire in the harbour", "Severity from “Urgent” to “High”", "Fire at the quay")
        assert Incident.objects.get().name == "Fire at the quay"
        second.get_by_role("button", name="Save mine anyway").click()
        second.wait_for_url(re.compile(rf"/tracker/incident/{incident.pk}/$"))
        assert Incident.objects.get().name == "Fire in the harbour"

    alert = Alert.objects.filter(incident_id=incident.pk).latest("pk")
    first.goto("/")
    watched = LiveMap(first)
    watched.wait_until_live()
    watched.alert_entry(alert.pk).get_by_role("button", name=re.compile("Acknowledge")).click()
    expect(watched.alert_entry(alert.pk)).to_contain_text("Acknowledged by Omar Okoye")

    with sentence(
        "Detail page of an incident: its map, the areas it is in, its alerts and who acknowledged them, its history."
    ):
        page.goto(f"/tracker/incident/{incident.pk}/")
        painted(page, {"sea", "land"})
        expect(page.locator("#detail-map .incident-marker")).to_be_visible()
        expect(page.locator("#detail-map path.area-shape")).to_have_count(1)
        table = page.locator("table", has=page.locator(f'tr[data-alert="{alert.pk}"]'))
        expect(table).to_contain_text(harbour.name)
        expect(table).to_contain_text("Acknowledged by Omar Okoye")
        history = page.locator(".history li").filter(has=page.locator("b"))
        assert history.count() == Change.objects.filter(subject="incident", number=incident.pk).count() == 3
        expect(history.first).to_contain_text("Olga Ortega")
        expect(history.first).to_contain_text("Fire in the harbour")
        expect(history.last).to_contain_text("Olga Ortega")
        assert_readable(table.locator("small").last, history.first.locator("time"), page.locator(".facts dd").first)
    with sentence("How long ago, and the full time with its zone on hover; distances in m and km."):
        assert page.locator("main time").count() > 4
        assert wrong_times(page) == []
        expect(page.locator(".facts")).to_contain_text("(±400 m)")
        assert_fits(page)


# --- areas ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def fourteen(live_site):
    """Fourteen fires of the last weeks in a square degree, at noon."""
    noon = (timezone.now() - timedelta(days=5)).replace(hour=12)
    for number in range(14):
        make.incident(f"Fire {number}", (9.3 + number / 40, 49.5), "HI", created=noon)
    make.incident("Mild", (9.5, 49.4), "LO", created=noon)


def says(page: Page, words: str) -> None:
    expect(page.locator("#back-test[role=status]")).to_contain_text(words)


def in_sight(page: Page) -> FloatRect:
    """Where the whole map is, for the mouse."""
    map_box = page.locator(".leaflet-container")
    map_box.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    return box_of(map_box)


def corner(page: Page, index: int) -> tuple[float, float]:
    box = box_of(page.locator(".leaflet-editing-icon").nth(index))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@in_every_window
def test_an_area_drawn_edited_pasted_and_loaded(live_site, open_page, watch, olga, omar, fourteen, window: Window):
    watch.excused += ["409", "400"]
    watched = LiveMap(open_page("/#map=7/49.5/9.5", omar, **window.options))
    watched.wait_until_live()
    page = open_page("/tracker/area_of_interest/create/", olga, **window.options)
    square = make.box(9, 49, 10, 50).geojson

    with sentence("Errors stand at the field in words; what was typed is kept."):
        page.get_by_label("Name").fill("Quay")
        page.locator("#id_polygon").fill("hello")
        expect(page.locator(".field-problem")).to_contain_text("not valid GeoJSON")
        assert_readable(page.locator(".field-problem"))
        page.get_by_role("button", name="Save the area").click()
        expect(page.locator("#id_polygon")).to_have_value("hello")
        expect(page.get_by_label("Name")).to_have_value("Quay")
        expect(page.locator("main")).to_contain_text("not valid GeoJSON")
        assert not AreaOfInterest.objects.exists()

    with sentence("Area form: paste or load GeoJSON."):
        page.locator("#id_polygon").fill(make.box(9.2, 49.2, 9.4, 49.8).geojson)
        says(page, "This shape at High: 5 alerts in the last 90 days")
        page.locator("#id_geojson_file").set_input_files(
            {"name": "square.geojson", "mimeType": "application/geo+json", "buffer": square.encode()}
        )
    with sentence(
        "Before saving it says what it would have meant: 'this shape at High: 14 alerts in the last 90 days'."
    ):
        says(page, "This shape at High: 14 alerts in the last 90 days")
        page.get_by_label("Severity threshold").select_option("Low")
        says(page, "This shape at Low: 15 alerts in the last 90 days")
        page.get_by_label("Severity threshold").select_option("High")
        assert_readable(page.locator("#back-test"))

    with sentence("Area form: draw, edit."):
        before = page.locator("#id_polygon").input_value()
        page.locator(".leaflet-draw-edit-edit").click()
        middle = in_sight(page)
        x, y = corner(page, 0)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2, steps=5)
        page.mouse.up()
        page.get_by_role("link", name="Save", exact=True).click()
        expect(page.locator("#id_polygon")).not_to_have_value(before)
        page.locator("#id_polygon").fill("")
        says(page, "Draw the area")
        page.locator(".leaflet-draw-draw-polygon").click()
        middle = in_sight(page)
        centre = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
        reach = min(middle["width"], middle["height"]) * 0.3
        for drawn, (dx, dy) in enumerate(((-reach, reach), (reach, reach), (0, -reach)), start=1):
            page.wait_for_timeout(200)  # the drawing tool ignores clicks that follow each other faster than a hand
            page.mouse.move(centre[0] + dx - 5, centre[1] + dy)
            page.mouse.click(centre[0] + dx, centre[1] + dy, delay=50)
            expect(page.locator(".leaflet-editing-icon")).to_have_count(drawn)
        says(page, "This shape at High:")  # while it is drawn

    with sentence("It is saved as it is drawn, and the other one's map shows it and alerts."):
        page.get_by_role("button", name="Save the area").click()
        page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
        area = AreaOfInterest.objects.get()
        assert area.polygon.num_coords == 4
        expect(watched.page.locator("path.area-shape")).to_have_count(1)
        raised = Alert.objects.unresolved().count()
        assert raised
        expect(watched.page.locator("#alert-count")).to_have_text(str(raised))
        expect(page.locator("#detail-map path.area-shape")).to_be_visible()
        painted(page, {"land"})
        assert_fits(page)

    with sentence("A form that someone else overtook says so and shows both."):
        page.goto(f"/tracker/area_of_interest/update/{area.pk}/")
        other = watched.page
        other.goto(f"/tracker/area_of_interest/update/{area.pk}/")
        other.get_by_label("Severity threshold").select_option("Low")
        overtake(other, page, "Pier", "from “High” to “Low”", "Quay")
        assert_theme(page, window)
