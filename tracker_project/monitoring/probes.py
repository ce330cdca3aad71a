"""``/healthz`` for a load balancer and ``/metrics`` for Prometheus, before Django has looked at the request.

Both ask a process by its address, whatever name the site has, without TLS and without an account.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from tracker import __version__
from tracker_project.monitoring import exposition, health

Headers = list[tuple[bytes, bytes]]
TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8")]


class Probes:
    """Answers these two addresses; all others *application* does."""

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        answer = {"/healthz": self.healthz, "/metrics": self.metrics}.get(scope["path"])
        if answer is None or (answer == self.metrics and not settings.METRICS_TOKEN):
            await self.application(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            status, headers, body = 405, [*TEXT, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n"
        else:
            status, headers, body = await answer(dict(scope["headers"]))
        headers = [
            *headers,
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def healthz(self, headers: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
        """200, or 503 if this process cannot serve; nothing that a stranger should not know."""
        parts = await health.parts()
        body = json.dumps(parts | {"version": __version__}).encode()
        return 200 if parts["status"] == "ok" else 503, [(b"content-type", b"application/json")], body

    async def metrics(self, headers: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
        """To whoever has the token."""
        expected = b"Bearer " + settings.METRICS_TOKEN.encode()
        if not hmac.compare_digest(headers.get(b"authorization", b""), expected):
            return 401, [*TEXT, (b"www-authenticate", b"Bearer")], b"METRICS_TOKEN is needed.\n"
        return 200, [(b"content-type", exposition.CONTENT_TYPE.encode())], await exposition.text()
