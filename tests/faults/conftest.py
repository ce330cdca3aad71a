"""A site whose processes and services may be killed, the seed, and how often each fault is played.

``make test`` plays each fault a few times; ``FAULTS=full`` (``make faults``) a hundred times or more, or for a minute;
``FAULT_ROUNDS`` as often as one likes. ``FAULT_SEED`` plays what another run has printed.
"""

import contextlib
import os
import random
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

SEED = int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))
FULL = os.environ.get("FAULTS", "") == "full"
ROUNDS = int(os.environ.get("FAULT_ROUNDS") or 0)


def pytest_terminal_summary(terminalreporter) -> None:
    terminalreporter.write_line(f"Faults: FAULT_SEED={SEED}{' FAULTS=full' if FULL else ''}")


@pytest.fixture
def seed(request) -> int:
    """A number for this test's random choices, the same whenever FAULT_SEED is."""
    own = SEED + zlib.crc32(request.node.name.encode()) % 1_000_000
    print(f"FAULT_SEED={SEED} gives this test the seed {own}.")  # noqa: T201
    return own


class Rounds:
    """``for n in rounds(3, 100)``: 3 rounds in ``make test``; in ``make faults`` 100, or those of a minute."""

    def __call__(self, quick: int, full: int, for_s: float = 60.0) -> Iterator[int]:
        began = time.monotonic()
        for n in range(self.count(quick, full)):
            yield n
            if FULL and not ROUNDS and time.monotonic() - began > for_s:
                break

    @staticmethod
    def count(quick: int, full: int) -> int:
        return ROUNDS or (full if FULL else quick)


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


@pytest.fixture(scope="package")
def _fault_site(django_db_blocker) -> Iterator:
    from django.conf import settings

    from tests.faults.fault_site import FaultSite
    from tests.faults.services import Postgres, Redis

    home = Path(tempfile.mkdtemp(prefix="tracker-faults-"))
    home.chmod(0o755)  # PostgreSQL has an owner of its own
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        postgres = redis = None
        if not settings.EMBEDDED:
            postgres, redis = Postgres(home / "postgres"), Redis(home / "redis")
            for service in (postgres, redis):
                stack.callback(service.tear_down)
                service.set_up()
        (home / "site").mkdir()
        site = FaultSite(home / "site", postgres, redis)
        stack.callback(site.tear_down)
        site.set_up()
        yield site


@pytest.fixture
def site(_fault_site, django_db_blocker) -> Iterator:
    """The fault site, all of it running, without rows. The ORM of the test works on its database."""
    with django_db_blocker.unblock(), _fault_site.orm():
        _fault_site.clean()
        _fault_site.bring_up()
        yield _fault_site
        _fault_site.clean()


@pytest.fixture
def fresh_web(site) -> Iterator:
    """A server process of its own, whose memory nobody else has used. In ``make test`` it is less patient."""
    web = site.another()
    if not FULL:
        web.application = "tests.faults.impatient:application"
    web.start()
    yield web
    web.kill()


@pytest.fixture
def scenario(site, seed) -> Iterator:
    from tests.faults.scenario import Scenario

    scenario = Scenario(site, seed)
    yield scenario
    scenario.end()
