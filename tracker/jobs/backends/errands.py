"""Who does errands: the consumer of the channel ``background-tasks`` (tracker/jobs/errands.py)."""

import asyncio
import logging

from channels.consumer import SyncConsumer, get_handler_name
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.worker import Worker

from tracker.jobs import errands, periodic

logger = logging.getLogger(__name__)


class Errands(SyncConsumer):
    """One method an errand; ``errands.send("clear_sessions")`` calls ``clear_sessions``."""

    @database_sync_to_async
    def dispatch(self, message: dict) -> None:
        """As Channels' own, but an errand that fails does not keep the next one from being done."""
        try:
            getattr(self, get_handler_name(message))(message)
        except Exception:
            logger.exception("The errand “%s” failed.", message.get("type"))

    def clear_sessions(self, message: dict) -> None:
        count = periodic.clear_sessions()
        logger.log(logging.INFO if count else logging.DEBUG, "%d expired sessions were removed.", count)


class InThisProcess:
    """Does errands in the web process, on the in-memory layer, from the first request on."""

    def __init__(self, application):
        self.application = application
        self.work: asyncio.Task | None = None

    def begin(self) -> None:
        """To be called on the event loop that serves."""
        loop = asyncio.get_running_loop()
        if errands.loop is loop or not isinstance(get_channel_layer(), InMemoryChannelLayer):
            return
        errands.loop = loop
        self.work = loop.create_task(self.forever(), name="errands")

    async def forever(self) -> None:
        while True:
            worker = Worker(self.application, [errands.CHANNEL], get_channel_layer())
            try:
                await worker.handle()
            except Exception as error:
                logger.warning("Errands had to begin again: %r", error)
            await asyncio.sleep(1)
