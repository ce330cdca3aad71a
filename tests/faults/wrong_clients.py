"""Clients that go about it in the ways one would try first. Each loses alerts, and the oracle must say so."""

import threading
import time

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import connection

from tests.faults.clients import OF_THE_LOG, Client, read
from tests.faults.stretch import Person, Stretch
from tracker.events.messages import GROUP
from tracker.models import LogState, Notification


class Forgetful(Client):
    """Comes back without its number: what happened while it was away is gone."""

    def resume(self) -> dict[str, object]:
        self.on_wire = self.acknowledged = 0
        return {}


class NaiveCursor:
    """Asks the table for rows with a higher ``id`` than the last it has seen: late commits are skipped for good."""

    def __init__(self, person: Person):
        self.name, self.person, self.wrong, self.ended = "the naive cursor", person, list[str](), ""
        self.ids: list[int] = []
        self.stopping = threading.Event()
        state = LogState.current()
        self.stretches = [Stretch({}, state.log_id, state.last)]
        self.thread = threading.Thread(target=self.follow)
        self.thread.start()

    def follow(self) -> None:
        last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        while not self.stopping.is_set():
            new = Notification.objects.filter(pk__gt=last, audience=None).order_by("pk").values_list("pk", flat=True)
            self.ids += new
            last = max(new, default=last)
            time.sleep(0.01)
        connection.close()

    def stop(self) -> None:
        """The rows it has seen, as the messages that they became."""
        self.stopping.set()
        self.thread.join(10)
        rows = Notification.objects.in_bulk(self.ids)
        self.stretches[0].handled = [read(rows[pk].text()) for pk in self.ids if pk in rows]


class GroupListener:
    """Trusts the channel group alone: what is sent while Redis is away reaches nobody. Lives in a crowd's loop."""

    def __init__(self, person: Person, redis_url: str):
        self.name, self.person, self.wrong, self.ended = "the listener to the group", person, list[str](), ""
        self.layer = RedisPubSubChannelLayer(hosts=[redis_url])
        state = LogState.current()
        self.stretches = [Stretch({}, state.log_id, state.last)]

    async def join(self) -> str:
        channel = await self.layer.new_channel()
        await self.layer.group_add(GROUP, channel)
        return channel

    async def follow(self, channel: str) -> None:
        while True:
            event = await self.layer.receive(channel)
            messages = [read(text) for text in event["messages"]]
            self.stretches[0].handled += [message for message in messages if message["type"] in OF_THE_LOG]
