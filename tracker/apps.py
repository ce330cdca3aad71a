from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = _("Tracker")

    def ready(self):
        """Import what registers itself: receivers of signals, checks, jobs, what is periodic, the administration."""
        from tracker.alerts import jobs as alert_jobs
        from tracker.files import export_job, import_job
        from tracker.incidents import signals
        from tracker.jobs import examples
        from tracker.management import checks
        from tracker.web import admin

        self.registered = (signals, checks, alert_jobs, export_job, import_job, examples, admin)
