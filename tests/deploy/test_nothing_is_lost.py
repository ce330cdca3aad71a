"""Processes die, are restarted, and a new version is rolled out, while people report and watch through nginx."""

import random
import time

from tests.deploy.conftest import database_of
from tests.processes import wait_until
from tracker.models import Incident

URL_OF_THE_VERSION = "/static/css/tracker.css"


def test_a_killed_web_process(site, watch):
    chance = random.Random(7)
    watch.watch(6)
    reporters = [watch.report(f"Killed {n}", "operator") for n in range(2)]
    for _ in range(8):
        time.sleep(chance.uniform(0.3, 1.5))
        wait_until(lambda: len(site.web_processes()) > 1, "supervisor does not start them again", 60)
        victim = chance.choice(list(site.web_processes().values()))
        site.run("kill", "-9", str(victim))
    wait_until(lambda: len(site.web_processes()) == 4, "not all are there again", 30)
    assert watch.stop_reporting() > 20
    assert all(not reporter.failed for reporter in reporters)
    watch.must_be_clean()


def test_all_are_restarted_at_once(site, watch):
    watch.watch(6)
    watch.report("Restarted", "operator")
    for _ in range(2):
        time.sleep(1)
        site.run("supervisorctl", "restart", "tracker-web:*", "tracker:*")
    assert watch.stop_reporting() > 5
    watch.must_be_clean()


def test_one_after_the_other_nobody_notices(site, watch):
    """Not a single form has to be sent a second time."""
    watch.watch(6)
    reporters = [watch.report(f"Rolling {n}", "operator") for n in range(2)]
    site.run("tracker-restart")
    assert watch.stop_reporting() > 20
    assert [reporter.again for reporter in reporters] == [0, 0]
    watch.must_be_clean()


def test_redis_is_restarted(site, watch):
    watch.watch(4)
    watch.report("Without Redis", "operator")
    for _ in range(2):
        time.sleep(1)
        site.run("service", "redis-server", "restart")
    assert watch.stop_reporting() > 5
    watch.must_be_clean()


def test_an_upgrade(site, watch):
    """Another checkout, of another content: its release is made beside the one that runs, which then gives way."""
    site.shell(
        "cp -a /srv/tracker /srv/tracker-next && cd /srv/tracker-next && echo '/* next */' >>static/css/tracker.css && "
        "sed -i '1s/^/# next\\n/' tracker_project/urls.py"
    )
    before = site.run("readlink", "/opt/tracker/current")
    rows = Incident.objects.count()
    watch.watch(4)
    reporters = [watch.report(f"Upgrade {n}", "operator") for n in range(2)]
    said = site.provision("/srv/tracker-next")
    assert "/opt/tracker/current is" in said
    assert site.run("readlink", "/opt/tracker/current") != before
    taken = watch.stop_reporting()
    assert taken > 20
    assert [reporter.again for reporter in reporters] == [0, 0], "nobody had to send a form again"
    watch.must_be_clean()
    assert Incident.objects.count() == rows + taken
    assert "/* next */" in watch.visitors["viewer"].get(URL_OF_THE_VERSION).text
    running = site.shell(
        "for p in $(supervisorctl status | sed -n 's/.*pid \\([0-9]*\\),.*/\\1/p'); do readlink /proc/$p/cwd; done"
    )
    assert set(running.split()) == {site.run("readlink", "/opt/tracker/current").strip()}
    assert site.provision("/srv/tracker-next").strip() == "Nothing was changed."
    assert "/opt/tracker/current is" in site.provision(), "and back"


def test_the_power_fails(site, watch, django_db_blocker):
    """Everything dies at once, and starts as a machine does. What was confirmed is there."""
    taken = watch.report("Power", "operator")
    time.sleep(3)
    taken.stopped.set()
    site.cut_power()
    taken.join(90)
    names = list(taken.taken)
    assert names
    site.boot()
    wait_until(lambda: watch.visitors["viewer"].get("/healthz").status_code == 200, "it does not come up", 60)
    with database_of(site, django_db_blocker):  # its socket is in another file system now
        assert Incident.objects.filter(name__in=names).count() == len(names)
    wait_until(lambda: set(site.programs().values()) == {"RUNNING"}, "not all are running", 60)
