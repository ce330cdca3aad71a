"""Tracker's settings: one file; what differs between machines comes from the environment or from ``.env``.

Every variable is parsed strictly: a value that cannot be used stops the start with a sentence that names it.
docs/settings.md lists them all (a test keeps it complete).
"""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from csp.constants import NONCE, NONE, SELF
from environs import validate
from limits import parse as parse_rate

from tracker_project.environment import BASE_DIR, address, origin_of, path_of, read, stop, view_of, whole

# --- who and where -------------------------------------------------------------------------------------------------

DEBUG = read("bool", "DEBUG", False)
DEMO = read("bool", "DEMO", False)
PORT = whole("PORT", 8000, 1, 65535)
LOOPBACK = [f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"] if DEBUG else []

SECRET_KEY = read("str", "SECRET_KEY", "")
if not SECRET_KEY:
    stop("SECRET_KEY is not set. Give it a long random value, or type `make run`, which writes one into .env.")

ALLOWED_HOSTS = read("list", "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
if not ALLOWED_HOSTS:
    stop("ALLOWED_HOSTS is not set. Name the hosts this site answers to, separated by commas.")
for host in ALLOWED_HOSTS:
    if not DEBUG and ("*" in host or host.startswith(".") or ":" in host.rpartition("]")[2]):
        stop(f"ALLOWED_HOSTS: “{host}” is refused without DEBUG; name the hosts exactly, without a port.")

# Links in mail are made from this, never from the Host header of a request.
BASE_URL = origin_of(read("str", "BASE_URL", LOOPBACK[0] if LOOPBACK else f"https://{ALLOWED_HOSTS[0]}"), "BASE_URL")
# Whose pages may open a WebSocket or post a form: full origins, compared exactly.
ALLOWED_ORIGINS = [origin_of(o, "ALLOWED_ORIGINS") for o in read("list", "ALLOWED_ORIGINS", [])] or [
    *LOOPBACK,
    *([] if BASE_URL in LOOPBACK else [BASE_URL]),
]
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
# The path of the host under which the site is served, if it has no name of its own (lib/request/root_path.py).
ROOT_PATH = path_of(read("str", "ROOT_PATH", ""), "ROOT_PATH")
FORCE_SCRIPT_NAME = ROOT_PATH or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = ROOT_PATH or "/"
WEB_PROCESSES = whole("WEB_PROCESSES", 1, 1)  # how many server processes share this site
READY_FOLDER = read("str", "READY_FOLDER", "")  # where each of them says that it serves (daphne/ready.py)

# --- applications --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "channels",
    "csp",
    "leaflet",
    "axes",  # before tracker: a failed sign-in is counted before it is recorded
    "crispy_forms",
    "crispy_bootstrap5",
    "tracker",
]
MIDDLEWARE = [
    "tracker.web.middleware.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tracker.web.saved_forms.middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tracker.lib.request.current_user.middleware",
    "tracker.web.views.unavailable.UnavailableMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tracker_project.urls"
ASGI_APPLICATION = "tracker_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                "isolated": "tracker.web.templatetags.isolated",
                "map_start": "tracker.web.templatetags.map_start",
                "modules": "tracker.web.templatetags.modules",
                "site_time": "tracker.web.templatetags.site_time",
                "version": "tracker.web.templatetags.version",
                "watching": "tracker.web.templatetags.watching",
            },
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database ------------------------------------------------------------------------------------------------------

DATABASE_URL = read("str", "DATABASE_URL", f"spatialite:///{BASE_DIR / 'tracker.sqlite3'}")
if address(DATABASE_URL, "DATABASE_URL").scheme not in {"spatialite", "postgis"}:
    stop("DATABASE_URL: the scheme must be spatialite:// or postgis://.")
DATABASES = {"default": read("dj_db_url", "DATABASE_URL", DATABASE_URL)}
EMBEDDED = DATABASES["default"]["ENGINE"].endswith("spatialite")
if EMBEDDED:
    DATABASES["default"] |= {
        "ENGINE": "tracker_project.spatialite",
        # IMMEDIATE: a transaction that will write waits its turn at BEGIN instead of failing half-way.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"},
        "TEST": {"NAME": BASE_DIR / "test.sqlite3"},
    }
else:
    # Keeps connections between requests; Django's own would open one for each.
    DATABASES["default"]["ENGINE"] = "tracker_project.postgis"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- channel layer and cache ---------------------------------------------------------------------------------------

REDIS_URL = read("str", "REDIS_URL", "")
if REDIS_URL and address(REDIS_URL, "REDIS_URL").scheme not in {"redis", "rediss", "unix"}:
    stop("REDIS_URL: the scheme must be redis://, rediss:// or unix://.")
REDIS_LAYER = read("str", "REDIS_LAYER", "pubsub")
if REDIS_LAYER not in {"pubsub", "core"}:
    stop("REDIS_LAYER must be “pubsub” or “core”.")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": {
                "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "core": "channels_redis.core.RedisChannelLayer",
            }[REDIS_LAYER],
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- background work -----------------------------------------------------------------------------------------------

