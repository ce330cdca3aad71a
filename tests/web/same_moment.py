"""Several people who act at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from django.db import connection

TOGETHER_S = 20  # within which everybody is there
DONE_S = 30  # within which everybody is done


def at_the_same_moment(*acts: Callable[[], object]) -> list:
    """Begin all of these at once; what each has returned, in their order. Raises what one of them raised."""
    start = threading.Barrier(len(acts), timeout=TOGETHER_S)
    outcomes: list[Future] = [Future() for _ in acts]

    def carry_out(act: Callable[[], object], outcome: Future) -> None:
        try:
            start.wait()
            outcome.set_result(act())
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=carry_out, args=pair, daemon=True) for pair in zip(acts, outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DONE_S)
    return [outcome.result(0) for outcome in outcomes]


def meet_before(monkeypatch, owner: object, name: str, people: int = 2) -> None:
    """Whoever comes to this function of *owner* waits until so many have: all have looked, and nobody has written."""
    everybody = threading.Barrier(people, timeout=TOGETHER_S)
    go_on = getattr(owner, name)

    def wait_and_go_on(*args, **kwargs):
        everybody.wait()
        return go_on(*args, **kwargs)

    monkeypatch.setattr(owner, name, wait_and_go_on)
