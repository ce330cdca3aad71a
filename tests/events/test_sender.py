"""Sending to the layer from a process without a hub: one loop for all sends, one short wait for a whole save."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
import redis
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests import make
from tests.processes import end_with_parent, wait_until
from tracker.events import log, numbering, sending
from tracker.events.background_loop import sender_for
from tracker.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)


def senders() -> int:
    return sum(thread.name == "sender" for thread in threading.enumerate())


def test_one_thread_sends_for_all():
    make.incident()
    wait_until(lambda: senders() == 1, "one that another test has used does not end")
    rows = [Notification(seq=1, type="changed", body="{}", created=timezone.now())]
    threads = [threading.Thread(target=sending.send, args=(rows,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    make.incident()
    assert senders() == 1


@pytest.mark.needs_redis
def test_one_connection_sends_all():
    make.incident()  # opens it
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        before = client.info("stats")["total_connections_received"]
        for _ in range(20):
            make.incident()
        assert client.info("stats")["total_connections_received"] - before < 10, "one, and a few of others"


def test_another_layer_gets_another_loop_and_the_first_one_ends():
    first = sender_for(get_channel_layer())
    with override_settings(CHANNEL_LAYERS=settings.CHANNEL_LAYERS | {}):
        second = sender_for(get_channel_layer())
    assert first is not second
    wait_until(first.loop.is_closed, "the loop of the first layer does not end")
    assert second.loop.is_running()


def test_a_forked_child_sends_by_itself():
    make.incident()
    parents = sender_for(get_channel_layer())
    child = os.fork()
    if not child:
        own = sender_for(get_channel_layer())
        os._exit(0 if own is not parents and own.send(nothing()).result(10) is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sender_for(get_channel_layer()) is parents


async def nothing() -> None:
    pass


# --- a Redis that does not answer ----------------------------------------------------------------------------------


@pytest.fixture
def frozen_redis():
    """A Redis of this test's own, and what freezes and thaws it."""
    if not shutil.which("redis-server"):
        pytest.fail("redis-server is missing")
    home = Path(tempfile.mkdtemp())
    command = ["redis-server", "--port", "0", "--unixsocket", f"{home}/redis.sock", "--save", "", "--dir", f"{home}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent)
    wait_until((home / "redis.sock").exists, "redis-server does not start")
    yield server, f"unix://{home}/redis.sock"
    server.kill()
    server.wait()
    shutil.rmtree(home)


@pytest.mark.needs_redis
@pytest.mark.parametrize("connected", [True, False], ids=["connected", "not connected"])
@pytest.mark.parametrize("layer", ["pubsub.RedisPubSubChannelLayer", "core.RedisChannelLayer"])
def test_a_frozen_redis_holds_up_a_save_once_however_many_passes_it_takes(
    layer, connected, frozen_redis, monkeypatch, caplog
):
    server, host = frozen_redis
    monkeypatch.setattr(numbering, "PIECE", 5)
    layers = {"default": {"BACKEND": f"channels_redis.{layer}", "CONFIG": {"hosts": [host]}}}
    with override_settings(CHANNEL_LAYERS=layers):
        if connected:
            make.incident()
        server.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with transaction.atomic():
            log.record_all(("changed", {"model": "Incident", "count": n}) for n in range(60))
        took_s = time.monotonic() - started
        wait_until(lambda: "did not take a notification" in caplog.text, "the sender does not give up")
        assert not Notification.objects.filter(seq=None).exists()
        assert took_s < 1.5, "twelve passes, each of which would wait for 0.2 s"

        server.send_signal(signal.SIGCONT)
        caplog.clear()
        wait_until(lambda: not fails(caplog), "the sender does not recover")


def fails(caplog) -> bool:
    caplog.clear()
    make.incident()
    return "did not take a notification" in caplog.text
