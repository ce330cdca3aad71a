"""What processes that have ended have counted, in one file of a kind: each of them would leave its own until a reboot.

Nothing is lost and nothing counted twice, whenever the process that folds is killed: the new sums are written beside
the old ones, then a list of the files that they replace, which is what counts, and then whoever comes next carries it
out. Only one folds at a time, and nobody reads meanwhile (``alone``, ``together``).
"""

import contextlib
import fcntl
import json
import logging
import os
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

logger = logging.getLogger(__name__)

JOB_TYPES = ("counter", "histogram")
LOCK, LIST, NEW = "folding.lock", "folding.json", ".new"
PATIENCE_S = 2.0  # for others, who compact or read for some milliseconds
# What is added in another order may be less by the last digit, and a sum that falls is taken for a reset.
ROUNDING_S = 1e-6


@contextlib.contextmanager
def locked(folder: Path, how: int, patience_s: float) -> Iterator[None]:
    """Raises BlockingIOError."""
    deadline = time.monotonic() + patience_s
    with (folder / LOCK).open("a") as file:
        while True:
            try:
                fcntl.flock(file, how | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.005)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # also for a child that was forked meanwhile, which has the file, too


def alone(folder: Path, patience_s: float = PATIENCE_S) -> contextlib.AbstractContextManager[None]:
    return locked(folder, fcntl.LOCK_EX, patience_s)


def together(folder: Path) -> contextlib.AbstractContextManager[None]:
    """With others who read."""
    return locked(folder, fcntl.LOCK_SH, PATIENCE_S)


def files_of(folder: Path, process: int) -> list[Path]:
    return [path for kind in JOB_TYPES if (path := folder / f"{kind}_{process}.db").exists()]


def sums_of(folder: Path, kind: str) -> Path:
    return folder / f"{kind}_ended.db"


def beside(path: Path) -> Path:
    return path.with_suffix(NEW)


def compact(folder: Path, processes: Iterable[int]) -> None:
    """Add what these have counted, which have ended and cannot begin again meanwhile, to the sums. Only ``alone``."""
    readable = {number: values for number in processes if (values := values_of(folder, number)) is not None}
    gone = [path.name for number in readable for path in files_of(folder, number)]
    if not gone:
        return
    try:
        for kind in JOB_TYPES:
            beside(sums_of(folder, kind)).write_bytes(written(added(folder, kind, readable.values())))
        beside(folder / LIST).write_text(json.dumps(gone))
        beside(folder / LIST).replace(folder / LIST)
    except OSError as error:  # no room: everything is as it was
        logger.warning("What processes have counted that have ended cannot be folded: %r", error)
        for path in (*(sums_of(folder, kind) for kind in JOB_TYPES), folder / LIST):
            beside(path).unlink(missing_ok=True)
        return
    finish(folder)


def added(folder: Path, kind: str, counted: Iterable[dict[str, dict[str, float]]]) -> dict[str, float]:
    sums = read(sums_of(folder, kind))
    for values in counted:
        for key, value in values[kind].items():
            rounding = ROUNDING_S if value and kind == "histogram" and is_sum(key) else 0
            sums[key] = sums.get(key, 0.0) + value + rounding
    return sums


def finish(folder: Path) -> None:
    """Carry out what was begun, by somebody who may have died of it. Only ``alone``."""
    if not (folder / LIST).exists():
        return
    for kind in JOB_TYPES:
        with contextlib.suppress(FileNotFoundError):  # done before
            beside(sums_of(folder, kind)).replace(sums_of(folder, kind))
    for name in json.loads((folder / LIST).read_text()):
        (folder / name).unlink(missing_ok=True)
    (folder / LIST).unlink()


def values_of(folder: Path, process: int) -> dict[str, dict[str, float]] | None:
    """By kind; None if a file makes no sense, which is then left as it is."""
    try:
        return {kind: read(folder / f"{kind}_{process}.db") for kind in JOB_TYPES}
    except (RuntimeError, ValueError, struct.error) as error:
        logger.warning("What process %d has counted cannot be read: %r", process, error)
        return None


def read(path: Path) -> dict[str, float]:
    if not path.exists() or not path.stat().st_size:  # made, and then it was killed
        return {}
    return {key: value for key, value, _at, _where in MmapedDict.read_all_values_from_file(os.fspath(path))}


def written(sums: dict[str, float]) -> bytes:
    """As the library reads it (``MmapedDict``). Not by way of it: a full disk must be an error, and not kill us."""
    rows = []
    for key, value in sums.items():
        encoded = key.encode()
        padded = encoded + b" " * (8 - (len(encoded) + 4) % 8)
        rows.append(struct.pack(f"i{len(padded)}sdd", len(encoded), padded, value, 0.0))
    body = b"".join(rows)
    return struct.pack("ii", 8 + len(body), 0) + body


def is_sum(key: str) -> bool:
    _metric, name, *_more = json.loads(key)
    return name.endswith("_sum")
