"""Celery, for background work in processes of its own: ``celery -A tracker_project worker`` and ``... beat``.

Messages are JSON and carry nothing but the number of a job; there is no result backend, the job's row has it all.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tracker.jobs"], related_name="on_celery")
