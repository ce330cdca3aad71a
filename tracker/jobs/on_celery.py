"""Jobs in the workers of Celery: ``celery -A tracker_project worker``.

The row of the job is the truth, the message only says which row; so a message that comes twice, late or not at all does
no harm (tracker/background/queue.py).
"""

from tracker.background import worker
from tracker.background.periodic import PERIODIC
from tracker_project.celery import app

EXPIRES_S = 3_600.0  # a periodic task that no worker took for so long is not worth doing: the next one was sent


@app.task(name="tracker.carry_out")
def carry_out(pk: int, attempt: int) -> None:
    worker.carry_out(pk, attempt)


@app.task(name="tracker.periodic")
def periodic(name: str) -> None:
    PERIODIC[name].do()


def submit(pk: int, attempt: int) -> None:
    """Send a job to the workers; raises what Redis raises."""
    carry_out.apply_async((pk, attempt), retry=False)


app.conf.beat_schedule = {
    name: {
        "task": "tracker.periodic",
        "args": (name,),
        "schedule": each.every_s,
        "options": {"expires": min(each.every_s, EXPIRES_S)},
    }
    for name, each in PERIODIC.items()
}
