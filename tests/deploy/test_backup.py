"""A backup goes back into an empty database under open maps: everything is there again, and the maps reload."""

import json
import os
import time

import requests
from django.db import connections

from tests.deploy.conftest import SITE
from tests.deploy.visitors import Visitor
from tests.live_site import wait_until
from tracker.models import LogState


def rows(site) -> dict[str, dict]:
    """Every incident, area, alert and account, with what is in them."""
    said = site.manage(
        "shell",
        "-v0",
        "-c",
        """
from itertools import chain
from django.contrib.auth.models import User
from django.core import serializers
from tracker.models import *
models = (Incident, AreaOfInterest, Alert, AlertEvent, Change, User)
print(serializers.serialize("json", chain.from_iterable(model.objects.order_by("pk") for model in models)))
""",
    )
    rows = json.loads(said[said.index("[{") :])
    return {f"{row['model']} {row['pk']}": row["fields"] | {"last_login": None} for row in rows}


def test_restored_under_open_maps(site, watch, machines):
    clients = watch.watch(3)
    watch.report("Kept", "operator")
    time.sleep(2)
    backup = site.run("tracker-backup").strip()  # while they write
    assert oct(site.path(backup).stat().st_mode)[-3:] == "700"
    watch.stop_reporting()
    watch.settle()
    quiet = site.run("tracker-backup").strip()
    before = rows(site)
    old = LogState.current().log_id
    watch.report("Lost with the database", "operator")
    time.sleep(1)
    watch.stop_reporting()
    watch.settle()
    watch.confirmed.clear()
    said = site.run("tracker-restore", quiet)
    connections.close_all()  # the test's own were cut off
    assert "What was there before is the database tracker_before_" in said
    wait_until(lambda: set(site.programs().values()) == {"RUNNING"}, "not all are running", 60)
    restored = rows(site)
    assert {key: (row, restored.get(key)) for key, row in before.items() if restored.get(key) != row} == {}
    assert restored.keys() == before.keys()
    watch.crowd.wait(lambda: all(c.log not in {"", old} and c.is_live() for c in clients), "the maps do not reload", 60)
    watch.report("Afterwards", "operator")
    time.sleep(1)
    watch.stop_reporting()
    watch.must_be_clean(may_reload=clients)
    Visitor(watch.url).sign_in("viewer", "viewer")
    assert (
        site.run("tracker-restore", "/nowhere", check=False).strip()
        == "tracker-restore: there is no /nowhere/database.dump."
    )


def test_old_backups_go_and_the_newest_stays(site):
    newest = site.run("tracker-backup").strip()
    folder = site.path("/var/backups/tracker")
    old = folder / "tracker-2020-01-01T000000Z"
    old.mkdir()
    for path in (old, site.path(newest)):
        os.utime(path, (0, 0))
    again = site.run("tracker-backup").strip()
    left = {path.name for path in folder.glob("tracker-*")}
    assert old.name not in left
    assert again.rpartition("/")[2] in left


def test_the_dump_of_a_database_that_is_away_is_no_backup(site):
    site.run("service", "postgresql", "stop")
    try:
        before = set(site.path("/var/backups/tracker").glob("tracker-*"))
        said = site.run("sh", "-c", "tracker-backup; echo exit $?")
        assert "exit 0" not in said
        assert {
            p for p in site.path("/var/backups/tracker").glob("tracker-*") if not p.name.endswith(".part")
        } == before
    finally:
        site.run("service", "postgresql", "start")
    wait_until(
        lambda: requests.get(f"https://{SITE}/healthz", timeout=10).status_code == 200, "it does not come back", 60
    )
