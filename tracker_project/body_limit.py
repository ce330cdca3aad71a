"""A request with a body that is larger than may be sent to its address is answered 413, before the site looks at it.

daphne counts a body while it comes (``daphne/requests.py``), and this gives the answer. Under other servers this counts
itself, whatever a request says about its length; nginx does before (deploy/nginx).
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from tracker_project.body_limits import REFUSED, limit_of
from tracker_project.known_sessions import known_sessions
from tracker_project.refusals import refuse


class TooLarge(Exception):
    def __init__(self, limit: int):
        self.limit = limit


class BodyLimit:
    def __init__(self, application: Callable[..., Awaitable[None]]):
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        extensions = scope.get("extensions") or {}
        if refusal := extensions.get(REFUSED):
            await refuse(send, *refusal)
        elif REFUSED in extensions:
            await self.application(scope, receive, send)
        else:
            await self.count(scope, receive, send)

    async def count(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        limit, is_begun, received = partial(limit_of, scope["path"]), False, 0
        allowed = limit(is_signed_in=False)

        async def allow(size: int) -> None:
            nonlocal allowed
            if (
                size > allowed
                and allowed < limit(is_signed_in=True)
                and await known_sessions.account_in(scope) is not None
            ):
                allowed = limit(is_signed_in=True)
            if size > allowed:
                raise TooLarge(allowed)

        async def counted() -> dict[str, Any]:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            await allow(received)
            return message

        async def watched(message: dict[str, Any]) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await allow(declared(scope))
            await self.application(scope, counted, watched)
        except TooLarge as error:
            if is_begun:
                raise
            await refuse(send, 413, error.limit)


def declared(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 19 else 0
