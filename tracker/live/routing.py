from collections.abc import Callable
from typing import Any

from django.urls import path, re_path

from tracker.live.consumers import NotificationConsumer


async def nothing_here(scope: dict[str, Any], receive: Callable, send: Callable) -> None:
    """Any other address: the handshake is answered with 403, and not with an error of the program."""
    await receive()
    await send({"type": "websocket.close"})


websocket_urlpatterns = [path("notifications/", NotificationConsumer.as_asgi()), re_path("", nothing_here)]  # type: ignore[arg-type]
