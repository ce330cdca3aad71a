"""What somebody else has done meanwhile, in words: why an action from an older page did nothing, and what is new."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tracker.incidents import history
from tracker.lib.text import isolated
from tracker.models import Alert, AlertEvent, Change, Incident
from tracker.models.row_change import Row

TOLD = 3  # one by one; of more only how many


def about_alerts(pks: Collection[int]) -> list[str]:
    """Why these alerts were not acknowledged: they are already, or have ended, or are not there."""
    alerts = list(Alert.objects.filter(pk__in=pks).order_by("pk")) if 0 < len(pks) <= TOLD else []
    closings = closings_of({alert.incident_id for alert in alerts if alert.reason == Alert.Reason.INCIDENT_CLOSED})
    told = [about(alert, closings.get(alert.incident_id)) for alert in alerts]
    if more := len(pks) - len(told):
        sentence = ngettext(
            "%(count)d alert was not waiting any more, and was left as it is.",
            "%(count)d alerts were not waiting any more, and were left as they are.",
            more,
        )
        told.append(sentence % {"count": more})
    return told


def about(alert: Alert, closing: Change | None) -> str:
    if closing:
        said = {"alert": alert, "who": name(closing.who), "at": moment(closing.at)}
        return _("Closed by %(who)s at %(at)s: “%(alert)s” does not wait any more.") % said
    if alert.state == Alert.State.ACKNOWLEDGED and alert.acknowledged_at:
        said = {"alert": alert, "who": name(alert.acknowledged_who), "at": moment(alert.acknowledged_at)}
        return _("Acknowledged by %(who)s at %(at)s already: “%(alert)s”.") % said
    said = {"alert": alert, "why": alert.get_reason_display() or alert.get_state_display()}
    return _("“%(alert)s” does not wait any more: %(why)s.") % said


def about_closed_incidents(pks: Collection[int]) -> list[str]:
    """Who had closed these incidents already, and when."""
    few = pks if len(pks) <= TOLD else []
    names = dict(Incident.objects.filter(pk__in=few, closed=True).order_by("pk").values_list("pk", "name"))
    closings = closings_of(names)
    return [
        _("Closed by %(who)s at %(at)s already: “%(name)s”.")
        % {"who": name(closings[pk].who), "at": moment(closings[pk].at), "name": names[pk]}
        for pk in names
        if pk in closings
    ]


def closings_of(incidents: Collection[int]) -> dict[int, Change]:
    """The last closing of each of these incidents, by its number."""
    closings = history.closings().filter(number__in=list(incidents))
    return {change.number: change for change in closings.order_by("pk")} if incidents else {}


# --- what happened last to what a page shows -----------------------------------------------------------------------

CHANGED = {
    Change.Kind.CREATED: _lazy("Reported by %(who)s at %(at)s."),
    Change.Kind.CHANGED: _lazy("Edited by %(who)s at %(at)s."),
    Change.Kind.CLOSED: _lazy("Closed by %(who)s at %(at)s."),
    Change.Kind.REOPENED: _lazy("Reopened by %(who)s at %(at)s."),
    Change.Kind.DELETED: _lazy("Deleted by %(who)s at %(at)s."),
}
HAPPENED = {
    AlertEvent.Kind.RAISED: _lazy("New alert at %(at)s."),
    AlertEvent.Kind.WORSENED: _lazy("Alerts again since %(at)s."),
    AlertEvent.Kind.ACKNOWLEDGED: _lazy("Acknowledged by %(who)s at %(at)s."),
    AlertEvent.Kind.RESOLVED: _lazy("Ended at %(at)s: %(why)s."),
    AlertEvent.Kind.TAKEN_BACK: _lazy("Waits again since %(at)s: %(who)s took the acknowledgement back."),
    AlertEvent.Kind.RESTORED: _lazy("Back since %(at)s: %(who)s undid the closing."),
}


def latest_of_rows(rows: Iterable[tuple[type[Row], int]], is_named: bool) -> list[str]:
    """What was done last to each of these rows."""
    numbers: dict[type[Row], list[int]] = {}
    for model, number in rows:
        numbers.setdefault(model, []).append(number)
    newest = [pk for model, own in numbers.items() for pk in history.versions(model, own).values()]
    return [
        called(change.name, CHANGED[Change.Kind(change.kind)] % by(change), is_named)
        for change in Change.objects.filter(pk__in=newest).order_by("pk")
    ]


def latest_of_alerts(pks: Collection[int], is_named: bool, told: Collection[str]) -> list[str]:
    """What happened last to each of these alerts; that they ended with their incident is not said beside *told*."""
    last = AlertEvent.objects.filter(alert__in=pks).order_by().values("alert").annotate(newest=Max("pk"))
    events = AlertEvent.objects.filter(pk__in=[row["newest"] for row in last]).select_related("alert").order_by("pk")
    left = [event for event in events if not (told and event.kind == AlertEvent.Kind.RESOLVED)]
    closings = closings_of({event.alert.incident_id for event in left if event.note == Alert.Reason.INCIDENT_CLOSED})
    if len(left) > TOLD:
        return [_("%(count)d alerts have changed.") % {"count": len(left)}]
    return [
        called(str(event.alert), happened(event, closings.get(event.alert.incident_id)), is_named or len(left) > 1)
        for event in left
    ]


def happened(event: AlertEvent, closing: Change | None) -> str:
    if closing and event.note == Alert.Reason.INCIDENT_CLOSED:
        return CHANGED[Change.Kind.CLOSED] % by(closing)
    return HAPPENED[AlertEvent.Kind(event.kind)] % by(event)


def by(row: Change | AlertEvent) -> dict[str, str]:
    why = row.alert.get_reason_display() if isinstance(row, AlertEvent) else ""
    return {"who": isolated(name(row.who)), "at": time_of(row.at), "why": why}


def called(name: str, sentence: str, is_named: bool) -> str:
    return f"“{isolated(name)}”: {sentence}" if is_named else sentence


def time_of(at: datetime) -> str:
    """With the date unless it was today."""
    at = timezone.localtime(at)
    return written(at, "H:i" if at.date() == timezone.localdate() else "Y-m-d H:i")


def name(who: str) -> str:
    return who or _("somebody")


def moment(at: datetime) -> str:
    return written(timezone.localtime(at), "Y-m-d H:i T")
