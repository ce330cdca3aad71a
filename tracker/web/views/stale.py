"""What somebody else has done meanwhile: why an action from an older page did nothing, in words."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.incidents import history
from tracker.models import Alert, Change, Incident

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


def name(who: str) -> str:
    return who or _("somebody")


def moment(at: datetime) -> str:
    return written(timezone.localtime(at), "Y-m-d H:i T")
