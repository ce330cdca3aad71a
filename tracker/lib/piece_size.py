"""How many rows a bulk writer takes at once: as many as it writes in half a second, whatever one of them costs.

A row costs a thousand times more where it lies in areas with many points, or where an area has many incidents. While a
piece is written others wait: on SQLite, which has one writer, everybody who saves; areas keep all other writers out on
PostgreSQL, too. So the next piece after a slow one is smaller, and after a quick one larger again.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

PIECE_S = 0.5  # that a piece may take
FIRST_OF = 50  # the first piece is this part of the largest: nobody knows yet what a row costs
# SQLite lets in whoever asks first, and who waits asks every 100 ms: without a break the bulk writer is always first.
BREAK_S = 0.15


class Pace:
    """Of one bulk writer, for pieces of at most so many rows."""

    def __init__(self, most: int):
        self.most = most
        self.rows = max(1, most // FIRST_OF)  # of the next piece
        self.held_s = 0.0  # how long others were kept out since the last break

    def pieces(self, rows: Sequence[T]) -> Iterator[Sequence[T]]:
        """These rows in pieces, each to be written before the next is asked for."""
        start = 0
        while start < len(rows):
            piece = rows[start : start + self.rows]
            with self.piece(len(piece)):
                yield piece
            start += len(piece)

    @contextmanager
    def piece(self, count: int) -> Iterator[None]:
        """Around the transaction that writes so many rows."""
        began = time.monotonic()
        yield
        took_s = time.monotonic() - began
        self.note(count, took_s)
        self.held_s += took_s
        if self.held_s >= PIECE_S:
            self.let_others_in()

    def note(self, count: int, took_s: float) -> None:
        if took_s > PIECE_S:
            self.rows = max(1, int(count * PIECE_S / took_s))
        elif took_s < PIECE_S / 2 and count >= self.rows:
            self.rows = min(self.most, self.rows * 2)

    def let_others_in(self) -> None:
        self.held_s = 0.0
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(BREAK_S)
