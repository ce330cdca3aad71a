"""The rows that were chosen in a list, and the way back to it."""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tracker.lib.request.parse import parse_pk

MANY = 1000  # rows that one request may act on


def numbers(request: HttpRequest, name: str) -> list[int] | None:
    """The rows' numbers, sent as *name* (repeated); None if there are none, too many, or others than numbers."""
    texts = request.POST.getlist(name)
    if not texts or len(texts) > MANY:
        return None
    found = [number for text in texts if (number := parse_pk(text)) is not None]
    return found if len(found) == len(texts) else None


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To ``next``, if that is a page of this site; else to the page with this name."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(target if allowed else reverse(otherwise))
