from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = _("Tracker")

    def ready(self):
        from . import checks, signals  # noqa: F401  (both register themselves)

        autodiscover_modules("jobs")  # tracker.jobs; other applications may declare jobs, too
