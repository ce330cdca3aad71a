"""Two web machines, each with its own address, share one machine with PostGIS and Redis (docs/operations.md)."""

import time

import pytest
from django.db import connections

from tests.deploy.conftest import database_of
from tests.deploy.visitors import Visitor, Watch
from tests.processes import wait_until
from tracker.models import Incident

NAME = "many.test"
PASSWORD = "a long enough passphrase"
NEW_ACCOUNTS = """
from django.contrib.auth.models import Group, User
User.objects.create_user("vera", password="{0}")
User.objects.create_user("olga", password="{0}").groups.add(Group.objects.get(name="Operator"))
"""


class TwoWebMachines:
    def __init__(self, machines):
        self.data, self.first, self.second = (machines.make(name) for name in ("data", "first", "second"))
        names = f"{NAME},{self.first.address},{self.second.address}"
        self.data.provision(SITE=names, ROLE="data")
        self.data.change_settings(
            POSTGRESQL_LISTEN=self.data.address,
            REDIS_LISTEN=self.data.address,
            DATA_CLIENTS=f"{self.first.address}/32,{self.second.address}/32",
        )
        self.data.provision()
        settings = self.data.settings()
        settings |= {
            "ROLE": "web",
            "DATABASE_URL": settings["DATABASE_URL"].replace("@%2Frun%2Fpostgresql/", f"@{self.data.address}:5432/"),
            "REDIS_URL": settings["REDIS_URL"]
            .replace("unix://", "redis://")
            .replace("/run/redis/redis-server.sock", f"{self.data.address}:6379/0"),
            "WEB_PROCESSES": "2",
        }
        for machine, beat in ((self.first, "1"), (self.second, "0")):
            file = "\n".join(f"{key}={value}" for key, value in (settings | {"RUN_BEAT": beat}).items())
            machine.shell(f"mkdir -p /etc/tracker && umask 077 && cat >/etc/tracker/tracker.env <<'END'\n{file}\nEND")
            machine.provision()
            machines.call(machine.address, machine)
        machines.call(NAME, self.first)

    @property
    def doors(self) -> list[str]:
        return [self.first.address, self.second.address]


@pytest.fixture(scope="module")
def pair(machines):
    pair = TwoWebMachines(machines)
    pair.first.manage("shell", "-c", NEW_ACCOUNTS.format(PASSWORD))
    return pair


@pytest.fixture
def watch(pair, django_db_blocker):
    from tests import make

    with database_of(pair.data, django_db_blocker):
        watch = Watch(f"https://{NAME}", {"vera": PASSWORD, "olga": PASSWORD}, seed=3, hosts=pair.doors)
        make.area("Everywhere", make.around((-2.17, 56.98), 1.0), "ME")
        yield watch
        watch.end()


def test_only_the_web_machines_reach_the_data(pair):
    listening = {line.split()[3] for line in pair.data.run("ss", "-Hltn").splitlines()}
    assert listening == {f"{pair.data.address}:5432", f"{pair.data.address}:6379"}
    url = pair.first.settings()["DATABASE_URL"].replace("postgis:", "postgresql:")
    assert pair.first.run("psql", "-Atc", "SELECT 1", url).strip() == "1"
    stranger = pair.data.run("psql", "-Atc", "SELECT 1", url, check=False)  # from an address that is not one of theirs
    assert "no pg_hba.conf entry" in stranger
    for machine in (pair.first, pair.second):
        web = {line.split()[3].rpartition(":")[2] for line in machine.run("ss", "-Hltn").splitlines()}
        assert web == {"80", "443", "8001"}


