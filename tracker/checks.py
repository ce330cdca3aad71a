"""Misconfiguration is said at the start, with a hint, not found out at 3 a.m."""

from django.conf import settings
from django.core.checks import Error, Warning, register


@register()
def channel_layer_reaches_every_process(app_configs, **kwargs):
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
def database_is_shared(app_configs, **kwargs):
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
def report_rate_can_be_read(app_configs, **kwargs):
    from limits import parse

    try:
        parse(settings.REPORT_RATE)
    except ValueError:
        return [
            Error(
                f"REPORT_RATE: “{settings.REPORT_RATE}” is not a rate.",
                hint="Write it as “20/hour” or “5/minute”.",
                id="tracker.E002",
            )
        ]
    return []
