"""Who does fire-and-forget tasks: the consumer of the channel ``background-tasks`` (jobs/fire_and_forget.py)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.consumer import SyncConsumer, get_handler_name
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.worker import Worker

from tracker.jobs import fire_and_forget, periodic

logger = logging.getLogger(__name__)


class FireAndForget(SyncConsumer):
    """One method a task; ``fire_and_forget.send("clear_sessions")`` calls ``clear_sessions``."""

    @database_sync_to_async
    def dispatch(self, message: dict) -> None:
        """As Channels' own, but a task that fails does not keep the next one from being done."""
        try:
            getattr(self, get_handler_name(message))(message)
        except Exception:
            logger.exception("The task “%s” failed.", message.get("type"))

    def clear_sessions(self, message: dict) -> None:
        count = periodic.clear_sessions()
        logger.log(logging.INFO if count else logging.DEBUG, "%d expired sessions were removed.", count)


class InThisProcess:
    """Does fire-and-forget tasks in the web process, on the in-memory layer, from the first request on."""

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self.application = application
        self.work: asyncio.Task | None = None

    def begin(self) -> None:
        """To be called on the event loop that serves."""
        loop = asyncio.get_running_loop()
        if fire_and_forget.loop is loop or not isinstance(get_channel_layer(), InMemoryChannelLayer):
            return
        fire_and_forget.loop = loop
        self.work = loop.create_task(self.forever(), name="fire-and-forget")

    async def forever(self) -> None:
        while True:
            worker = Worker(self.application, [fire_and_forget.CHANNEL], get_channel_layer())
            try:
                await worker.handle()
            except Exception as error:
                logger.warning("Fire-and-forget tasks had to begin again: %r", error)
            await asyncio.sleep(1)
