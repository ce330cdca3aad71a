"""Starts Python processes of tests in a tenth of the time: it has imported the libraries, and forks.

It is a script of its own, run by ``processes.start_python``, and loads nothing of Tracker, no settings, nothing that
starts a thread or opens a file, and nothing that reads the environment. A child has the arguments, the environment,
the folder and the files that it would have had from ``exec``, and its parent is who asked.
"""

import ctypes
import ctypes.util
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import types
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

LIBRARIES = (
    "asgiref.server",
    "autobahn.rawsocket.util",
    "autobahn.wamp.protocol",
    "autobahn.wamp.websocket",
    "autobahn.websocket.protocol",
    "celery.app.trace",
    "celery.bin.celery",
    "celery.worker",
    "channels.db",
    "channels.exceptions",
    "channels.generic.websocket",
    "channels.layers",
    "channels.routing",
    "concurrent.futures.thread",
    "crispy_forms.layout",
    "cryptography.hazmat.primitives.kdf.pbkdf2",
    "csp.constants",
    "daphne.http_protocol",
    "dj_database_url",
    "dj_email_url",
    "django.core.checks",
    "django.core.handlers.asgi",
    "django.core.management",
    "django.core.paginator",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.middleware.common",
    "django.middleware.csrf",
    "django.shortcuts",
    "django.template.loader",
    "django.test",
    "django.urls",
    "django.views.defaults",
    "django.views.i18n",
    "environs",
    "ijson",
    "kombu.transport.redis",
    "limits",
    "logging.config",
    "mmap",
    "numpy",
    "psycopg2.extras",
    "pythonjsonlogger.json",
    "redis.asyncio",
    "statistics",
    "timeit",
    "tqdm",
    "twisted.application.service",
    "twisted.internet.asyncioreactor",
    "twisted.internet.endpoints",
    "twisted.web.http",
    "txaio.tx",
    "uvicorn.main",
    "websockets.asyncio.server",
    "whitenoise.middleware",
)
SHARED_OBJECTS = ("gdal", "geos_c")
LIBC = ctypes.CDLL(None)


def serve(asked: socket.socket) -> Callable[[], None] | None:
    """Fork whoever is asked for. Returns in a child, with what it is to do; in the server when nobody asks any more."""
    while True:
        message, files, _, _ = socket.recv_fds(asked, 1 << 20, 3)
        if not message:
            return None
        told, say = os.pipe()
        may_begin, let_begin = os.pipe()
        between = os.fork()
        if not between:
            if pid := os.fork():
                os.write(say, str(pid).encode())
                os._exit(0)
            asked.close()
            os.close(let_begin)
            os.read(may_begin, 1)  # until the one between has ended, so that the parent is who asked
            return prepared(json.loads(message), files)
        for file in (*files, may_begin):
            os.close(file)
        os.waitpid(between, 0)
        os.close(let_begin)
        asked.send(os.read(told, 32))
        os.close(told)
        os.close(say)


def prepared(what: dict, files: list[int]) -> Callable[[], None]:
    """Become what was asked for; returns what runs it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: the kernel ends it when its parent ends
    if os.getppid() != what["parent"]:
        os._exit(1)
    if what["new_session"]:
        os.setsid()
    for target, file in enumerate(files):
        os.dup2(file, target)
    os.closerange(3, 1024)
    os.chdir(what["folder"])
    os.environ.clear()
    os.environ.update(what["environment"])
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    if os.environ.get("PYTHONUNBUFFERED"):
        sys.stdout.reconfigure(write_through=True)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    return program(what["arguments"], [each for each in os.environ.get("PYTHONPATH", "").split(":") if each])


def program(arguments: list[str], places: list[str]) -> Callable[[], None]:
    """What ``python`` would run with these arguments."""
    first, *others = arguments
    if first == "-W":
        warnings.simplefilter(others[0])  # type: ignore[arg-type]
        return program(others[1:], places)
    sys.orig_argv = [sys.executable, *arguments]
    sys.path[0:1] = ["" if first == "-c" else os.getcwd(), *places]
    if first == "-m":
        sys.argv = [sys.executable, *others[1:]]
        return lambda: void(runpy.run_module(others[0], run_name="__main__", alter_sys=True))
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    if first == "-c":
        sys.argv = ["-c", *others[1:]]
        code = compile(others[0], "<string>", "exec")
    else:
        sys.argv = arguments
        main.__file__ = first
        code = compile(Path(first).read_bytes(), first, "exec")
    return lambda: exec(code, main.__dict__)


def void(_: object) -> None:
    pass


def main(asked: socket.socket) -> Callable[[], None] | None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in LIBRARIES:
        importlib.import_module(name)
    ctypes.util.find_library = cache(ctypes.util.find_library)  # it asks a process of its own each time
    for name in SHARED_OBJECTS:
        ctypes.CDLL(ctypes.util.find_library(name))
    assert len(os.listdir("/proc/self/task")) == 1, "a thread would not be there after a fork"
    assert "twisted.internet.reactor" not in sys.modules, "the reactor has an open file, which a fork would share"
    gc.collect()
    gc.freeze()
    return serve(asked)


if __name__ == "__main__":
    if go_on := main(socket.socket(fileno=int(sys.argv[1]))):
        go_on()
