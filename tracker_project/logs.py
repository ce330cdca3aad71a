"""How a line of the server's own log looks: for people (``LOG_FORMAT=line``), or as JSON.

Whatever is in a line, names that strangers chose included, it stays one line, and no terminal takes it for a command.
Only the traceback of an error has lines of its own, and what the error says is one of them.
"""

import copy
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from tracker.lib.request import log_context
from tracker.lib.text import printable

FRAME = '  File "'  # how the part of a traceback begins that has several lines by itself
EXTRA = ("view", "method", "status", "duration_ms")  # of a finished request (tracker/web/middleware.py)


def without_news_of_no_error(record: logging.LogRecord) -> logging.LogRecord:
    """The line for a request that was refused: Django adds where in its code, which helps nobody.

    A wrong ``Host`` and the like (``django.security``) it even calls an error: a stranger could fill the log with them.
    """
    record = copy.copy(record)  # other handlers may want it whole
    record.exc_text = None  # as another handler has formatted it
    is_refusal = record.name == "django.request" and record.levelno < logging.ERROR
    if is_refusal or record.name.startswith("django.security."):
        record.exc_info = None
    return record


def traceback_of(exception: tuple) -> str:
    lines = []
    for part in traceback.TracebackException(*exception).format():
        rows = part.strip("\n").split("\n") if part.startswith(FRAME) else [part.strip("\n")]
        lines += [printable(row) for row in rows]
    return "\n".join(lines)


class LineFormatter(logging.Formatter):
    """A line for people. Where it comes from stands before its level, if it comes from a request, a socket or a job."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_news_of_no_error(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        own = log_context.of_line(record)
        where = own.id or (f"job {own.job}" if own.job else "")
        record.context = f"[{where}] " if where else ""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return traceback_of(ei)


class JsonLineFormatter(JsonFormatter):
    """One JSON object a line, with the same fields in each."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_news_of_no_error(record))

    def formatException(self, ei: Any) -> str:
        return traceback_of(ei)

    def add_fields(self, log_data: dict, record: logging.LogRecord, message_dict: dict) -> None:
        own = log_context.of_line(record)
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.message if record.message else json.dumps(record.msg, default=str)
        log_data["request"] = own.id
        log_data["user"] = own.person
        log_data["job"] = own.job
        log_data["exception"] = message_dict.get("exc_info")
        if record.name == "tracker.web.middleware":
            log_data.update({name: getattr(record, name) for name in EXTRA if hasattr(record, name)})


def silence_daphne() -> None:
    """daphne prints a line of its own form for everything it is asked; nginx writes these, as JSON (deploy/nginx)."""
    from daphne.server import Server

    Server.log_action = lambda *args, **kwargs: None
