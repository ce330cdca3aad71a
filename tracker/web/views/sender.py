"""Whose requests are counted together, where strangers may ask or report only so often (lib/request/rate_limit.py)."""

from django.http import HttpRequest

from tracker.lib.request.client_address import counted_address


def sender_of(request: HttpRequest) -> str:
    """Whose reports are counted together: an IPv4 address, or the /64 network that an IPv6 household gets."""
    return counted_address(request) or "unknown"
