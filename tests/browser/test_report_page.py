"""The public report page on a phone: with the position, without it, by a place's name, and without JavaScript."""

import contextlib
import re
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests import make
from tracker import history
from tracker.models import Incident

pytestmark = pytest.mark.once

PHONE: dict[str, Any] = {"width": 360, "height": 640, "has_touch": True, "is_mobile": True}
BREST = {"latitude": 48.39, "longitude": -4.49, "accuracy": 25}
SEND = "Send the report"
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => { taps += event.detail > 0; }, true);"
NEVER_LOCATED = "() => { navigator.geolocation.getCurrentPosition = (found, failed) => failed({ code: %d }); }"


@pytest.fixture
def report_page(open_page):
    return lambda **options: open_page("/tracker/incident/report/", **PHONE, **options)


def sent(page) -> Incident:
    page.wait_for_url(re.compile("/tracker/incident/report_success/"))
    incident = Incident.objects.get()
    expect(page.locator(".reference")).to_have_text(str(incident.pk))
    return incident


def use_my_location(page):
    return page.get_by_role("button", name="Use my location")


def set_the_pin(page) -> None:
    page.locator("#point-map").tap(position={"x": 120, "y": 100})
    expect(page.locator("#id_latitude")).not_to_have_value("")


# --- the way through the page --------------------------------------------------------------------------------------


def test_the_page_asks_where_what_how_bad_and_has_one_button_to_send(report_page):
    page = report_page(permissions=[])
    order = ["#use-my-location", "#place-search", "#point-map", "#id_name", ".severity-choice", f"text={SEND}"]
    tops = [page.locator(each).bounding_box()["y"] for each in order]
    assert tops == sorted(tops)
    assert tops[2] + 100 < PHONE["height"]  # some of the map is on the first screen
    for button in (use_my_location(page), page.get_by_role("button", name=SEND)):
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 300


