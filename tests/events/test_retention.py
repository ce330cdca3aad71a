"""The log keeps what can be replayed, and no more: by age, but never fewer than the newest 10,000."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tracker.events import log as tracker_log
from tracker.events import publishing
from tracker.models import LogState, Notification

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=40)


@pytest.fixture
def log(monkeypatch):
    """30 numbered rows; the first 20 are 40 days old. The newest 5 would be kept whatever their age."""
    monkeypatch.setattr(tracker_log, "KEEP_AT_LEAST", 5)
    monkeypatch.setattr(tracker_log, "PRUNE_PIECE", 4)
    tracker_log.record_all(("changed", {"model": "Incident", "count": n}) for n in range(30))
    publishing.publish()
    Notification.objects.filter(seq__lte=20).update(created=OLD)


def kept() -> list[int]:
    rows = Notification.objects.order_by("seq")
    return [row.seq or 0 for row in rows]  # 0: it has none


def test_what_is_old_goes_and_the_floor_rises(log):
    assert tracker_log.prune() == 20
    assert kept() == list(range(21, 31))
    assert (LogState.current().floor, LogState.current().last) == (21, 30)
    assert tracker_log.prune() == 0


def test_a_piece_goes_only_when_all_of_it_is_old(log):
    Notification.objects.filter(seq=20).update(created=timezone.now())
    assert tracker_log.prune() == 16
    assert LogState.current().floor == 17


def test_the_newest_stay_however_old(log):
    Notification.objects.update(created=OLD)
    assert tracker_log.prune() == 25
    assert kept() == [26, 27, 28, 29, 30]
    assert LogState.current().floor == 26


def test_numbering_goes_on_where_it_was(log):
    Notification.objects.update(created=OLD)
    tracker_log.prune()
    tracker_log.record("changed", {"model": "Incident", "count": 1})
    publishing.publish()
    assert kept()[-1] == 31


def test_what_is_not_numbered_yet_stays(log):
    tracker_log.record("changed", {"model": "Incident", "count": 1})
    Notification.objects.filter(seq=None).update(created=OLD)
    tracker_log.prune()
    assert Notification.objects.filter(seq=None).count() == 1


def test_few_rows_all_stay():
    tracker_log.record("changed", {"model": "Incident", "count": 1})
    publishing.publish()
    Notification.objects.update(created=OLD)
    assert tracker_log.prune() == 0


def test_the_retention_is_a_setting(log, settings):
    settings.NOTIFICATION_RETENTION_DAYS = 60
    assert tracker_log.prune() == 0


def test_a_new_log_after_a_restored_backup(capsys):
    before = LogState.current()
    call_command("new_log")
    after = LogState.current()
    assert after.log_id != before.log_id
    assert (after.last, after.floor) == (before.last, before.floor)
    assert after.log_id in capsys.readouterr().out
