"""A request to the ASGI application in this process, for what lies before Django."""

import asyncio
from typing import NamedTuple

from asgiref.testing import ApplicationCommunicator

from tracker_project.monitoring.probes import Probes


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


async def nothing_else(scope, receive, send) -> None:
    """What lies behind, which these addresses must not need."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"behind"})


async def ask(path: str, method: str = "GET", **headers: str) -> Answer:
    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asked = ApplicationCommunicator(Probes(nothing_else), scope)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    start, body = await asked.receive_output(10), await asked.receive_output(10)
    await asked.wait(10)
    return Answer(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"])


def answer(path: str, method: str = "GET", **headers: str) -> Answer:
    return asyncio.run(ask(path, method, **headers))