def test_with_location_granted_it_takes_four_taps_from_the_page_to_the_thanks(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    page.evaluate(COUNT_TAPS)
    use_my_location(page).tap()
    page.get_by_label("What happened?").tap()
    page.keyboard.type("Tree on the road")
    page.get_by_role("radio", name="High").locator("xpath=..").tap()
    expect(page.get_by_role("radio", name="High")).to_be_checked()
    page.evaluate("addEventListener('pagehide', () => { sessionStorage.taps = window.taps; })")
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert page.evaluate("Number(sessionStorage.taps)") == 4
    assert (incident.name, incident.severity, incident.accuracy_m) == ("Tree on the road", "HI", 25)
    assert incident.location.x == pytest.approx(-4.49)
    assert incident.location.y == pytest.approx(48.39)
    assert "Brest" in incident.place


def test_what_was_allowed_before_is_found_by_itself_and_one_tap_is_enough(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    for field in ("place", "name", "description"):
        expect(page.locator(f"#id_{field}")).to_have_value(re.compile("Brest"))
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert incident.source == Incident.Source.PUBLIC
    assert (incident.severity, incident.accuracy_m) == ("ME", 25)
    assert "Brest" in incident.place


def test_the_accuracy_is_a_circle_and_stands_in_words(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#location-status")).to_contain_text("±25 m")
    expect(page.locator("#place-words")).to_contain_text("Brest, France")
    expect(page.locator("path.accuracy")).to_have_count(1)
    set_the_pin(page)
    expect(page.locator("path.accuracy")).to_have_count(0)
    expect(page.locator("#id_accuracy_m")).to_have_value("")


def test_the_pin_is_dragged(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#location-status")).to_contain_text("±25 m")
    before = page.locator("#id_longitude").input_value()
    box = page.locator(".pin").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 30, steps=6)
    page.mouse.up()
    expect(page.locator("#id_longitude")).not_to_have_value(before)
    assert float(page.locator("#id_longitude").input_value()) > float(before)


def test_what_was_typed_is_not_overwritten_and_what_was_filled_in_is_typed_over(report_page):
    page = report_page(geolocation=BREST, permissions=[])
    page.locator("#id_name").fill("Tree across the road")
    page.context.grant_permissions(["geolocation"])
    use_my_location(page).tap()
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#id_name")).to_have_value("Tree across the road")
    page.locator("summary", has_text="Say more").tap()
    page.locator("#id_description").tap()
    page.keyboard.type("It is an oak.")
    expect(page.locator("#id_description")).to_have_value("It is an oak.")


def test_the_keyboard_sets_the_pin_and_chooses_how_bad(report_page):
    page = report_page(permissions=[])
    page.locator("#point-map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).not_to_have_value("")
    page.get_by_role("radio", name="Medium").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="High")).to_be_checked()


# --- no location ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "said"), [(1, "refused"), (2, "could not be found"), (3, "took too long")])
def test_without_a_location_a_sentence_says_so_and_the_pin_still_works(report_page, code, said):
    page = report_page(permissions=[])
    page.evaluate(NEVER_LOCATED % code)
    use_my_location(page).tap()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_the_browsers_own_refusal_is_said(report_page):
    page = report_page(permissions=[])
    use_my_location(page).tap()
    expect(page.get_by_role("status").filter(has_text=re.compile("location was refused"))).to_be_visible()


def test_a_location_that_comes_late_does_not_move_the_pin_that_was_set_meanwhile(report_page):
    page = report_page(permissions=[])
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (found) => { window.found = found; } }")
    use_my_location(page).tap()
    expect(page.locator("#location-status")).to_contain_text("Finding your location")
    set_the_pin(page)
    chosen = page.locator("#id_latitude").input_value()
    page.evaluate("window.found({ coords: { latitude: 1, longitude: 2, accuracy: 5 } })")
    page.wait_for_timeout(100)
    expect(page.locator("#id_latitude")).to_have_value(chosen)


def test_a_location_that_is_still_being_found_is_waited_for(report_page):
    page = report_page(permissions=[])
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (found) => { window.found = found; } }")
    use_my_location(page).tap()
    page.locator("#id_name").fill("Quick")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("button", name="Sending")).to_be_visible()
    page.wait_for_timeout(500)
    assert not Incident.objects.exists()
    page.evaluate("window.found({ coords: { latitude: 48.39, longitude: -4.49, accuracy: 5 } })")
    incident = sent(page)
    assert (incident.name, incident.accuracy_m) == ("Quick", 5)


