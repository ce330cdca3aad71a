"""Checking the alerts, as ``manage.py check_alerts --repair`` does: when somebody asks for it, and once a day."""

import logging

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.alerts import check
from tracker.jobs.periodic import DAY, periodic
from tracker.jobs.registry import job
from tracker.jobs.run import Run

logger = logging.getLogger(__name__)


@periodic("check_alerts", DAY)
def check_daily() -> None:
    """Alerts never differ from what lies where; if they ever do, they are put right, and the log says so."""
    for sentence in check.check(repair=True).sentences:
        logger.error("An alert was not as it should be, and was repaired. %s", sentence)


@job(
    "check_alerts",
    title=gettext_lazy("Check the alerts"),
    permission="tracker.change_alert",
    resumes=True,
    by_name=True,
)
def check_alerts(run: Run) -> str:
    """Compare the alerts with what lies where, and put them right; each difference is a problem of the job."""
    run.problems, run.problem_count = [], 0  # it begins anew, also after an attempt that was cut off
    total = check.how_many()
    run.progress(0, total)
    found = check.check(
        repair=True,
        say=lambda sentence: run.problem(None, sentence),
        on_progress=lambda checked: run.progress(checked, max(total, checked)),  # closed ones with an alert come on top
    )
    run.progress(found.checked, found.checked)
    checked = ngettext("%(count)d incident checked", "%(count)d incidents checked", found.checked) % {
        "count": found.checked
    }
    if not found.differences:
        return _("%(checked)s: no differences.") % {"checked": checked}
    return _("%(checked)s, %(differences)d differences repaired: %(what)s.") % {
        "checked": checked,
        "differences": found.differences,
        "what": _("%(raised)d alerts raised, %(ended)d ended, %(updated)d updated")
        % {"raised": found.missing, "ended": found.stale, "updated": found.outdated},
    }
