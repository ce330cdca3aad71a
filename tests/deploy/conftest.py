"""Machines, and the sites on them. Nothing here is collected but by scripts/deploy_check.sh."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import pytest

collect_ignore_glob = [] if "DEPLOY_ROOT" in os.environ else ["test_*.py"]
SITE = "tracker.test"


class Machines:
    """Makes machines as they are asked for; their names are in this process's hosts file."""

    def __init__(self, work: Path):
        from tests.deploy import machine

        machine.lay_network()
        self.base, self.work = Path(os.environ["DEPLOY_ROOT"]), work
        self.made: dict[str, machine.Machine] = {}
        self.hosts = work / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        machine.sh("mount", "--bind", str(self.hosts), "/etc/hosts")
        self.certificates = work / "certificates.pem"
        self.certificates.write_text("")
        os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = str(self.certificates)

    def make(self, name: str):
        from tests.deploy.machine import Machine

        self.made[name] = Machine(name, len(self.made) + 1, self.base, self.work)
        return self.made[name]

    def call(self, host: str, machine) -> None:
        """From here on this name leads to that machine, and its certificate is trusted."""
        lines = [line for line in self.hosts.read_text().splitlines() if not line.endswith(f" {host}")]
        self.hosts.write_text("\n".join([*lines, f"{machine.address} {host}"]) + "\n")
        certificate = machine.path("/etc/tracker/tls/certificate.pem").read_text()
        if certificate not in self.certificates.read_text():
            with self.certificates.open("a") as file:
                file.write(certificate)


@pytest.fixture(scope="session")
def machines() -> Machines:
    return Machines(Path(os.environ["DEPLOY_WORK"]))


@contextlib.contextmanager
def database_of(machine, django_db_blocker) -> Iterator[None]:
    """While this lasts, the ORM of the test process works on this machine's database."""
    from django.test import override_settings

    from tests.live_site import on_database

    own = machine.settings()
    there = dj_database_url.parse(own["DATABASE_URL"]) | {"HOST": str(machine.path("/run/postgresql"))}
    with django_db_blocker.unblock(), override_settings(SECRET_KEY=own["SECRET_KEY"]), on_database(there):
        yield


@pytest.fixture(scope="session")
def site(machines):
    """A machine with the demonstration on it, as ``vagrant up`` makes it, under a name of its own."""
    machine = machines.make("one")
    machine.first_run = machine.provision(SITE=SITE, DEMO="1")
    machines.call(SITE, machine)
    return machine


@pytest.fixture
def database(site, django_db_blocker) -> Iterator[None]:
    with database_of(site, django_db_blocker):
        yield


@pytest.fixture
def watch(site, database) -> Iterator:
    from tests.deploy.visitors import Watch

    watch = Watch(f"https://{SITE}", {"viewer": "viewer", "operator": "operator"}, seed=1)
    yield watch
    watch.end()
