"""Fixtures for all tests: people with roles, places, and a whole running site.

Every test runs on the database and the channel layer that ``DATABASE_URL`` and ``REDIS_URL`` name (tests/settings.py);
``make test`` runs what may differ on both. What a test needs and the machine lacks skips it here, and fails it in CI.
"""

import gc
import os
import signal
import tempfile
from pathlib import Path

import pytest
from django.test import Client

from tests import emptying, lock_order, make
from tests.alerting import Recorded
from tests.amount import ALL, FOR_PROOF

# --- what is run on what -------------------------------------------------------------------------------------------


def on() -> str:
    from django.conf import settings

    return settings.DATABASE_AND_LAYER


def pytest_configure() -> None:
    """SIGTERM ends the tests as Ctrl-C does: fixtures still clean up (and after a SIGKILL the kernel ends the site)."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lock_order.begin()
    emptying.begin()


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


# What may differ between the two databases and layers, and runs on both: matching, the log, the history, many rows at
# once, Features, triggers, the queue of jobs, imports, stored geometry, and a look at every page. Everything else runs
# on PostGIS and Redis; `make prove` runs all of it on both.
ON_BOTH = (
    "tests/accounts/",
    "tests/alerts/",
    "tests/audit/",
    "tests/events/",
    "tests/files/",
    "tests/incidents/",
    "tests/lib/test_named_lock.py",
    "tests/lib/test_stored_geometry.py",
    "tests/management/",
    "tests/faults/test_fuzz.py",
    "tests/faults/test_killed_web_processes.py",
    "tests/faults/test_odd_numbers.py",
    "tests/faults/test_restored_backup.py",
    "tests/web/test_area_back_test.py",
    "tests/web/test_audit.py",
    "tests/web/test_closing.py",
    "tests/web/test_collections.py",
    "tests/web/test_database_busy.py",
    "tests/web/test_edit_conflicts.py",
    "tests/web/test_every_address.py",
    "tests/web/test_far_offsets.py",
    "tests/web/test_forms_sent_twice.py",
    "tests/web/test_healthz.py",
    "tests/web/test_history_pages.py",
    "tests/web/test_paging.py",
    "tests/web/test_session_keys.py",
    "tests/web/test_sign_ins_at_once.py",
    "tests/web/test_sorted_lists.py",
    "tests/jobs/test_bounds.py",
    "tests/jobs/test_export.py",
    "tests/jobs/test_import_file.py",
    "tests/jobs/test_import_refusals.py",
    "tests/jobs/test_killed_workers.py",
    "tests/jobs/test_queue.py",
    "tests/jobs/test_round_trip.py",
    "tests/jobs/test_sweeping.py",
    "tests/live/test_session_keys.py",
    "tests/live/test_socket.py",
    "tests/live/test_socket_replay.py",
    "tests/browser/test_two_people.py",
)
# Of these, what is slow and has a smaller one of its kind among them: on SpatiaLite only `make prove` runs it.
ON_BOTH_IN_PROVE = (
    "tests/browser/test_two_people.py::test_an_area_drawn_by_one_alerts_the_other",
    "tests/jobs/test_import_file.py::test_more_than_ten_thousand_rows_are_announced_by_one_message",
    "tests/jobs/test_import_file.py::test_real_files",
    "tests/management/test_import_geojson_real_files.py::test_the_other_order_gives_the_same_alerts",
    "tests/management/test_import_geojson_real_files.py::test_the_threshold_counts",
    "tests/web/test_every_address.py::test_every_page_has_the_version_at_its_foot",
    "tests/web/test_every_address.py::test_only_a_post_with_a_token_by_who_may_changes_anything",
    "tests/web/test_every_address.py::test_what_people_with_permission_see_is_not_kept_by_caches",
)


def pytest_collection_modifyitems(config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not for; the run on the other database and layer has it."""
    from django.conf import settings

    named = all(Path(arg.partition("::")[0]).suffix == ".py" for arg in config.args)  # somebody asks for these files

    def is_for_this_run(item: pytest.Item) -> bool:
        marks = {mark.name for mark in item.iter_markers()}
        if "prove" in marks and not FOR_PROOF and "::" not in config.args[0]:
            return False
        if settings.EMBEDDED and "needs_postgis" in marks:
            return False  # SQLite has one writer at a time
        if not settings.EMBEDDED and "needs_sqlite" in marks:
            return False
        if not settings.REDIS_URL and "needs_redis" in marks:
            return False  # the in-memory layer ends at the process
        if not settings.EMBEDDED or "needs_sqlite" in marks:
            return True
        if named:
            return True
        if "once" in marks:
            return False
        return ALL or (item.nodeid.startswith(ON_BOTH) and not item.nodeid.startswith(ON_BOTH_IN_PROVE))

    kept: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        kept[is_for_this_run(item)].append(item)
    if kept[False]:
        config.hook.pytest_deselected(items=kept[False])
        items[:] = kept[True]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the database is there already, migrated (tests/settings.py)."""
    from django.conf import settings

    return bool(settings.SQLITE_FILE)


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
