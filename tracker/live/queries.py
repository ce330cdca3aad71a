"""What the hub asks the database, each in a thread: an event loop must not wait for it."""

from channels.db import database_sync_to_async
from django.db import connection

from tracker.accounts import access
from tracker.accounts.access import Rights, Subscriber
from tracker.events import log, publishing
from tracker.live.replay import Item
from tracker.models import LogState


@database_sync_to_async
def publish_leftovers() -> None:
    publishing.publish_leftovers()


@database_sync_to_async
def prune_log() -> None:
    log.prune()


@database_sync_to_async
def forget_connections() -> None:
    """A connection that was opened before a restore may remember the database as it was."""
    connection.close_pool()  # type: ignore[attr-defined]


@database_sync_to_async
def read_state() -> LogState:
    return LogState.current()


@database_sync_to_async
def read_access_version() -> int:
    return access.version()


@database_sync_to_async
def read_rights(sessions: list[str]) -> dict[str, Rights]:
    return access.rights_of(sessions)


@database_sync_to_async
def ask_about(subscribers: set[Subscriber]) -> tuple[set[Subscriber], set[Subscriber]]:
    return access.signed_out_and_forbidden(subscribers)


@database_sync_to_async
def read_log(after: int, limit: int) -> list[Item]:
    rows = log.read(after, limit)
    return [Item(row.seq or 0, row.audience, row.text(), row.created.timestamp(), row.type) for row in rows]
