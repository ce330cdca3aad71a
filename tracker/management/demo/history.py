"""Ninety days of incidents in Port Merrin, and the alerts that they would have raised, rows ready to be written.

Every incident is a list of moments: reported, worsened, moved, closed. Its alerts follow from playing the moments
through by the rules of ``tracker.alerts.lifecycle``, with the times of then; the unresolved ones are exactly those that
``check_alerts`` expects.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.contrib.gis.geos.prepared import PreparedGeometry

from tracker.lib.geo.geometry import SRID
from tracker.lib.request import current_user
from tracker.management.demo import stories, town
from tracker.management.demo.stories import Story
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident
from tracker.models.severity import Severity

SEED = 4
DAYS = 90
USUAL = 300  # incidents, over all the days
STORM = 36  # incidents since a storm came up
STORM_HOURS = 20
OPEN = 40  # incidents, most of them of the storm
OPEN_OF_STORM = 30
PATIENCE_HOURS = 100  # what is usually open this long may still be
BUSY_HOURS = (1, 1, 1, 1, 1, 2, 3, 6, 8, 7, 6, 6, 7, 7, 6, 7, 8, 9, 8, 6, 5, 4, 3, 2)  # how much happens, by hour

WEIGHTS = [stories.WEIGHTS.get(story.name, 2) for story in stories.STORIES]
STORM_STORIES = [story for story in stories.STORIES if story.name in stories.OF_STORM]

State, Cause, Reason, Kind = Alert.State, Alert.Cause, Alert.Reason, AlertEvent.Kind


@dataclass
class Moment:
    """An incident as it was from then on, and when somebody acknowledged the alerts of it (None: nobody did)."""

    at: datetime
    severity: Severity
    location: Point
    cause: Alert.Cause = Cause.CREATED
    closed: bool = False
    acknowledged: datetime | None = None


@dataclass
class PlayedIncident:
    """An incident, what kind it is, its moments in order, and who acknowledges its alerts; and its dice."""

    incident: Incident
    story: Story
    moments: list[Moment]
    watcher: User
    dice: random.Random


@dataclass
class Drawn:
    """An area that is stored, and its shape made ready for many questions."""

    area: AreaOfInterest
    shape: PreparedGeometry = field(init=False)

    def __post_init__(self) -> None:
        self.shape = self.area.polygon.prepared


def areas(now: datetime) -> list[AreaOfInterest]:
    """The areas, most of them older than the incidents, some drawn later."""
    rows: list[AreaOfInterest] = []
    for name, severity, polygon in town.areas():
        created = now - timedelta(days=town.LATER.get(name, DAYS + 10), minutes=len(rows) * 4)
        rows.append(AreaOfInterest(name=name, severity=severity, polygon=polygon, created=created, updated=created))
    return rows


# --- incidents -----------------------------------------------------------------------------------------------------


def incidents(now: datetime, operators: list[User], watchers: list[User]) -> list[PlayedIncident]:
    """The incidents in the order of their reports. *operators* report them, *watchers* acknowledge."""
    finders = {name: town.finder(name) for story in stories.STORIES for name in story.where}
    told = []
    for number in range(USUAL + STORM):
        dice = random.Random(SEED + number)  # its own, so that the time of day changes nothing but times
        if number < USUAL:
            at, story = usual_time(dice, now), dice.choices(stories.STORIES, WEIGHTS)[0]
        else:
            at, story = now - timedelta(hours=dice.uniform(0.2, STORM_HOURS)), dice.choice(STORM_STORIES)
        where = dice.choice(story.where)
        location, elsewhere = (Point(*finders[where](dice), srid=SRID) for _ in range(2))
        moments = moments_of(story, at, location, elsewhere, dice)
        incident = incident_of(story, where, dice, operators)
        told.append(PlayedIncident(incident, story, moments, dice.choice(watchers), dice))
    told.sort(key=lambda each: each.moments[0].at)
    keep_open(told, now)
    for each in told:
        each.moments = [moment for moment in each.moments if moment.at < now]
        acknowledge(each, now)
        finish(each)
    return told


def usual_time(dice: random.Random, now: datetime) -> datetime:
    """Some time of the last days, but before the storm; more often by day than by night."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=dice.randrange(DAYS))
    at = midnight + timedelta(hours=dice.choices(range(24), BUSY_HOURS)[0], seconds=dice.uniform(0, 3600))
    storm = now - timedelta(hours=STORM_HOURS)
    return at if at < storm else at - timedelta(days=2)


def incident_of(story: Story, where: str, dice: random.Random, operators: list[User]) -> Incident:
    street = dice.choice(stories.STREETS)
    in_street = where in stories.DISTRICTS
    name = f"{story.name}, {street if in_street else where}"
    return Incident(
        name=name,
        public_title=name,
        description=dice.choice(story.descriptions),
        place=f"{street if in_street else where}, {where if in_street else town.NAME}",
        accuracy_m=dice.choice((None, 10, 25, 50)),
        source=Incident.Source.DEMO,
        reported_by=dice.choice((*operators, None)),
    )


def moments_of(story: Story, at: datetime, location: Point, elsewhere: Point, dice: random.Random) -> list[Moment]:
    """From the report to the closing; some are judged anew, or drift, in between."""
    severity = Severity(dice.choice(story.severities))
    duration = timedelta(hours=story.hours * dice.lognormvariate(0, 0.5))
    first = Moment(at, severity, location)
    moments = [first]
    later, chance = at + duration * dice.uniform(0.2, 0.7), dice.random()
    if chance < 0.1 and severity != Severity.URGENT:
        moments.append(replace(first, at=later, severity=list(Severity)[severity.rank - 1], cause=Cause.WORSENED))
    elif chance < 0.2 and severity != Severity.INFO:
        moments.append(replace(first, at=later, severity=list(Severity)[severity.rank + 1], cause=Cause.MOVED))
    elif chance < 0.8 and story.where == stories.SEA:  # it drifts
        moments.append(replace(first, at=later, location=elsewhere, cause=Cause.MOVED))
    moments.append(replace(moments[-1], at=at + duration, closed=True))
    return moments


