"""Whose requests are counted together, where strangers may ask or report only so often (throttle.py)."""

from django.http import HttpRequest

from tracker.client_address import address_of, network_of


def sender_of(request: HttpRequest) -> str:
    """Whose reports are counted together: an IPv4 address, or the /64 network that an IPv6 household gets."""
    address = address_of(request)
    return str(network_of(address)) if address else "unknown"
