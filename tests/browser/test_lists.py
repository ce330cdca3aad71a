"""The lists as people work with them: sorted by keyboard, many closed at once and taken back, a map for each row."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.test_accessibility import AXE, RULES, RUN
from tracker.models import Alert, Incident

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".name-cell a").all_inner_texts()]


def drawn_colours(page: Page, number: int) -> int:
    """How many colours a row's map has; none before it is drawn."""
    return page.locator(f'canvas[data-place="{number}"]').evaluate(
        """(canvas) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )


def test_a_heading_sorts_by_keyboard_and_says_so(live_site, open_page, olga):
    for name, severity in (("Beta", "LO"), ("Alpha", "UR"), ("Gamma", "ME")):
        make.incident(name, severity=severity)
    page = open_page("/tracker/incident/?state=open", olga)
    assert names(page) == ["Gamma", "Alpha", "Beta"]
    page.get_by_role("link", name="Severity").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Severity")).to_have_attribute("aria-sort", "ascending")
    assert names(page) == ["Alpha", "Gamma", "Beta"]
    page.get_by_role("link", name="Severity").press("Enter")
    expect(page.get_by_role("columnheader", name="Severity")).to_have_attribute("aria-sort", "descending")
    assert names(page) == ["Beta", "Gamma", "Alpha"]
    assert "state=open" in page.url
    expect(page.get_by_label("Order")).to_have_value("-severity")


def test_on_a_phone_the_form_sorts_and_nothing_is_cut_off(live_site, open_page, olga):
    make.area("Harbour")
    for name in ("Beta", "Alpha"):
        make.incident(name, place="3 km north-east of a place with a long name, Germany")
    page = open_page("/tracker/incident/", olga, **PHONE)
    page.get_by_label("Order").select_option("name")
    page.get_by_role("button", name="Show").tap()
    expect(page).to_have_url(re.compile("sort=name"))
    assert names(page) == ["Alpha", "Beta"]
    for path in ("/tracker/incident/", "/tracker/area_of_interest/", "/tracker/alert/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_each_row_has_its_place_on_a_map_when_it_is_seen(live_site, open_page, olga):
    make.area("Harbour")
    make.area("Fiji", make.box(176, -21, 182, -15))
    incidents = [make.incident(f"Fire {n:02}", (9.5 + n / 50, 49.5), "UR") for n in range(25)]
    page = open_page("/tracker/incident/?sort=name", olga)
    first, last = incidents[0].pk, incidents[-1].pk
    expect(page.locator(f'canvas[data-place="{first}"][data-drawn]')).to_be_visible()
    assert drawn_colours(page, first) > 3
    assert page.locator(f'canvas[data-place="{last}"][data-drawn]').count() == 0, "drawn before anybody can see it"
    page.locator(f'canvas[data-place="{last}"]').scroll_into_view_if_needed()
    expect(page.locator(f'canvas[data-place="{last}"][data-drawn]')).to_be_visible()
    assert "49.50000, 9.50000" in page.locator(".coordinates").first.inner_text()
    for path in ("/tracker/area_of_interest/", "/tracker/alert/"):
        page.goto(path)
        expect(page.locator("canvas[data-drawn]").first).to_be_visible()


def test_the_small_maps_follow_the_colour_scheme(live_site, open_page, olga):
    incident = make.incident()
    page = open_page("/tracker/incident/", olga)
    expect(page.locator("canvas[data-drawn]")).to_be_visible()
    pixel = """(canvas) => [...canvas.getContext("2d").getImageData(2, 2, 1, 1).data].join()"""
    canvas = page.locator(f'canvas[data-place="{incident.pk}"]')
    light = canvas.evaluate(pixel)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.bsTheme === 'dark'")
    page.wait_for_timeout(200)
    assert canvas.evaluate(pixel) != light


def test_closing_many_and_taking_it_back(live_site, open_page, olga):
    make.area("Town")
    incidents = [make.incident(f"Fire {n}") for n in range(5)]
    page = open_page("/tracker/incident/?state=open&sort=name", olga)
    close = page.get_by_role("button", name="Close selected")
    expect(close).to_be_disabled()
    page.get_by_label("Select all on this page").check()
    expect(close).to_have_text("Close selected (5)")
    page.get_by_label("Select “Fire 0”").press("Space")
    expect(close).to_have_text("Close selected (4)")
    assert page.get_by_label("Select all on this page").evaluate("(box) => box.indeterminate")
    close.click()
    expect(page.get_by_role("status")).to_contain_text("4 incidents were closed.")
    assert names(page) == ["Fire 0"]
    assert "sort=name" in page.url
    assert Alert.objects.unresolved().count() == 1

    Incident.objects.get(pk=incidents[4].pk).delete()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("3 incidents were reopened.")
    expect(page.get_by_role("status").last).to_contain_text("1 incident was changed or deleted since")
    assert names(page) == ["Fire 0", "Fire 1", "Fire 2", "Fire 3"]


def test_closing_without_javascript(live_site, open_page, olga):
    make.incident("Fire"), make.incident("Flood")
    page = open_page("/tracker/incident/?sort=name", olga, java_script_enabled=False)
    page.get_by_role("button", name="Close selected").click()
    expect(page.get_by_role("status")).to_contain_text("Choose 1 to 500 incidents first.")
    page.get_by_label("Select “Flood”").check()
    page.get_by_role("button", name="Close selected").click()
    expect(page.get_by_role("status")).to_contain_text("1 incident was closed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("1 incident was reopened.")
    assert not Incident.objects.filter(closed=True).exists()


def test_acknowledging_many(live_site, open_page, olga):
    make.area("Town")
    for n in range(3):
        make.incident(f"Fire {n}")
    page = open_page("/tracker/alert/", olga)
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Acknowledge selected").click()
    expect(page.get_by_role("status")).to_contain_text("3 alerts were acknowledged.")
    assert not Alert.objects.filter(state="unacknowledged").exists()
    expect(page.get_by_label("Select all on this page")).to_be_disabled()


def test_one_click_closes_the_incident_and_its_history_tells(live_site, open_page, olga):
    incident = make.incident("Fire")
    page = open_page(incident.get_absolute_url(), olga)
    page.get_by_role("button", name="Close the incident").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 incident was closed.")
    expect(page.locator(".history li").first).to_contain_text("Closed, Olga Ortega")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Close the incident")).to_be_visible()
    expect(page.locator(".history li").first).to_contain_text("Reopened, Olga Ortega")


def test_two_people_edit_one_incident(live_site, open_page, olga, watch):
    watch.excused.append("409")
    omar = live_site.make_user("omar", "Operator")
    incident = make.incident("Fire", severity="HI", place="Pier 3")
    edit = f"/tracker/incident/update/{incident.pk}/"
    first, second = open_page(edit, olga), open_page(edit, omar, **PHONE)
    first.get_by_role("radio", name="Urgent").check()
    first.get_by_role("button", name="Save the incident").click()
    expect(first.get_by_role("status")).to_contain_text("The incident was saved.")

    second.get_by_label("Name").fill("Small fire")
    second.get_by_role("button", name="Save the incident").click()
    notice = second.locator(".edit-conflict")
    expect(notice).to_contain_text("Somebody else was quicker.")
    expect(notice).to_contain_text("Olga Ortega")
    expect(notice).to_contain_text("Severity from “High” to “Urgent”")
    expect(notice.get_by_role("row").or_(notice.locator("tr")).filter(has_text="Small fire").first).to_contain_text(
        "Fire"
    )
    expect(second.get_by_label("Name")).to_have_value("Small fire")
    incident.refresh_from_db()
    assert (incident.name, incident.severity) == ("Fire", "UR")
    assert second.evaluate("document.documentElement.scrollWidth") <= 360

    second.get_by_role("button", name="Save mine anyway").click()
    expect(second.get_by_role("status")).to_contain_text("The incident was saved.")
    incident.refresh_from_db()
    assert (incident.name, incident.severity) == ("Small fire", "HI")


def test_two_people_edit_one_area(live_site, open_page, olga, watch):
    watch.excused.append("409")
    omar = live_site.make_user("omar", "Operator")
    area = make.area("Harbour", severity="HI")
    edit = f"/tracker/area_of_interest/update/{area.pk}/"
    first, second = open_page(edit, olga), open_page(edit, omar)
    second.get_by_label("Name").fill("Pier")
    first.get_by_label("Severity threshold").select_option("Low")
    first.get_by_role("button", name="Save the area").click()
    expect(first.get_by_role("status")).to_contain_text("The area was saved.")
    second.get_by_role("button", name="Save the area").click()
    expect(second.locator(".edit-conflict")).to_contain_text("from “High” to “Low”")
    second.get_by_role("link", name="Keep what is saved now").click()
    expect(second.get_by_role("heading", name="Harbour")).to_be_visible()
    area.refresh_from_db()
    assert (area.name, area.severity) == ("Harbour", "LO")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_people_choose_undo_and_decide(live_site, open_page, olga, watch, scheme):
    watch.excused += ["409", "404"]
    make.area("Town")
    fire, flood = make.incident("Fire"), make.incident("Flood")
    found: dict[str, object] = {}

    def look(name: str) -> None:
        page.evaluate(AXE)
        if problems := page.evaluate(RUN, RULES):
            found[name] = problems

    page = open_page("/tracker/incident/?reported_from=2020-01-01&sort=severity", olga, color_scheme=scheme)
    page.get_by_label("Select “Fire”").check()
    look("chosen")
    page.get_by_role("button", name="Close selected").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    look("undo")
    page.goto(fire.get_absolute_url())
    look("history")
    page.goto(f"/tracker/incident/update/{flood.pk}/")
    flood.severity = "LO"
    flood.save()
    page.get_by_label("Name").fill("Big flood")
    page.get_by_role("button", name="Save the incident").click()
    expect(page.get_by_role("button", name="Save mine anyway")).to_be_visible()
    look("edit conflict")
    flood.delete()
    page.get_by_role("button", name="Save mine anyway").click()
    expect(page.get_by_role("heading", name="This incident is gone")).to_be_visible()
    look("gone")
    assert found == {}


@pytest.mark.parametrize("path", ["/tracker/incident/", "/tracker/alert/"])
def test_on_a_phone_the_open_filters_stay_in_the_window(live_site, open_page, olga, path):
    make.area("Old Town")
    page = open_page(path, olga, width=360, height=740)
    page.locator(".more-filters summary").click()
    fields = page.locator(".filters :is(input, select, button)")
    assert fields.count() >= 8
    for field in fields.all():
        box = field.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 352, field.get_attribute("name")
