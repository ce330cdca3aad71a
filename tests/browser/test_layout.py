"""Nothing is cut off at 200 % zoom; the widths of phone, desk and wall are in test_every_page_in_every_window.py."""

import pytest

from tests.amount import ALL
from tests.browser.every_page import visits

pytestmark = pytest.mark.once

# A screen of 1280 x 800 at 200 % is one of 640 x 400 whose pixels are twice as large.
ZOOMED = {"width": 640, "height": 400, "device_scale_factor": 2}
CUT_OFF = """() => {
    const wrong = [];
    const { clientWidth: width, scrollWidth } = document.documentElement;
    if (scrollWidth > width) wrong.push(`the page is ${scrollWidth} wide`);
    const scrolls = (node) => {
        for (let up = node.parentElement; up; up = up.parentElement) {
            if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
        }
        return false;
    };
    for (const node of document.querySelectorAll("main *, header *")) {
        if (!node.checkVisibility({ visibilityProperty: true })) continue;
        if (node.closest(".visually-hidden, .leaflet-container, svg")) continue;
        const box = node.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1 || scrolls(node)) continue;
        const named = `${node.tagName} ${node.id || node.className} “${node.textContent.trim().slice(0, 30)}”`;
        if (box.right > width + 1 || box.left < -1) wrong.push(`${named} ends at ${box.right}`);
        const style = getComputedStyle(node);
        if (style.overflowX === "hidden" && node.scrollWidth > node.clientWidth + 1) wrong.push(`${named} is clipped`);
    }
    return wrong;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"] if ALL else ["light"])
def test_nothing_is_cut_off_on_any_page_at_200_percent(live_site, open_page, watch, scheme):
    watch.excused.append(r"status of 404")
    found = {}
    pages = {}
    for visit in visits(live_site):
        if visit.user not in pages:
            pages[visit.user] = open_page(visit.path, visit.user, color_scheme=scheme, **ZOOMED)
        page = pages[visit.user]
        page.goto(visit.path)
        page.wait_for_load_state("networkidle")
        if problems := page.evaluate(CUT_OFF):
            found[visit.name] = problems
        menu = page.locator("#site-menu-toggle")
        if menu.is_visible():
            menu.click()
            page.locator("#site-menu a").last.wait_for()
            if problems := page.evaluate(CUT_OFF):
                found[f"{visit.name}, menu"] = problems
    assert not found, "\n\n".join(f"{name}\n  " + "\n  ".join(problems) for name, problems in found.items())
