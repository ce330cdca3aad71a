"""Which alerts wait: what the bell on every page counts, and of the newest enough to call somebody for them.

A page without the map begins with this instead of whole collections, and follows the log from its number on (ADR 69).
"""

import json
from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from tracker.features import geojson
from tracker.features.json_sql import ISOTime
from tracker.models import Alert, LogState

LISTED = 1000  # the newest ones, by their numbers; of more it is only said that there are
TOLD = 20  # the newest of these, whole


def for_person(person: User | AnonymousUser, position: LogState) -> dict[str, Any]:
    """What *waiting* says, or nothing for who may not see alerts."""
    return waiting(position) if person.has_perm("tracker.view_alert") else nothing(position)


def nothing(position: LogState) -> dict[str, Any]:
    return {"log": position.log_id, "seq": position.last, "listed": [], "more": False, "newest": []}


def waiting(position: LogState) -> dict[str, Any]:
    """As JSON has it. *position* was read before: what happens after it comes over the socket."""
    rows = Alert.objects.unresolved().filter(state=Alert.State.UNACKNOWLEDGED).order_by("-raised", "-pk")
    newest = [json.loads(text) for text in rows.values_list(geojson.alert_object(), flat=True)[:TOLD]]
    listed = [(entry["alert"], entry["raised"]) for entry in newest]
    if len(newest) == TOLD:  # there may be more
        listed = list(rows.values_list("pk", ISOTime("raised"))[: LISTED + 1])
    return nothing(position) | {"listed": listed[:LISTED], "more": len(listed) > LISTED, "newest": newest}