def test_a_report_on_one_alerts_sockets_on_the_other(pair, watch):
    here = watch.crowd.join(watch.people[0], 3, hosts=lambda: [pair.first.address])
    there = watch.crowd.join(watch.people[0], 3, hosts=lambda: [pair.second.address])
    for n, door in enumerate(pair.doors * 3):
        olga = watch.visitors["olga"]
        olga.url = f"https://{door}"
        name = f"By door {n}"
        began = time.monotonic()
        assert olga.report(name).status_code == 302

        def alerted(client, name=name) -> bool:
            return any(
                m["type"] == "alert" and m["feature"]["properties"]["name"] == name for m in client.stretch.handled
            )

        watch.crowd.wait(lambda: all(map(alerted, here + there)), f"{name} is not everywhere", 10)
        assert time.monotonic() - began < 5
    watch.must_be_clean()


@pytest.mark.parametrize("which", ["first", "second"])
def test_either_dies_and_comes_back(pair, watch, which):
    """Its power fails; who was connected there goes to the other one, and nobody has lost anything."""
    machine = getattr(pair, which)
    watch.watch(4)
    watch.report(f"While {which} is off", "olga", pause_s=0.05)
    time.sleep(1.5)
    machine.cut_power()
    watch.doors[:] = [door for door in pair.doors if door != machine.address]  # the load balancer has noticed
    time.sleep(2)
    machine.boot()
    wait_until(
        lambda: Visitor(f"https://{machine.address}").get("/healthz").status_code == 200, "it does not come back", 60
    )
    watch.doors[:] = pair.doors
    time.sleep(1.5)
    assert watch.stop_reporting() > 5
    watch.must_be_clean()


def test_a_web_machine_loses_the_network(pair, watch):
    """Its sockets are open and silent. What happened meanwhile is there when the cable is."""
    stays = watch.crowd.join(watch.people[0], 2, hosts=lambda: [pair.first.address])
    lonely = watch.crowd.join(watch.people[0], 2, hosts=lambda: [pair.second.address])
    watch.doors[:] = [pair.first.address]
    watch.report("Behind its back", "olga", pause_s=0.05)
    pair.second.unplug()
    time.sleep(4)
    pair.second.unplug(False)
    time.sleep(1)
    assert watch.stop_reporting() > 5
    watch.must_be_clean(stays + lonely)


def test_one_of_them_runs_the_clock_also_after_a_restart(pair):
    for machine in (pair.first, pair.second):
        machine.run("tracker-restart")
    assert "tracker:tracker-beat" in pair.first.programs()
    assert "tracker:tracker-beat" not in pair.second.programs()


def test_the_data_is_restored_under_both(pair, watch):
    """As docs/operations.md says for several machines."""
    clients = watch.watch(2)
    watch.settle()
    backup = pair.data.run("tracker-backup").strip()
    count = Incident.objects.count()
    watch.report("Lost", "olga", pause_s=0.05)
    time.sleep(1)
    watch.stop_reporting()
    watch.settle()
    watch.confirmed.clear()
    for machine in (pair.first, pair.second):
        machine.run("supervisorctl", "stop", "all")
    assert "Restored." in pair.data.run("tracker-restore", backup)
    pair.first.manage("migrate")
    pair.first.manage("new_log")
    for machine in (pair.first, pair.second):
        machine.run("supervisorctl", "start", "all")
    connections.close_all()
    assert Incident.objects.count() == count
    after = watch.report("Afterwards", "olga", pause_s=0.05)
    wait_until(lambda: len(after.taken) > 3, "nobody can report", 60)
    watch.stop_reporting()
    watch.must_be_clean(may_reload=clients)


def test_the_data_machine_starts_before_its_network(pair, watch):
    """It comes back by itself; that addresses may come late (DHCP) systemd is told, which is not here to be asked."""
    watch.watch(1)
    pair.data.cut_power()
    pair.data.boot()
    first = Visitor(f"https://{pair.first.address}")
    wait_until(lambda: first.get("/healthz").status_code == 200, "it stays away", 60)
    drop_ins = pair.data.shell("cat /etc/systemd/system/*.service.d/tracker.conf")
    assert drop_ins.count("After=network-online.target") == 2
