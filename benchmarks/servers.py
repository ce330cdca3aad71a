"""What is measured, each a process of its own on the measured core.

    with tracker("daphne") as server:
        Generator("tracker", server.port, 500, path=server.path, ...)

``server.port``, ``server.path``, ``server.protocol`` are what the generator needs; ``server.publisher`` says which kind
of publisher reaches it (publish.py). ``kill`` and ``start`` again on the same port for a restart.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.cores import MEASURED, cpu_s, memory_kib, pinned_to
from benchmarks.environment import free_port

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).resolve().parent / "peers"
START_S = 30.0
BACKLOG = 2048  # connections that wait for accept(), as uvicorn has it; Twisted's 50 makes TCP itself drop a storm
SERVER_LINES = 40  # of a server's output that are shown when it fails


class Server:
    """A server process; also a context, which starts it and ends it."""

    def __init__(self, command: list[str], port: int, path: str, protocol: str, publisher: str, **env: str):
        self.command = command
        self.port = port
        self.path = path
        self.protocol = protocol
        self.publisher = publisher
        self.env = os.environ | env
        self.process: subprocess.Popen | None = None
        self.output = tempfile.TemporaryFile()  # noqa: SIM115  closed with the object

    def start(self) -> int:
        """Start it and wait until it listens; that moment, in ns."""
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stdout=self.output, stderr=self.output, preexec_fn=pinned_to(MEASURED)
        )
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port), 1):
                return time.monotonic_ns()
            time.sleep(0.01)
        raise RuntimeError(f"{' '.join(self.command)} does not listen:\n{self.said()}")

    def said(self) -> str:
        self.output.seek(0)
        return "\n".join(self.output.read().decode(errors="replace").splitlines()[-SERVER_LINES:])

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def cpu_s(self) -> float:
        return cpu_s(self.pid)

    def memory_kib(self) -> tuple[int, int]:
        """Resident and proportional size."""
        return memory_kib(self.pid)

    def kill(self) -> None:
        """End it as a crash does."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.kill()


def asgi(application: str, server: str, port: int) -> list[str]:
    """The command that serves an ASGI application, as ``scripts/serve.py`` does, or by uvicorn."""
    if server == "daphne":
        quiet = ["--no-server-name", "--verbosity", "0"]
        listen = ["--endpoint", f"tcp:port={port}:interface=127.0.0.1:backlog={BACKLOG}"]
        return [sys.executable, "-m", "daphne", *listen, "--websocket_timeout=-1", *quiet, application]
    assert server == "uvicorn", server
    command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--lifespan", "off"]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--no-access-log"]
    return [*command, "--log-level", "warning", application]


def tracker(server: str = "daphne", **env: str) -> Server:
    """Tracker itself, whole: Origin, session, permission, log."""
    port = int(os.environ["PORT"])
    command = asgi("tracker_project.asgi:application", server, port)
    return Server(command, port, "/notifications/", "tracker", "tracker", **env)


def stock(layer: str = "core", server: str = "daphne") -> Server:
    """The stock pattern (stock/), on the core Redis layer or the pub/sub layer."""
    port = int(os.environ["PORT"])
    env = {"DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings", "REDIS_LAYER": layer}
    command = asgi("benchmarks.stock.asgi:application", server, port)
    return Server(command, port, "/notifications/", "plain", f"stock-{layer}", **env)


def node(name: str) -> Server:
    """``ws`` or ``socketio`` on Node (peers/), which anybody may open."""
    if not (PEERS / "node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=PEERS, check=True)
    port = free_port()
    redis = urlsplit(os.environ["REDIS_URL"]).path
    path, protocol = {"ws": ("/", "plain"), "socketio": ("/socket.io/?EIO=4&transport=websocket", "socketio")}[name]
    command = ["node", str(PEERS / f"{name}.js"), str(port), redis]
    return Server(command, port, path, protocol, "redis", NODE_ENV="production")


class Nats(Server):
    """nats-server with its WebSocket port; anybody may open it. The publisher uses its own port, as is usual."""

    def __init__(self) -> None:
        program = Path("/usr/sbin/nats-server")
        if not program.exists():
            raise RuntimeError("nats-server is missing: apt-get install nats-server")
        self.home = tempfile.TemporaryDirectory()
        port, tcp_port = free_port(), free_port()
        config = Path(self.home.name) / "nats.conf"
        config.write_text(
            f"host: 127.0.0.1\nport: {tcp_port}\n"
            f"websocket {{ host: 127.0.0.1, port: {port}, no_tls: true, compression: false }}\n"
        )
        super().__init__([str(program), "-c", str(config)], port, "/", "nats", f"nats-{tcp_port}")
