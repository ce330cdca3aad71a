"""Where a request came from: the one place that knows, for whoever counts, locks out or keeps a record.

Behind a proxy (``BEHIND_PROXY``) that is what the proxy has written into ``X-Forwarded-For``: the last entry, which is
its own even where it appends to what the client has sent. Without one the header is anybody's, and means nothing.
"""

import ipaddress
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """The address of the one who asks; None if there is none, as over a unix socket."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return parsed(forwarded.rpartition(",")[2]) or parsed(request.META.get("REMOTE_ADDR", ""))


def counted_in(scope: dict[str, Any]) -> str | None:
    """As ``counted_address``, of an ASGI scope."""
    client = scope.get("client")
    host = client[0] if client else ""
    if settings.BEHIND_PROXY:
        headers = dict(scope["headers"])
        host = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2] or host
    return counted_network(host)


@lru_cache(1024)  # a connection's is asked for several times, before and after it is accepted
def counted_network(host: str) -> str | None:
    """Whose requests are counted together; None for what is no address, as of a unix socket."""
    address = parsed(host)
    return str(network_of(address)) if address else None


def parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if address.version == 4:
        return address
    # An IPv4 address as a socket that listens on both names it; and never the interface (fe80::1%eth0).
    return address.ipv4_mapped or ipaddress.IPv6Address(int(address))


def network_of(address: Address) -> Address:
    """Whose requests are counted together: an IPv4 address, or the first of the /64 that an IPv6 household gets."""
    if address.version == 4:
        return address
    return ipaddress.IPv6Network((int(address), 64), strict=False).network_address


def counted_address(request: HttpRequest) -> str | None:
    """For which address a request counts, where strangers may do something only so often. (axes asks here, too.)"""
    address = address_of(request)
    return str(network_of(address)) if address else None
