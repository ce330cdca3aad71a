"""The live map tells that nobody was on watch, until somebody has read it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.web.page import Page
from tracker.accounts import presence
from tracker.models import Alert, WatchGap, WatchGapReading, WatchReport

READ = "/tracker/watch/read/"
pytestmark = pytest.mark.django_db


def ago(**how: float) -> datetime:
    return timezone.now() - timedelta(**how)


def last_seen(at: datetime) -> datetime:
    """Nobody is on watch, and somebody was until then."""
    WatchReport.objects.create(process="gone", sockets={7: 1}, seen_at=at)
    return at


def gap(since: datetime, until: datetime) -> WatchGap:
    return WatchGap.objects.create(since=since, until=until)


def told(client) -> list[str]:
    """What the page says, a sentence each; empty if it says nothing of the kind."""
    return [" ".join(part.text.split()) for part in Page(client.get("/")).all("p") if is_in_notice(part) and part.text]


def is_in_notice(element) -> bool:
    return any(outer["id"] == "watch-gaps" for outer in element.inside)


def alerts_raised_at(*times: datetime) -> None:
    make.area()
    for number, at in enumerate(times):
        incident = make.incident(f"Incident {number}")
        Alert.objects.filter(incident_id=incident.pk).update(raised=at)


def name_of_newest(client) -> str:
    return Page(client.get("/")).all("section", id="watch-gaps")[0]["data-since"]


def read(client) -> None:
    assert client.post(READ, {"since": name_of_newest(client)}).status_code == 200


# --- what it says --------------------------------------------------------------------------------------------------


def test_nothing_on_a_site_that_nobody_ever_watched(viewer_client):
    assert told(viewer_client) == []


def test_nothing_while_somebody_is_on_watch(viewer_client):
    last_seen(ago(seconds=14))
    assert told(viewer_client) == []


def test_nothing_after_less_than_a_minute(viewer_client):
    last_seen(ago(seconds=55))
    assert told(viewer_client) == []


def test_how_long_nobody_was_there_and_how_many_alerts_were_raised(viewer_client):
    since = last_seen(ago(hours=5))
    alerts_raised_at(ago(hours=6), ago(hours=4), ago(hours=3), ago(minutes=1))
    before = timezone.now()
    (sentence,) = told(viewer_client)
    assert sentence in {
        f"Nobody was on watch from {words(since, until)} 3 alerts were raised meanwhile."
        for until in (before, timezone.now())
    }


def words(since: datetime, until: datetime) -> str:
    """As the page writes times in UTC: with the date unless all of it was today."""
    if since.date() == until.date():
        return f"{since:%H:%M} to {until:%H:%M} UTC."
    return f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC."


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-03-01T01:14:50", "2026-03-01T05:58:10", "2026-03-01 02:14 to 06:58 CET"),
        ("2026-03-01T22:14", "2026-03-02T05:58", "2026-03-01 23:14 to 2026-03-02 06:58 CET"),
        ("2026-03-28T23:30", "2026-03-29T04:00", "2026-03-29 00:30 to 06:00 CEST"),
    ],
)
def test_times_are_the_sites_and_say_their_zone(since, until, said, viewer_client):
    gap(*(datetime.fromisoformat(f"{text}+00:00") for text in (since, until)))
    with timezone.override("Europe/Berlin"):
        assert told(viewer_client) == [f"Nobody was on watch from {said}. No alert was raised meanwhile."]


def test_the_link_leads_to_the_alerts_that_were_counted(viewer_client):
    last_seen(ago(hours=5))
    alerts_raised_at(ago(hours=6), ago(hours=4), ago(hours=3))
    Alert.objects.filter(incident_name="Incident 1").update(state="resolved", resolved_at=timezone.now())
    (link,) = [a for a in Page(viewer_client.get("/")).all("a") if is_in_notice(a)]
    assert link.text == "2 alerts were raised meanwhile."
    found = viewer_client.get(link["href"]).context["object_list"]
    assert {alert.incident_name for alert in found} == {"Incident 1", "Incident 2"}


def test_several_are_told_one_by_one_and_those_before_them_together(viewer_client):
    for hours in range(5):
        gap(ago(hours=hours + 1), ago(hours=hours, minutes=30))
    sentences = told(viewer_client)
    assert len(sentences) == 4
    first = ago(hours=5)
    assert sentences[3] in {
        f"And 2 more times before that, from {at:%Y-%m-%d %H:%M} UTC on."
        for at in (first, first - timedelta(minutes=1))
    }


def test_the_page_takes_the_same_queries_for_one_and_for_many(viewer_client, queries):
    last_seen(ago(hours=5))
    gap(ago(hours=9), ago(hours=8))
    two = queries(viewer_client, "/")
    for hours in range(10, 60):
        gap(ago(hours=hours + 1), ago(hours=hours, minutes=1))
    make.area()
    for _ in range(10):
        make.incident()
    assert queries(viewer_client, "/") == two <= 11


# --- who has read it -----------------------------------------------------------------------------------------------


def test_each_is_told_until_they_have_read_it_for_themselves(viewer, viewer_client, operator_client, admin_client):
    since = last_seen(ago(hours=5))
    assert told(viewer_client) == told(viewer_client) != []
    presence.report("new", {viewer.pk: 1}, arrived=True)  # the page's socket has come
    assert told(viewer_client) != [], "a reload does not make it vanish"
    assert told(operator_client) != []
    read(viewer_client)
    assert told(viewer_client) == []
    (sentence,) = told(operator_client)
    (reading,) = WatchGap.objects.get(since=since).readings.all()
    assert (reading.by, reading.who) == (viewer, "vera")
    assert f"Read by vera {timezone.localtime(reading.at):%H:%M}." in sentence
    read(operator_client)
    assert told(operator_client) == []
    page = Page(admin_client.get("/admin/tracker/watchgap/")).text
    assert "vera" in page
    assert "Olga Ortega" in page


def test_who_had_read_it_stays_when_the_account_is_deleted(viewer, viewer_client, operator_client):
    gap(ago(hours=9), ago(hours=8))
    read(viewer_client)
    viewer.delete()
    (sentence,) = told(operator_client)
    assert "Read by vera" in sentence


def test_what_was_read_before_each_read_for_themselves_was_read_for_everybody(viewer, operator_client):
    gap(ago(hours=9), ago(hours=8))
    WatchGap.objects.update(read_by=viewer, read_at=ago(hours=7))
    assert told(operator_client) == []


def test_a_second_click_is_no_second_reading(viewer_client):
    gap(ago(hours=9), ago(hours=8))
    since = name_of_newest(viewer_client)
    for _ in range(2):
        assert viewer_client.post(READ, {"since": since}).status_code == 200
    assert WatchGap.objects.get().readings.count() == 1


def test_it_may_be_read_before_the_socket_has_come(viewer, viewer_client):
    last_seen(ago(hours=5))
    read(viewer_client)
    assert told(viewer_client) == []
    presence.report("new", {viewer.pk: 1}, arrived=True)
    assert told(viewer_client) == []
    assert WatchGap.objects.count() == 1


def test_a_reader_whose_socket_never_came_does_not_end_it(viewer, viewer_client, operator_client):
    since = last_seen(ago(hours=5))
    read(viewer_client)
    WatchGap.objects.update(until=ago(hours=1))
    WatchGapReading.objects.update(at=ago(hours=1))
    assert told(operator_client) != [], "nobody has been on watch since the reader went"
    presence.report("new", {viewer.pk: 1}, arrived=True)
    assert told(operator_client) != []
    assert WatchGap.objects.get().since == since


def test_reading_of_one_leaves_later_ones_to_be_read(viewer_client):
    gap(ago(hours=9), ago(hours=8))
    shown = name_of_newest(viewer_client)
    gap(ago(hours=3), ago(hours=2))
    assert viewer_client.post(READ, {"since": shown}).status_code == 200
    assert len(told(viewer_client)) == 1


@pytest.mark.parametrize(
    "since", ["", "now", "\0", "9" * 5000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_time_is_refused_and_changes_nothing(since, viewer_client):
    gap(ago(hours=9), ago(hours=8))
    assert viewer_client.post(READ, {"since": since}).status_code == 400
    assert len(told(viewer_client)) == 1


def test_reading_is_a_post(viewer_client):
    assert viewer_client.get(READ).status_code == 405


def test_nobody_makes_a_gap_by_claiming_to_have_read_of_one(viewer_client):
    for at in (ago(hours=1), last_seen(ago(seconds=30))):
        assert viewer_client.post(READ, {"since": at.isoformat()}).status_code == 200
    assert not WatchGap.objects.exists()
