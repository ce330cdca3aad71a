"""Who has another page than the live map open is on watch as well, and is said apart, as one process sees it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.live.watch_process import Process, processes
from tracker.accounts import presence as watch
from tracker.live import presence
from tracker.models import WatchGap, WatchReport

ANNA, BERT, CLEO = 1, 2, 3


@pytest.fixture
def process(transactional_db, monkeypatch) -> Iterator[Callable[[str], Process]]:
    with processes(monkeypatch) as begin:
        yield begin


@pytest.fixture
def names(transactional_db):
    people = [(ANNA, "Anna", "Arp"), (BERT, "Bert", "Beck"), (CLEO, "Cleo", "Cox")]
    for number, first, last in people:
        User.objects.create(pk=number, username=first.lower(), first_name=first, last_name=last)


def test_they_are_told_apart_by_name_over_all_processes(process, names):
    one, two = process("one").come(BERT), process("two").come(ANNA, CLEO, on_map=False)
    two.round()
    one.round()
    assert one.newest() == (3, 1)
    assert one.told[-1]["who"] == [
        {"name": "Bert Beck", "on_map": True},
        {"name": "Anna Arp", "on_map": False},
        {"name": "Cleo Cox", "on_map": False},
    ]
    two.come(ANNA)
    two.round()
    one.round()
    assert [each["name"] for each in one.told[-1]["who"] if each["on_map"]] == ["Anna Arp", "Bert Beck"]


def test_names_are_sorted_as_people_sort_them(process, transactional_db):
    for number, name in enumerate(("zoe", "Émile", "Bert", "anna"), 1):
        User.objects.create(pk=number, username=name)
    one = process("one").come(1, 2, 3, 4, on_map=False)
    one.round()
    assert [each["name"] for each in one.told[-1]["who"]] == ["anna", "Bert", "Émile", "zoe"]


def test_who_goes_from_page_to_page_is_never_away(process, names, monkeypatch):
    monkeypatch.setattr(presence, "LINGER_S", 1000)
    one = process("one").come(BERT).come(ANNA, on_map=False)
    one.round()
    for _ in range(3):
        one.go(ANNA, on_map=False, turns_page=True)
        one.round()
        one.come(ANNA, on_map=False)
        one.round()
    assert len(one.told) == 1, "nothing changed for anybody"
    one.go(ANNA, on_map=False, turns_page=True)
    one.come(ANNA)
    one.round()
    assert one.newest() == (2, 2)
    one.go(ANNA, turns_page=True)
    one.round()
    assert one.newest() == (2, 1), "the map is closed, and its owner not away yet"
    monkeypatch.setattr(presence, "LINGER_S", 0)
    one.round()
    assert one.newest() == (1, 1)
    assert WatchReport.objects.get().sockets == {str(BERT): 1}


def test_who_turns_the_page_is_on_watch_for_the_other_processes(process, names):
    one, two = process("one").come(ANNA, on_map=False), process("two").come(BERT)
    one.go(ANNA, on_map=False, turns_page=True)
    one.round()
    two.round()
    assert two.newest() == (2, 1)


def test_whose_line_broke_is_not_on_watch(process, names):
    one = process("one").come(ANNA, on_map=False).come(BERT)
    one.go(ANNA, on_map=False)
    one.round()
    assert one.newest() == (1, 1)


def test_while_somebody_fills_in_a_form_there_is_no_gap(process):
    one = process("one").come(ANNA, on_map=False)
    one.round()
    assert watch.presence()[:2] == (1, 0)
    for report in WatchReport.objects.all():
        WatchReport.objects.filter(pk=report.pk).update(seen_at=timezone.now() - timedelta(minutes=10))
    one.watch.reported_at -= timedelta(seconds=watch.REPORT_S)
    one.round()
    process("two").come(BERT).round()
    assert not WatchGap.objects.exists()


def test_of_many_people_some_are_named_and_those_on_the_map_first(process, transactional_db):
    for number in range(1, 41):
        User.objects.create(pk=number, username=f"user{number:02}")
    one = process("one").come(*range(1, 31), on_map=False).come(*range(31, 41))
    one.round()
    assert one.newest() == (40, 10)
    who = one.told[-1]["who"]
    assert len(who) == watch.NAMED
    assert [each["on_map"] for each in who] == [True] * 10 + [False] * 10


def test_a_row_of_an_older_release_has_no_other_pages(process):
    WatchReport.objects.create(process="old", sockets={"7": 2}, seen_at=timezone.now())
    one = process("one").come(ANNA, on_map=False)
    one.round()
    assert one.newest() == (2, 2)


def test_other_pages_keep_nobody_from_the_map(process, settings):
    settings.SOCKETS_PER_USER = 2
    one, two = process("one").come(*[ANNA] * 9, on_map=False), process("two").come(ANNA)
    for each in (one, two):
        each.round()
    for each in (one, two):
        each.watch.reported_at -= timedelta(seconds=watch.REPORT_S)
        each.round()
    assert (one.refused, two.refused) == ([], [])
