"""The lists as people work with them: sorted, filtered at once, a map beside them, many closed and taken back."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.windows import box_of
from tracker.models import Alert, Incident

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".name-cell a").all_inner_texts()]


def markers(page: Page):
    return page.locator("#list-map .incident-marker")


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
    expect(page).to_have_url(re.compile("sort=name"))
    assert names(page) == ["Alpha", "Beta"]
    for path in ("/tracker/incident/", "/tracker/area_of_interest/", "/tracker/alert/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


# --- rows, and the map beside them ---------------------------------------------------------------------------------


def fires(count: int) -> list[Incident]:
    return [make.incident(f"Fire {n:02}", (9.5 + n / 50, 49.5), "UR", place="near the quay") for n in range(count)]


def test_a_row_is_44_px_high_whatever_is_in_it(live_site, open_page, olga):
    make.area("An area whose name is so long that nobody would want to read it in a list of areas")
    fires(3)
    make.incident("A fire " * 20, place="behind the warehouse " * 9)
    Alert.objects.filter(incident_name="Fire 00").update(
        state="acknowledged", acknowledged_who="Wilhelmina Featherstonehaugh", acknowledged_at=timezone.now()
    )
    page = open_page("/tracker/incident/", olga)
    for path in ("/tracker/incident/", "/tracker/alert/", "/tracker/area_of_interest/"):
        page.goto(path)
        heights = page.locator("table.list tbody tr").evaluate_all("(rows) => rows.map((row) => row.offsetHeight)")
        assert heights
        assert max(heights) <= 46, (path, heights)


def test_25_rows_of_a_phone_are_few_pixels(live_site, open_page, olga):
    make.area("Harbour")
    fires(25)
    page = open_page("/tracker/incident/", olga, **PHONE)
    for path, most in (("/tracker/incident/", 3000), ("/tracker/alert/", 5000)):
        page.goto(path)
        expect(page.locator("table.list tbody tr")).to_have_count(25)
        assert page.evaluate("document.documentElement.scrollHeight") < most, path


def test_all_rows_are_on_one_map_that_marks_the_one_pointed_at(live_site, open_page, olga):
    rows = fires(25)
    make.area("Harbour")
    page = open_page("/tracker/incident/?sort=name", olga)
    expect(markers(page)).to_have_count(25)
    assert page.locator("#list-map").count() == 1
    expect(page.locator("#list-map .is-marked")).to_have_count(0)
    page.locator(f'tr[data-row="{rows[3].pk}"]').hover()
    expect(page.locator("#list-map .is-marked")).to_have_attribute("title", "Fire 03")
    page.get_by_role("link", name="Fire 07").focus()
    expect(page.locator("#list-map .is-marked")).to_have_attribute("title", "Fire 07")
    page.get_by_role("heading", level=1).hover()
    page.get_by_label("Text").focus()
    expect(page.locator("#list-map .is-marked")).to_have_count(0)
    page.locator('#list-map .incident-marker[title="Fire 24"]').click()
    expect(page.get_by_role("link", name="Fire 24")).to_be_focused()
    expect(page.get_by_role("link", name="Fire 24")).to_be_in_viewport()
    for path, what in (("/tracker/area_of_interest/", "path.area-shape"), ("/tracker/alert/", ".incident-marker")):
        page.goto(path)
        expect(page.locator(f"#list-map {what}").first).to_be_visible()


def test_places_on_both_sides_of_the_180th_meridian_are_on_one_small_map(live_site, open_page, olga):
    make.incident("Taveuni", (179.99, -16.8))
    make.incident("Rabi", (-179.95, -16.5))
    make.area("Fiji", make.box(178.5, -18, 182, -16))
    page = open_page("/tracker/incident/", olga)
    for place in ("Taveuni", "Rabi"):
        expect(page.locator(f'#list-map .incident-marker[title="{place}"]')).to_be_in_viewport()
    places = [box_of(markers(page).nth(n)) for n in (0, 1)]
    assert 2 < abs(places[0]["x"] - places[1]["x"]) < 250
    page.goto("/tracker/area_of_interest/")
    box = box_of(page.locator("#list-map path.area-shape"))
    assert 60 < box["width"] < 320, "in one piece"


def test_the_head_of_a_list_stays_while_it_is_scrolled(live_site, open_page, olga):
    fires(25)
    page = open_page("/tracker/incident/", olga)
    page.locator("table.list tbody tr").last.scroll_into_view_if_needed()
    heading = page.get_by_role("columnheader", name="Reported")
    expect(heading).to_be_in_viewport()
    expect(page.locator("#list-map")).to_be_in_viewport()


# --- filters -------------------------------------------------------------------------------------------------------


def test_filters_act_at_once_and_keep_what_is_being_typed(live_site, open_page, olga):
    fires(26)
    make.incident("Flood", (9.6, 49.6), "LO")
    page = open_page("/tracker/incident/", olga)
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    expect(page.locator(".hits")).to_contain_text("27 found")
    page.get_by_label("Severity").select_option("Low")
    expect(page.locator(".hits")).to_have_text("1 found")
    expect(page.locator("#list-said")).to_have_text("1 found")
    assert names(page) == ["Flood"]
    expect(markers(page)).to_have_count(1)
    assert "severity=LO" in page.url
    page.get_by_label("Severity").select_option("All")
    page.get_by_label("Text").press_sequentially("fire 1", delay=30)
    expect(page.locator(".hits")).to_have_text("12 found")
    expect(page.get_by_label("Text")).to_be_focused()
    expect(page.get_by_label("Text")).to_have_value("fire 1")
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_role("button", name="Close selected")).to_have_text("Close selected (12)")
    page.get_by_label("Text").fill("nothing like it")
    expect(page.locator(".list-rows")).to_contain_text("No incident fits.")
    expect(page.locator("#list-map")).to_be_hidden()
    page.get_by_label("Text").fill("flood")
    expect(markers(page)).to_be_in_viewport()
    page.reload()
    assert names(page) == ["Flood"], "the address asks for what is shown"


def test_a_filter_that_cannot_be_asked_for_says_so_and_can_be_tried_again(live_site, open_page, watch, olga):
    watch.excused.append("status of 503|ERR_FAILED")
    fires(2)
    page = open_page("/tracker/incident/", olga)
    page.route("**/tracker/incident/?*", lambda route: route.abort())
    page.get_by_label("Text").fill("fire 01")
    expect(page.locator("#list-problem")).to_have_text("The list could not be loaded. Choose Show to try again.")
    expect(page.get_by_label("Text")).to_have_value("fire 01")
    page.unroute("**/tracker/incident/?*")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".hits")).to_have_text("1 found")
    assert names(page) == ["Fire 01"]


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in_and_comes_back_to_the_filter(live_site, open_page, olga):
    fires(2)
    page = open_page("/tracker/incident/", olga)
    page.context.clear_cookies()
    page.get_by_label("Text").fill("fire 01")
    page.wait_for_url(re.compile("login"))
    assert "fire" in page.url


def test_filters_work_without_javascript(live_site, open_page, olga):
    fires(2)
    page = open_page("/tracker/incident/", olga, java_script_enabled=False)
    page.get_by_label("Text").fill("fire 01")
    page.get_by_role("button", name="Show").click()
    assert names(page) == ["Fire 01"]
    expect(page.locator(".list-map")).to_be_hidden()


# --- many at once --------------------------------------------------------------------------------------------------


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
        if not field.is_visible():
            continue  # the button for pages without scripts
        box = field.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 352, field.get_attribute("name")
