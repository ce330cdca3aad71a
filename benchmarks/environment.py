"""Django for the driver and its children: Tracker's own settings, in production's way, on the throw-away services."""

import os
import socket

ENVIRONMENT = {
    "SECRET_KEY": "a-key-for-the-benchmarks-only-5b1f0c7d93e8a264-and-long-enough",
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "127.0.0.1",
    "EMAIL_URL": "dummy://",
    "LOG_LEVEL": "WARNING",
    "TILES_URL": "",
    "WEB_PROCESSES": "1",
    "DJANGO_SETTINGS_MODULE": "tracker_project.settings",
}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def prepare() -> None:
    """Set Django up in this process, and make the tables. DATABASE_URL and REDIS_URL are given (run.py)."""
    os.environ |= ENVIRONMENT | {"PORT": str(free_port())}
    os.environ |= {"BASE_URL": origin(), "ALLOWED_ORIGINS": origin()}

    import django

    django.setup()

    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def origin() -> str:
    """The one origin whose pages may open sockets; every server that is measured listens there in its turn."""
    return f"http://127.0.0.1:{os.environ['PORT']}"
