"""What one person's map was given between two loads of the collections: what the oracle judges."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Stretch:
    """A snapshot, and the messages of the log that were handled after it."""

    snapshot: dict[str, Any]
    log: str
    since: int  # everything up to here is in the snapshot
    handled: list[dict] = field(default_factory=list)
    beats: list[tuple[int, int]] = field(default_factory=list)  # a heartbeat's number, and the number handled by then
    broken: bool = False  # told to reload: what follows continues another snapshot

    @property
    def position(self) -> int:
        return self.handled[-1]["seq"] if self.handled else self.since


def stretch_from(snapshot: dict[str, Any]) -> Stretch:
    logs = {collection["log"] for collection in snapshot.values()}
    if len(logs) > 1:
        raise ValueError("The collections were read from different logs.")
    return Stretch(snapshot, logs.pop(), min(collection["seq"] for collection in snapshot.values()))


@dataclass(frozen=True)
class Person:
    """Who a client is: the account's number and the cookie of a session."""

    user: int
    cookie: str

    @property
    def audience(self) -> str:
        return f"user:{self.user}"