BACKGROUND = read("str", "BACKGROUND", "threads")  # who carries jobs out
JOB_BACKENDS = {"threads": "tracker.jobs.backends.threads.submit", "celery": "tracker_project.celery.submit"}
if BACKGROUND not in JOB_BACKENDS:
    stop("BACKGROUND must be “threads” or “celery”.")
JOB_BACKEND = JOB_BACKENDS[BACKGROUND]
JOB_THREADS = whole("JOB_THREADS", 4, 1, 100)  # of a web process
JOB_RETENTION_DAYS = whole("JOB_RETENTION_DAYS", 30, 1, 36_500)
JOB_UPLOAD_MB = whole("JOB_UPLOAD_MB", 200, 1, 100_000)
JOB_FILES = read("path", "JOB_FILES", BASE_DIR / "job_files")  # given to jobs and made by them; no address leads there

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # the job's row has it
CELERY_TASK_ACKS_LATE = True  # a worker that dies leaves its messages to the others
CELERY_TASK_DEFAULT_QUEUE = "tracker"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a long job does not hold up those behind it
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 10, "max_retries": 0}  # seconds
CELERY_BEAT_SCHEDULE_FILENAME = str(JOB_FILES / "celerybeat-schedule")

# --- the log and the sockets ---------------------------------------------------------------------------------------

NOTIFICATION_RETENTION_DAYS = read("int", "NOTIFICATION_RETENTION_DAYS", 30, validate=validate.Range(1, 36_500))
# The least is what the database itself keeps (migration 0008).
AUDIT_RETENTION_DAYS = whole("AUDIT_RETENTION_DAYS", 730, 30, 36_500)
SOCKETS_PER_USER = read("int", "SOCKETS_PER_USER", 20, validate=validate.Range(0, 100_000))  # 0: no limit

