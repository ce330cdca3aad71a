"""On how many consoles an alert was shown as it was raised: those that acknowledged its message.

A page acknowledges what it has rendered. Counting alert by alert at every acknowledgement would cost as much as sending
them did; so an acknowledgement is noted as where it begins and where it ends, and once a second these are added up.
"""

import json
import logging
from collections import Counter, deque
from datetime import datetime
from typing import NamedTuple

from tracker.accounts.presence import Receipt
from tracker.live.replay import Item

logger = logging.getLogger(__name__)

KEPT = 20_000  # alerts whose messages are remembered; whoever acknowledges later is not counted


class Sent(NamedTuple):
    """One message that raised alerts."""

    seq: int
    raised: datetime
    alerts: tuple[int, ...]


class ReadReceipts:
    """What was sent lately, who has acknowledged how far, and how often each alert was therefore shown."""

    def __init__(self) -> None:
        self.sent: deque[Sent] = deque()  # in the order of their numbers
        self.kept = 0  # alerts in these
        self.newest = 0
        # An acknowledgement that leads from 4 to 9 counts for the numbers 5 to 9: one more after 4, one less after 9.
        self.steps: Counter[int] = Counter()

    def send(self, item: Item) -> None:
        """A message of the log goes to the sockets; numbers rise."""
        if item.type != "alert":
            return
        seq = item.seq
        try:
            message = json.loads(item.text)
            alerts = tuple(area["alert"] for area in message["areas_of_interest"])
            raised = datetime.fromisoformat(message["at"])
        except (ValueError, LookupError, TypeError) as error:  # whoever counts must not keep a message from the sockets
            logger.warning("On how many consoles message %d is shown cannot be counted: %r", seq, error)
            return
        if self.sent and seq <= self.newest:  # another log has begun
            self.sent.clear()
            self.kept = 0
        self.sent.append(Sent(seq, raised, alerts))
        self.newest = seq
        self.kept += len(alerts)
        while self.kept > KEPT:
            self.kept -= len(self.sent.popleft().alerts)

    def acknowledge(self, old: int, new: int) -> bool:
        """A console had handled everything up to *old*, and now up to *new*. Whether there may be an alert between."""
        if old >= self.newest or not self.sent or new < self.sent[0].seq:
            return False
        self.steps[old] += 1
        self.steps[new] -= 1
        return True

    def take(self) -> list[Receipt]:
        """What was shown since the last call, each alert once. From the newest message back, as far as needed."""
        steps = sorted(self.steps.items())
        self.steps.clear()
        shown: dict[int, Receipt] = {}
        consoles = 0  # that acknowledged the message at hand
        for seq, raised, alerts in reversed(self.sent):
            while steps and steps[-1][0] >= seq:
                consoles -= steps.pop()[1]
            if consoles:
                for alert in alerts:
                    shown.setdefault(alert, Receipt(alert, raised, consoles))  # raised again: the newer time counts
            elif not steps:
                break
        return list(shown.values())
