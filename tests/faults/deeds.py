"""What other processes of the site do while the faults are played. Each deed runs in a process of its own.

A deed gets the line to the test, and says what came of it. It imports Tracker when it is called: this module is loaded
before Django is set up.
"""

import contextlib
import importlib
import os
import random
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.stage import Line

KEPT = 25  # incidents that a writer leaves open at once; areas: a fifth of it
ROLLED_BACK = "Rolled back"  # in the name of what must never be announced


def set_up() -> None:
    """Load Django and Tracker, without opening a connection."""
    import django

    django.setup()
    importlib.import_module("tests.make")


class RolledBack(Exception):
    pass


class Writer:
    """Reports, changes, closes and deletes incidents of its own, and draws, redraws and deletes areas."""

    def __init__(self, seed: int, areas: bool, audience: list[int]):
        self.random = random.Random(seed)
        self.name = f"writer {seed}"
        self.audience = audience  # numbers of users who are told something that is for them alone
        self.incidents: list = []
        self.areas: list = []
        self.confirmed: list[str] = []  # Feature ids of what the database has confirmed
        self.count = 0
        steps = {self.report: 6, self.change: 6, self.delete: 2, self.report_several: 1, self.roll_back: 1}
        if areas:
            steps |= {self.draw: 1, self.redraw: 1, self.delete_area: 1}
        if audience:
            steps |= {self.tell_one: 2, self.acknowledge: 1}
        self.steps, self.weights = list(steps), list(steps.values())

    def step(self) -> None:
        self.random.choices(self.steps, self.weights)[0]()

    def new_incident(self, kind: str = ""):
        from tests import make

        self.count += 1
        place = self.random.uniform(9, 11), self.random.uniform(49, 51)
        severity = self.random.choice(["UR", "HI", "ME", "LO", "IN"])
        return make.incident(f"{kind or 'Fire'} {self.count} of {self.name}", place, severity)

    def report(self) -> None:
        self.incidents.append(self.new_incident())
        self.confirmed.append(self.incidents[-1].feature_id)
        if len(self.incidents) > KEPT:
            self.incidents.pop(0).delete()

    def report_several(self) -> None:
        from django.db import transaction

        with transaction.atomic():
            new = [self.new_incident() for _ in range(self.random.randrange(2, 5))]
        self.incidents += new
        self.confirmed += [incident.feature_id for incident in new]

    def roll_back(self) -> None:
        from django.db import transaction

        with contextlib.suppress(RolledBack), transaction.atomic():
            self.new_incident(ROLLED_BACK)
            raise RolledBack

    def change(self) -> None:
        from tests import make

        if self.incidents:
            incident = self.random.choice(self.incidents)
            incident.severity = self.random.choice(["UR", "HI", "ME"])
            incident.closed = self.random.random() < 0.2
            incident.location = make.point(self.random.uniform(9, 11), self.random.uniform(49, 51))
            incident.save()

    def delete(self) -> None:
        if self.incidents:
            self.incidents.pop(self.random.randrange(len(self.incidents))).delete()

    def polygon(self):
        from tests import make

        centre = self.random.uniform(9, 11), self.random.uniform(49, 51)
        return make.around(centre, self.random.uniform(0.2, 1.0))

    def draw(self) -> None:
        from tests import make

        self.count += 1
        name, polygon = f"Town {self.count} of {self.name}", self.polygon()
        self.areas.append(make.area(name, polygon, self.random.choice(["HI", "ME", "LO"])))
        self.confirmed.append(self.areas[-1].feature_id)
        if len(self.areas) > KEPT // 5:
            self.areas.pop(0).delete()

    def redraw(self) -> None:
        if self.areas:
            area = self.random.choice(self.areas)
            area.polygon = self.polygon()
            area.save()

    def delete_area(self) -> None:
        if len(self.areas) > 2:
            self.areas.pop(0).delete()

    def tell_one(self) -> None:
        from tracker import notifications

        notifications.record("alert_state", {"alerts": []}, audience=f"user:{self.random.choice(self.audience)}")

    def acknowledge(self) -> None:
        from django.contrib.auth import get_user_model

        from tracker import alerts
        from tracker.models import Alert

        pks = Alert.objects.unresolved().order_by("-pk").values_list("pk", flat=True)[: self.random.randrange(1, 4)]
        alerts.acknowledge(list(pks), get_user_model().objects.get(pk=self.random.choice(self.audience)))


def write(line: "Line", seed: int, pause_s: float, areas: bool = True, audience: list[int] = (), most: int = 0) -> dict:
    """Write until told to stop, or *most* times. Where the database is away, try again, as a web process would."""
    from django.db import Error, connection

    writer, written, failed = Writer(seed, areas, audience), 0, 0
    while not line.is_told_to_stop() and (not most or written < most):
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
    from tracker import notifications

    if moment == "before the numbering":
        notifications.number_pending = killed
    elif moment == "before the sending":
        notifications.send = killed
    with transaction.atomic():
        make.incident(name)
        if moment == "before the commit":
            killed()


def killed(*args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# --- transactions --------------------------------------------------------------------------------------------------


def hold_open(line: "Line", hold_s: float, name: str) -> None:
    """Report an incident in a transaction that commits so much later."""
    from django.db import transaction

    from tests import make

    with transaction.atomic():
        make.incident(name)
        line.say(holding=True)
        time.sleep(hold_s)


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

    from tracker import notifications
    from tracker.models import Notification

    notifications.KEEP_AT_LEAST, notifications.PRUNE_PIECE = 1, 10
    Notification.objects.filter(seq__lte=upto).update(created=timezone.now() - timedelta(days=1000))
    return notifications.prune()


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


DEEDS = {
    deed.__name__: deed
    for deed in (write, time_saves, die, hold_open, overlap, roll_back, meet, prune, begin_new_log, swell)
}
