"""What other processes of the site do while the faults are played. Each operation runs in a process of its own.

An operation gets the line to the test, and says what came of it. It imports Tracker when called, as a writer does:
these modules are loaded before Django is set up.
"""

import contextlib
import importlib
import os
import random
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from tests.faults.writer import ROLLED_BACK, RolledBack, Writer

if TYPE_CHECKING:
    from tests.faults.process_pool import Line


def set_up() -> None:
    """Load Django and Tracker, without opening a connection."""
    import django

    django.setup()
    importlib.import_module("tests.make")


def write(line: "Line", seed: int, pause_s: float, areas: bool = True, audience: Sequence[int] = ()) -> dict:
    """Write until told to stop. Where the database is away, try again, as a web process would."""
    from django.db import Error, connection

    writer, written, failed = Writer(seed, areas, audience), 0, 0
    while not line.is_told_to_stop():
        try:
            writer.step()
            written += 1
        except Error:
            if connection.connection is not None and connection.is_usable():
                raise  # the database is there: a deadlock, or something else that must not be
            connection.close()
            failed += 1
            writer.incidents, writer.areas = [], []  # whether the last commit came through is not known
            time.sleep(0.05)
        time.sleep(writer.random.uniform(0, 2 * pause_s))
    return {"written": written, "failed": failed, "confirmed": writer.confirmed}


def time_saves(line: "Line") -> None:
    """Report so many incidents as the line says, again and again; how many milliseconds each took."""
    from tests import make

    while count := line.hear().get("saves"):
        took_ms = []
        for n in range(count):
            began = time.perf_counter()
            make.incident(f"Timed {n}")
            took_ms.append((time.perf_counter() - began) * 1000)
        line.say(took_ms=took_ms)


# --- dying ---------------------------------------------------------------------------------------------------------


def die(line: "Line", moment: str, name: str) -> None:
    """Report an incident, and die at this moment of it, as by ``kill -9``."""
    from django.db import transaction

    from tests import make
    from tracker.events import numbering, sending

    if moment == "before the numbering":
        numbering.number_pending = killed
    elif moment == "before the sending":
        sending.send = killed
    with transaction.atomic():
        make.incident(name)
        if moment == "before the commit":
            killed()


def killed(rows: object = None) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody outlives that")


# --- transactions --------------------------------------------------------------------------------------------------


def hold_open(line: "Line", at_least_s: float, name: str) -> None:
    """Report an incident in a transaction that commits so much later, and when it is told to."""
    from django.db import transaction

    from tests import make

    with transaction.atomic():
        make.incident(name)
        line.say(holding=True)
        time.sleep(at_least_s)
        line.hear()


def overlap(line: "Line", seed: int, longest_s: float) -> dict:
    """Report incidents, each in a transaction that commits some time after it has written."""
    from django.db import transaction

    writer, written = Writer(seed, False, []), 0
    while not line.is_told_to_stop():
        with transaction.atomic():
            writer.new_incident()
            time.sleep(writer.random.uniform(0, longest_s))
        written += 1
    return {"written": written}


def roll_back(line: "Line", seed: int, count: int) -> None:
    """So many transactions which report something that is then rolled back, all or the innermost part of them."""
    from django.db import transaction

    writer = Writer(seed, True, [])
    for _ in range(count):
        with contextlib.suppress(RolledBack), transaction.atomic():
            if writer.random.random() < 0.5:
                writer.report()
                with contextlib.suppress(RolledBack), transaction.atomic():
                    writer.new_incident(ROLLED_BACK)
                    raise RolledBack
                writer.change()
            else:
                writer.new_incident(ROLLED_BACK)
                raise RolledBack


def meet(line: "Line", what: str) -> None:
    """Report an incident, or draw the area around it, each time that the line says where, until it says nothing."""
    from django.db import transaction

    from tests import make

    while place := line.hear().get("place"):
        name = f"{what} at {place}"
        with transaction.atomic():
            if what == "incident":
                make.incident(name, place)
            else:
                make.area(name, make.around(place, 0.4))
            # Time for the other to write and match as well, if it can: then neither would see the other.
            time.sleep(random.uniform(0, 0.01))
        line.say(wrote=name)


# --- the log -------------------------------------------------------------------------------------------------------


def prune(line: "Line", upto: int) -> int:
    """Let the log be pruned as if everything up to this number were old; how many rows were removed."""
    from django.utils import timezone

    from tracker.events import log
    from tracker.models import Notification

    log.KEEP_AT_LEAST = 1
    Notification.objects.filter(seq__lte=upto).update(created=timezone.now() - timedelta(days=1000))
    removed = log.prune()
    log.PRUNE_PIECE = 10  # a piece goes only when all of it is old
    return removed + log.prune()


def begin_new_log(line: "Line") -> None:
    """What an administrator types after a backup was restored."""
    from django.core.management import call_command

    call_command("new_log")


def swell(line: "Line", count: int, letters: int) -> None:
    """Change one incident so many times; each notification has a text of so many letters."""
    from tests import make

    incident = make.incident("Swelling", description="x" * letters)
    for n in range(count):
        incident.name = f"Swelling {n}"
        incident.save()
    incident.delete()


OPERATIONS = {
    operation.__name__: operation
    for operation in (write, time_saves, die, hold_open, overlap, roll_back, meet, prune, begin_new_log, swell)
}
