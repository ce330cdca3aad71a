"""A site for faults: several server processes, a stage for other processes, and services that may be killed."""

import contextlib
import copy
import sqlite3
import time
import uuid
from pathlib import Path

import requests
from django.db import connection, connections

from tests import make
from tests.faults.actors import Actor, Stage
from tests.faults.clients import Client, Person
from tests.faults.crowd import Crowd
from tests.faults.oracle import Oracle, differences
from tests.faults.services import Postgres, Redis
from tests.live_site import Daphne, Site, wait_until
from tracker.models import LogState, Notification

SETTLED_S = 60.0  # after the last fault, everybody must be complete within this time


class FaultSite(Site):
    """One a package. On SpatiaLite: one server process on a file. Otherwise two, on services of their own."""

    def __init__(self, home: Path, postgres: Postgres | None = None, redis: Redis | None = None):
        if postgres and redis:
            super().__init__(home, database_url=postgres.url, redis_url=redis.url)
            self.env["WEB_PROCESSES"] = "2"
        else:
            super().__init__(home)
        self.env["SOCKETS_PER_USER"] = "0"
        self.postgres, self.redis = postgres, redis
        self.webs: list[Daphne] = [self, self.another()] if postgres else [self]

    def set_up(self) -> None:
        """Make the database. The faults need no static files."""
        if self.postgres:
            self.in_postgres(f'CREATE DATABASE "{self.database}"')
        self.stage = Stage(self.home / "stage", self.env)
        self.manage("migrate", "-v0")

    def sibling(self, **env: str) -> "FaultSite":
        """The same site with a server process and a stage of another environment; ``send_away`` ends these."""
        other = copy.copy(self)
        other.webs = [self.another(**env)]
        other.env = other.webs[0].env
        other.stage = Stage(self.home / f"stage-{other.webs[0].port}", other.env)
        return other

    def send_away(self) -> None:
        self.stage.tear_down()
        for web in self.webs:
            web.kill()

    def tear_down(self) -> None:
        self.send_away()
        super().tear_down()

    def bring_up(self) -> None:
        """Every server process runs and answers."""
        down = [web for web in self.webs if not web.is_running()]
        for web in down:
            web.begin()
        for web in down:
            web.wait_until_it_answers()

    def hosts(self) -> list[str]:
        return [web.host for web in self.webs]

    # --- its backup ---

    def back_up(self, to: Path) -> None:
        if self.postgres:
            self.postgres.back_up(self.database, to)
        else:
            copy_sqlite(Path(self.database), to)

    def restore(self, backup: Path) -> None:
        """Put the database back to what it was, under open maps."""
        connections.close_all()
        if self.postgres:
            connection.close_pool()
            self.postgres.restore(self.database, backup)
        else:
            copy_sqlite(backup, Path(self.database))

    # --- a play ---

    def person(self, name: str, *given: str) -> Person:
        user = self.make_user(name, *given)
        return Person(user.pk, self.session_key(user))

    def save_by_form(self, session: requests.Session, web: Daphne | None = None) -> float:
        """Report an incident by the page of a server process; how many milliseconds it took."""
        form = {
            "name": "By form",
            "severity": "HI",
            "location": '{"type":"Point","coordinates":[10,50]}',
            "submission": str(uuid.uuid4()),
        }
        address = f"{(web or self).url}/tracker/incident/create/"
        began = time.perf_counter()
        answer = session.post(address, form, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, f"{answer.status_code} {answer.text[:2000]}"
        return (time.perf_counter() - began) * 1000

    def writer(self, seed: int, pause_s: float = 0.01, **details: object) -> Actor:
        """Another process, which writes until it is told to stop."""
        return self.stage.actor("write", seed=seed, pause_s=pause_s, **details)


def copy_sqlite(source: Path, target: Path) -> None:
    """As ``.backup`` and ``.restore`` of SQLite's shell do, also under open connections."""
    opened = [sqlite3.connect(path, timeout=20) for path in (source, target)]
    with contextlib.closing(opened[0]) as a, contextlib.closing(opened[1]) as b:
        a.backup(b)


class Play:
    """One test: people at their maps, writers, faults; at the end, what the oracle says."""

    def __init__(self, site: FaultSite, seed: int):
        self.site = site
        self.seed = seed
        self.oracle = Oracle()
        self.crowd = Crowd(site.hosts, site.url, seed)
        self.vera, self.olga = site.person("vera"), site.person("olga", "Operator")
        self.writers: list[Actor] = []
        self.confirmed: set[str] = set()  # Feature ids of what writers were told has committed
        make.area("Town", severity="ME")

    def watch(self, count: int = 2, **how) -> list[Client]:
        """So many clients of each person."""
        return self.crowd.join(self.vera, count, **how) + self.crowd.join(self.olga, count, **how)

    def write(self, count: int = 2, **how) -> None:
        """So many writers; they also tell each person, and somebody who is not there, what is for them alone."""
        audience = [self.vera.user, self.olga.user]
        for _ in range(count):
            seed = self.seed + 1000 + len(self.writers)
            self.writers.append(self.site.writer(seed, audience=audience, **how))

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
            return client.ended or (client.is_live() and client.log == log and client.position >= last[client.person])

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

    def must_be_clean(self, clients: list[Client] | None = None, at_least: int = 1) -> None:
        """Nothing lost, nothing twice, nothing foreign; and something was delivered at all."""
        self.settle(clients)
        found = self.findings(clients)
        assert not found, "\n".join(found[:20])
        assert self.deliveries() >= at_least

    def end(self) -> None:
        for writer in self.writers:
            writer.kill()
        self.crowd.leave()
