"""``manage.py demo``: fill an empty database with a believable town."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Manager
from django.utils import timezone

from tracker.alerts import matching
from tracker.incidents import bulk
from tracker.management.demo import accounts, history, town
from tracker.management.demo.changes import changes as recorded
from tracker.models import Alert, AlertEvent, AreaOfInterest, Change, Incident

ROWS_AT_ONCE = 200


class Command(BaseCommand):
    help = f"""Fill an empty database with {town.NAME}, an invented town: areas, incidents over {history.DAYS} days,
    their alerts, and the accounts admin, operator and viewer with their names as passwords. Only with
    DEBUG=1 or DEMO=1."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, without an error, if there is data")

    def handle(self, *args: Any, if_empty: bool = False, **options: Any) -> None:
        if not (settings.DEBUG or settings.DEMO):
            raise CommandError(
                "The demo makes accounts whose passwords everybody knows: set DEMO=1 (or DEBUG=1) to allow it."
            )
        # One transaction: a demo that is killed leaves the database as empty as it was.
        with transaction.atomic():
            matching.lock(AreaOfInterest)  # also a second demo waits, and then finds data
            if Incident.objects.exists() or AreaOfInterest.objects.exists():
                sentence = "There are incidents or areas already; the demo only fills an empty database."
                if not if_empty:
                    raise CommandError(sentence)
                self.stdout.write(sentence)
                return
            people, kept = accounts.create()
            self.fill(people)
        self.report(kept)

    def fill(self, people: dict) -> None:
        now = timezone.now()
        operator, viewer, admin = people[accounts.OPERATOR], people[accounts.VIEWER], people[accounts.ADMIN]
        areas = history.areas(now)
        told = history.incidents(now, [operator, operator, viewer], [operator, operator, operator, viewer, admin])
        incidents = [each.incident for each in told]
        self.create(AreaOfInterest.objects, areas)
        self.create(Incident.objects, incidents)
        alerts, events = history.alerts(told, areas)
        Alert.objects.bulk_create(alerts, batch_size=ROWS_AT_ONCE)
        AlertEvent.objects.bulk_create(events, batch_size=ROWS_AT_ONCE)
        Change.objects.bulk_create(recorded(told, areas, drawn_by=admin), batch_size=ROWS_AT_ONCE)
        bulk.record_changed(AreaOfInterest, len(areas))
        bulk.record_changed(Incident, len(incidents))

    def create(self, manager: Manager, rows: list) -> None:
        updated = [row.updated for row in rows]
        for row in rows:
            row.normalise()
        manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        for row, at in zip(rows, updated, strict=True):  # creating has set it to now
            row.updated = at
        manager.bulk_update(rows, ["updated"], batch_size=ROWS_AT_ONCE)

    def report(self, kept: list[str]) -> None:
        unresolved = Alert.objects.unresolved()
        longitude, latitude = town.CENTRE
        self.stdout.write(
            f"{town.NAME} is there, at {latitude:.2f}°, {longitude:.2f}°: {AreaOfInterest.objects.count()} areas, "
            f"{Incident.objects.count()} incidents ({Incident.objects.filter(closed=False).count()} open), "
            f"{Alert.objects.count()} alerts ({unresolved.count()} unresolved, "
            f"{unresolved.filter(state=Alert.State.ACKNOWLEDGED).count()} of them acknowledged)."
        )
        self.stdout.write("Accounts: admin, operator and viewer, each with its name as password.")
        if kept:
            self.stdout.write(f"Were there before and keep their passwords: {', '.join(kept)}.")
