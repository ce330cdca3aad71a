"""Misconfiguration is said at the start, with a hint, not found out at 3 a.m."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.http.request import validate_host


@register()
def channel_layer_reaches_every_process(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.REDIS_URL or settings.WEB_PROCESSES == 1:
        return []
    return [
        Error(
            f"{settings.WEB_PROCESSES} server processes cannot share an in-memory channel layer.",
            hint="Set REDIS_URL, or WEB_PROCESSES=1.",
            id="tracker.E001",
        )
    ]


@register()
def workers_can_be_reached(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.BACKGROUND != "celery" or settings.REDIS_URL:
        return []
    return [
        Error(
            "Celery's workers are reached through Redis, and REDIS_URL is not set.",
            hint="Set REDIS_URL, or BACKGROUND=threads.",
            id="tracker.E004",
        )
    ]


@register()
def database_is_shared(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if not settings.EMBEDDED or settings.WEB_PROCESSES == 1:
        return []
    return [
        Warning(
            "Several server processes share one SpatiaLite file: they wait for each other to write.",
            hint="Point DATABASE_URL at PostGIS.",
            id="tracker.W001",
        )
    ]


@register()
def base_url_is_one_of_ours(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Links in mail lead to BASE_URL, and its pages open the WebSocket."""
    problems = []
    if not validate_host(urlsplit(settings.BASE_URL).hostname or "", settings.ALLOWED_HOSTS):
        problems.append(
            Error(
                f"The host of BASE_URL, {settings.BASE_URL}, is not in ALLOWED_HOSTS: links in mail would not work.",
                hint="Add it to ALLOWED_HOSTS, or correct BASE_URL.",
                id="tracker.E002",
            )
        )
    if settings.BASE_URL not in settings.ALLOWED_ORIGINS:
        problems.append(
            Error(
                f"BASE_URL, {settings.BASE_URL}, is not in ALLOWED_ORIGINS: its pages could not open the WebSocket.",
                hint="Add it to ALLOWED_ORIGINS.",
                id="tracker.E003",
            )
        )
    return problems


@register()
def every_host_is_live(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A page that is opened by a name that is no origin of ours works, but for ever says that it is not live."""
    origins = {urlsplit(origin).hostname for origin in settings.ALLOWED_ORIGINS}
    dead = [host for host in settings.ALLOWED_HOSTS if is_a_name(host) and host.strip("[]").lower() not in origins]
    if not dead:
        return []
    return [
        Warning(
            f"ALLOWED_HOSTS names {', '.join(dead)}, and ALLOWED_ORIGINS does not: pages that are opened by such a name"
            " are never live.",
            hint=f"Add https://{dead[0]} to ALLOWED_ORIGINS, or lead everybody to BASE_URL, {settings.BASE_URL}.",
            id="tracker.W002",
        )
    ]


def is_a_name(host: str) -> bool:
    """No pattern, and not this machine itself, which only probes call so."""
    return "*" not in host and not host.startswith(".") and host not in {"localhost", "127.0.0.1", "[::1]"}
