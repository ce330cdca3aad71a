"""The file that a job is writing: beside the finished ones, where there is room for it, and named after the job."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File

from tracker.models import Job


class Unfinished(File):
    """A storage of files moves it to where it shall be kept, and does not copy it."""

    file: IO[Any]

    def __init__(self, file: IO[Any], path: str):
        super().__init__(file)
        self.path = path

    def temporary_file_path(self) -> str:
        return self.path


@contextmanager
def unfinished_file(job: Job) -> Iterator[Unfinished]:
    """Open for writing bytes, and readable for nobody else. It is removed at the end, if it was not moved."""
    folder = Path(settings.JOB_FILES)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, path = mkstemp(prefix=prefix(job), dir=folder)
    try:
        with open(number, "w+b") as file:
            yield Unfinished(file, path)
    finally:
        Path(path).unlink(missing_ok=True)


def forget_unfinished(job: Job) -> None:
    """Remove what workers have left that were killed while they wrote."""
    for left in Path(settings.JOB_FILES).glob(f"{prefix(job)}*"):
        left.unlink(missing_ok=True)


def prefix(job: Job) -> str:
    return f"unfinished-{job.pk}-"
