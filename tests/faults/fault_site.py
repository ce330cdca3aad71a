"""A site for faults: several server processes, a stage for other processes, and services that may be killed."""

import contextlib
import copy
import shutil
import sqlite3
import time
import uuid
from pathlib import Path

import requests
from django.db import connection, connections

from tests.faults.actors import ProcessPool
from tests.faults.services import Postgres, Redis
from tests.faults.stretch import Person
from tests.live_site import Daphne, Site
from tests.settings import MIGRATED, POSTGRES_FILES, SQLITE_FILE


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
            template = ' TEMPLATE "tracker"' if POSTGRES_FILES else ""
            self.in_postgres(f'CREATE DATABASE "{self.database}"{template}')
        elif SQLITE_FILE:
            shutil.copy(SQLITE_FILE, self.database)
        self.process_pool = ProcessPool(self.home / "stage", self.env)
        if not MIGRATED:
            self.manage("migrate", "-v0")

    def sibling(self, **env: str) -> "FaultSite":
        """The same site with a server process and a stage of another environment; ``send_away`` ends these."""
        other = copy.copy(self)
        other.webs = [self.another(**env)]
        other.env = other.webs[0].env
        other.process_pool = ProcessPool(self.home / f"stage-{other.webs[0].port}", other.env)
        return other

    def send_away(self) -> None:
        self.process_pool.tear_down()
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
            connection.close_pool()  # type: ignore[attr-defined]
            self.postgres.restore(self.database, backup)
        else:
            copy_sqlite(backup, Path(self.database))

    # --- people ---

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


def copy_sqlite(source: Path, target: Path) -> None:
    """As ``.backup`` and ``.restore`` of SQLite's shell do, also under open connections."""
    opened = [sqlite3.connect(path, timeout=20) for path in (source, target)]
    with contextlib.closing(opened[0]) as a, contextlib.closing(opened[1]) as b:
        a.backup(b)
