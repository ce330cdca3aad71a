"""Celery, for background work in processes of its own: ``celery -A tracker_project worker`` and ``... beat``.

Messages are JSON and carry nothing but the number of a job; there is no result backend, the job's row has it all.
"""

import os

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tracker.jobs"], related_name="on_celery")


@beat_init.connect
def make_the_folder_of_the_schedule(**kwargs) -> None:
    from django.conf import settings

    settings.JOB_FILES.mkdir(mode=0o700, parents=True, exist_ok=True)
