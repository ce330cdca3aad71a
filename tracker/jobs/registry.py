"""The kinds of jobs, each declared by the decorator ``job`` over the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class JobType:
    """What can be started under this code."""

    code: str
    title: str | Promise
    function: Callable[..., Any]  # (run, **parameters), parameters as JSON has them
    permission: str  # that whoever starts it needs
    resumes: bool  # goes on by itself, from its last checkpoint, after its worker has died
    by_name: bool  # needs nothing but a name, so it may be started over the socket


JOB_TYPES: dict[str, JobType] = {}


def job(
    code: str,
    *,
    title: str | Promise,
    permission: str = "tracker.view_incident",
    resumes: bool = False,
    by_name: bool = False,
) -> Callable[[Callable[..., Any]], JobType]:
    """Declare a function as a job: ``function(run, **parameters)``.

    It says how far it is through *run* (``run.Run``), which also ends it when it was cancelled. It raises ``JobFailed``
    with a sentence when it cannot be done. With *resumes* it must be right to call it again after it was cut off
    anywhere: because it goes on from ``run.checkpoint``, or because doing it twice is doing it once.
    """

    def declare(function: Callable[..., Any]) -> JobType:
        job_type = JobType(code, title, function, permission, resumes, by_name)
        if JOB_TYPES.setdefault(code, job_type).function.__qualname__ != function.__qualname__:
            raise ValueError(f"There are two jobs “{code}”.")
        return job_type

    return declare


class JobFailed(Exception):
    """A job cannot be done; the text is a sentence that says why, for the person who started it.

    *fails_again*: what was asked for is the reason, so that doing it again would not help.
    """

    def __init__(self, sentence: str, fails_again: bool = False):
        super().__init__(sentence)
        self.fails_again = fails_again
