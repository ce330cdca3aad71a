"""Another server beside the live site, in an environment of its own: without Redis, without its database, ..."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path

from tests.live_site import Site
from tests.processes import free_port, start_python

DAPHNE = ("daphne", "-b", "127.0.0.1", "-p", "{port}")
UVICORN = (
    "uvicorn",
    "--host",
    "127.0.0.1",
    "--port",
    "{port}",
    "--lifespan",
    "off",
    "--timeout-graceful-shutdown",
    "1",
    "--ws",
    "websockets-sansio",
)


@contextlib.contextmanager
def server(
    site: Site,
    home: Path,
    asgi: tuple[str, ...] = DAPHNE,
    application: str = "tracker_project.asgi:application",
    **env: str,
):
    """A server in the environment of *site*, changed by *env*; yields its address as soon as it listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = [part.format(port=port) for part in asgi]
    env = site.env | {"PORT": str(port), "ALLOWED_ORIGINS": url, "BASE_URL": url} | env
    with (home / "daphne.log").open("wb") as log:
        process = start_python("-m", *options, application, env=env, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 30
        while True:
            assert process.poll() is None, (home / "daphne.log").read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert time.monotonic() < end, f"{asgi[0]} does not listen"
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
