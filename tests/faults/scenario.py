"""A scenario: a site, people at their maps, others who write, and at the end what the oracle says."""

import time
from collections.abc import Iterable

from tests import make
from tests.faults.actors import Actor
from tests.faults.clients import Client
from tests.faults.crowd import Crowd
from tests.faults.fault_site import FaultSite
from tests.faults.oracle import Oracle, differences
from tests.faults.stretch import Person
from tests.processes import wait_until
from tracker.models import LogState, Notification

SETTLED_S = 60.0  # after the last fault, everybody must be complete within this time


class Scenario:
    """One test: people at their maps, writers, faults; at the end, what the oracle says."""

    def __init__(self, site: FaultSite, seed: int):
        self.site = site
        self.seed = seed
        self.oracle = Oracle()
        self.crowd = Crowd(site.hosts, site.url, seed)
        self.vera, self.olga = site.person("vera"), site.person("olga", "Operator")
        self.writers: list[Actor] = []
        self.confirmed: set[str] = set()  # Feature ids of what writers were told has committed
        self.let_go: set[Person] = set()  # whose maps must end; nobody else's may
        make.area("Town", severity="ME")

    def watch(self, count: int = 2, **how) -> list[Client]:
        """So many clients of each person."""
        return self.crowd.join(self.vera, count, **how) + self.crowd.join(self.olga, count, **how)

    def write(self, count: int = 2, pause_s: float = 0.01, **how) -> None:
        """So many other processes, which write until told to stop; also what is for one of the two people alone."""
        audience = [self.vera.user, self.olga.user]
        for _ in range(count):
            seed = self.seed + 1000 + len(self.writers)
            self.writers.append(
                self.site.process_pool.actor("write", seed=seed, pause_s=pause_s, audience=audience, **how)
            )

    def stop_writing(self) -> int:
        """After the last fault: see that everybody is still told of what is written; end it. How much was written."""
        watching = {client: client.position for client in self.crowd.clients if client.may_connect.is_set()}
        self.crowd.wait(
            lambda: all(
                client.ended or (client.is_live() and client.position != before) for client, before in watching.items()
            ),
            "somebody is not told of anything any more",
            SETTLED_S,
        )
        results = [writer.stop() for writer in self.writers]
        self.writers = []
        for result in results:
            self.confirmed.update(result["confirmed"])
        return sum(result["written"] for result in results)

    # --- the end ---

    def settle(self, clients: list[Client] | None = None, timeout_s: float = SETTLED_S) -> None:
        """Wait until all is numbered, by the site and not by this process, and everybody should be complete."""
        wait_until(self.is_all_numbered, "nobody numbers what has committed", timeout_s)
        self.oracle.keep()
        log = LogState.current().log_id
        waiting = [client for client in clients or self.crowd.clients if not client.ended]
        last = {person: self.oracle.last_seq_for(person, log) for person in {client.person for client in waiting}}

        def is_complete(client: Client) -> bool:
            return bool(client.ended) or (
                client.is_live() and client.log == log and client.position >= last[client.person]
            )

        end = time.monotonic() + timeout_s
        while time.monotonic() < end and not all(is_complete(client) for client in waiting):
            self.crowd.raise_what_went_wrong()
            time.sleep(0.02)  # who is not complete in time is the oracle's business

    @staticmethod
    def is_all_numbered() -> bool:
        return not Notification.objects.filter(seq=None).exists()

    def findings(self, clients: list[Client] | None = None) -> list[str]:
        """What the oracle says about the log and these clients, or about all."""
        clients = self.crowd.clients if clients is None else clients
        found = self.oracle.findings(clients)
        found += [f"{each} was saved and never announced" for each in self.confirmed - self.oracle.announced()]
        watching = next((client for client in clients if not client.ended), None)
        if watching:
            found += differences(watching.fetch_all(), clients)
        return found

    def deliveries(self) -> int:
        return sum(len(stretch.handled) for client in self.crowd.clients for stretch in client.stretches)

    def must_be_clean(
        self, clients: list[Client] | None = None, at_least: int = 1, may_reload: Iterable[Client] = ()
    ) -> None:
        """Nothing lost, nothing twice, nothing foreign; something was delivered at all; and nobody was sent away.

        Reloading makes up for any loss, so only those may be told to for whom nothing else is left (*may_reload*).
        """
        self.settle(clients)
        found = self.findings(clients)
        for client in clients or self.crowd.clients:
            if client.ended and client.person not in self.let_go:
                found.append(f"{client.name} was sent away: {client.ended}")
            if len(client.stretches) > 1 and client not in set(may_reload):
                found.append(f"{client.name} had to reload {len(client.stretches) - 1} times: {client.why[:3]}")
        assert not found, "\n".join(found[:20])
        assert self.deliveries() >= at_least

    def end(self) -> None:
        for writer in self.writers:
            writer.kill()
        self.crowd.leave()