def keep_open(told: list[PlayedIncident], now: datetime) -> None:
    """Leave the closing out of exactly OPEN incidents: the newest, and small things that wait for weeks."""
    newest, older = told[-OPEN_OF_STORM:], told[:-OPEN_OF_STORM]
    waiting = [each for each in older if each.story.hours >= PATIENCE_HOURS][-(OPEN - OPEN_OF_STORM) :]
    for each in newest + waiting:
        each.moments.pop()
    for each in told:
        last = each.moments[-1]
        if last.closed and last.at >= now:  # the others are closed by now, so sooner than it usually takes
            reported = each.moments[0]
            each.moments = [reported, replace(reported, at=reported.at + (now - reported.at) * 0.8, closed=True)]


def acknowledge(told: PlayedIncident, now: datetime) -> None:
    """Say when the alerts of each moment were acknowledged: mostly, and before the next thing happened."""
    ends = [moment.at for moment in told.moments[1:]] + [now]
    for moment, end in zip(told.moments, ends, strict=True):
        at = moment.at + timedelta(minutes=told.dice.lognormvariate(1.5, 0.8))
        chance = 0.9 if told.moments[-1].closed else 0.5
        if told.dice.random() < chance and at < end:
            moment.acknowledged = at


def finish(told: PlayedIncident) -> None:
    """Bring the incident's row into the state of its last moment."""
    incident, last = told.incident, told.moments[-1]
    incident.severity, incident.location, incident.closed = last.severity, last.location, last.closed
    incident.created, incident.updated = told.moments[0].at, last.at


# --- alerts --------------------------------------------------------------------------------------------------------


def alerts(told: list[PlayedIncident], areas: list[AreaOfInterest]) -> tuple[list[Alert], list[AlertEvent]]:
    """All alerts in the order in which they were raised, and their events in order; incidents and areas are stored."""
    drawn = [Drawn(area) for area in areas]
    met = [(each, around) for each in told for around in drawn if touches(each, around)]
    events = [event for each, around in met for event in play(each, around.area, around.shape)]
    events.sort(key=lambda event: event.at)
    raised = [event.alert for event in events if event.kind == Kind.RAISED]
    return raised, events


def touches(told: PlayedIncident, around: Drawn) -> bool:
    return any(around.shape.covers(moment.location) for moment in told.moments)


def moments_seen(told: PlayedIncident, area: AreaOfInterest) -> Iterator[Moment]:
    """The moments since the area is there; it was drawn, perhaps, in the middle of them."""
    before = [moment for moment in told.moments if moment.at < area.created]
    if before:
        yield replace(before[-1], at=area.created, cause=Cause.AREA, acknowledged=None)
    yield from told.moments[len(before) :]


def play(told: PlayedIncident, area: AreaOfInterest, shape: PreparedGeometry) -> Iterator[AlertEvent]:
    """The events of the alerts of one incident in one area, in order; the alerts are brought into their last state."""
    alert: Alert | None = None
    for moment in moments_seen(told, area):
        inside = shape.covers(moment.location)
        wanted = inside and not moment.closed and moment.severity.meets(Severity(area.severity))
        if alert is None and wanted:
            alert = raised(told.incident, area, moment)
            yield AlertEvent(alert=alert, kind=Kind.RAISED, at=moment.at, severity=alert.severity, note=moment.cause)
        elif alert is not None and not wanted:
            alert.state, alert.resolved_at, alert.reason = State.RESOLVED, moment.at, reason(moment, inside)
            yield AlertEvent(alert=alert, kind=Kind.RESOLVED, at=moment.at, severity=alert.severity, note=alert.reason)
            alert = None
        elif alert is not None:
            worse = moment.severity.rank < alert.severity_level.rank
            alert.severity = moment.severity
            if worse:
                alert.state, alert.cause, alert.raised = State.UNACKNOWLEDGED, Cause.WORSENED, moment.at
                alert.acknowledged_by, alert.acknowledged_who, alert.acknowledged_at = None, "", None
                yield AlertEvent(alert=alert, kind=Kind.WORSENED, at=moment.at, severity=alert.severity)
        if alert is not None and moment.acknowledged and alert.state == State.UNACKNOWLEDGED:
            alert.state, alert.acknowledged_at = State.ACKNOWLEDGED, moment.acknowledged
            alert.acknowledged_by, alert.acknowledged_who = told.watcher, current_user.name_of(told.watcher)
            yield AlertEvent(
                alert=alert,
                kind=Kind.ACKNOWLEDGED,
                at=moment.acknowledged,
                by=told.watcher,
                who=alert.acknowledged_who,
                severity=alert.severity,
            )


def raised(incident: Incident, area: AreaOfInterest, moment: Moment) -> Alert:
    return Alert(
        incident_id=incident.pk,
        area_id=area.pk,
        incident_name=incident.name,
        area_name=area.name,
        severity=moment.severity,
        cause=moment.cause,
        raised=moment.at,
    )


def reason(moment: Moment, inside: bool) -> Alert.Reason:
    if moment.closed:
        return Reason.INCIDENT_CLOSED
    return Reason.BELOW_THRESHOLD if inside else Reason.LEFT_AREA
