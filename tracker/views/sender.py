"""Whose requests are counted together, where strangers may ask or report only so often (throttle.py)."""

import ipaddress

from django.http import HttpRequest


def sender_of(request: HttpRequest) -> str:
    """Whose reports are counted together: an IPv4 address, or the /64 network that an IPv6 household gets."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:  # how a socket that listens on both names an IPv4 address
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
