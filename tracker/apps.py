from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = _("Tracker")

    def ready(self) -> None:
        """Import what registers itself: receivers of signals, checks, jobs, what is periodic, the administration."""
        import tracker.accounts.signals
        import tracker.alerts.jobs
        import tracker.files.export_job
        import tracker.files.import_job
        import tracker.incidents.signals
        import tracker.jobs.examples
        import tracker.management.checks
        import tracker.web.admin  # noqa: F401
