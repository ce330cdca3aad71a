"""What the hub does beside its own steps, and how a step goes on after it has failed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

from tracker.lib.metrics.counters import HUB_FAILURES
from tracker.live.socket import Socket

logger = logging.getLogger(__name__)

CLOSE_S = 10.0  # how long a server may take to close a socket


async def finish(rest: Coroutine) -> None:
    """What is left of a send, for a socket that nothing else waits for."""
    try:
        await rest
    except Exception as error:
        logger.info("A message could not be sent: %r", error)


async def close(socket: Socket, code: int) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await socket.close(code)
    except Exception as error:
        logger.info("A socket could not be closed: %r", error)


async def forever(step: Callable[[], Awaitable[None]]) -> None:
    """Repeat a step; one that fails is logged and tried again in a second."""
    while True:
        try:
            await step()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            HUB_FAILURES.labels(step.__name__).inc()
            logger.warning("The hub's %s failed and goes on in a second: %r", step.__name__, error)
            await asyncio.sleep(1)
