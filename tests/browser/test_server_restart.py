"""The server goes and comes back under an open page: the page says so, comes back by itself, and has missed nothing."""

import re

from playwright.sync_api import expect

from tests import make
from tests.browser.live_map import LiveMap
from tracker.alerts import lifecycle
from tracker.models import Alert


def test_killed_and_started_again_while_incidents_are_written(live_site, open_page, watch):
    watch.excused.append(r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource")
    vera, olga = live_site.make_user("vera"), live_site.make_user("olga", "Operator")
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    stays, goes, worsens = (make.incident(name, (9.5, 49.5), "ME") for name in ("Stays", "Goes", "Worsens"))
    page = open_page("/", vera)
    live_map = LiveMap(page)
    live_map.wait_until_live()
    expect(live_map.alert_entries()).to_have_count(3)

    live_site.kill()
    expect(live_map.badge).to_have_attribute("data-status", re.compile("reconnecting|offline"))
    expect(live_map.badge).to_contain_text(re.compile("Reconnecting|Not live since"))
    goes.delete()
    worsens.severity = "UR"
    worsens.save()
    lifecycle.acknowledge(Alert.objects.filter(incident_id=stays.pk).values_list("pk", flat=True), olga)
    for number in range(40):
        make.incident(f"Meanwhile {number}", (9 + number / 39, 49.5), "HI" if number % 2 else "LO")
    make.area("Hill", make.box(9.6, 49, 11, 50), "LO")
    live_site.start()

    live_map.wait_until_live(40)
    alerting = Alert.objects.exclude(state="resolved").order_by().values("incident_id").distinct()
    expect(live_map.alert_entries()).to_have_count(alerting.count())
    live_map.assert_nothing_twice()
    fresh = LiveMap(open_page("/", vera))
    fresh.wait_until_live()
    expect(fresh.alert_entries()).to_have_count(live_map.alert_entries().count())
    assert live_map.shown() == fresh.shown()

    # and it is live again, not merely caught up
    after = make.incident("After", (9.5, 49.5), "UR")
    expect(live_map.marker(after.feature_id)).to_have_count(1)


def test_signed_out_elsewhere_while_away(live_site, open_page, watch):
    watch.excused.append(r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource")
    from django.contrib.sessions.models import Session

    live_map = LiveMap(open_page("/", live_site.make_user("vera")))
    live_map.wait_until_live()
    live_site.kill()
    Session.objects.all().delete()
    live_site.start()
    expect(live_map.badge).to_have_attribute("data-status", "signed-out", timeout=40_000)
    expect(live_map.badge).to_contain_text("Signed out")
