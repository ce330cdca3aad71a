"""The application with a fault of each sort, for a negative control: test_fuzz.py says what is to be found of each."""

import logging
from urllib.parse import unquote

from tracker_project.asgi import application as sound  # sets Django up, so it comes before the other imports

__all__ = ["application"]

from tracker.live.hub import Hub

logger = logging.getLogger(__name__)


async def application(scope, receive, send):
    given = [(name, value.decode("latin-1")) for name, value in scope.get("headers", [])]
    headers = dict(given)
    query = scope.get("query_string", b"")
    if scope["type"] != "http":
        await sound(scope, receive, send)
    elif b"%EF%BF%" in query or b"%00" in query:
        raise ValueError("no such letter")
    elif any(name.startswith((b"x-", b"origin", b"referer")) and "evil.example" in value for name, value in given):
        await answer(send, 302, [(b"location", b"https://evil.example/")], b"")
    elif b"evil.example" in query:
        await answer(send, 200, [], b'<p><a href="//evil.example/">there</a>')
    elif b"xss-probe" in query:
        await answer(send, 200, [], unquote(query.decode()).encode(errors="replace"))
    elif b"te" in headers or b"trailer" in headers:
        hub = await Hub.running()
        for socket in list(hub.sockets):
            await socket.close(4008)
        await sound(scope, receive, send)
    else:
        if b"range" in headers or b"if-range" in headers:
            logger.warning("somebody asks for a range")
        await sound(scope, receive, send)


async def answer(send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
