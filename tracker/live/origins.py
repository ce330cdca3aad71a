"""Whose pages may open the socket. A refusal is for good, and the browser takes it for a hiccup: the log says it."""

import logging
import time
from typing import Any

from channels.security.websocket import OriginValidator
from django.conf import settings

from tracker.lib.metrics.counters import SOCKETS_REFUSED
from tracker.lib.text import printable

logger = logging.getLogger(__name__)

SAY_AGAIN_S = 60.0  # a page tries again every few seconds
LONGEST = 200  # characters of an Origin that the log repeats


class LoggedOriginValidator(OriginValidator):
    """Channels' own, which says once a minute whom it refuses."""

    said_at = float("-inf")

    def valid_origin(self, parsed_origin: Any) -> bool:
        if super().valid_origin(parsed_origin):
            return True
        SOCKETS_REFUSED.labels("origin").inc()
        now = time.monotonic()
        if now - self.said_at >= SAY_AGAIN_S:
            self.said_at = now
            logger.warning(
                "A page was refused the live channel: it was opened by another name than BASE_URL. Its origin is %s;"
                " BASE_URL is %s. If the name is this site's, add its origin to ALLOWED_ORIGINS.",
                printable(parsed_origin.geturl()[:LONGEST]) if parsed_origin else "not said",
                settings.BASE_URL,
            )
        return False
