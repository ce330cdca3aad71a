"""Incidents close together are one mark that says the worst inside; choosing one leads to it all the same."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live

pytestmark = pytest.mark.once


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


def view_of(page: Page) -> str:
    return page.evaluate("location.hash")


def test_a_cluster_says_the_worst_inside_how_many_and_that_one_alerts(live_site, open_page, vera):
    make.area("Harbour", make.box(9, 49, 10, 50), "HI")
    far = make.incident("Far", (20, 55), "LO")
    near = [make.incident(f"Near {n}", (12 + n / 1000, 52), severity) for n, severity in enumerate(["LO", "ME", "IN"])]
    live_map = live(open_page("/#map=5/52/13", vera))
    cluster = live_map.clusters()
    expect(cluster).to_have_count(1)
    expect(cluster).to_have_text("M3")
    expect(cluster).to_have_class(re.compile(r"severity-ME"))
    expect(cluster).to_have_attribute("title", "3 incidents, the worst: Medium")
    expect(live_map.marker(far.feature_id)).to_have_class(re.compile("incident-marker"))
    assert live_map.shown()["markers"] == sorted(each.feature_id for each in [far, *near])

    near[0].severity = "UR"
    near[0].save()
    expect(cluster).to_have_text("U3")
    expect(cluster).not_to_have_class(re.compile("is-alerting"))
    make.area("Town", make.box(11, 51, 13, 53), "UR")
    expect(cluster).to_have_class(re.compile("is-alerting"))
    expect(cluster).to_have_attribute("title", "3 incidents, the worst: Urgent; 1 with an alert that waits")

    near[0].delete()
    expect(cluster).to_have_text("M2")
    near[1].location = make.point(22, 50)
    near[1].save()
    expect(cluster).to_have_count(0)
    expect(live_map.page.locator(".incident-marker")).to_have_count(3)
    live_map.assert_nothing_twice()


def test_choosing_an_entry_goes_as_close_as_it_takes(live_site, open_page, vera):
    near = [make.incident(f"Near {n}", (12 + n / 2000, 52), "ME") for n in range(3)]
    live_map = live(open_page("/#map=5/52/13", vera))
    expect(live_map.clusters()).to_have_count(1)
    live_map.show_incidents()
    live_map.incident_entry(near[1].feature_id).get_by_role("button").click()
    expect(live_map.page.locator(".leaflet-popup")).to_contain_text("Near 1")
    expect(live_map.marker(near[1].feature_id)).to_have_class(re.compile("incident-marker"))
    expect(live_map.marker(near[1].feature_id)).to_be_in_viewport()


def test_those_at_one_place_are_fanned_out_and_stay_so(live_site, open_page, vera):
    here = [make.incident(f"Here {n}", (12, 52), "ME") for n in range(3)]
    live_map = live(open_page("/#map=5/52/13", vera))
    live_map.show_incidents()
    live_map.incident_entry(here[2].feature_id).get_by_role("button").click()
    expect(live_map.page.locator(".leaflet-popup")).to_contain_text("Here 2")
    expect(live_map.page.locator(".incident-marker")).to_have_count(3)
    assert view_of(live_map.page).startswith("#map=12/"), "they need no closer look"

    view = view_of(live_map.page)
    another = make.incident("Another", (12.1, 52), "LO")
    expect(live_map.marker(another.feature_id)).to_have_count(1)
    for each in here:
        expect(live_map.marker(each.feature_id)).to_have_class(re.compile("incident-marker"))
    assert view_of(live_map.page) == view


def test_a_click_on_a_cluster_opens_it(live_site, open_page, vera):
    for n in range(4):
        make.incident(f"Near {n}", (12 + n / 100, 52), "ME")
    live_map = live(open_page("/#map=5/52/13", vera))
    live_map.clusters().click()
    expect(live_map.page.locator(".incident-marker")).to_have_count(4)
    expect(live_map.clusters()).to_have_count(0)
