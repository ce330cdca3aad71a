"""Bulk writers write as much at once as takes half a second, and let others in between."""

import threading
import time

import pytest
from django.db import connection

from tests import make
from tracker.events import log
from tracker.files.writer import Writer
from tracker.incidents import bulk
from tracker.models import Change, Incident


def rows(count: int) -> list[Incident]:
    return [Incident(name=f"{number}", severity="HI", location=make.point(*make.HOME)) for number in range(count)]


def test_after_a_slow_piece_the_next_is_smaller_and_after_quick_ones_larger_again():
    from tracker.lib.piece_size import PIECE_S, Pace

    pace = Pace(500)
    taken = []
    for row_s in [0.0001] * 8 + [0.04] * 3 + [2 * PIECE_S] * 2 + [0.0001] * 12:
        taken.append(pace.rows)
        pace.note(pace.rows, pace.rows * row_s)
    assert taken[:8] == [10, 20, 40, 80, 160, 320, 500, 500]
    assert taken[8:13] == [500, 12, 12, 12, 1], "no piece but the first of them takes longer than it should"
    assert taken[13:] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 500, 500, 500]


def test_a_piece_that_was_not_full_says_nothing_of_a_larger_one():
    from tracker.lib.piece_size import Pace

    pace = Pace(500)
    pace.note(1, 0.0)
    assert pace.rows == 10


@pytest.mark.django_db
def test_what_is_reopened_or_undone_is_so_in_pieces_and_whole(operator):
    from tracker.lib.request import current_user

    bulk.create(Incident, rows(70))
    with current_user.acting_as(operator):
        pks = list(Incident.objects.values_list("pk", flat=True))
        _closed, at = bulk.close_undoably(pks)
        touched = Incident.objects.get(pk=pks[5])
        touched.name = "Touched"
        touched.save()
        assert bulk.undo_closing(operator, at) == (69, 1)
        assert bulk.reopen_incidents(pks) == 1
    reopenings = Change.objects.filter(kind=Change.Kind.REOPENED)
    assert reopenings.count() == 70
    moments = set(reopenings.exclude(number=touched.pk).values_list("at", flat=True))
    assert len(moments) >= 3, "10, 20 and 39, or smaller ones on a slow machine"
    assert not Incident.objects.filter(closed=True).exists()


@pytest.mark.needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_others_save_while_rows_are_written_that_take_their_time():
    """SQLite has one writer. As an import into areas with many points: each row costs, here 10 ms."""
    count, seen, begun = 400, [], threading.Event()
    assert count <= log.PIECE, "which would be one piece"

    def save() -> None:
        begun.wait()
        make.incident("Of somebody else")
        seen.append(Incident.objects.exclude(name="Of somebody else").count())
        connection.close()

    def cost() -> None:
        begun.set()
        time.sleep(0.01 * len(writer.rows))

    other = threading.Thread(target=save)
    other.start()
    with Writer(Incident, expected=count, on_progress=cost) as writer:
        for row in rows(count):
            writer.add(row)
        writer.flush()
    other.join()
    assert Incident.objects.count() == count + 1
    assert 0 < seen[0] < count, "it did not have to wait until the end"
