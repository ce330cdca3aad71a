"""Who is on watch, through real server processes: told to every console, counted together, bounded for a person."""

import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from tests import make
from tests.listener import Listener
from tests.live_site import Daphne
from tests.metrics import Metrics
from tests.processes import wait_until
from tracker.accounts import presence
from tracker.events.messages import TOO_MANY_SOCKETS
from tracker.models import AlertReceipt, WatchGap, WatchReport


def wait_for(listener: Listener, people: int, consoles: int) -> None:
    """Until the console is told so; it may be so already."""
    said = [m for m in listener.received if m["type"] == "presence"][-1:]
    while not said or (said[0]["people"], said[0]["consoles"]) != (people, consoles):
        said = [listener.next_of("presence")]


def backdate(**how: float) -> None:
    """As if so much time had passed since processes reported."""
    for row in WatchReport.objects.all():
        WatchReport.objects.filter(pk=row.pk).update(seen_at=row.seen_at - timedelta(**how))


# --- presence ------------------------------------------------------------------------------------------------------


def test_consoles_of_all_processes_are_told_who_comes_and_who_goes(live_site, process, console, vera, olga):
    second = process()
    first = console(vera)
    wait_for(first, 1, 1)
    there = console(olga, second)
    wait_for(first, 2, 2)
    wait_for(there, 2, 2)
    her_other = console(vera, second)
    for listener in (first, there, her_other):
        wait_for(listener, 2, 3)
    first.close()
    wait_for(there, 2, 2)


def test_a_console_that_comes_late_is_told_too(live_site, console, vera, olga):
    first = console(vera)
    wait_for(first, 1, 1)
    late = console(olga)
    wait_for(late, 2, 2)
    assert late.received[0]["type"] == "hello"


def test_who_has_another_page_open_is_on_watch_and_said_apart(live_site, process, console, vera, olga):
    second = process()
    first = console(vera)
    form = console(olga, second, page="other")
    wait_for(first, 2, 1)
    wait_for(form, 2, 1)
    said = [message for message in first.received if message["type"] == "presence"][-1]
    assert said["who"] == [{"name": "vera", "on_map": True}, {"name": "olga", "on_map": False}]
    console(olga, second)
    wait_for(first, 2, 2)
    said = [message for message in first.received if message["type"] == "presence"][-1]
    assert [each["on_map"] for each in said["who"]] == [True, True]


def test_another_page_is_sent_what_the_map_is_sent(live_site, console, vera, olga):
    seen, form = console(vera), console(olga, page="other")
    make.area()
    make.incident()
    (alert,) = {each.next_of("alert")["seq"] for each in (seen, form)}
    late = live_site.socket(olga, page="other", since=alert - 1)
    assert late.next_of("alert")["seq"] == alert


def test_nobody_is_said_to_be_away_while_somebody_fills_in_a_form(live_site, console, vera, olga):
    form = console(olga, page="other")
    wait_for(form, 1, 0)
    assert said(live_site, "absent_seconds") == 0
    backdate(minutes=1)
    console(vera)
    wait_for(form, 2, 1)
    assert not WatchGap.objects.exists()


def test_a_process_that_was_killed_falls_out(live_site, process, console, vera, olga):
    second = process()
    staying = console(vera)
    console(olga, second)
    wait_for(staying, 2, 2)
    second.kill()
    WatchReport.objects.filter(sockets__has_key=str(olga.pk)).update(seen_at=timezone.now() - presence.GONE_AFTER)
    wait_for(staying, 1, 1)


def test_a_process_that_is_told_to_end_says_so(live_site, process, console, vera, olga):
    second = process()
    staying = console(vera)
    console(olga, second)
    wait_for(staying, 2, 2)
    second.stop()
    assert presence.presence()[:2] == (1, 1)
    wait_for(staying, 1, 1)


def said(daphne: Daphne, name: str) -> float | None:
    return Metrics.at(daphne.url).value(f"tracker_watch_{name}")


def wait_for_consoles(daphne: Daphne, count: int, what: str) -> None:
    wait_until(lambda: said(daphne, "consoles") == count, what)


def is_counting(daphne: Daphne) -> bool:
    """For how long nobody has been on watch."""
    return 0 < (said(daphne, "absent_seconds") or 0) < 60


def test_the_metrics_of_every_process_say_who_is_on_watch(live_site, process, console, vera, olga):
    second = process()
    one, two = console(vera), console(olga, second)
    for daphne in (live_site, second):
        wait_for_consoles(daphne, 2, "the consoles are not counted")
        assert said(daphne, "people") == 2
        assert said(daphne, "absent_seconds") == 0
    one.close()
    two.close()
    for daphne in (live_site, second):
        wait_for_consoles(daphne, 0, "those who have left are still counted")
        wait_until(partial(is_counting, daphne), "nobody counts how long nobody watches")


