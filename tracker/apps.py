from django.apps import AppConfig
from django.db.models.signals import post_migrate
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
        import tracker.files.undo_import
        import tracker.incidents.fold_rest
        import tracker.incidents.signals
        import tracker.jobs.examples
        import tracker.management.checks
        import tracker.web.admin  # noqa: F401
        from tracker.incidents import text_index

        post_migrate.connect(text_index.make, sender=self, dispatch_uid="text_index")
