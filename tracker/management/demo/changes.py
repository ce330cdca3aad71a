"""What the history says of the demonstration's incidents and areas: rows ready to be written, oldest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from django.contrib.auth.models import User

from tracker.incidents import history
from tracker.lib.request import current_user
from tracker.management.demo.history import Moment, PlayedIncident
from tracker.models import AreaOfInterest, Change
from tracker.models.row_change import Row

Kind = Change.Kind


def changes(told: Iterable[PlayedIncident], areas: Iterable[AreaOfInterest], drawn_by: User) -> list[Change]:
    """Of these, once they are stored."""
    rows = [by(drawn_by, changed(area, Kind.CREATED, {}, area.created)) for area in areas]
    for each in told:
        rows += of_incident(each)
    return sorted(rows, key=lambda change: change.at)


def of_incident(told: PlayedIncident) -> Iterator[Change]:
    incident = told.incident
    reported = {"source": [None, incident.source]}
    yield by(incident.reported_by, changed(incident, Kind.CREATED, reported, told.moments[0].at))
    for before, after in pairwise(told.moments):
        values = history.differences(stored(before), stored(after))
        kind = Kind.CLOSED if after.closed and not before.closed else Kind.CHANGED
        if values:
            yield by(told.watcher, changed(incident, kind, values, after.at))


def changed(row: Row, kind: Change.Kind, values: dict[str, list], at: datetime) -> Change:
    return history.change_of(type(row), row.pk, row.name, kind, values, at)


def stored(moment: Moment) -> dict:
    return {"severity": moment.severity.value, "closed": moment.closed, "location": moment.location}


def by(person: User | None, change: Change) -> Change:
    change.by, change.who = person, current_user.name_of(person)
    return change
