"""The habits of every page, in every window; and severities, which look the same wherever one meets them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.every_page import visits
from tests.browser.live_map import LiveMap
from tests.browser.test_layout import CUT_OFF
from tests.browser.windows import (
    AA_SHAPE,
    AA_TEXT,
    COLOURS,
    Window,
    assert_fits,
    assert_theme,
    in_every_window,
    painted,
    sentence,
    wrong_times,
)
from tracker.models.severity import Severity

pytestmark = pytest.mark.once

NO_SUCH_PAGE = r"status of 404"
OTHER_DATES = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2},|\d/\d{1,2}/\d|a\.m\.|p\.m\."
)
NAMELESS = """() => [...document.querySelectorAll("button, a[href], [role=button], [role=switch]")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() || node.title))
    .map((node) => node.outerHTML.slice(0, 120))"""
# What a pointer over something may change: its looks, never what is there.
ON_HOVER = """() => {
    const looks = /^(--|color|background|border|outline|text-decoration|box-shadow|cursor)/;
    const hidden = [];
    const look = (rules) => {
        for (const rule of rules) {
            if (rule.selectorText?.includes(":hover")) {
                const more = [...rule.style].filter((name) => !looks.test(name));
                if (more.length) hidden.push(`${rule.selectorText}: ${more.join(", ")}`);
            }
            if (rule.cssRules) look(rule.cssRules);
        }
    };
    const own = [...document.styleSheets].filter(({ href }) => /\\/static\\/css\\//.test(href ?? ""));
    for (const sheet of own) look(sheet.cssRules);
    return [own.length, hidden];
}"""


@in_every_window
def test_habits(live_site, open_page, watch, pictures, window: Window):
    watch.excused.append(NO_SUCH_PAGE)
    pages: dict[object, Page] = {}
    found = {}
    for visit in visits(live_site):
        if visit.user in pages:
            pages[visit.user].goto(visit.path)
        else:
            pages[visit.user] = open_page(visit.path, visit.user, **window.options)
        page = pages[visit.user]
        if visit.name == "live map":
            LiveMap(page).wait_until_live()
            with sentence("Nothing depends on hover."):
                sheets, on_hover = page.evaluate(ON_HOVER)
                assert sheets >= 2
                assert on_hover == []
        with sentence("With no tiles reachable the map shows the vendored Natural Earth basemap, never a grey square."):
            if page.locator(".leaflet-container").count():
                painted(page, {"sea"} if visit.name == "area" else {"sea", "land"})
        with sentence("Dark mode follows the system."):
            assert_theme(page, window)
        problems = page.evaluate(CUT_OFF)  # the whole site works at 360 px width
        problems += [f"a button without a name: {each}" for each in page.evaluate(NAMELESS)]
        problems += [f"a time in other words, or without its zone: {each}" for each in wrong_times(page)]
        if other := OTHER_DATES.search(page.locator("body").inner_text()):
            problems.append(f"a date that is not ISO: {other[0]}")
        if page.locator("h1").count() != 1:
            problems.append("not one heading of the page")
        menu = page.locator("#site-menu-toggle")
        if menu.is_visible():
            menu.click()
            page.locator("#site-menu a").last.wait_for()
            problems += [f"menu: {each}" for each in page.evaluate(CUT_OFF)]
        if problems:
            found[visit.name] = problems
        if pictures:
            page.screenshot(path=pictures / f"{visit.name}-{window}.png")
    assert not found, "\n\n".join(f"{name}\n  " + "\n  ".join(problems) for name, problems in found.items())


# --- severities ----------------------------------------------------------------------------------------------------

ICON = f"""(icon) => {{ {COLOURS}
    const path = icon.querySelector("path");
    const colour = (node, name) => parts(getComputedStyle(node)[name]).rgb;
    const fill = colour(path, "fill");
    const under = background(icon);
    return {{
        shape: path.getAttribute("d"),
        letter: icon.querySelector("text").textContent,
        fill: fill.join(),
        letterContrast: ratio(colour(icon.querySelector("text"), "fill"), fill),
        shapeContrast: Math.max(ratio(fill, under), ratio(colour(path, "stroke"), under)),
    }};
}}"""


@in_every_window
def test_a_severity_is_the_same_shape_letter_and_colour_everywhere(live_site, open_page, window: Window):
    admin = live_site.make_user("anna", "admin")
    make.area("Harbour", make.box(8, 49, 14, 51), "UR")
    incidents = {
        severity: make.incident(f"Incident {severity.label}", (9 + 0.8 * n, 50), severity)
        for n, severity in enumerate(Severity)
    }
    page = open_page("/#map=7/50/10.6", admin, **window.options)
    live_map = LiveMap(page)
    live_map.wait_until_live()
    seen: dict[Severity, dict[str, dict]] = {severity: {} for severity in Severity}

    def look(where: str, severity: Severity, icon) -> None:
        seen[severity][where] = icon.first.evaluate(ICON)

    for severity, incident in incidents.items():
        look("marker", severity, live_map.marker(incident.feature_id).locator("svg"))
        look("panel", severity, live_map.incident_entry(incident.feature_id).locator("svg"))
    live_map.show_incidents()
    live_map.incident_entry(incidents[Severity.URGENT].feature_id).get_by_role("button").click()
    expect(page.locator(".leaflet-popup")).to_contain_text("Incident Urgent")
    look("popup", Severity.URGENT, page.locator(".leaflet-popup svg.severity-icon"))
    make.incident("Another", (11, 50.5), Severity.URGENT)
    expect(page.locator("#toasts")).to_contain_text("Another")
    look("toast", Severity.URGENT, page.locator("#toasts svg.severity-icon"))
    for where, path, icons in [
        ("list", "/tracker/incident/", "tbody .severity-icon.severity-{}"),
        ("report page", "/tracker/incident/report/", ".severity-option .severity-icon.severity-{}"),
        ("administration", "/admin/tracker/incident/", "#result_list .severity-icon.severity-{}"),
    ]:
        page.goto(path)
        for severity in Severity:
            look(where, severity, page.locator(icons.format(severity.value)))

    with sentence("Severity is never colour alone: shape + letter + colour, the same everywhere."):
        shapes = {severity: {(icon["shape"], icon["letter"], icon["fill"]) for icon in seen[severity].values()}
                  for severity in Severity}  # fmt: skip
        assert all(len(each) == 1 for each in shapes.values()), shapes
        assert [next(iter(each))[1] for each in shapes.values()] == [severity.label[0] for severity in Severity]
        for part in range(3):
            assert len({next(iter(each))[part] for each in shapes.values()}) == len(Severity), "all are different"
    with sentence("Colours pass WCAG AA on both light and dark."):
        for severity, places in seen.items():
            for where, icon in places.items():
                assert icon["letterContrast"] >= AA_TEXT, f"the letter of {severity.label}, {where}"
                assert icon["shapeContrast"] >= AA_SHAPE, f"the shape of {severity.label}, {where}"


@in_every_window
def test_dark_mode_follows_the_system_while_the_page_is_open(live_site, open_page, window: Window):
    make.incident("Fire", (9.5, 49.5))
    page = open_page("/#map=5/49.5/9.5", live_site.make_user("vera"), **window.options)
    LiveMap(page).wait_until_live()
    painted(page, {"land", "border", "name"})
    other = Window(window.width, "light" if window.is_dark else "dark")
    with sentence("Dark mode follows the system."):
        page.emulate_media(color_scheme=other.theme)
        page.wait_for_function("(theme) => document.documentElement.dataset.bsTheme === theme", arg=other.theme)
        assert_theme(page, other)
        painted(page, {"land", "border", "name"})  # the map, too: land, borders, names in the other's colours
        assert_fits(page)
