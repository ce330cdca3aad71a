"""Serve Tracker on 127.0.0.1:PORT in the foreground, until SIGTERM or Ctrl-C: what `make run` does after the set-up.

Before that: are the settings sound, is the port free, is the database up to date, is there something to look at? All in
the process that then becomes the server, so that a second start is quick.
"""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")


def check_port(port: int) -> None:
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen()
    except (OSError, OverflowError) as error:
        sys.exit(f"Tracker cannot listen on port {port} ({error}). Take another one: PORT=8080 make run")


def prepare() -> int:
    """Bring the database up to date and say where the site is; returns the port."""
    os.umask(0o077)  # the database file holds reports and accounts
    import django

    django.setup()

    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from tracker.models import AreaOfInterest, Incident

    if settings.HTTPS:
        sys.exit("`make run` serves plain http: set DEBUG=1 or HTTPS=0, or see docs/own-machine.md.")
    call_command("check", fail_level="ERROR")
    check_port(settings.PORT)
    call_command("migrate", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    demo = settings.DEBUG or settings.DEMO
    if demo and not (Incident.objects.exists() or AreaOfInterest.objects.exists()):
        call_command("demo", if_empty=True)
    address = f"http://127.0.0.1:{settings.PORT}"
    print(f"\n  Tracker is at {address}/")
    viewer = get_user_model().objects.filter(username="viewer").first()
    if demo and viewer and viewer.check_password("viewer"):
        print("  Accounts (the name is the password): admin, operator, viewer")
    print(f"  Anybody may report at {address}/tracker/incident/report/\n  Ctrl-C stops it.\n", flush=True)
    return settings.PORT


def serve(port: int) -> None:
    daphne = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port)]
    # Sockets may live for longer than daphne's default of a day, hence the timeout of -1.
    daphne += ["--websocket_timeout=-1", "--no-server-name", "--verbosity", "0"]
    os.chdir(ROOT)
    os.execv(sys.executable, [*daphne, "tracker_project.asgi:application"])


serve(prepare())
