"""Fixtures for all tests: people with roles, places, and a whole running site.

Every test runs on the database and the channel layer that ``DATABASE_URL`` and ``REDIS_URL`` name (tests/settings.py);
``make test`` runs them on both. What a test needs and the machine lacks skips it here, and fails it in CI.
"""

import os
import signal
import tempfile
from pathlib import Path

import pytest
from django.test import Client

from tests import make
from tests.alerting import Recorded

# --- what is run on what -------------------------------------------------------------------------------------------


def on() -> str:
    from django.conf import settings

    return settings.DATABASE_AND_LAYER


def pytest_configure() -> None:
    """SIGTERM ends the tests as Ctrl-C does: fixtures still clean up (and after a SIGKILL the kernel ends the site)."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_report_header() -> str:
    return f"Tracker on {on()}"


def pytest_terminal_summary(terminalreporter) -> None:
    counts = {
        outcome: len(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "error", "skipped")
    }
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing run"
    terminalreporter.write_line(f"Tracker: {said} on {on()}")


def need(there: object, what: str) -> None:
    """Skip the test when something that it needs is not on this machine; in CI that is a failure."""
    if there:
        return
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"{what} is missing, and in CI nothing may be missing.", pytrace=False)
    pytest.skip(f"{what} is missing.")


@pytest.fixture(autouse=True)
def _does_it_apply(request) -> None:
    """Leave out a test of something that this database or layer does not have; the other run has it."""
    from django.conf import settings

    if request.node.get_closest_marker("needs_postgis") and settings.EMBEDDED:
        pytest.skip("Does not apply: SQLite has one writer at a time. The run on PostGIS has this test.")
    if request.node.get_closest_marker("needs_redis") and not settings.REDIS_URL:
        pytest.skip("Does not apply: the in-memory layer ends at the process. The run on Redis has this test.")
    if request.node.get_closest_marker("once") and not settings.EMBEDDED:
        pytest.skip("Does not apply: nothing in it depends on the database. The run on SpatiaLite has this test.")


@pytest.fixture
def on_postgis() -> bool:
    from django.conf import settings

    return not settings.EMBEDDED


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


# --- people --------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(db):
    return make.person("admin", "admin")


@pytest.fixture
def operator(db):
    """Olga reports incidents and draws areas."""
    return make.person("olga", "Operator", first_name="Olga", last_name="Ortega")


@pytest.fixture
def second_operator(db):
    return make.person("omar", "Operator")


@pytest.fixture
def viewer(db):
    """Vera sees and acknowledges: what every new account may."""
    return make.person("vera")


@pytest.fixture
def outsider(db):
    """Signed in, without any permission."""
    return make.person("otto", "none")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def stranger_client() -> Client:
    return Client()


@pytest.fixture
def admin_client(admin) -> Client:
    return signed_in(admin)


@pytest.fixture
def operator_client(operator) -> Client:
    return signed_in(operator)


@pytest.fixture
def second_operator_client(second_operator) -> Client:
    return signed_in(second_operator)


@pytest.fixture
def viewer_client(viewer) -> Client:
    return signed_in(viewer)


@pytest.fixture
def outsider_client(outsider) -> Client:
    return signed_in(outsider)


# --- a whole site --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _site(django_db_blocker):
    from tests.live_site import Site

    site = Site(Path(tempfile.mkdtemp(prefix="tracker-live-")))
    try:
        site.set_up()
        yield site
    finally:
        site.tear_down()


@pytest.fixture
def live_site(request, _site, django_db_blocker):
    """A running Tracker (tests/live_site.py), without rows; the ORM works on its database while the test runs."""
    assert "db" not in request.fixturenames, "a test works on one database: the live site's, or the test's own"
    with django_db_blocker.unblock(), _site.orm():
        if not _site.is_running():
            _site.start()  # the first test, or one before has killed it
        _site.clean()
        yield _site
        _site.close_sockets()
        _site.clean()


@pytest.fixture(scope="module", params=["threads", "celery"])  # so that a worker of Celery is started once a module
def _jobs(request, _site, django_db_blocker):
    from django.conf import settings

    from tests.job_site import JobSite, on_celery

    if request.param == "threads":
        yield JobSite(_site, None)
    elif not settings.REDIS_URL:
        pytest.skip("Does not apply: Celery needs Redis. The run on Redis has this test.")
    else:
        with on_celery(_site) as site:
            yield site


@pytest.fixture
def jobs(_jobs, live_site):
    """The site with jobs in its threads, and then with jobs in a worker of Celery (tests/job_site.py)."""
    return _jobs