# --- people --------------------------------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "live_map"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # only refuses
    "django.contrib.auth.backends.ModelBackend",
]
# Who guesses is locked out, the name together with the address: a stranger elsewhere keeps nobody from signing in.
# How often an address may fail, whatever the names, is counted apart, and so is who is known here (sign_in.py).
SIGN_IN_FAILURES = whole("SIGN_IN_FAILURES", 5, 1, 1_000)
SIGN_IN_LOCKOUT_MINUTES = whole("SIGN_IN_LOCKOUT_MINUTES", 15, 1, 10_080)
AXES_LOCKOUT_PARAMETERS = "tracker.accounts.sign_in.counted_together"
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_LOCKOUT_MINUTES)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who tries meanwhile waits no longer than they were told
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"  # so that all processes count together
AXES_CLIENT_IP_CALLABLE = "tracker.lib.request.client_address.counted_address"
AXES_USERNAME_CALLABLE = "tracker.accounts.sign_in.counted_name"
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken"]  # besides the password, which some type as the name
AXES_DISABLE_ACCESS_LOG = True  # the audit record has it
AXES_ENABLE_ADMIN = False  # web/admin/audit.py shows what there is to see
AXES_VERBOSE = False
PASSWORD_HASHERS = [
    "tracker.accounts.password_hashing.PasswordHasher",  # Django's PBKDF2, a few at a time; then for older ones
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
REPORT_RATE = read("str", "REPORT_RATE", "20/hour")  # anonymous reports from one address, as `limits` writes rates
NEARBY_RATE = read("str", "NEARBY_RATE", "30/hour")  # half kilometres that strangers look at for open incidents
SIGN_IN_RATE = read("str", "SIGN_IN_RATE", "30/hour")  # failures to sign in from one address
PASSWORD_RESET_RATE = read("str", "PASSWORD_RESET_RATE", "10/hour")  # requests for that mail from one address
PASSWORD_RESET_MAIL_RATE = read("str", "PASSWORD_RESET_MAIL_RATE", "3/hour")  # to one e-mail address
for name, rate in {
    "REPORT_RATE": REPORT_RATE,
    "NEARBY_RATE": NEARBY_RATE,
    "SIGN_IN_RATE": SIGN_IN_RATE,
    "PASSWORD_RESET_RATE": PASSWORD_RESET_RATE,
    "PASSWORD_RESET_MAIL_RATE": PASSWORD_RESET_MAIL_RATE,
}.items():
    try:
        if not rate.isascii() or parse_rate(rate).amount < 1:
            raise ValueError
    except ValueError:
        stop(f"{name}: “{rate}” is not a rate such as “20/hour” or “5/minute”.")
PUBLIC_NEARBY = read("bool", "PUBLIC_NEARBY", True)  # strangers are shown what is open near their pin

# --- mail ----------------------------------------------------------------------------------------------------------

address(os.environ.get("EMAIL_URL", ""), "EMAIL_URL")
EMAIL = read("dj_email_url", "EMAIL_URL", "console://" if DEBUG else "smtp://localhost:25")
if "EMAIL_BACKEND" not in EMAIL:
    stop("EMAIL_URL: the scheme must be one of smtp, submission, console, file, memory and dummy.")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_HOST"], EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"], EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL["EMAIL_USE_TLS"], EMAIL["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = whole("EMAIL_TIMEOUT", 10, 1, 3_600)  # seconds that a mail server may take for each answer
DEFAULT_FROM_EMAIL = read("str", "DEFAULT_FROM_EMAIL", "tracker@localhost")

# --- language, time, files -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = read("str", "TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    stop(f"TIME_ZONE: there is no time zone “{TIME_ZONE}”; write it as “Europe/Berlin”.")
USE_TZ = True
FORMAT_MODULE_PATH = ["tracker_project.locale_formats"]

STATIC_URL = f"{ROOT_PATH}/static/"
STATIC_ROOT = read("path", "STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "jobs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": JOB_FILES,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "tracker.web.static_files.HashedFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.[a-z0-9]+$"  # nginx has it, too
WHITENOISE_MAX_AGE = 0  # seconds, of the others: they are asked for anew
FORM_RENDERER = "tracker.web.bound_fields.FormRenderer"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes; a drawn area is part of a form
DEFAULT_EXCEPTION_REPORTER = "tracker_project.debug_page.Reporter"

# --- map -----------------------------------------------------------------------------------------------------------

TILES_URL = read("str", "TILES_URL", "")
if TILES_URL and not (TILES_URL.startswith(("http://", "https://")) and "{z}" in TILES_URL and "{x}" in TILES_URL):
    stop("TILES_URL: give the address of a tile as https://tiles.example.org/{z}/{x}/{y}.png.")
TILES_ATTRIBUTION = read("str", "TILES_ATTRIBUTION", "")
MAP_CENTER = read("list", "MAP_CENTER", ["50.0", "8.0"])  # latitude, longitude
MAP_ZOOM, MAP_START_IS_CHOSEN = read("int", "MAP_ZOOM", 4), "MAP_CENTER" in os.environ
LEAFLET_CONFIG = {
    "TILES": [("Map", TILES_URL, {"attribution": TILES_ATTRIBUTION, "maxZoom": 19})] if TILES_URL else [],
    "SPATIAL_EXTENT": (-360, -90, 360, 90),  # how far a map may be moved: past the antimeridian, to draw across it
    "DEFAULT_CENTER": view_of(MAP_CENTER, MAP_ZOOM),
    "DEFAULT_ZOOM": MAP_ZOOM,
    "MIN_ZOOM": 1,
    "MAX_ZOOM": 19,
    "DEFAULT_PRECISION": 7,  # decimals of a degree: about a centimetre
    "RESET_VIEW": False,
    "SCALE": "metric",
    "ATTRIBUTION_PREFIX": "Leaflet",
}

# --- security ------------------------------------------------------------------------------------------------------

HTTPS = read("bool", "HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = whole("HSTS_SECONDS", 31_536_000 if HTTPS and not DEMO else 0, 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
# A proxy that overwrites X-Forwarded-Proto, X-Forwarded-For and X-Request-ID stands before this process.
BEHIND_PROXY = read("bool", "BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "tracker.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = whole("SESSION_COOKIE_AGE", 1_209_600, 1, 315_360_000)  # seconds, ten years at most
# So long after signing in a watch in use, which prolongs its session, has to sign in again.
SESSION_LONGEST = whole("SESSION_LONGEST", max(2_592_000, SESSION_COOKIE_AGE), 1, 315_360_000)

tile_origin = address(TILES_URL.replace("{s}", "*"), "TILES_URL")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([f"{tile_origin.scheme}://{tile_origin.netloc}"] if TILES_URL else [])],
        # 'self' covers wss:// only in newer browsers, so the sockets are named as well.
        "connect-src": [SELF, *(origin.replace("http", "ws", 1) for origin in ALLOWED_ORIGINS)],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# GDAL 3.9 can refuse network and file access for hostile spatial references; Debian 12 has 3.6. Tracker never hands
# GDAL a spatial reference, or a file, that came from outside: geometry.py builds GEOS geometry from checked numbers.
# axes' middleware would answer in the place of the sign-in page, which says by itself that somebody is locked out.
SILENCED_SYSTEM_CHECKS = ["gis.W001", "axes.W002"]

# --- logging -------------------------------------------------------------------------------------------------------

LOG_FORMAT = read("str", "LOG_FORMAT", "line")
if LOG_FORMAT not in {"line", "json"}:
    stop("LOG_FORMAT must be “line” or “json”.")
SLOW_REQUEST_MS = whole("SLOW_REQUEST_MS", 1000, 0)  # with LOG_FORMAT=json a request that takes as long is logged
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "tracker_project.logs.LineFormatter",
            "format": "%(asctime)s %(context)s%(levelname)s %(name)s: %(message)s",
        },
        "json": {"class": "tracker_project.logs.JsonLineFormatter"},
    },
    "filters": {"floods": {"()": "tracker_project.log_floods.Floods"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["floods"]}},
    "root": {"handlers": ["console"], "level": read("log_level", "LOG_LEVEL", logging.INFO)},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # Django's own handler would write each line a second time
        "django.channels.server": {"level": "WARNING"},
        "django.contrib.gis": {"level": "ERROR"},  # GEOS' remarks on shapes that are then repaired
        "daphne": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}

# --- metrics -------------------------------------------------------------------------------------------------------

METRICS_TOKEN = read("str", "METRICS_TOKEN", "")  # empty: there is no address /metrics
if METRICS_TOKEN and (len(METRICS_TOKEN) < 16 or not METRICS_TOKEN.isascii() or " " in METRICS_TOKEN):
    stop("METRICS_TOKEN: give it at least 16 characters of ASCII, without spaces.")
# Where the processes of this machine keep what they count, if there are several; the library looks for it here only.
PROMETHEUS_MULTIPROC_DIR = read("str", "PROMETHEUS_MULTIPROC_DIR", "")
os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
if PROMETHEUS_MULTIPROC_DIR:
    try:
        Path(PROMETHEUS_MULTIPROC_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(PROMETHEUS_MULTIPROC_DIR, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError("it is not ours to write to")
    except OSError as error:
        stop(f"PROMETHEUS_MULTIPROC_DIR: {error}")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = PROMETHEUS_MULTIPROC_DIR
