"""``manage.py check_alerts``: recompute every open pair of incident and area, and compare it with the alerts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.alerts import check


class Command(BaseCommand):
    help = """Recompute which open incident lies in which area and compare it with the unresolved alerts. Each
    difference is reported; the exit status is 1 if there was one. With --repair the alerts are brought in
    line, and announced."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="raise, end and update alerts as they should be")

    def handle(self, *args: Any, repair: bool = False, **options: Any) -> None:
        found = check.check(repair=repair, say=self.stdout.write)
        if not found.differences:
            self.stdout.write(f"{found.checked:,} open incidents checked: no differences.")
        elif repair:
            self.stdout.write(
                f"{found.checked:,} incidents checked, {found.differences:,} differences repaired: "
                f"{found.missing:,} alerts raised, {found.stale:,} ended, {found.outdated:,} updated."
            )
        else:
            raise CommandError(
                f"{found.checked:,} incidents checked, {found.differences:,} differences: {found.missing:,} alerts "
                f"missing, {found.stale:,} should have ended, {found.outdated:,} show old values. To repair: "
                "manage.py check_alerts --repair"
            )
