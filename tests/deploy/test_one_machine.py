"""A server that deploy/provision.sh has made: what runs on it, what listens, and that a second run changes nothing."""

import contextlib
import re
import threading
import time
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.deploy.conftest import SITE
from tests.deploy.machine import PATH
from tests.deploy.visitors import Visitor, words
from tests.listener import Listener
from tests.processes import wait_until

URL = f"https://{SITE}"
PROGRAMS = {
    *(f"tracker-web:{n}" for n in range(4)),
    *(f"tracker:tracker-{name}" for name in ("jobs", "periodic", "beat", "errands")),
}


@pytest.fixture
def operator(site) -> Visitor:
    return Visitor(URL).sign_in("operator", "operator")


@pytest.fixture
def sockets(site):
    """Makes sockets of a visitor through nginx; they are closed at the end."""
    opened: list[Listener] = []

    def open_one(visitor: Visitor, origin: str = URL) -> Listener:
        headers = {"Cookie": f"sessionid={visitor.cookie}"}
        opening = connect(f"wss://{SITE}/notifications/", origin=Origin(origin), additional_headers=headers)
        opened.append(Listener(opening))
        return opened[-1]

    yield open_one
    for listener in opened:
        listener.close()


def test_every_program_runs(site):
    wait_until(lambda: set(site.programs().values()) == {"RUNNING"}, "not all are running", 30)
    assert set(site.programs()) == PROGRAMS
    assert len(set(site.web_processes().values())) == 4


def test_none_of_them_is_root(site):
    users = {line.split()[0] for line in site.run("ps", "-eo", "user:20,args").splitlines() if "/opt/tracker/" in line}
    assert users == {"tracker"}


def test_the_site_answers_through_nginx(site):
    answer = requests.get(f"{URL}/accounts/login/", timeout=30)
    assert answer.status_code == 200
    assert "Sign in" in answer.text
    assert requests.get(f"https://{site.address}/healthz", verify=False, timeout=10).status_code == 200, (
        "by address, too"
    )


