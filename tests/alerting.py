"""What the tests of alerts look at: what was recorded, an incident's alert, and a row saved as a form does."""

from tests import make
from tracker.models import Alert


class Recorded:
    """What was recorded since the last look."""

    def __init__(self):
        self.after = make.newest_id()

    def __call__(self, *types: str) -> list[dict]:
        found = make.recorded(self.after, types)
        self.after = make.newest_id()
        return found


def the_alert(incident) -> Alert:
    (alert,) = make.alerts_of(incident)
    return alert


def kinds(alert) -> list[str]:
    return [event.kind for event in alert.events.order_by("pk")]


def change(row, **fields):
    """Save a row as a form does: load it fresh, change it, save all of it."""
    fresh = type(row).objects.get(pk=row.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save()
    return fresh
