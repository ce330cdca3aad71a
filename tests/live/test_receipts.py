"""On how many consoles an alert was shown, as one process counts it."""

import random

from tests.live.alert_messages import alert_message
from tracker.live.receipts import KEPT, ReadReceipts
from tracker.live.replay import Item


class TestReadReceipts:
    def counts(self, shown: ReadReceipts) -> dict[int, int]:
        return {each.alert: each.consoles for each in shown.take()}

    def test_every_console_that_acknowledges_past_it_counts_once(self):
        shown = ReadReceipts()
        shown.send(Item(5, None, alert_message(5, 70), type="alert"))
        shown.send(Item(6, None, '{"type":"post_save","seq":6,"created":true}', type="post_save"))
        shown.send(Item(7, None, alert_message(7, 71, 72), type="alert"))
        assert shown.acknowledge(4, 5)
        assert shown.acknowledge(4, 7)
        assert shown.acknowledge(5, 6)
        assert self.counts(shown) == {70: 2, 71: 1, 72: 1}
        assert shown.acknowledge(6, 7)
        assert not shown.acknowledge(7, 9), "no alert is newer"
        assert self.counts(shown) == {71: 1, 72: 1}
        assert self.counts(shown) == {}

    def test_it_counts_as_counting_one_by_one_would(self):
        """Against the obvious way, on many acknowledgements."""
        dice = random.Random(7)
        shown, alerts = ReadReceipts(), []
        obvious: dict[int, int] = {}
        for seq in range(1, 400):
            if dice.random() < 0.3:
                alerts.append((seq, seq * 10))
                shown.send(Item(seq, None, alert_message(seq, seq * 10), type="alert"))
        taken: dict[int, int] = {}
        for _ in range(1000):
            old = dice.randrange(0, 420)
            new = old + dice.randrange(1, 60)
            shown.acknowledge(old, new)
            for seq, alert in alerts:
                if old < seq <= new:
                    obvious[alert] = obvious.get(alert, 0) + 1
            if dice.random() < 0.05:
                for alert, count in self.counts(shown).items():
                    taken[alert] = taken.get(alert, 0) + count
        for alert, count in self.counts(shown).items():
            taken[alert] = taken.get(alert, 0) + count
        assert taken == obvious
        assert len(obvious) > 50

    def test_an_acknowledgement_of_what_was_never_sent_counts_nothing_that_comes_later(self):
        shown = ReadReceipts()
        shown.send(Item(5, None, alert_message(5, 70), type="alert"))
        shown.acknowledge(4, 10**15)
        assert self.counts(shown) == {70: 1}
        shown.send(Item(6, None, alert_message(6, 71), type="alert"))
        assert self.counts(shown) == {}

    def test_an_alert_that_was_raised_again_is_counted_as_it_was_raised_last(self):
        shown = ReadReceipts()
        shown.send(Item(5, None, alert_message(5, 70), type="alert"))
        shown.send(Item(6, None, alert_message(6, 70, at="2026-11-21T02:15:00.000Z"), type="alert"))
        shown.acknowledge(4, 5)
        shown.acknowledge(4, 6)
        (only,) = shown.take()
        assert (only.consoles, only.raised.minute) == (1, 15)

    def test_only_the_newest_are_remembered(self):
        shown = ReadReceipts()
        for seq in range(1, 12):
            alerts = range(seq * 10_000, seq * 10_000 + KEPT // 10)
            shown.send(Item(seq, None, alert_message(seq, *alerts), type="alert"))
        shown.acknowledge(0, 11)
        assert len(self.counts(shown)) == KEPT

    def test_the_numbers_of_another_log_begin_anew(self):
        shown = ReadReceipts()
        shown.send(Item(500, None, alert_message(500, 70), type="alert"))
        shown.send(Item(3, None, alert_message(3, 71), type="alert"))
        assert shown.acknowledge(2, 3)
        assert self.counts(shown) == {71: 1}