def test_who_comes_back_after_the_server_was_down_ends_a_gap(live_site, console, vera):
    console(vera)
    wait_until(lambda: presence.presence().consoles == 1, "the console is not counted")
    live_site.kill()
    live_site.close_sockets()
    backdate(hours=5)
    last = presence.last_watched()
    live_site.start()
    assert (said(live_site, "absent_seconds") or 0) >= timedelta(hours=5).total_seconds()
    assert not WatchGap.objects.exists(), "nobody is back yet"
    console(vera)
    wait_until(WatchGap.objects.exists, "the gap was not noted")
    gap = WatchGap.objects.get()
    assert gap.since == last
    assert timezone.now() - gap.until < timedelta(seconds=30)


def test_a_page_that_is_loaded_again_is_no_gap(live_site, console, vera):
    for _ in range(3):
        listener = console(vera)
        wait_until(lambda: presence.presence().consoles == 1, "the console is not counted")
        listener.close()
        wait_until(lambda: presence.presence().consoles == 0, "the console is still counted")
    assert not WatchGap.objects.exists()


def test_a_writer_that_holds_up_the_report_holds_up_nothing_else(live_site, console, vera, olga, on_postgis):
    cookies = [live_site.session_key(user) for user in (vera, olga)]
    with transaction.atomic():  # on SQLite nobody else can write now
        if on_postgis:
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE tracker_watchreport IN ACCESS EXCLUSIVE MODE")
        first = console(vera, cookie=cookies[0])
        time.sleep(0.5)  # its report has begun, and waits: on SQLite for 5 s, on PostgreSQL without end
        began = time.monotonic()
        second = console(olga, cookie=cookies[1])
        assert time.monotonic() - began < 4
    wait_for(first, 2, 2)
    wait_for(second, 2, 2)


# --- on how many consoles an alert was shown -----------------------------------------------------------------------


def acknowledge(listener: Listener) -> int:
    """As a page does that has rendered the next alert; its number in the log."""
    seq = listener.next_of("alert")["seq"]
    listener.say({"type": "ack", "seq": seq})
    return seq


def shown_on(alert) -> int:
    row = AlertReceipt.objects.filter(alert=alert, raised=alert.raised).first()
    return row.consoles if row else 0


def test_consoles_that_acknowledge_are_counted_once_each_over_all_processes(live_site, process, console, vera, olga):
    second = process()
    one, two, three, silent = console(vera), console(olga, second), console(olga), console(vera, second)
    make.area()
    (alert,) = make.alerts_of(make.incident())
    for listener in (one, two, three):
        seq = acknowledge(listener)
        listener.say({"type": "ack", "seq": seq})
        listener.say({"type": "ack", "seq": seq + 100})
    silent.next_of("alert")
    wait_until(lambda: shown_on(alert) == 3, "the consoles are not counted")
    time.sleep(2)  # nothing to wait for: that nothing is added is the point
    assert shown_on(alert) == 3


def test_a_console_that_comes_back_counts_when_it_has_shown_what_it_missed(live_site, console, vera, olga):
    staying = console(olga)
    missing = console(vera)
    missing.close()
    since = live_site.log_position()
    make.area()
    (alert,) = make.alerts_of(make.incident())
    acknowledge(staying)
    wait_until(lambda: shown_on(alert) == 1, "the console is not counted")
    acknowledge(live_site.socket(vera, since=since))
    wait_until(lambda: shown_on(alert) == 2, "the console that came back is not counted")
    console(vera).say({"type": "ack", "seq": 10**9})  # opened later: it loads the alert with the map
    time.sleep(2)
    assert shown_on(alert) == 2


def test_a_new_process_counts_what_was_raised_before_it_began(live_site, vera):
    since = live_site.log_position()
    live_site.kill()
    make.area()
    (alert,) = make.alerts_of(make.incident())
    live_site.start()
    acknowledge(live_site.socket(vera, since=since))
    wait_until(lambda: shown_on(alert) == 1, "the console is not counted")


# --- sockets of a person -------------------------------------------------------------------------------------------


def test_the_sockets_of_a_person_are_bounded_over_all_processes(live_site, process, console, vera, olga):
    one, two = process(SOCKETS_PER_USER="2"), process(SOCKETS_PER_USER="2")
    kept = [console(vera, one), console(olga, two)]
    wait_for(kept[0], 2, 2)
    kept.append(console(vera, two))
    too_many = console(vera, two)
    console(olga, one)  # a change: the first process reports, and the second knows that it is there
    assert too_many.close_code(30) == TOO_MANY_SOCKETS
    for listener in kept:
        assert listener.ping() is not None


def test_who_comes_back_from_a_process_that_was_killed_is_let_in(live_site, process, console, vera, olga):
    one, two = process(SOCKETS_PER_USER="2"), process(SOCKETS_PER_USER="2")
    staying = console(olga, two)
    for _ in range(2):
        console(vera, one)
    wait_for(staying, 2, 3)
    one.kill()
    back = [console(vera, two) for _ in range(2)]
    for people in (2, 2, 2):  # whatever happens meanwhile: several rounds of reports
        wait_for(staying, people, 5)  # three here, and two that nobody has missed yet
        other = console(olga, two)
        wait_for(staying, people, 6)
        other.close()
    for listener in back:
        try:
            listener.ping()
        except ConnectionClosed:
            pytest.fail("somebody was sent away for sockets that a dead process had")
