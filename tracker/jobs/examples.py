"""Jobs that do nothing but take three seconds: for the curious, and for the tests."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.jobs.registry import JobFailed, job
from tracker.jobs.run import Run

TICK_S = 0.1


@job("try_it", title=gettext_lazy("Try it"), by_name=True)
def try_it(run: Run, seconds: float = 3) -> str:
    """Count to three seconds."""
    for _tick in run.steps(range(round(seconds / TICK_S)), round(seconds / TICK_S)):
        run.sleep(TICK_S)
    return _("Counted to %(seconds)g seconds.") % {"seconds": seconds}


@job("try_failing", title=gettext_lazy("Try what a failure looks like"), by_name=True)
def try_failing(run: Run) -> str:
    """Fail half-way at first; when it is run again it goes well."""
    for tick in run.steps(range(30), 30):
        run.sleep(TICK_S)
        if tick == 15 and run.job.attempt == 1:
            run.problem(16, _("This is where a job would say what is wrong with this row."))
            raise JobFailed(_("It failed, as it was asked to. Run it again, and it goes well."))
    return _("It went well this time.")
