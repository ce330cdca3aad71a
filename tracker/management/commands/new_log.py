"""``manage.py new_log``: to be run after a backup was restored."""

from typing import Any

from django.core.management.base import BaseCommand

from tracker.events import log


class Command(BaseCommand):
    help = "Begin a new log of notifications after restoring a backup: every open map reloads by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        state = log.begin_new_log()
        self.stdout.write(f"The log is {state.log_id} from here on. Open maps reload within seconds.")
