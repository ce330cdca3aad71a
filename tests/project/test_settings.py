"""The start: a value that cannot be used stops it with a sentence that names the variable; defaults are the safe ones.

Each start is a process of its own on a copy of the settings without ``.env``, so that nothing of this machine counts.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.processes import run_python

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "k3y-" + "9f8e7d6c5b4a" * 5,
    "ALLOWED_HOSTS": "tracker.example.org",
    "DATABASE_URL": "postgis://tracker:secret@127.0.0.1:5432/tracker",
    "REDIS_URL": "redis://:secret@127.0.0.1:6379/0",
    "WEB_PROCESSES": "4",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The project as it comes: without ``.env``."""
    home = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "tracker_project", home / "tracker_project", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", home)  # not a link: Python would look for modules where it leads
    for name in ("tracker", "templates", "static"):
        (home / name).symlink_to(ROOT / name)
    return home


@pytest.fixture
def run(project):
    """Run Python in the project with this environment and no other."""

    def run(*command: str, dotenv: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        (project / ".env").write_text(dotenv)
        base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
        if "LD_LIBRARY_PATH" in os.environ:
            base["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        return run_python(*command, cwd=project, env=base | env, timeout=60)

    return run


@pytest.fixture
def setting(run):
    """The value of a setting in this environment."""

    def setting(name: str, **env: str) -> str:
        code = f"from django.conf import settings; print(repr(settings.{name}))"
        done = run("-c", code, DJANGO_SETTINGS_MODULE="tracker_project.settings", **env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return setting


USABLE = {"SECRET_KEY": PRODUCTION["SECRET_KEY"], "ALLOWED_HOSTS": "tracker.example.org"}
BAD = [
    ("SECRET_KEY", ""),
    ("DEBUG", "perhaps"),
    ("DEMO", "2"),
    ("HTTPS", "maybe"),
    ("BEHIND_PROXY", "nginx"),
    ("PORT", "http"),
    ("PORT", "80.5"),
    ("PORT", "0"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("PORT", "٣"),
    ("PORT", "80_80"),
    ("ALLOWED_HOSTS", ""),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "tracker.example.org,*"),
    ("BASE_URL", "tracker.example.org"),
    ("ROOT_PATH", "incidents"),
    ("ROOT_PATH", "/incidents/"),
    ("BASE_URL", "ftp://tracker.example.org"),
    ("BASE_URL", "https://"),
    ("BASE_URL", "https://tracker.example.org/map"),
    ("BASE_URL", "http://[::1"),
    ("ALLOWED_HOSTS", "[::1"),
    ("ALLOWED_ORIGINS", "http://[::1"),
    ("ALLOWED_ORIGINS", "tracker.example.org"),
    ("ALLOWED_ORIGINS", "https://tracker.example.org,null"),
    ("ALLOWED_ORIGINS", "https://*.example.org"),
    ("ALLOWED_ORIGINS", "*"),
    ("ALLOWED_ORIGINS", "https://tracker.example.org:port"),
    ("ALLOWED_ORIGINS", "https://user@tracker.example.org"),
    ("ALLOWED_ORIGINS", "https://tracker.example.org?x"),
    ("WEB_PROCESSES", "many"),
    ("WEB_PROCESSES", "0"),
    ("WEB_PROCESSES", "-2"),
    ("DATABASE_URL", "postgres://tracker@127.0.0.1/tracker"),
    ("DATABASE_URL", "sqlite:///tracker.sqlite3"),
    ("DATABASE_URL", "tracker"),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "postgis://[::1/tracker"),
    ("DATABASE_URL", "postgis://tracker:pass/word@127.0.0.1/tracker"),
    ("REDIS_URL", "127.0.0.1:6379"),
    ("REDIS_URL", "http://127.0.0.1:6379"),
    ("REDIS_URL", "http://[::1"),
    ("REDIS_URL", "redis://[::1"),
    ("REDIS_URL", "redis://127.0.0.1:redis"),
    ("REDIS_LAYER", "fast"),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "pigeon://mail.example.org"),
    ("EMAIL_TIMEOUT", "0"),
    ("EMAIL_URL", "smtp://[::1"),
    ("EMAIL_URL", "smtp://mail.example.org:smtp"),
    ("TIME_ZONE", "Middle/Earth"),
    ("TILES_URL", "tiles"),
    ("TILES_URL", "javascript:alert(1)"),
    ("TILES_URL", "https://[::1/{z}/{x}/{y}.png"),
    ("TILES_URL", "https://tiles.example.org/tile.png"),
    ("MAP_CENTER", "50"),
    ("MAP_CENTER", "north,west"),
    ("MAP_CENTER", "91,0"),
    ("MAP_CENTER", "50,181"),
    ("MAP_CENTER", "nan,0"),
    ("MAP_CENTER", "٥٠,٨"),
    ("MAP_ZOOM", "near"),
    ("MAP_ZOOM", "21"),
    ("MAP_ZOOM", "-1"),
    ("HSTS_SECONDS", "a year"),
    ("HSTS_SECONDS", "-1"),
    ("SESSION_COOKIE_AGE", "two weeks"),
    ("SESSION_COOKIE_AGE", "0"),
    ("SESSION_COOKIE_AGE", "9" * 12),
    ("SESSION_LONGEST", "a month"),
    ("SESSION_LONGEST", "0"),
    ("SIGN_IN_RATE", "٣/hour"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
    ("LOG_FORMAT", ""),
    ("SLOW_REQUEST_MS", "-1"),
    ("SLOW_REQUEST_MS", "a second"),
    ("METRICS_TOKEN", "too-short"),
    ("METRICS_TOKEN", "two words are no token"),
    ("PROMETHEUS_MULTIPROC_DIR", "/proc/no/folder/there"),
    ("REPORT_RATE", "often"),
    ("REPORT_RATE", "0/hour"),
    ("REPORT_RATE", ""),
    ("NEARBY_RATE", "0/hour"),
    ("SIGN_IN_RATE", "often"),
    ("PASSWORD_RESET_RATE", "0/hour"),
    ("PASSWORD_RESET_MAIL_RATE", "often"),
    ("SIGN_IN_FAILURES", "0"),
    ("SIGN_IN_LOCKOUT_MINUTES", "0"),
    ("AUDIT_RETENTION_DAYS", "29"),
    ("PUBLIC_NEARBY", "perhaps"),
    ("NOTIFICATION_RETENTION_DAYS", "0"),
    ("NOTIFICATION_RETENTION_DAYS", "a month"),
    ("SOCKETS_PER_USER", "-1"),
    ("SOCKETS_PER_USER", "many"),
    ("BACKGROUND", "threadss"),
    ("BACKGROUND", "Celery"),
    ("BACKGROUND", ""),
    ("JOB_THREADS", "0"),
    ("JOB_THREADS", "101"),
    ("JOB_THREADS", "four"),
    ("JOB_RETENTION_DAYS", "0"),
    ("JOB_RETENTION_DAYS", "1.5"),
    ("JOB_UPLOAD_MB", "0"),
    ("JOB_UPLOAD_MB", "-1"),
    ("JOB_UPLOAD_MB", "200 MB"),
    ("ALLOWED_HOSTS", ".example.org"),
    ("ALLOWED_HOSTS", "tracker.example.org:8000"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}={value}" for name, value in BAD])
def test_a_value_that_cannot_be_used_stops_the_start(run, name, value):
    env = USABLE | {name: value}
    done = run("-c", "import tracker_project.settings", **env)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("Tracker cannot start: ")
    assert name in sentence


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_a_password_that_breaks_the_address_is_not_repeated(run, name):
    scheme = {"DATABASE_URL": "postgis", "REDIS_URL": "redis", "EMAIL_URL": "smtp"}[name]
    done = run("-c", "import tracker_project.settings", **USABLE | {name: f"{scheme}://olga:hunter2/x@127.0.0.1/y"})
    assert "In a password, write / as %2F" in done.stderr
    assert "hunter2" not in done.stderr


def test_every_variable_has_a_bad_value_here_or_takes_any_text():
    any_text = {"DEFAULT_FROM_EMAIL", "TILES_ATTRIBUTION", "STATIC_ROOT", "JOB_FILES", "READY_FOLDER"}
    assert variables() == {name for name, _ in BAD} | any_text


def variables() -> set[str]:
    """The environment variables that the settings read."""
    text = (ROOT / "tracker_project" / "settings.py").read_text()
    return set(re.findall(r'\b(?:read|whole)\(\s*(?:"\w+",\s*)?"([A-Z_]+)"', text))


def test_manage_py_stops_with_the_sentence_too(run):
    done = run("manage.py", "check", **USABLE | {"REDIS_LAYER": "fast"})
    assert done.returncode == 1
    assert done.stderr.strip() == "Tracker cannot start: REDIS_LAYER must be “pubsub” or “core”."


@pytest.mark.parametrize(
    "origin",
    ["https://tracker.example.org", "http://127.0.0.1:8000", "http://[::1]:8000", "https://tracker.example.org:8443"],
)
def test_a_plain_origin_is_taken(setting, origin):
    assert setting("ALLOWED_ORIGINS", **USABLE, ALLOWED_ORIGINS=origin) == repr([origin])


class TestWithoutAnything:
    def test_it_needs_a_key(self, run):
        done = run("-c", "import tracker_project.settings")
        assert done.returncode == 1
        assert "SECRET_KEY is not set" in done.stderr

    def test_it_needs_to_know_its_hosts(self, run):
        done = run("-c", "import tracker_project.settings", SECRET_KEY="x" * 60)
        assert done.returncode == 1
        assert "ALLOWED_HOSTS is not set" in done.stderr

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DEBUG", "False"),
            ("SECURE_SSL_REDIRECT", "True"),
            ("SESSION_COOKIE_SECURE", "True"),
            ("CSRF_COOKIE_SECURE", "True"),
            ("SESSION_COOKIE_HTTPONLY", "True"),
            ("SECURE_HSTS_SECONDS", "31536000"),
            ("ALLOWED_ORIGINS", "['https://tracker.example.org']"),
            ("CSRF_TRUSTED_ORIGINS", "['https://tracker.example.org']"),
            ("BASE_URL", "'https://tracker.example.org'"),
            ("EMBEDDED", "True"),
            ("JOB_BACKEND", "'tracker.jobs.backends.threads.submit'"),
            ("CELERY_ACCEPT_CONTENT", "['json']"),
        ],
    )
    def test_the_defaults_are_those_of_production(self, setting, name, value):
        assert setting(name, **USABLE) == value

    def test_no_header_is_believed(self, setting):
        assert setting("SECURE_PROXY_SSL_HEADER", **USABLE) == "None"
        assert setting("USE_X_FORWARDED_HOST", **USABLE) == "False"


class TestOnADevelopersMachine:
    def test_debug_allows_loopback_and_nothing_else(self, setting):
        env = {"SECRET_KEY": "x", "DEBUG": "1", "PORT": "8123"}
        assert setting("ALLOWED_HOSTS", **env) == "['127.0.0.1', 'localhost', '[::1]']"
        assert setting("ALLOWED_ORIGINS", **env) == "['http://127.0.0.1:8123', 'http://localhost:8123']"

    def test_dotenv_is_read_and_the_environment_wins(self, run):
        code = "from tracker_project import settings; print(settings.DEBUG, settings.PORT)"
        done = run("-c", code, dotenv="SECRET_KEY=x\nDEBUG=1\nPORT=9001\n", PORT="9002")
        assert done.stdout.split() == ["True", "9002"]


class TestChecks:
    def test_several_processes_need_redis(self, run):
        done = run("manage.py", "check", **USABLE, WEB_PROCESSES="2")
        assert done.returncode == 1
        assert "tracker.E001" in done.stderr
        assert "REDIS_URL" in done.stderr

    def test_with_redis_they_are_fine(self, run):
        done = run("manage.py", "check", **PRODUCTION)
        assert done.returncode == 0, done.stderr

    def test_several_processes_on_one_file_are_warned(self, run):
        done = run("manage.py", "check", **USABLE, WEB_PROCESSES="2", REDIS_URL="redis://127.0.0.1:6379/0")
        assert done.returncode == 0
        assert "tracker.W001" in done.stderr

    def test_mail_must_lead_to_a_host_that_answers(self, run):
        done = run("manage.py", "check", **USABLE, BASE_URL="https://elsewhere.example.org")
        assert done.returncode == 1
        assert "tracker.E002" in done.stderr

    def test_a_host_whose_pages_are_never_live_is_warned_of(self, run):
        two = USABLE | {"ALLOWED_HOSTS": "tracker.example.org,map.example.org,localhost", "DEBUG": "0"}
        done = run("manage.py", "check", **two)
        assert done.returncode == 0, done.stderr
        assert "tracker.W002" in done.stderr
        assert "ALLOWED_HOSTS names map.example.org, and" in done.stderr
        both = "https://tracker.example.org,https://map.example.org"
        done = run("manage.py", "check", **two, ALLOWED_ORIGINS=both)
        assert "tracker.W002" not in done.stderr

    def test_the_site_itself_must_be_an_allowed_origin(self, run):
        done = run("manage.py", "check", **USABLE, ALLOWED_ORIGINS="https://elsewhere.example.org")
        assert done.returncode == 1
        assert "tracker.E003" in done.stderr

    def test_celery_needs_redis(self, run):
        done = run("manage.py", "check", **USABLE, BACKGROUND="celery")
        assert done.returncode == 1
        assert "tracker.E004" in done.stderr
        assert "REDIS_URL" in done.stderr

    def test_with_redis_celery_is_fine(self, run):
        done = run("manage.py", "check", **PRODUCTION, BACKGROUND="celery")
        assert done.returncode == 0, done.stderr

    def test_the_deployment_checklist_is_clean_in_production(self, run):
        done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout + done.stderr

    def test_and_not_clean_with_a_short_key(self, run):
        """That the checklist is really gone through."""
        env = PRODUCTION | {"SECRET_KEY": "short"}
        done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **env)
        assert done.returncode == 1
        assert "security.W009" in done.stderr

    def test_no_migration_is_missing(self, run):
        done = run("manage.py", "makemigrations", "--check", "--dry-run", **USABLE)
        assert done.returncode == 0, done.stdout
