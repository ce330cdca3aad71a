"""One grid: on every page the title begins at the same line, the content is 1280 px wide at most, a text field 560."""

import pytest
from playwright.sync_api import Page

from tests.browser.every_page import visits

pytestmark = pytest.mark.once

CONTENT_PX, FIELD_PX, GUTTER_PX = 1280, 560, 24
# Of what is seen: where the title begins, how wide the content is, and fields that are too wide.
MEASURE = """(field) => {
    const style = getComputedStyle(document.querySelector("main"));
    const wide = [...document.querySelectorAll("main :is(input, textarea, select)")]
        .filter((node) => !["checkbox", "radio", "hidden"].includes(node.type) && node.offsetWidth > field)
        .map((node) => `${node.name || node.id}: ${node.offsetWidth}`);
    const main = document.querySelector("main").clientWidth;
    const content = main - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return [document.querySelector("h1").getBoundingClientRect().left, content, wide];
}"""


@pytest.mark.parametrize("width", [1280, 1920])
def test_every_page_is_on_one_grid(live_site, open_page, watch, width):
    watch.excused.append(r"status of 404")
    begins, wrong = {}, {}
    pages: dict[object, Page] = {}
    for visit in visits(live_site):
        if visit.user in pages:
            pages[visit.user].goto(visit.path)
        else:
            pages[visit.user] = open_page(visit.path, visit.user, width=width, height=900)
        if visit.name == "live map":
            continue  # as wide as the window
        begins[visit.name], content, wide = pages[visit.user].evaluate(MEASURE, FIELD_PX)
        if content > CONTENT_PX or wide:
            wrong[visit.name] = (content, wide)
    margin = max((width - CONTENT_PX) / 2, GUTTER_PX)
    assert wrong == {}
    assert {name: at for name, at in begins.items() if abs(at - margin) > 8} == {}, "half of a scroll bar is forgiven"
