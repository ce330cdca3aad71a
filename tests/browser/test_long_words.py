"""Words without end, as anybody in the street may send them: no page, list or popup becomes wider than its window."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.every_page import visits
from tests.live_site import Site
from tracker.models import Alert, AreaOfInterest, Incident, Job

pytestmark = pytest.mark.once

SIZES = {390: 844, 1280: 800}
WIDER = """() => {
    const window_ = document.documentElement.clientWidth;
    const named = (node) => `${node.tagName} ${node.id || node.className}`;
    const wrong = [];
    if (document.documentElement.scrollWidth > window_) wrong.push(`the page: ${document.documentElement.scrollWidth}`);
    for (const node of document.querySelectorAll("main *, header *, #container *")) {
        if (!node.checkVisibility({ visibilityProperty: true })) continue;
        if (node.matches("textarea, input, select")) continue;
        if (node.closest(".visually-hidden, svg, .leaflet-map-pane")) continue;
        const { left, right, width } = node.getBoundingClientRect();
        if (node.closest("#changelist .results")) { // the administration's tables have more columns than a phone room
            if (node.matches("td, th") && width > 400) wrong.push(`${named(node)} is ${width} wide`);
            continue;
        }
        const scrolls = /auto|scroll/.test(getComputedStyle(node).overflowX);
        if (scrolls && node.scrollWidth > node.clientWidth + 1) wrong.push(`${named(node)} scrolls by itself`);
        if (width > 1 && (right > window_ + 1 || left < -1)) wrong.push(`${named(node)} ends at ${right}`);
    }
    return wrong.slice(0, 6);
}"""


def fill(site: Site) -> list[tuple[str, str, User | None]]:
    """Pages with such words wherever somebody may write; the people who look have such names, too."""
    pages = visits(site)
    anna = next(visit.user for visit in pages if visit.user)
    anna.first_name = anna.last_name = "W" * 150
    anna.save()
    for incident in Incident.objects.all():
        incident.name, incident.place, incident.description = "M" * 150, "W" * 200, "m" * 10_000
        incident.reported_by = anna
        incident.save()
    for area in AreaOfInterest.objects.all():
        area.name = "Q" * 150
        area.save()
    make.incident("M" * 150, place="W" * 200, description="m" * 10_000)
    alert = make.first(Alert.objects.order_by("-pk"))
    Alert.objects.update(state="acknowledged", acknowledged_by=anna, acknowledged_at=alert.raised)
    Job.objects.update(name="J" * 150, message="N" * 150, problems=[[1, "P" * 400]], problem_count=1)
    own = Incident.objects.get(pk=alert.incident_id)
    return [
        *((visit.name, visit.path, visit.user) for visit in pages),
        ("alerts, all", "/tracker/alert/?state=all", anna),
        ("alert", f"/tracker/alert/{alert.pk}/", anna),
        ("incident", own.get_absolute_url(), anna),
        ("incidents, sought", f"/tracker/incident/?q={'M' * 150}", anna),
        ("administration, incidents", "/admin/tracker/incident/", anna),
        ("administration, areas", "/admin/tracker/areaofinterest/", anna),
        ("administration, alerts", "/admin/tracker/alert/?state=acknowledged", anna),
        ("administration, changes", "/admin/tracker/change/", anna),
    ]


@pytest.mark.parametrize("width", SIZES)
def test_no_page_is_wider_than_the_window(width, live_site, open_page, watch):
    watch.excused.append("status of 404")
    found: dict[str, list[str]] = {}
    opened: dict[object, Page] = {}
    for name, path, user in fill(live_site):
        if user not in opened:
            opened[user] = open_page(path, user, width=width, height=SIZES[width])
        page = opened[user]
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if wrong := page.evaluate(WIDER):
            found[name] = wrong
    assert not found, "\n\n".join(f"{name}\n  " + "\n  ".join(wrong) for name, wrong in found.items())


def test_ordinary_words_of_a_list_are_not_broken(live_site, open_page):
    """Beside a word without end the others keep the room of theirs: in each cell the longest word stays in one line."""
    make.area("Hauptbahnhof", severity="IN")
    make.incident("Fallen tree", place="in Königswinter, Germany")
    make.incident("M" * 150, place="W" * 200)
    page = open_page("/tracker/incident/", live_site.make_user("olga", "Operator"))
    for path, words in (("/tracker/incident/", ["Fallen", "Königswinter,"]), ("/tracker/alert/", ["Hauptbahnhof"])):
        page.goto(path)
        for word in words:
            cell = page.locator("table.list td", has_text=word).first
            expect(cell).to_be_visible()
            lines = cell.evaluate(
                """(cell, word) => {
                    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
                    while (walker.nextNode()) {
                        const at = walker.currentNode.data.indexOf(word);
                        if (at < 0) continue;
                        const range = document.createRange();
                        range.setStart(walker.currentNode, at);
                        range.setEnd(walker.currentNode, at + word.length);
                        return range.getClientRects().length;
                    }
                }""",
                word,
            )
            assert lines == 1, word
