"""A whole Tracker in its own process: a real daphne on a database of its own, for tests that talk to it from outside.

The fixture ``live_site`` (conftest.py) hands a ``Site`` to each test that asks. While such a test runs, the ORM of the
test process works on the site's database, as a second process of the same site would: it commits, and what it commits
reaches the site's sockets by Redis or by the log. Between tests all rows go but the log, which runs on, as in a real
site; so tests compare with ``site.log_position()`` and not with numbers of their own.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import dj_database_url
import requests
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import override_settings
from django.urls import reverse
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import make
from tests.listener import Listener
from tests.processes import SOON_S, START_S, free_port, start_python, wait_until
from tests.settings import ENVIRONMENT, SQLITE_FILE, TEMPLATE
from tracker.events import publishing
from tracker.models import (
    Alert,
    AlertEvent,
    AlertReceipt,
    AreaOfInterest,
    Change,
    Incident,
    Job,
    LogState,
    Notification,
    WatchGap,
    WatchGapReading,
    WatchReport,
)

PASSWORD = "a long enough passphrase"
WHERE = ("NAME", "HOST", "PORT", "USER", "PASSWORD")  # of a database


@contextlib.contextmanager
def on_database(there: Mapping[str, Any]) -> Iterator[None]:
    """While this lasts, the ORM of the test process works on another database (NAME, HOST, ... as in the settings)."""
    dicts = settings.DATABASES["default"], connection.settings_dict
    own = [{key: each[key] for key in WHERE} for each in dicts]
    connections.close_all()
    ContentType.objects.clear_cache()
    for each in dicts:
        each.update({key: there[key] for key in WHERE})
    try:
        yield
    finally:
        connections.close_all()
        ContentType.objects.clear_cache()
        for each, before in zip(dicts, own, strict=True):
            each.update(before)


class Daphne:
    """One server process of a site, on a port of its own; it can be started again and again."""

    def __init__(self, log: Path, env: dict[str, str], port: int):
        self.port = port
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.ws_url = f"ws://{self.host}/notifications/"
        self.log = log
        self.env = env
        self.application = "tracker_project.asgi:application"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start daphne, on the same port as ever, and wait until it answers."""
        self.begin()
        self.wait_until_it_answers()

    def begin(self) -> None:
        """Start daphne. The kernel ends it with the thread that calls this, so call it in the main thread."""
        assert not self.is_running(), "it is running"
        command = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        command += ["--websocket_timeout", "-1", self.application]
        with self.log.open("ab") as log:
            self.process = start_python(*command, env=self.env, stdout=log, stderr=log)

    def wait_until_it_answers(self) -> None:
        wait_until(self.answers, f"daphne does not answer; {self.log}:\n{self.tail_of_log()}", START_S)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"daphne ended:\n{self.tail_of_log()}"
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def tail_of_log(self) -> str:
        return self.log.read_text()[-4000:] if self.log.exists() else ""

    def kill(self) -> None:
        """End daphne as a crash does (SIGKILL): no close frames, no goodbye."""
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        """End daphne as an administrator does (SIGTERM)."""
        self.end(signal.SIGTERM)

    def end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Site(Daphne):
    """A running Tracker: a database, and one daphne (more can be added: ``another``).

    One a test session; ``live_site`` cleans it between tests.
    """

    def __init__(self, home: Path, *, database_url: str = settings.DATABASE_URL, redis_url: str = settings.REDIS_URL):
        """*database_url* names a server on which the site makes its database; SpatiaLite has none, but a file."""
        super().__init__(home / "daphne.log", os.environ | ENVIRONMENT, free_port())
        self.home = home
        self.mails = home / "mail"
        self.listeners: list[Listener] = []
        self.server_url = database_url
        self.database = f"tracker_live_{os.getpid()}"
        if settings.EMBEDDED:
            self.database = str(home / "live.sqlite3")
            database_url = f"spatialite:///{self.database}"
        else:
            database_url = urlunsplit(urlsplit(database_url)._replace(path=f"/{quote(self.database)}"))
        origins = f"{self.url},http://localhost:{self.port}"
        self.env |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "ALLOWED_ORIGINS": origins,
            "EMAIL_URL": f"file:///{self.mails}",  # dj-email-url takes one slash off: four for a full path,
            "STATIC_ROOT": str(home / "static"),
            "JOB_FILES": str(home / "job_files"),
            "LOG_LEVEL": "INFO",
            "REPORT_RATE": "100000/hour",  # all tests report from one address; those of the rate have another one
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tracker_project.settings",
        }

    # --- its processes ---

    def set_up(self) -> None:
        """Make the database and the static files; once a session."""
        if not settings.EMBEDDED:
            template = f' TEMPLATE "{TEMPLATE}"' if TEMPLATE else ""
            self.in_postgres(f'CREATE DATABASE "{self.database}"{template}')
        commands: list[tuple[str, ...]] = [("collectstatic", "-v0", "--noinput")]
        if SQLITE_FILE:
            shutil.copy(SQLITE_FILE, self.database)
        elif not TEMPLATE:
            commands.append(("migrate", "-v0"))
        running = [self.manage_in_background(*command) for command in commands]
        for command, process in zip(commands, running, strict=True):
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0, f"manage.py {command[0]} failed:\n{output}"

    def tear_down(self) -> None:
        self.stop()
        if not settings.EMBEDDED:
            self.in_postgres(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        shutil.rmtree(self.home, ignore_errors=True)

    def in_postgres(self, statement: str) -> None:
        import psycopg2

        target = dj_database_url.parse(self.server_url)
        found = psycopg2.connect(
            dbname=target["NAME"],
            user=target["USER"] or None,
            password=target["PASSWORD"] or None,
            host=target["HOST"] or None,
            port=target["PORT"] or None,
        )
        try:
            found.autocommit = True
            with found.cursor() as cursor:
                cursor.execute(statement)
        finally:
            found.close()

    def another(self, **env: str) -> Daphne:
        """One more server process of this site, not started yet. Its pages are those of the site's origin."""
        port = free_port()
        return Daphne(self.home / f"daphne-{port}.log", self.env | env, port)

    def manage(self, *command: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` in another process of the same site."""
        process = self.manage_in_background(*command, **env)
        output, errors = process.communicate(timeout=300)
        assert not check or process.returncode == 0, f"manage.py {' '.join(command)} failed:\n{output}"
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def manage_in_background(self, *command: str, **env: str) -> subprocess.Popen[str]:
        """Start ``manage.py`` in another process of the same site; its output and errors come together."""
        return start_python(
            "manage.py", *command, env=self.env | env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    # --- its database, from the test process ---

    @contextlib.contextmanager
    def orm(self) -> Iterator[None]:
        """While this lasts, the ORM and the channel layer of the test process are those of the site."""
        layers = {name: layer | {} for name, layer in settings.CHANNEL_LAYERS.items()}
        if settings.REDIS_URL:
            layers["default"]["CONFIG"] = {"hosts": [self.env["REDIS_URL"]]}
        there = dj_database_url.parse(self.env["DATABASE_URL"])
        with on_database(there), override_settings(CHANNEL_LAYERS=layers):
            yield

    @staticmethod
    def elsewhere(function: Callable, *args, **kwargs):
        """Call *function* in a thread of its own, with connections of its own; for tests whose thread runs a loop."""
        with ThreadPoolExecutor(1) as pool:
            try:
                return pool.submit(function, *args, **kwargs).result()
            finally:
                pool.submit(connections.close_all).result()

    def clean(self) -> None:
        """Remove all rows but the log. Without signals: nothing is announced, nobody is on watch between tests."""
        rows = (
            AlertEvent,
            AlertReceipt,
            Alert,
            Incident,
            AreaOfInterest,
            Change,
            Job,
            Session,
            WatchGapReading,
            WatchGap,
            WatchReport,
        )
        for model in rows:
            model.objects.all()._raw_delete(using="default")
        AccessAttempt.objects.all().delete()
        LogEntry.objects.all().delete()
        get_user_model().objects.all().delete()
        shutil.rmtree(self.mails, ignore_errors=True)

    def log_position(self) -> int:
        """The newest number of the log, after everything that has committed was numbered."""

        publishing.publish()
        return LogState.current().last

    def log_since(self, seq: int) -> list[dict]:
        """What the log says after number *seq*, as a client that may see everything receives it."""
        return [json.loads(row.text()) for row in Notification.objects.filter(seq__gt=seq).order_by("seq")]

    # --- people ---

    def make_user(self, name: str, *given: str, **fields):
        """An account; *given*: roles (``Viewer``, ``Operator``) and permissions (``view_incident``), or ``none``.

        Every new account is a Viewer, as on a real site, unless *given* is ``none``. ``admin`` makes an administrator.
        """
        # One round of hashing instead of a million: sign-in really checks it, in no time.
        encoded = PBKDF2PasswordHasher().encode(PASSWORD, "salt-for-tests", iterations=1)
        power = {"is_staff": True, "is_superuser": True} if "admin" in given else {}
        user = get_user_model().objects.create(username=name, password=encoded, **(power | fields))
        make.grant(user, *given)
        return user

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Session:
        """Sign in as a browser does, by the page; returns the session with its cookies."""
        session = requests.Session()
        session.headers["Origin"] = self.url
        page = f"{self.url}{reverse(settings.LOGIN_URL)}"
        session.get(page, timeout=30).raise_for_status()
        form = {"username": name, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(page, form, timeout=30, allow_redirects=False)
        assert answer.status_code == 302, f"{name} could not sign in: {answer.status_code}"
        assert "sessionid" in session.cookies
        return session

    def session_key(self, user) -> str:
        """The ``sessionid`` of a signed-in person, without going through the page."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        assert session.session_key is not None
        return session.session_key

    def browse(self, user) -> requests.Session:
        """A signed-in session for pages, with a CSRF token to send as ``X-CSRFToken``."""
        session = requests.Session()
        session.cookies.set("sessionid", self.session_key(user))
        token = "a" * 32
        session.cookies.set("csrftoken", token)
        session.headers.update({"X-CSRFToken": token, "Origin": self.url, "Referer": f"{self.url}/"})
        return session

    # --- sockets ---

    def socket(
        self,
        user=None,
        *,
        since: object = None,
        log: str | None = None,
        only: str | None = None,
        page: str | None = None,
        origin: str | None = "same",
        cookie: str | None = None,
    ) -> Listener:
        """Open a socket as *user*. Raises websockets' InvalidStatus when the handshake is refused."""
        given = {"since": since, "log": log, "only": only, "page": page}
        query = "&".join(f"{k}={quote(str(v))}" for k, v in given.items() if v is not None)
        cookie = self.session_key(user) if user is not None and cookie is None else cookie
        opening = connect(
            f"{self.ws_url}?{query}",
            origin=None if origin is None else Origin(self.url if origin == "same" else origin),
            additional_headers={"Cookie": f"sessionid={cookie}"} if cookie else None,
            open_timeout=SOON_S,
            close_timeout=2,
            ping_interval=None,
            max_size=None,
        )
        listener = Listener(opening)
        self.listeners.append(listener)
        return listener

    def on_watch(self, user, **how) -> Listener:
        """An open socket that has been greeted and is live: what happens from here on reaches it."""
        listener = self.socket(user, **how)
        assert listener.next()["type"] == "hello"
        listener.ping()
        return listener

    def close_sockets(self) -> None:
        while self.listeners:
            self.listeners.pop().close()
