"""Django's ASGI handler, with one step into a thread for a request instead of twenty, taken in turn.

Tracker's views do not await anything. Django's handler prefers the asynchronous side of each middleware, and each of
those goes to the thread and back for its work before the view and again after it; WhiteNoise, which has no such side,
even starts an event loop for what lies behind it. Here the whole chain is the synchronous one, as under WSGI, and runs
in the request's thread.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from tracker.lib.request.client_address import counted_in
from tracker_project.body_limits import BODY
from tracker_project.known_sessions import known_sessions
from tracker_project.refusals import refuse
from tracker_project.turns import PEOPLE, PERSON, STRANGER, STRANGERS, LineIsFull, Turns

people = Turns(PEOPLE, PERSON)
strangers = Turns(STRANGERS, STRANGER, yields_to=people)


class Request(ASGIRequest):
    """What comes in is UTF-8, as every page that goes out.

    Django believes a charset that a client names in ``Content-Type``, and fails on those that are no encoding of texts,
    on a form that is not UTF-8 while the form's token is looked for, and on parameters that cannot be read.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except ValueError:
            self.content_type, self.content_params = "", {}


class Visit:
    """The ``receive`` of one request, which knows the request's scope and holds its turn."""

    def __init__(self, scope: dict[str, Any], receive: Callable):
        self.scope, self.receive = scope, receive
        self.turn = AsyncExitStack()

    async def __call__(self) -> dict[str, Any]:
        return await self.receive()

    async def begin(self) -> None:
        """Wait for a turn, as one who is signed in or as a stranger."""
        account = await known_sessions.account_in(self.scope)
        turn = strangers.turn(counted_in(self.scope)) if account is None else people.turn(account)
        await self.turn.enter_async_context(turn)


class Pages(ASGIHandler):
    request_class = Request

    def __init__(self, begin: Callable[[], None]):
        """*begin* is called on the event loop when a request comes: daphne has no lifespan events to begin work by."""
        super().__init__()
        self.begin = begin

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        self.begin()
        visit = Visit(scope, receive)
        async with visit.turn:
            try:
                path = (
                    f"{settings.ROOT_PATH}{scope['path']}"  # Django takes the root off by itself, and says it in links
                )
                await super().__call__(scope | {"tracker.visit": visit, "path": path}, visit, send)
            except LineIsFull:
                await refuse(send, 503)

    async def read_body(self, visit: Any) -> IO[bytes]:
        """The body's file, when it is the turn of this request."""
        body = visit.scope.get("extensions", {}).get(BODY)
        if body is None:
            body = await super().read_body(visit)
        elif (await visit())["type"] == "http.disconnect":  # the server's own message for a body, which is empty
            raise RequestAborted
        try:
            await visit.begin()
        except BaseException:
            body.close()
            raise
        return body

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        assert isinstance(request, Request)
        try:
            return await sync_to_async(self.get_response, thread_sensitive=True)(request)
        finally:  # sending the answer takes no turn
            await request.scope["tracker.visit"].turn.aclose()
