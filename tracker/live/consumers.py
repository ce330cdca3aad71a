"""The WebSocket ``/notifications/``: who may come in, and what a client may say. The hub does the rest."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.http import parse_cookie
from django.utils.translation import gettext as _

from tracker.accounts.access import Subscriber
from tracker.accounts.session_store import is_key
from tracker.events.messages import BAD_MESSAGE, NO_PERMISSION, SIGNED_OUT, TOO_MANY_SOCKETS
from tracker.jobs import queue
from tracker.lib.metrics.counters import SOCKETS_REFUSED
from tracker.lib.request import log_context
from tracker.lib.request.client_address import counted_in
from tracker.lib.strict_json import from_json
from tracker.live.hub import Hub
from tracker.live.metrics import REASONS
from tracker.live.pace import Pace
from tracker.live.registry import audience_of
from tracker.live.socket import PERSON, PUSH, Socket

logger = logging.getLogger(__name__)

MAX_FRAME = 4096  # characters that a client may send at once
MAX_DEPTH = 32  # how deep lists and objects in it may be nested
BURST = 50  # messages that it may send at once
PER_S = 5.0  # and how many a second in the long run; a page sends one every few seconds
GOING_AWAY = 1001  # with this code browsers close the sockets of a page that is left
LONGEST_WAIT_S = 3.0  # of one that opens sockets too often; servers give a handshake up after five

refusals = Pace(burst=20, per_s=5)  # of an address
arrivals = Pace(burst=40, per_s=2)  # of an account


class NotificationConsumer(AsyncWebsocketConsumer):
    """One signed-in person's socket. Its Origin was checked before it gets here (asgi.py)."""

    hub: Hub | None = None
    socket: Socket | None = None
    refused = False
    close_code = 0  # that its client gave
    allowance = float(BURST)
    counted_at = 0.0

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        """As Channels' own, but the hub listens to the layer for all sockets, and no handler asks the database itself.

        So a socket needs no queue in the layer and no task for it, and a message no turn of a thread that tidies up
        database connections: a good third of what an idle socket would hold (docs/benchmarks.md).
        """
        self.scope, self.base_send = scope, send
        self.log_context = log_context.begin_socket(dict(scope["headers"]))
        try:
            with contextlib.suppress(StopConsumer):
                while True:
                    message = await receive()
                    await getattr(self, get_handler_name(message))(message)
        finally:  # however it ends: at the end of its server a socket is cancelled and never hears of its disconnect
            if self.hub and self.socket:
                self.hub.leave(self.socket, turns_page=self.close_code == GOING_AWAY)

    async def disconnect(self, code: int) -> None:
        self.close_code = code

    async def connect(self) -> None:
        hub = await Hub.running()
        session = self.session_key()
        rights = await hub.admission.ask(session) if is_key(session) else None
        if not rights or not rights.may_watch:  # before accept(): the handshake is answered with 403
            await asyncio.sleep(min(refusals.wait_s(counted_in(self.scope)), LONGEST_WAIT_S))
            await self.turn_away(NO_PERMISSION if rights else SIGNED_OUT)
            return
        self.log_context.user = rights.user
        if wait_s := arrivals.wait_s(rights.user):
            await asyncio.sleep(min(wait_s, LONGEST_WAIT_S))
        await self.accept()
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        receives_events = query.get("only") != ["job"]  # who wants nothing but jobs is no console: it shows no alert
        on_map = query.get("page") != ["other"]
        if not hub.registry.has_room_for(rights.user, receives_events, on_map):
            await self.turn_away(TOO_MANY_SOCKETS)
            return
        self.hub = hub
        extensions = self.scope.get("extensions", {})
        push = extensions.get(PUSH)
        if PERSON in extensions:
            extensions.pop(PERSON)(rights.user)
        subscriber = Subscriber(rights.user, session)
        audiences = [audience_of(rights.user)]
        self.socket = Socket(self.base_send, self.close, audiences, subscriber, push, receives_events, on_map)
        await hub.join(self.socket, query.get("since", [None])[0], query.get("log", [None])[0])

    async def turn_away(self, code: int) -> None:
        SOCKETS_REFUSED.labels(REASONS[code]).inc()
        await self.close(code)

    def session_key(self) -> str:
        headers = dict(self.scope["headers"])  # HTTP/1.1 has one Cookie header
        return parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.refused:
            return
        if self.is_flood():
            await self.refuse("Too many messages.", "flood")
            return
        if text_data is None or len(text_data) > MAX_FRAME:
            await self.refuse("A frame must be text of at most 4096 characters.")
            return
        try:
            message = from_json(text_data, MAX_DEPTH)
        except ValueError:
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.refuse("A message must be a JSON object with a “type”.")
        elif message["type"] == "ping":
            await self.say({"type": "pong", "t": message.get("t")})
        elif message["type"] == "ack":
            await self.acknowledge(message.get("seq"))
        elif message["type"] == "job_start":
            await self.answer(start_job, message.get("kind"), message.get("name"))
        elif message["type"] == "job_cancel":
            await self.answer(cancel_job, message.get("id"))
        else:
            await self.say({"type": "error", "message": f"There is no message “{message['type'][:40]}”."})

    async def acknowledge(self, seq: object) -> None:
        if isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
            await self.refuse("“ack” needs the number that was handled.")
        elif self.hub and self.socket:
            self.hub.acknowledge(self.socket, seq)

    async def answer(self, ask: Callable[..., Awaitable[None]], *what: object) -> None:
        """Do what was asked for in this person's name. That it was done the job's own message says."""
        if self.socket is None or self.socket.subscriber is None:
            return
        try:
            await ask(self.socket.subscriber.user, *what)
        except queue.Refused as refused:
            await self.say({"type": "error", "message": str(refused)})
        except Exception as error:
            logger.warning("What was asked for over a socket failed: %r", error)
            await self.say({"type": "error", "message": "This could not be done now. Try again."})

    def is_flood(self) -> bool:
        now = asyncio.get_running_loop().time()
        self.allowance = min(BURST, self.allowance + (now - (self.counted_at or now)) * PER_S) - 1
        self.counted_at = now
        return self.allowance < 0

    async def refuse(self, sentence: str, why: str = "bad_message") -> None:
        """Say what was wrong, and close: this is no client of ours."""
        self.refused = True
        await self.say({"type": "error", "message": sentence})
        if self.hub and self.socket:
            self.hub.leave(self.socket, why)
        await self.close(BAD_MESSAGE)

    async def say(self, message: dict) -> None:
        """Answer, unless the client does not read what it is sent."""
        if self.socket and self.socket.has_room():
            rest = self.socket.say(message)
            if rest is not None:
                await rest


# Threads of their own: a write may have to wait, on SQLite for all other writers, and the hub's reads share one thread.
asked = partial(database_sync_to_async, thread_sensitive=False, executor=ThreadPoolExecutor(2, "asked over sockets"))


@asked
def start_job(user: int, kind: object, name: object) -> None:
    queue.start_by_name(kind, name, person(user))


@asked
def cancel_job(user: int, number: object) -> None:
    job = None
    if isinstance(number, int) and not isinstance(number, bool):
        job = queue.visible_to(person(user)).filter(pk=number).first()
    if job is None:
        raise queue.Refused(_("There is no such job."))
    if not queue.cancel(job):
        raise queue.Refused(_("This job has ended already."))


def person(user: int) -> User:
    """The account as it is now: a permission that was taken away a moment ago is not used any more."""
    account = get_user_model().objects.filter(pk=user, is_active=True).first()
    if account is None:
        raise queue.Refused(_("Sign in first."))
    return account
