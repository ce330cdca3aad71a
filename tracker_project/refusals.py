"""Answers to requests that the site does not look at: too much was sent, or too many are waiting."""

from collections.abc import Awaitable, Callable

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

AGAIN_S = 10  # after which whoever sends too much at once may try again


def words(status: int, limit: int) -> tuple[str, str]:
    """The title of the page, and its sentence."""
    if status == 413:
        size = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1_000} kB"
        sentence = _("What you sent is larger than this site takes here (%(limit)s).") % {"limit": size}
        return _("Too large"), sentence
    if status == 429:
        return _("Too much at once"), _("You are sending several files already. Wait for one of them, then try again.")
    return _("Busy"), _("Too many requests came from your connection. Please try again in a moment.")


async def refuse(send: Callable[[dict], Awaitable[None]], status: int, limit: int = 0) -> None:
    """Answer 413, which says how many bytes (*limit*) are taken, 429 or 503."""
    title, sentence = words(status, limit)
    body = render_to_string("refused.html", {"title": title, "sentence": sentence}).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        (b"content-security-policy", b"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]
    if status != 413:
        headers.append((b"retry-after", str(AGAIN_S).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
