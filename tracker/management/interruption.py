"""Stopping a long command cleanly: SIGINT and SIGTERM ask it to stop, and it does so between two transactions."""

import signal
import threading
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SLICE_S = 0.1  # how long a signal may wait to be noticed


class Interruption:
    """True once the process was asked to stop; to be used with ``with``. A second Ctrl-C stops at once.

    In a thread other than the main one signals cannot be handled, and it stays false.
    """

    def __init__(self) -> None:
        self.asked = False
        self.before: dict = {}

    def __bool__(self) -> bool:
        return self.asked

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            self.before = {number: signal.signal(number, self.ask) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def wait_until(self, moment: float) -> None:
        """Sleep until ``time.monotonic()`` is *moment* (seconds), or until asked to stop.

        In slices, because an Event may not be set from a signal handler of the thread that waits for it.
        """
        while not self.asked and (left := moment - time.monotonic()) > 0:
            time.sleep(min(left, SLICE_S))
