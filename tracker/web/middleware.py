"""The way of one request: it gets an id (lib/request/log_context.py), and is timed.

The outermost of the middleware, so that every answer that Django gives has the id, the refused ones included.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tracker.lib.metrics import counters
from tracker.lib.request import log_context

logger = logging.getLogger(__name__)

ELSEWHERE = "other"  # no page of ours: a static file, or an address that there is not


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give a request its id, for its lines in the log and for its answer; note how long it took."""

    def respond(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        own = log_context.LogContext(log_context.new_id(request.headers.get(log_context.HEADER)), request=request)
        request.log_context = own  # type: ignore[attr-defined]
        token = log_context.current.set(own)
        try:
            response = get_response(request)
            response[log_context.HEADER] = own.id or ""
            note(request, response.status_code, time.perf_counter() - begun)
        finally:
            log_context.current.reset(token)
        return response

    return respond


def note(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request; with LOG_FORMAT=json also log one that was slow, or failed. (nginx logs all of them.)"""
    view = name_of_view(request)
    counters.HTTP_SECONDS.labels(view, f"{status // 100}xx").observe(seconds)
    ms = round(seconds * 1000)
    if settings.LOG_FORMAT == "json" and (status >= 500 or ms >= settings.SLOW_REQUEST_MS):
        # The view's name and not the address: that may hold a token, or what somebody has searched for.
        extra = {"view": view, "method": method_of(request), "status": status, "duration_ms": ms}
        logger.warning("A request %s.", "failed" if status >= 500 else "was slow", extra=extra)


def name_of_view(request: HttpRequest) -> str:
    """A label for the request, of which there are only so many; never a path."""
    match = request.resolver_match
    if match is None:
        return ELSEWHERE
    return match.namespaces[0] if match.namespaces else match.url_name or ELSEWHERE


def method_of(request: HttpRequest) -> str:
    return request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
