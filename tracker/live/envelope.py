"""What comes through the group, as messages for the sockets.

What the log sends says the number and the type of each text beside it (``tracker.events.sending``). Of what others send
by ``channel_layer.group_send`` only the texts are known, and each is read for its number.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any

from tracker.live.replay import Item

logger = logging.getLogger(__name__)


def items_in(event: dict[str, Any]) -> list[Item]:
    """The messages of one group message, in their order."""
    texts, at = event.get("messages", []), event.get("at", 0.0)
    numbers, types = event.get("seqs"), event.get("types")
    if numbers is None or types is None or not len(texts) == len(numbers) == len(types):
        return list(read(texts, at))
    return [Item(seq, None, text, at, type) for text, seq, type in zip(texts, numbers, types, strict=True)]


def read(texts: list[str], at: float) -> Iterator[Item]:
    """The same of texts alone; one that is no message is left out. ``seq`` is 0 where it has no number."""
    for text in texts:
        try:
            message = json.loads(text)
            yield Item(int(message.get("seq", 0)), None, text, at, str(message.get("type", "")))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            logger.warning("What came through the group is no message: %.80r", text)
