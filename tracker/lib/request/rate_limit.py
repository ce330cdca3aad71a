"""How often a stranger may report (``REPORT_RATE``) or ask, counted in Redis where there is one.

When Redis is away the process counts by itself: a report must never fail because a counter cannot be reached.
"""

import logging
import math
import time
from functools import cache

from django.conf import settings
from limits import parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

logger = logging.getLogger(__name__)

REDIS_S = 0.2  # how long a Redis that does not answer may hold up a report


@cache
def limiters() -> list[MovingWindowRateLimiter]:
    """Where to count, the best first."""
    stores: list[Storage] = [MemoryStorage()]
    if settings.REDIS_URL:
        url = settings.REDIS_URL
        if url.startswith("unix://"):
            url = url.replace("unix://", "redis+unix://", 1)
        stores.insert(0, RedisStorage(url, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S))
    return [MovingWindowRateLimiter(store) for store in stores]


def seconds_to_wait(sender: str, what: str = "report", rate: str = "", count: bool = True) -> int:
    """Count one report of *sender*: 0 if it may pass, else after how many seconds the next one may.

    Other things are counted each for themselves, by their name (*what*) and at a *rate* of their own. Without *count*
    it is only asked.
    """
    allowed = parse(rate or settings.REPORT_RATE)
    for limiter in limiters():
        try:
            if limiter.hit(allowed, what, sender) if count else limiter.test(allowed, what, sender):
                return 0
            reset_at = limiter.get_window_stats(allowed, what, sender).reset_time
            return max(1, math.ceil(reset_at - time.time()))
        except Exception as error:
            logger.warning("Nothing can be counted in %s: %r", type(limiter.storage).__name__, error)
    return 0


def seconds_to_wait_for_one_more(sender: str, what: str, which: str, rate: str) -> int:
    """Count *which* of several things of one sort (*what*) *sender* asks for: 0 if they may have it.

    The *rate* is one of different things: what they were given already costs nothing as long as it is counted.
    """
    allowed = parse(rate)
    once = type(allowed)(1, allowed.multiples)
    for limiter in limiters():
        try:
            if not limiter.test(once, what, sender, which):
                return 0
            if limiter.hit(allowed, what, sender):
                limiter.hit(once, what, sender, which)
                return 0
            reset_at = limiter.get_window_stats(allowed, what, sender).reset_time
            return max(1, math.ceil(reset_at - time.time()))
        except Exception as error:
            logger.warning("Nothing can be counted in %s: %r", type(limiter.storage).__name__, error)
    return 0


def held(sender: str, what: str, rate: str) -> int:
    """How much of *sender* is counted now."""
    allowed = parse(rate)
    for limiter in limiters():
        try:
            return allowed.amount - limiter.get_window_stats(allowed, what, sender).remaining
        except Exception as error:
            logger.warning("Nothing can be counted in %s: %r", type(limiter.storage).__name__, error)
    return 0


def forget(sender: str, what: str, rate: str) -> bool:
    """Count anew, in this process and in Redis; returns whether all of it could be reached."""
    reached = True
    for limiter in limiters():
        try:
            limiter.clear(parse(rate), what, sender)
        except Exception as error:
            logger.warning("Nothing can be counted in %s: %r", type(limiter.storage).__name__, error)
            reached = False
    return reached
