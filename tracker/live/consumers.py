"""The WebSocket ``/notifications/``: who may come in, and what a client may say. The hub does the rest."""

import asyncio
import json
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from tracker import access
from tracker.access import Watcher

from .hub import Hub, Socket
from .messages import BAD_MESSAGE, NO_PERMISSION, SIGNED_OUT, TOO_MANY_SOCKETS

MAX_FRAME = 4096  # characters that a client may send at once
BURST = 50  # messages that it may send at once
PER_S = 5.0  # and how many a second in the long run; a page sends one every few seconds


class NotificationConsumer(AsyncWebsocketConsumer):
    """One signed-in person's socket. Its Origin was checked and its user found before it gets here (asgi.py)."""

    hub: Hub | None = None
    socket: Socket | None = None
    refused = False
    allowance = float(BURST)
    counted_at = 0.0

    async def connect(self):
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(SIGNED_OUT)  # before accept(): the handshake is answered with 403
            return
        if not await may_watch(user):
            await self.close(NO_PERMISSION)
            return
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        self.hub = await Hub.running()
        watcher = Watcher(user.pk, self.scope["session"].session_key)
        self.socket = Socket(self.send, self.close, [f"user:{user.pk}"], watcher)
        await self.accept()
        if not self.hub.has_room_for(user.pk):
            await self.close(TOO_MANY_SOCKETS)
            return
        await self.hub.join(self.socket, query.get("since", [None])[0], query.get("log", [None])[0])

    async def disconnect(self, code):
        if self.hub and self.socket:
            self.hub.leave(self.socket)

    async def receive(self, text_data=None, bytes_data=None):
        if self.refused:
            return
        if self.is_flood():
            await self.refuse("Too many messages.")
            return
        if text_data is None or len(text_data) > MAX_FRAME:
            await self.refuse("A frame must be text of at most 4096 characters.")
            return
        try:
            message = json.loads(text_data, parse_constant=int)  # NaN is no JSON: int() refuses it with a ValueError
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.refuse("A message must be a JSON object with a “type”.")
        elif message["type"] == "ping":
            await self.say({"type": "pong", "t": message.get("t")})
        elif message["type"] == "ack":
            await self.acknowledge(message.get("seq"))
        else:
            await self.say({"type": "error", "message": f"There is no message “{message['type'][:40]}”."})

    async def acknowledge(self, seq):
        if isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
            await self.refuse("“ack” needs the number that was handled.")
        elif self.socket:
            self.socket.acknowledged = max(self.socket.acknowledged, seq)

    def is_flood(self) -> bool:
        now = asyncio.get_running_loop().time()
        self.allowance = min(BURST, self.allowance + (now - (self.counted_at or now)) * PER_S) - 1
        self.counted_at = now
        return self.allowance < 0

    async def refuse(self, why: str):
        """Say what was wrong, and close: this is no client of ours."""
        self.refused = True
        await self.say({"type": "error", "message": why})
        await self.close(BAD_MESSAGE)

    async def say(self, message: dict):
        await self.send(json.dumps(message))


@database_sync_to_async
def may_watch(user) -> bool:
    return user.has_perm(access.PERMISSION)
