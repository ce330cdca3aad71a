"""Celery, for background work in processes of its own: ``celery -A tracker_project worker`` and ``... beat``.

Messages are JSON and carry nothing but the number of a job; there is no result backend, the job's row has it all.
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")

PERIODIC_QUEUE = "tracker-periodic"  # of its own: a thousand jobs do not keep the log from being pruned

app = Celery("tracker")
app.set_default()  # for threads, too, which send what shared tasks are asked for
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue("tracker"), Queue(PERIODIC_QUEUE)]
app.autodiscover_tasks(["tracker.jobs.backends"], related_name="celery")


@app.on_after_finalize.connect
def plan(**kwargs: Any) -> None:
    """What is periodic; by now the applications are loaded, where it is declared."""
    from tracker.jobs.periodic import PERIODIC

    app.conf.beat_schedule = {
        name: {
            "task": "tracker.periodic",
            "args": (name,),
            "schedule": each.every_s,
            "options": {"expires": each.every_s, "queue": PERIODIC_QUEUE},  # then the next one is due
        }
        for name, each in PERIODIC.items()
    }


@app.on_after_configure.connect
def make_the_folder_of_the_schedule(**kwargs: Any) -> None:
    """``celery beat`` keeps there what it has done; it does not make the folder itself."""
    Path(app.conf.beat_schedule_filename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def submit(pk: int, attempt: int) -> None:
    """Send a job to the workers, soon: the setting ``JOB_BACKEND``, which has the application made before its tasks."""
    from tracker.jobs.backends import celery

    celery.submit(pk, attempt)
