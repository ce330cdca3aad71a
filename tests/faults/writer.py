"""Somebody who writes what people write: reports, changes, closes, deletes; draws areas; acknowledges alerts."""

import contextlib
import random
from collections.abc import Sequence

KEPT = 25  # incidents that a writer leaves open at once; areas: a fifth of it
ROLLED_BACK = "Rolled back"  # in the name of what must never be announced


class RolledBack(Exception):
    pass


class Writer:
    """Reports, changes, closes and deletes incidents of its own, and draws, redraws and deletes areas."""

    def __init__(self, seed: int, areas: bool, audience: Sequence[int]):
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
        from tracker.events import log

        log.record("alert_state", {"alerts": []}, audience=f"user:{self.random.choice(self.audience)}")

    def acknowledge(self) -> None:
        from django.contrib.auth import get_user_model

        from tracker.alerts import lifecycle
        from tracker.models import Alert

        pks = Alert.objects.unresolved().order_by("-pk").values_list("pk", flat=True)[: self.random.randrange(1, 4)]
        lifecycle.acknowledge(list(pks), get_user_model().objects.get(pk=self.random.choice(self.audience)))
