"""A socket has an id for as long as it is open, in every line that is logged in its name; the hub is nobody's."""

import asyncio
import logging
import re

import pytest

from tests.web.log_lines import written
from tracker.lib.request import log_context
from tracker.live import consumers, hub
from tracker.live.consumers import NotificationConsumer
from tracker.models import LogState

pytestmark = pytest.mark.asyncio

logger = logging.getLogger("tests.ids")


class Speaking(NotificationConsumer):
    """Logs what it hears, instead of a database and a hub."""

    async def connect(self):
        logger.warning("connect")
        self.log_context.user = 7

    async def receive(self, text_data=None, bytes_data=None):
        logger.warning("receive")
        await consumers.asked(logger.warning)("in a thread")


async def say(*texts: str, name: str = "") -> None:
    """Through a socket of its own, from the handshake to the end."""
    messages: list[dict] = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "text": text} for text in texts),
    ]
    messages.append({"type": "websocket.disconnect", "code": 1000})

    async def receive() -> dict:
        await asyncio.sleep(0)
        return messages.pop(0)

    async def send(message: dict) -> None:
        pass

    scope = {"type": "websocket", "headers": [(b"x-request-id", name.encode())] if name else [], "query_string": b""}
    await asyncio.create_task(Speaking()(scope, receive, send))


async def test_it_has_one_for_its_life():
    with written("json", "tests.ids") as lines:
        await asyncio.gather(say("a"), say("b", "c"))
    ids = {line["request"] for line in lines.objects}
    assert len(ids) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}", each) for each in ids)
    counts = sorted(sum(line["request"] == each for line in lines.objects) for each in ids)
    assert counts == [3, 5], "also from its threads"
    assert {line["user"] for line in lines.objects if line["message"] != "connect"} == {7}


async def test_the_proxy_may_name_it(settings):
    with written("json", "tests.ids") as lines:
        await say("a", name="from-nobody")
        settings.BEHIND_PROXY = True
        await say("a", name="from-the-proxy")
    assert [line["request"] == "from-the-proxy" for line in lines.objects] == [False] * 3 + [True] * 3


async def test_the_hub_that_it_starts_is_not_its(monkeypatch):
    seen: list[log_context.LogContext | None] = []

    async def read_state() -> LogState:
        return LogState(log_id="a" * 32)

    async def read_log(after: int, limit: int) -> list:
        return []

    async def forever(step) -> None:
        seen.append(log_context.current.get())

    monkeypatch.setattr(hub, "read_state", read_state)
    monkeypatch.setattr(hub, "read_log", read_log)
    monkeypatch.setattr(hub, "forever", forever)
    log_context.begin_socket({})
    of_the_first_socket = hub.Hub()
    await of_the_first_socket.start()
    await asyncio.sleep(0)
    await of_the_first_socket.stop()
    assert len(seen) > 5
    assert set(seen) == {None}


async def test_a_line_for_people_has_it_too():
    with written("line", "tests.ids") as lines:
        await say()
    assert re.search(r" \[[0-9a-f]{16}\] WARNING tests.ids: connect$", lines.text[0])
