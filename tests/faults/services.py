"""A PostgreSQL with PostGIS and a Redis of the fault tests' own, which can be stopped, killed and frozen.

Both listen on unix sockets only. PostgreSQL writes safely (``fsync`` on): what it confirmed must survive its death.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.conftest import need
from tests.processes import end_with_parent, wait_until
from tests.settings import POSTGRES_FILES


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server that has PostGIS."""
    found = [path.parent.parent for path in Path("/usr/share/postgresql").glob("*/extension/postgis.control")]
    folders = [Path("/usr/lib/postgresql") / share.name / "bin" for share in found]
    usable = [folder for folder in folders if (folder / "initdb").exists()]
    return max(usable, key=lambda folder: int(folder.parent.name), default=None)


class Service:
    """A server process. It ends with the test process, however that ends."""

    process: subprocess.Popen | None = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.send_signal(signal.SIGCONT)  # one that is frozen ends only when it runs on
            self.process.wait(30)
            self.process = None

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def ready(self, answers: Callable[[], object], log: Path) -> None:
        """Wait until the server answers."""

        def look() -> bool:
            assert self.is_running(), f"It ended:\n{log.read_text()[-2000:]}"
            return bool(answers())

        wait_until(look, f"{type(self).__name__} does not answer", 60)


class Postgres(Service):
    """``url`` names its first database, ``tracker``; in ``make test`` that is migrated already."""

    def __init__(self, home: Path):
        found = postgresql_programs()
        need(found, "A PostgreSQL server with PostGIS")
        assert found is not None
        self.programs = found
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.url = f"postgis://tracker@{quote(str(home), safe='')}/tracker"
        # PostgreSQL does not run as root.
        self.owner: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        )

    def set_up(self) -> None:
        self.home.mkdir()
        if self.owner:
            shutil.chown(self.home, "postgres", "postgres")
        if POSTGRES_FILES:
            subprocess.run(["cp", "-a", POSTGRES_FILES, self.data], check=True)
            self.start()
            return
        self.run("initdb", "-D", self.data, "-U", "tracker", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self.run("createdb", "-h", self.home, "-U", "tracker", "tracker")
        # New databases are copies of this one, so they have PostGIS already: it takes a second to make.
        self.run("psql", "-h", self.home, "-U", "tracker", "-d", "template1", "-qc", "CREATE EXTENSION postgis")

    def run(self, program: str, *arguments: object, given: bytes | None = None) -> bytes:
        """Run one of PostgreSQL's own programs as its owner; returns its output."""
        command = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd="/", input=given, capture_output=True, check=False, timeout=120, **self.owner
        )
        assert done.returncode == 0, f"{program} failed:\n{done.stderr.decode()}"
        return done.stdout

    def start(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.home,
            "max_connections": 200,
            "fsync": "on",
            "logging_collector": "off",
        }
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd="/", stdout=log, stderr=log, preexec_fn=end_with_parent, **self.owner
            )
        self.ready(self.answers, self.log)

    def answers(self) -> bool:
        try:
            psycopg2.connect(host=str(self.home), user="tracker", dbname="postgres", connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop_immediately(self) -> None:
        """As after a loss of power: no checkpoint, every connection cut."""
        assert self.process is not None
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        self.process.wait(30)
        self.process = None

    def back_up(self, database: str, to: Path) -> None:
        to.write_bytes(self.run("pg_dump", "-h", self.home, "-U", "tracker", "-Fc", database))

    def restore(self, database: str, backup: Path) -> None:
        """Put a database back to what it was, while others are connected to it."""
        options = ["--clean", "--if-exists", "--single-transaction", "--no-owner"]
        self.run("pg_restore", "-h", self.home, "-U", "tracker", *options, "-d", database, given=backup.read_bytes())

    def tear_down(self) -> None:
        self.end(signal.SIGQUIT)


class Redis(Service):
    def __init__(self, home: Path):
        need(shutil.which("redis-server"), "redis-server")
        self.home = home
        self.socket = home / "socket"
        self.log = home / "log"
        self.url = f"unix://{self.socket}"

    def set_up(self) -> None:
        self.home.mkdir()
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.home)]
        command += ["--save", "", "--appendonly", "no"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=end_with_parent)
        self.ready(self.answers, self.log)

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, retry=Retry(NoBackoff(), 0))

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def restart(self, away_s: float = 0.0) -> None:
        """Stop as an administrator does, and start again after *away_s*."""
        self.end(signal.SIGTERM)
        time.sleep(away_s)
        self.start()

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()

    def tear_down(self) -> None:
        self.kill()
