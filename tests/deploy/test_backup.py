"""A backup goes back into an empty database under open maps: everything is there again, and the maps reload."""

import json
import os
import shutil
import time

import requests
from django.db import connections

from tests.deploy.conftest import SITE
from tests.deploy.visitors import Visitor
from tests.processes import wait_until
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
    folder = site.path("/var/backups/tracker")
    old = folder / "tracker-2020-01-01T000000Z"
    old.mkdir()
    future = folder / "tracker-2999-01-01T000000Z"  # the newest by its name, and old by its date
    future.mkdir()
    for path in (old, future):
        os.utime(path, (0, 0))
    again = site.run("tracker-backup").strip()
    left = {path.name for path in folder.glob("tracker-*")}
    assert old.name not in left
    assert {future.name, again.rpartition("/")[2]} <= left
    future.rmdir()


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


def test_on_a_new_machine_after_a_fire(site, watch, machines):
    """As docs/operations.md says: the settings first, the script, the backup. People stay signed in."""
    backup = site.run("tracker-backup").strip()
    before = rows(site)
    cookie = watch.visitors["operator"].cookie
    new = machines.make("new")
    name = backup.rpartition("/")[2]
    shutil.copytree(site.path(backup), new.path("/root") / name)
    new.shell(f"mkdir -p /etc/tracker && cp /root/{name}/tracker.env /etc/tracker/tracker.env")
    new.provision()
    assert "Restored." in new.run("tracker-restore", f"/root/{name}")
    restored = rows(new)
    assert {key: (row, restored.get(key)) for key, row in before.items() if restored.get(key) != row} == {}
    assert restored.keys() == before.keys()
    answer = requests.get(
        f"https://{new.address}/tracker/incident/",
        headers={"Host": SITE},
        cookies={"sessionid": cookie},
        verify=False,
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 200
    assert new.settings() == site.settings()


def test_a_damaged_backup_changes_nothing(site):
    backup = site.run("tracker-backup").strip()
    dump = site.path(f"{backup}/database.dump")
    dump.write_bytes(dump.read_bytes()[:-300])
    before = rows(site)
    processes = site.web_processes()
    said = site.run("tracker-restore", backup, check=False)
    assert "the site goes on with what it had" in said
    assert site.web_processes() == processes
    assert rows(site) == before
    left = site.run("runuser", "-u", "postgres", "--", "psql", "-Atc", "SELECT datname FROM pg_database")
    assert "tracker_restored" not in left.split()
