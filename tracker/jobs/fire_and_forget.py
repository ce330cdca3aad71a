"""Fire-and-forget tasks: small work that may be lost, sent to a named channel and done by whoever listens there.

``manage.py runworker background-tasks`` does it where there is a Redis; on the in-memory layer, which no other process
can hear, the web process does it itself. At most once, as the channel layer says: a task that nobody waits for is
gone. What must not be lost is a job (``queue``). docs/background.md compares them.
"""

import asyncio
import logging
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from tracker.events.background_loop import sender_for

logger = logging.getLogger(__name__)

CHANNEL = "background-tasks"
SEND_TIMEOUT_S = 0.2  # after which a layer that does not answer is given up

loop: asyncio.AbstractEventLoop | None = None  # of this web process, where the in-memory layer is heard


def send(task: str, **fields: Any) -> None:
    """Have this done some time, or never: *task* names a method of ``backends.fire_and_forget.FireAndForget``.

    *fields* must be what the layer can carry (JSON). Never fails, and never waits.
    """
    layer = get_channel_layer()
    work = deliver(layer, {"type": task.replace("_", "."), **fields})
    if not isinstance(layer, InMemoryChannelLayer):
        sender_for(layer).send(work)
    elif loop and loop.is_running():
        asyncio.run_coroutine_threadsafe(work, loop)
    else:
        work.close()
        logger.info("Nobody hears of the task “%s”: this process serves no pages.", task)


async def deliver(layer: Any, message: dict[str, Any]) -> None:
    try:
        await asyncio.wait_for(layer.send(CHANNEL, message), SEND_TIMEOUT_S)
    except Exception as error:
        logger.warning("The channel layer did not take the task “%s”: %r", message["type"], error)
