"""Markup in any field shows as the text it is, everywhere."""

import re

from playwright.sync_api import expect

from tests import make
from tests.browser.live_map import LiveMap
from tracker.models import Alert

EVIL = "<img src=x onerror=alert(1)><b>bold</b>&amp;'\"</script><script>alert(2)</script>"


def test_markup_shows_as_text_on_every_page(live_site, open_page):
    admin = live_site.make_user("anna", "admin", first_name="<i>Anna</i>", last_name="</span><b>")
    area = make.area(EVIL, make.box(9, 49, 10, 50), "ME")
    incident = make.incident(EVIL, (9.5, 49.5), "UR", description=EVIL, place=EVIL, reported_by=admin)
    alert = Alert.objects.get()
    page = open_page("/", admin)
    live_map = LiveMap(page)
    live_map.wait_until_live()
    expect(live_map.alert_entry(alert.pk)).to_contain_text(EVIL)
    live_map.show_incidents()
    live_map.incident_entry(incident.feature_id).get_by_role("button").or_(
        live_map.incident_entry(incident.feature_id).and_(page.get_by_role("button"))
    ).first.click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text(EVIL)
    second = make.incident(f"2 {EVIL}", (9.4, 49.4), "UR")
    expect(page.locator("#toasts")).to_contain_text(EVIL)
    assert_no_markup(page)

    for path in [
        "/tracker/incident/",
        f"/tracker/incident/{incident.pk}/",
        f"/tracker/incident/update/{incident.pk}/",
        f"/tracker/incident/delete/{second.pk}/",
        "/tracker/area_of_interest/",
        f"/tracker/area_of_interest/{area.pk}/",
        f"/tracker/area_of_interest/update/{area.pk}/",
        "/tracker/alert/",
        f"/tracker/alert/{alert.pk}/",
        "/admin/tracker/incident/",
        f"/admin/tracker/incident/{incident.pk}/change/",
        f"/admin/tracker/areaofinterest/{area.pk}/change/",
        f"/admin/tracker/alert/{alert.pk}/change/",
        "/admin/tracker/notification/",
    ]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert_no_markup(page)
        if not path.endswith("notification/"):
            assert EVIL in page.evaluate(
                "document.body.innerText + [...document.querySelectorAll('input, textarea')].map((e) => e.value)"
            ), path

    page.goto(f"/tracker/incident/delete/{second.pk}/")
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile(r"/tracker/incident/$"))
    expect(page.get_by_role("status")).to_contain_text(EVIL)
    assert_no_markup(page)


def assert_no_markup(page) -> None:
    assert page.locator('img[src="x"]').count() == 0, page.url
    assert page.locator("b", has_text="bold").count() == 0, page.url
