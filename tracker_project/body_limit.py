"""A request with a body larger than any form of this site is answered 413, and not read to its end.

nginx does the same before (deploy/nginx); this holds without it, and whatever a request says about its length.
"""

from collections.abc import Awaitable, Callable
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

MARGIN = 1024 * 1024  # bytes; beside the file or the longest field a form has others


class TooLarge(Exception):
    pass


@cache
def import_page() -> str:
    return reverse("job_import")


def limit_of(path: str) -> int:
    """How many bytes may be sent to this address."""
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if path == import_page():
        largest = max(largest, settings.JOB_UPLOAD_MB * 1_000_000)
    return largest + MARGIN


class BodyLimit:
    def __init__(self, application: Callable[..., Awaitable[None]]):
        self.application = application

    async def __call__(self, scope, receive, send):
        limit, is_begun = limit_of(scope["path"]), False
        left = limit

        async def counted():
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLarge
            return message

        async def watched(message):
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            if declared(scope) > limit:
                raise TooLarge
            await self.application(scope, counted, watched)
        except TooLarge:
            if is_begun:
                raise
            await refuse(send, limit)


def declared(scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 19 else 0


async def refuse(send, limit: int) -> None:
    sentence = _("What you sent is larger than this site takes here (%(limit)d MB).") % {"limit": limit // 1_000_000}
    body = render_to_string("413.html", {"sentence": sentence}).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        (b"content-security-policy", b"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