def test_nothing_chosen_says_in_a_sentence_what_is_missing_and_keeps_the_rest(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Somewhere")
    page.get_by_role("radio", name="Urgent").locator("xpath=..").tap()
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Somewhere")
    expect(page.get_by_role("radio", name="Urgent")).to_be_checked()
    assert not Incident.objects.exists()


# --- a place by its name -------------------------------------------------------------------------------------------


def test_a_place_is_typed_and_chosen(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox", name="Or type a place")
    search.tap()
    page.keyboard.type("reykjavik")
    option = page.get_by_role("option", name="Reykjavík Iceland")
    expect(option).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    option.tap()
    expect(search).to_have_value("Reykjavík")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#id_latitude")).to_have_value(re.compile(r"^64\.1"))
    expect(page.locator("#id_longitude")).to_have_value(re.compile(r"^-21\.8"))
    expect(page.locator(".pin")).to_be_visible()
    expect(page.locator("#place-words")).to_contain_text("Reykjavík, Iceland")
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).accuracy_m is None


def test_the_list_is_used_by_keyboard(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    search.focus()
    page.keyboard.type("brest")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(search).to_have_value("brest")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value(re.compile(r"^52\.1"))
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    page.keyboard.press("Enter")  # sends nothing
    assert page.url.endswith("/report/")


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(report_page):
    page = report_page(permissions=[])
    held = []
    page.route("**/place/search/?q=bre&**", lambda route: held.append(route))
    page.route("**/place/search/?q=bre", lambda route: held.append(route))
    search = page.get_by_role("combobox")
    with page.expect_request("**/place/search/?q=bre*"):
        search.fill("bre")
    search.fill("reykjavik")
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()
    late = [{"name": "Late", "country": "Nowhere", "latitude": 1, "longitude": 2}]
    with contextlib.suppress(Error):  # the page may have given it up
        held[0].fulfill(json={"places": late})
    page.wait_for_timeout(300)
    expect(page.get_by_role("option", name="Late")).to_have_count(0)
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()


def test_while_a_new_answer_is_awaited_nothing_older_can_be_taken(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    search.fill("reykjavik")
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()
    held = []
    page.route("**/place/search/**", lambda route: held.append(route))
    with page.expect_request("**/place/search/**"):
        search.fill("brest")
    expect(page.get_by_role("option")).to_have_count(0)
    search.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("")
    held[0].continue_()
    expect(page.get_by_role("option")).to_have_count(2)


def test_an_answer_after_a_choice_opens_nothing(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    held = []
    page.route("**/place/search/**", lambda route: held.append(route))
    with page.expect_request("**/place/search/**"):
        search.fill("52")
    search.fill("52.5, 13.4")
    search.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("52.5")
    with contextlib.suppress(Error):
        held[0].fulfill(json={"places": [{"name": "Late", "country": "Nowhere", "latitude": 1, "longitude": 2}]})
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#id_latitude")).to_have_value("52.5")


def test_coordinates_are_understood_as_they_are_typed(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("52.5, 13.4")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("52.5")
    expect(page.locator("#id_longitude")).to_have_value("13.4")


def test_a_name_that_nobody_knows_is_said(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("zzzzzz")
    expect(page.get_by_text("No town of that name is known here.")).to_be_visible()
    expect(page.get_by_role("link", name="GeoNames")).to_be_visible()


# --- is it one of these? -------------------------------------------------------------------------------------------


def test_what_is_open_near_the_pin_is_shown_and_it_is_one_of_them(live_site, report_page):
    known = make.incident("Fallen tree", (-4.49, 48.3909), "HI", description="Secret", place="in Brest, France")
    make.incident("Far away", (-4.6, 48.39), "UR")
    make.incident("Over", (-4.49, 48.39), "UR", closed=True)
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    expect(nearby.get_by_role("listitem")).to_have_count(1)
    expect(nearby).to_contain_text("Fallen tree")
    expect(nearby).to_contain_text("High · about 100 m away · just now")
    expect(nearby).to_contain_text("in Brest, France")
    expect(nearby.locator(".severity-icon")).to_be_visible()
    assert "Secret" not in page.content()
    nearby.get_by_role("button", name="Yes, it is this one").tap()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    expect(page.locator(".reference")).to_have_text(str(known.pk))
    assert Incident.objects.filter(closed=False).count() == 2
    assert history.reports(known).times == 1


def test_a_double_tap_on_this_one_counts_once_and_going_back_does_not_count_again(live_site, report_page):
    known = make.incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    page.get_by_role("button", name="Yes, it is this one").dblclick()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Yes, it is this one").tap()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    assert history.reports(known).times == 1


def test_without_a_network_this_one_is_not_lost_and_one_that_is_over_is_said(live_site, report_page, watch):
    watch.excused += ["ERR_INTERNET_DISCONNECTED", "409"]
    known = make.incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("button", name="Yes, it is this one")
    expect(yes).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    yes.tap()
    expect(nearby.get_by_role("alert")).to_have_text("Not sent. The server cannot be reached. Check your connection.")
    page.context.set_offline(False)
    known.closed = True
    known.save()
    yes.tap()
    expect(nearby.get_by_role("alert")).to_contain_text("It is not open any more.")
    assert history.reports(known).times == 0
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))


def test_while_this_one_is_being_sent_that_is_said_and_read_out(live_site, report_page, watch):
    watch.excused.append("ERR_FAILED")
    make.incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("listitem").get_by_role("button")
    expect(yes).to_have_accessible_name(re.compile("^Yes, it is this one ?: Fallen tree$"))
    held = []
    page.route("**/also_reported/", lambda route: held.append(route))
    with page.expect_request("**/also_reported/"):
        yes.tap()
    expect(yes).to_have_accessible_name(re.compile("^Sending … ?: Fallen tree$"))
    expect(page.locator("#nearby-status")).to_have_text("Sending …")
    held[0].abort()
    expect(nearby.get_by_role("alert")).to_contain_text("Not sent.")
    expect(yes).to_have_accessible_name(re.compile("^Yes, it is this one ?: Fallen tree$"))
    expect(page.locator("#nearby-status")).to_have_text("")


def test_the_list_stays_while_one_of_it_is_being_sent_and_is_new_when_that_failed(live_site, report_page, watch):
    watch.excused.append("ERR_FAILED")
    make.incident("Fallen tree", (-4.49, 48.3909), "HI")
    flood = make.incident("Flood", (-4.49, 48.4409), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("listitem").get_by_role("button")
    held = []
    page.route("**/also_reported/", lambda route: held.append(route))
    with page.expect_request("**/also_reported/"):
        yes.tap()
    with page.expect_response("**/nearby/*"):
        page.get_by_role("combobox").fill("48.44, -4.49")
        page.get_by_role("combobox").press("Enter")
    page.wait_for_timeout(300)
    expect(nearby).to_contain_text("Fallen tree")
    expect(yes).to_contain_text("Sending …")
    held[0].abort()
    expect(nearby).to_contain_text("Flood")
    expect(nearby).not_to_contain_text("Fallen tree")
    expect(nearby.get_by_role("alert")).to_contain_text("Not sent.")
    page.unroute("**/also_reported/")
    yes.tap()
    expect(page.locator(".reference")).to_have_text(str(flood.pk))
    assert history.reports(flood).times == 1


def test_a_page_that_is_too_old_says_so_and_loaded_again_it_is_the_same_form(live_site, report_page, watch):
    watch.excused.append("403")
    known = make.incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("button", name="Yes, it is this one")
    expect(yes).to_be_visible()
    key = page.locator("#id_submission").input_value()
    page.context.clear_cookies()
    yes.tap()
    expect(nearby.get_by_role("alert")).to_have_text(
        "Not sent. This page is too old. Load it again; what you typed is kept."
    )
    page.reload()
    expect(page.locator("#id_submission")).to_have_value(key)
    yes.tap()
    expect(page.locator(".reference")).to_have_text(str(known.pk))


def test_it_is_none_of_them_and_the_report_goes_on(live_site, report_page):
    make.incident("Fallen tree", (-4.4905, 48.3903), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    nearby.get_by_role("button", name="No, report mine").tap()
    expect(nearby).to_be_hidden()
    expect(page.locator("#id_name")).to_be_focused()
    page.locator("#id_name").fill("Another")
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))
    assert Incident.objects.count() == 2


def test_nobody_has_to_answer(live_site, report_page):
    make.incident("Fallen tree", (-4.4905, 48.3903), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.get_by_role("region", name="Is it one of these?")).to_be_visible()
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))
    assert Incident.objects.count() == 2


def test_after_it_is_this_one_the_text_is_still_there_to_go_back_to(live_site, report_page):
    make.incident("Fallen tree", (-4.4905, 48.3903), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    page.locator("#id_name").fill("A fire, not a tree")
    page.get_by_role("button", name="Yes, it is this one").tap()
    page.get_by_role("link", name="report mine").tap()
    expect(page.locator("#id_name")).to_have_value("A fire, not a tree")
    expect(page.locator("#id_latitude")).to_have_value("48.39")


# --- twice is once, and nothing typed is lost ----------------------------------------------------------------------


def test_a_double_tap_makes_one_incident(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#id_name")).to_have_value(re.compile("Brest"))
    page.get_by_role("button", name=SEND).dblclick()
    sent(page)


def test_a_double_tap_without_javascript_makes_one_incident(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("Twice")
    page.locator("#id_latitude").fill("48.39")
    page.locator("#id_longitude").fill("-4.49")
    page.get_by_role("button", name=SEND).dblclick()
    sent(page)


def test_sent_again_after_going_back_it_is_still_one(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    reference = sent(page).pk
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    expect(page.locator(".pin")).to_be_visible()
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).pk == reference


def test_report_another_starts_with_an_empty_form(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("")
    page.locator("#id_name").fill("Another pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))
    assert Incident.objects.count() == 2


def test_a_network_that_is_lost_while_sending_loses_nothing(report_page, watch):
    watch.excused.append("ERR_INTERNET_DISCONNECTED")
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    assert not Incident.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_role("alert").filter(has_text="You are online again")).to_be_visible()
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_a_lost_answer_and_a_second_try_make_one_incident(report_page, watch):
    watch.excused.append("ERR_FAILED")
    page = report_page(permissions=[])
    words = []  # what would fill in the description, comes late
    page.route("**/place/nearest/**", lambda route: words.append(route))
    page.locator("#id_name").fill("Burst pipe")
    with page.expect_request("**/place/nearest/**"):
        set_the_pin(page)

    def take_and_lose(route):
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/report/", take_and_lose)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    assert Incident.objects.count() == 1
    with contextlib.suppress(Error):  # the page does not wait for it any more
        words[0].continue_()
    page.wait_for_timeout(300)
    page.unroute("**/report/")
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_a_page_that_was_left_has_the_text_when_it_is_opened_again(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    page.get_by_role("radio", name="Low").locator("xpath=..").tap()
    set_the_pin(page)
    page.reload()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    expect(page.get_by_role("radio", name="Low")).to_be_checked()
    expect(page.locator(".pin")).to_be_visible()
    page.get_by_role("button", name="Start afresh").tap()
    expect(page.locator("#id_name")).to_have_value("")
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    expect(page.locator("#draft-note")).to_be_hidden()


def test_words_that_the_page_had_filled_in_are_not_taken_for_typed_ones_afterwards(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("48.39, -4.49")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    page.locator("#id_name").fill("Burst pipe")
    page.reload()
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#place-words")).to_contain_text("Brest")
    page.get_by_role("combobox").fill("64.147, -21.94")
    page.get_by_role("combobox").press("Enter")
    for field in ("place", "description"):
        expect(page.locator(f"#id_{field}")).to_have_value(re.compile("Reykjavík"))
    expect(page.locator("#id_name")).to_have_value("Burst pipe")


def test_a_report_that_went_the_plain_way_leaves_no_draft(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.route("**/report/", lambda route: route.fulfill(json={}) if is_by_script(route) else route.continue_())
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.unroute("**/report/")
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("")
    expect(page.locator("#draft-note")).to_be_hidden()


def test_the_thanks_for_one_report_take_nothing_from_the_next_that_is_being_typed(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.get_by_role("link", name="Report another").tap()
    page.locator("#id_name").fill("Fire at the school")
    page.go_back()
    expect(page.locator(".reference")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("Fire at the school")


def is_by_script(route) -> bool:
    return route.request.method == "POST" and route.request.headers["accept"] == "application/json"


def test_too_many_reports_are_said_on_the_page(live_site, report_page, watch):
    watch.excused.append("429")
    page = report_page(permissions=[])
    page.route("**/report/", lambda route: route.fulfill(status=429, body="<h1>Too many</h1>"))
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("heading", name="Too many")).to_be_visible()


# --- without JavaScript, and small ---------------------------------------------------------------------------------


def test_without_javascript_coordinates_are_typed(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("No scripts here")
    page.get_by_role("radio", name="Urgent").check()
    page.locator("#id_latitude").fill("48.39")
    page.locator("#id_longitude").fill("-4.49")
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert (incident.location.x, incident.location.y, incident.severity) == (-4.49, 48.39, "UR")
    assert "Brest" in incident.place


def test_without_javascript_and_without_a_place_there_is_a_sentence(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("Where?")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Where?")


@pytest.mark.parametrize("width", [320, 360])
def test_the_page_fits_a_phone(live_site, open_page, width):
    make.incident("A long name of an incident " * 4, (-4.4905, 48.3903), "HI")
    options = PHONE | {"width": width, "geolocation": BREST, "permissions": ["geolocation"]}
    page = open_page("/tracker/incident/report/", **options)
    expect(page.get_by_role("region", name="Is it one of these?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
