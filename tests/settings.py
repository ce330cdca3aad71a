"""The project's settings, in the environment of the tests: DEBUG off, as in production, but without HTTPS.

``DATABASE_URL`` and ``REDIS_URL`` come from outside and decide what the tests run on; without them it is SpatiaLite and
the in-memory layer, as for a newcomer. Everything else is set here, so that neither the shell nor ``.env`` changes what
is tested. The processes that tests start (``tests/live_site.py``) run on the project's own settings and get this
environment too.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import cast

ENVIRONMENT = {
    "SECRET_KEY": "a-key-for-the-tests-only-8d0c1f6a2b7e4935-and-long-enough",
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "ALLOWED_ORIGINS": "http://127.0.0.1:8000,http://localhost:8000",
    "BASE_URL": "http://127.0.0.1:8000",
    "PORT": "8000",
    "WEB_PROCESSES": "1",
    "EMAIL_URL": "console://",
    "LOG_LEVEL": "WARNING",
    "LOG_FORMAT": "line",
    "SLOW_REQUEST_MS": "1000",
    "METRICS_TOKEN": "a-token-for-the-tests",
    "PROMETHEUS_MULTIPROC_DIR": "",
    "READY_FOLDER": "",
    "NEARBY_RATE": "100000/hour",
    "SIGN_IN_RATE": "100000/hour",  # all tests sign in from one address; those of the rate have another one
    "PASSWORD_RESET_RATE": "100000/hour",
    "PASSWORD_RESET_MAIL_RATE": "100000/hour",
    "TILES_URL": "",
    "TILES_ATTRIBUTION": "",
    "TIME_ZONE": "UTC",
    "STATIC_ROOT": "/nonexistent/static",  # pages are tested without their files; the live site has its own
}
os.environ.update(ENVIRONMENT)
JOB_FILES = tempfile.mkdtemp(prefix="tracker-tests-")
os.environ["JOB_FILES"] = JOB_FILES
atexit.register(shutil.rmtree, JOB_FILES, ignore_errors=True)
UNUSED = Path(tempfile.gettempdir()) / f"tracker-unused-{os.getpid()}.sqlite3"  # named, and at most looked at
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or f"spatialite:///{UNUSED}"
atexit.register(UNUSED.unlink, missing_ok=True)
os.environ.setdefault("REDIS_URL", "")

from tracker_project.settings import *  # noqa: E402, F403
from tracker_project.settings import CHANNEL_LAYERS, DATABASES, EMBEDDED, REDIS_URL  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]

# What `make test` has migrated (scripts/test.sh), of which each database that a test works on is a copy.
MIGRATED = bool(os.environ.get("MIGRATED"))
TEMPLATE = str(DATABASES["default"]["NAME"]) if MIGRATED and not EMBEDDED else None
POSTGRES_FILES = Path(os.environ["POSTGRES_FILES"]) if MIGRATED and not EMBEDDED else None
SQLITE_FILE = Path(os.environ["SQLITE_FILE"]) if MIGRATED and EMBEDDED else None

# Two runs at once, in one working tree or on one server, do not meet.
if EMBEDDED:
    tested = Path(tempfile.gettempdir()) / f"tracker-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(tested)}
    if SQLITE_FILE:  # pytest-django takes it as it is (conftest.py)
        shutil.copy(SQLITE_FILE, tested)
        atexit.register(tested.unlink, missing_ok=True)
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_tracker_{os.getpid()}", "TEMPLATE": TEMPLATE}
if REDIS_URL:  # and what the tests write to their own database does not reach the sockets of the live site
    cast(dict, CHANNEL_LAYERS["default"]["CONFIG"])["prefix"] = f"tests-{os.getpid()}"

DATABASE_AND_LAYER = f"{'SpatiaLite' if EMBEDDED else 'PostGIS'} + {'Redis' if REDIS_URL else 'in-memory layer'}"
