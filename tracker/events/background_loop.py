"""Sends to the channel layer for threads that have no event loop: a management command, a worker, a request.

A layer keeps a connection for each event loop. A loop made anew for each send, as ``async_to_sync`` does, connects anew
each time; so a process that saves has one loop, in a thread of its own, from the first send on. The thread never keeps
the process from ending, and a forked child starts its own.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any


class Sender:
    """An event loop in a thread, for one channel layer: that layer's connections end with this loop."""

    def __init__(self, layer: object):
        self.layer = layer
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.run, name="sender", daemon=True).start()

    def run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def send(self, coroutine: Coroutine[Any, Any, None]) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)


current: Sender | None = None
lock = threading.Lock()


def sender_for(layer: object) -> Sender:
    """The process's sender; another one if the settings name another layer by now, as tests do."""
    global current
    with lock:
        if current is None or current.layer is not layer:
            if current:
                current.stop()
            current = Sender(layer)
        return current


def forget() -> None:
    """In a forked child: the thread stayed with the parent, and so do the loop's connections."""
    global current, lock
    current, lock = None, threading.Lock()


os.register_at_fork(after_in_child=forget)