def test_plain_http_is_sent_to_https(site):
    answer = requests.get(f"http://{SITE}/tracker/alert/?q=a", allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{URL}/tracker/alert/?q=a")


def test_another_name_gets_no_page(site):
    answer = requests.get(f"https://{site.address}/", headers={"Host": "evil.test"}, verify=False, timeout=10)
    assert answer.status_code == 421


def test_static_files_come_from_nginx_compressed(site):
    answer = requests.get(f"{URL}/static/css/tracker.css", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "nginx" in answer.headers["Server"]
    for path in ("/static/../.env", "/static/%2e%2e/.env", "/static../.env"):
        assert requests.get(f"{URL}{path}", timeout=10).status_code in {400, 404}


def test_pages_say_what_browsers_must_know_once_each(site, operator):
    headers = operator.get("/").raw.headers
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "X-Frame-Options",
        "Permissions-Policy",
    ):
        assert len(headers.getlist(name)) == 1, name
    assert "Strict-Transport-Security" not in headers, (
        "a demonstration on localhost must not bind it to https for a year"
    )


def test_only_what_must_listens(site):
    lines = site.run("ss", "-Hltn").splitlines()
    listening = {line.split()[3] for line in lines}
    open_to_all = {at for at in listening if not at.startswith(("127.0.0.1:", "[::1]:"))}
    assert {at.rpartition(":")[2] for at in open_to_all} == {"80", "443"}
    assert listening - open_to_all == {"127.0.0.1:8001"}, "PostgreSQL and Redis have unix sockets"


def test_postgresql_and_redis_want_a_password(site):
    assert "NOAUTH" in site.run("redis-cli", "-s", "/run/redis/redis-server.sock", "ping", check=False)
    refused = site.run("psql", "-w", "-h", "/run/postgresql", "-U", "tracker", "-c", "SELECT 1", check=False)
    assert "no password supplied" in refused


def test_secrets_are_for_the_site_alone(site):
    assert site.run("stat", "-c", "%a %U", "/etc/tracker/tracker.env").split() == ["600", "tracker"]
    secrets = [value for key, value in site.settings().items() if key in {"SECRET_KEY", "METRICS_TOKEN"}]
    assert all(len(value) >= 40 for value in secrets)
    password = re.search(r":([0-9a-f]{48})@", site.settings()["DATABASE_URL"])
    assert password
    for_all = "find / -xdev -type f -perm -o=r ! -path '/proc/*' ! -path '/sys/*' -newer /srv/tracker/manage.py -print0"
    readable = site.shell(f"{for_all} | xargs -0 grep -lF -e {secrets[0]} -e {password[1]} || true")
    assert readable.split() == [], "nobody else can read them"
    assert all(value not in site.run("ps", "-eo", "args") for value in [*secrets, password[1]])


def test_a_report_reaches_a_socket_of_another_process(site, operator, sockets):
    listeners = [sockets(operator) for _ in range(12)]
    processes = {listener.next()["process"] for listener in listeners}
    assert len(processes) > 1, "nginx and supervisor spread the sockets"
    for listener in listeners:
        listener.ping()
    for n in range(6):  # taken by whichever process
        name = f"Through nginx {n}"
        began = time.monotonic()
        assert operator.report(name).status_code == 302
        for listener in listeners:
            while listener.next_of("post_save")["feature"]["properties"]["name"] != name:
                pass
        assert time.monotonic() - began < 5


def test_a_page_of_another_origin_gets_no_socket(site, operator, sockets):
    for origin in ("https://evil.test", f"http://{SITE}", f"{URL}:444", f"{URL}.evil.test", "null"):
        with pytest.raises(InvalidStatus) as refused:
            sockets(operator, origin)
        assert refused.value.response.status_code == 403


def test_a_job_runs_in_celery(site, operator):
    answer = operator.post("/tracker/job/start/", {"kind": "try_it", "name": "On the server"})
    assert answer.status_code == 302, words(answer)
    ours: dict[str, dict] = {"job": {}}

    def is_done() -> bool:
        jobs = operator.get("/tracker/job/rows/?newest").json()["jobs"]
        ours["job"] = next(job for job in jobs if job["name"] == "On the server")
        return ours["job"]["state"] == "done"

    wait_until(is_done, f"the job is not done: {ours}", 60)
    assert "succeeded" in site.run("grep", "-h", "succeeded", "/var/log/tracker/jobs.log")


def test_logs_are_rotated(site):
    log = site.path("/var/log/tracker/web.log")

    def written() -> bool:
        requests.get(f"{URL}/nowhere/", timeout=10)  # by whichever process; that is logged
        return log.stat().st_size > 0

    wait_until(written, "nothing is logged")
    site.run("logrotate", "--force", "/etc/logrotate.d/tracker")
    assert log.stat().st_size == 0
    assert site.path("/var/log/tracker/web.log.1").stat().st_size > 0
    for _ in range(20):
        assert requests.get(f"{URL}/nowhere/", timeout=10).status_code == 404
    wait_until(
        lambda: log.read_text().count("Not Found: /nowhere/") == 20, "not every process writes into the new file"
    )


FILES = """
find /etc /opt/tracker /usr/local /var/lib/tracker -xdev ! -name '*.pyc' ! -name 'celery*' ! -name job_files \
    -printf '%p %y %m %u %g %s %T@ %l\\n' | grep -v '^/etc ' | sort
"""
SERVICES = """
cat /run/nginx.pid /run/supervisord.pid /run/redis/*.pid
head -n 1 /var/lib/postgresql/*/main/postmaster.pid
supervisorctl status | sed 's/, uptime.*//'
"""
ROWS = """
from tracker.models import *
print([model.objects.count() for model in (Incident, AreaOfInterest, Alert)])
"""


def fingerprint(site) -> dict[str, str]:
    """What a run could change: files, processes, rows."""
    rows = site.manage("shell", "-v0", "-c", ROWS)
    return {"files": site.shell(FILES), "services": site.shell(SERVICES), "rows": rows}


def test_a_second_run_changes_nothing(site):
    before = fingerprint(site)
    said = site.provision()
    assert said.strip() == "Nothing was changed."
    after = fingerprint(site)
    for what in before:
        assert set(after[what].splitlines()) ^ set(before[what].splitlines()) == set(), what


def test_the_script_says_what_it_needs(site):
    assert "run it as root" in site.run(
        "runuser", "-u", "tracker", "--", "/srv/tracker/deploy/provision.sh", check=False
    )


# As if supervisor could not start the second one.
BROKEN = """
mkdir -p /root/broken
cat >/root/broken/supervisorctl <<'END'
#!/bin/sh
[ "$*" != 'restart tracker-web:1' ] || exit 7
exec /usr/bin/supervisorctl "$@"
END
chmod 755 /root/broken/supervisorctl
"""


def test_a_run_that_was_cut_off_is_finished_by_the_next(site):
    """The release is switched, the restart fails; the next run finds nothing to change, and restarts all the same."""
    site.shell(
        "cp -a /srv/tracker /srv/tracker-cut && sed -i '1s/^/# cut\\n/' /srv/tracker-cut/tracker_project/urls.py"
    )
    before = site.web_processes()
    site.shell(BROKEN)
    said = site.run("/srv/tracker-cut/deploy/provision.sh", check=False, PATH=f"/root/broken:{PATH}")
    assert "not everything was restarted" in said
    assert len(set(site.web_processes().items()) & set(before.items())) == 3, "the others were left as they are"
    assert "Restarting the programs" in site.provision("/srv/tracker-cut")
    assert not set(site.web_processes().items()) & set(before.items())
    assert site.provision("/srv/tracker-cut").strip() == "Nothing was changed."
    site.provision()


def test_nginx_goes_on_with_what_it_has(site):
    before = site.run("cat", "/etc/nginx/sites-available/tracker")
    site.run("cp", "-a", "/srv/tracker", "/srv/tracker-bad")
    site.run("sed", "-i", "s/server_tokens off/server_tokens offf/", "/srv/tracker-bad/deploy/nginx/tracker.conf")
    said = site.run("/srv/tracker-bad/deploy/provision.sh", check=False)
    assert "nginx does not take its settings" in said
    assert site.run("cat", "/etc/nginx/sites-available/tracker") == before
    site.run("nginx", "-t", "-q")
    assert requests.get(f"{URL}/accounts/login/", timeout=10).status_code == 200
    site.provision()
    assert site.provision().strip() == "Nothing was changed."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MAP_CENTRE=1,2", "there is no setting MAP_CENTRE"),
        ("WEB_PROCESSES=four", "WEB_PROCESSES must be a whole number"),
        ('TIME_ZONE="Europe/Berlin"', "without quotes"),
        ("RUN_BEAT=1   # here", "without a comment behind it"),
        ("PROMETHEUS_MULTIPROC_DIR=/etc", "must be a folder in /run/tracker"),
        ("DATABASE_URL=postgis://tracker:x@%2Frun%2Fpostgresql/trakcer", "there was one"),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_nothing_is_done(site, line, said):
    path = site.path("/etc/tracker/tracker.env")
    before, processes = path.read_text(), site.web_processes()
    path.write_text(f"{before}{line}\n")
    try:
        assert said in site.run("/srv/tracker/deploy/provision.sh", check=False)
    finally:
        path.write_text(before)
    assert site.web_processes() == processes
    assert site.provision().strip() in {
        "Nothing was changed.",
        "changed: PostgreSQL's password of tracker\nChanged: 1.",
    }


def test_no_password_is_seen_in_the_list_of_processes(site):
    """While a backup is made and the script runs, which is when commands are given passwords."""
    secrets = [value for key, value in site.settings().items() if key in {"SECRET_KEY", "METRICS_TOKEN"}]
    secrets += re.findall(r":([0-9a-f]{48})@", "".join(site.settings().values()))
    assert len(secrets) == 4
    seen: set[bytes] = set()
    stopped = threading.Event()

    def look() -> None:
        while not stopped.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    seen.add(path.read_bytes())

    watching = threading.Thread(target=look)
    watching.start()
    try:
        site.run("tracker-backup")
        site.provision()
    finally:
        stopped.set()
        watching.join()
    text = b"\n".join(seen).decode(errors="replace")
    assert "pg_dump" in text and "/srv/tracker/deploy/provision.sh" in text, "it was looked at"  # noqa: PT018
    assert [secret for secret in secrets if secret in text] == []
