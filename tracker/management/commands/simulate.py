"""``manage.py simulate``: report incidents live."""

import math
import random
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import Truncator

from tracker.management.demo.live import Simulation
from tracker.management.interruption import Interruption


class Command(BaseCommand):
    help = """Report incidents live, one by one, in and beside the areas there are, or else around MAP_CENTER. Now and
    then an earlier one of them gets worse, moves or is closed; only reports count. Ctrl-C or SIGTERM stops it."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=float, default=1.0, metavar="R", help="reports a second (default: 1)")
        parser.add_argument(
            "--count", type=int, default=0, metavar="N", help="how many to report (default: 0, until it is stopped)"
        )

    def handle(self, *args: Any, rate: float = 1.0, count: int = 0, verbosity: int = 1, **options: Any) -> None:
        if not (math.isfinite(rate) and rate > 0):
            raise CommandError(f"--rate: {rate:g} reports a second cannot be; give a number above 0.")
        if count < 0:
            raise CommandError(f"--count: {count} reports cannot be; give a number from 0 (until it is stopped).")
        simulation = Simulation(random.Random())
        reported, start = 0, time.monotonic()
        with Interruption() as interruption:
            while not interruption and (not count or reported < count):
                incident = simulation.report()
                reported += 1
                if verbosity > 1:
                    self.stdout.write(f"{reported}: {Truncator(str(incident)).chars(60)} ({incident.place})")
                simulation.change_one()
                if reported != count:
                    interruption.wait_until(start + reported / rate)
        self.stdout.write(
            f"{'Stopped: ' if interruption else ''}{reported:,} incidents reported in {time.monotonic() - start:.1f} s,"
            f" {simulation.changed:,} changed again."
        )
