"""Every address that the site answers, as Django's resolver and what lies beside it know them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from tracker.live.routing import websocket_urlpatterns

BESIDE = ("/healthz", "/metrics", "/static/<path>")  # tracker_project/monitoring/probes.py, and WhiteNoise


class Route(NamedTuple):
    address: str  # as a person would write it: /tracker/incident/<int:pk>/
    view: Any = None  # None: no view of Django's


def written(pattern: str) -> str:
    """A route of either kind, with its parameters in angle brackets."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).replace("^", "").replace("$", "")


def walk(patterns: list[Any], before: str) -> Iterator[Route]:
    for pattern in patterns:
        address = before + written(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield Route(address, pattern.callback)


def routes() -> list[Route]:
    """All of them, each once: of two routes with one address the first answers."""
    found = {route.address: route for route in reversed([*walk(get_resolver().url_patterns, "/")])}
    beside = ["/" + written(str(route.pattern)) for route in websocket_urlpatterns] + [*BESIDE]
    return [*found.values(), *(Route(address) for address in beside if address not in found)]
