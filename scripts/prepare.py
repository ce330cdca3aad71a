"""Before `make run` serves: is the port free, is the database up to date, is there something to look at?

All in one process, so that a second start is quick.
"""

import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")


def check_port(port: int) -> None:
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen()
    except (OSError, OverflowError) as error:
        sys.exit(f"Tracker cannot listen on port {port} ({error}). Take another one: PORT=8080 make run")


def main() -> None:
    import django

    django.setup()

    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    check_port(settings.PORT)
    call_command("migrate", verbosity=0)
    demo = settings.DEBUG or settings.DEMO
    if demo:
        call_command("demo", if_empty=True)
    address = f"http://127.0.0.1:{settings.PORT}"
    print(f"\n  Tracker is at {address}/")
    if demo and get_user_model().objects.filter(username="viewer").exists():
        print("  Accounts (the name is the password): admin, operator, viewer")
    print(f"  Anybody may report at {address}/tracker/incident/report/\n  Ctrl-C stops it.\n", flush=True)


main()
