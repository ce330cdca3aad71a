"""Many clients at once, in an event loop of their own beside the test, which plays the faults."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future

from tests.faults.clients import Client, Pace
from tests.faults.stretch import Person

AT_A_TEST = Pace()


class Crowd:
    def __init__(self, hosts: Callable[[], list[str]], origin: str, seed: int):
        self.hosts = hosts
        self.origin = origin
        self.seed = seed
        self.random = random.Random(seed)
        self.clients: list[Client] = []
        self.running: list[Future] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="crowd", daemon=True)
        self.thread.start()

    def join(self, person: Person, count: int = 1, **how) -> list[Client]:
        """So many more clients of one person; returns when all are greeted."""
        new = [self.start(person, **how) for _ in range(count)]
        self.wait(lambda: all(client.is_live() for client in new), "some clients were not greeted", 60)
        return new

    def start(
        self,
        person: Person,
        pace: Pace = AT_A_TEST,
        hosts: Callable[[], list[str]] | None = None,
        kind: type[Client] = Client,
    ) -> Client:
        """One more client, which has yet to load its map."""
        number = len(self.clients)
        name = f"client {number} of user {person.user}"
        client = kind(name, person, hosts or self.hosts, self.origin, pace, self.seed + number)
        self.clients.append(client)
        self.begin(client.run())
        return client

    def begin(self, coroutine: Coroutine) -> None:
        """Run it beside the test."""
        self.running.append(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    def call(self, function: Callable):
        """Run a coroutine function in the loop of the clients; its result."""
        return asyncio.run_coroutine_threadsafe(function(), self.loop).result(60)

    def tell(self, *calls: Callable[[], object]) -> None:
        """Call these in the loop of the clients: ``crowd.tell(client.go_away)``."""

        async def all_of_them() -> None:
            for each in calls:
                each()

        self.call(all_of_them)

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            self.raise_what_went_wrong()
            if time.monotonic() > end:
                raise AssertionError(f"Waited {timeout_s:g} s in vain: {what}.")
            time.sleep(0.02)

    def raise_what_went_wrong(self) -> None:
        """A client whose own code failed must not look like one that received nothing."""
        for running in self.running:
            if running.done() and not running.cancelled():
                running.result()

    def leave(self) -> None:
        """Everybody goes; the loop ends."""

        async def cancel_all() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.loop.shutdown_default_executor()

        self.call(cancel_all)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
        self.raise_what_went_wrong()
