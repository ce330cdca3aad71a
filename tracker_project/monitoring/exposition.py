"""The text that Prometheus reads at ``/metrics``."""

import asyncio
import logging
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from tracker import __version__
from tracker.lib.metrics.processes import registry_of_all
from tracker_project.monitoring import database

logger = logging.getLogger(__name__)

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Given(Collector):
    """Metrics as they are."""

    def __init__(self, metrics: Iterable[Metric]):
        self.metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self.metrics


async def text() -> bytes:
    """All metrics; without those of the database if it does not answer. Nothing of it is done on the event loop."""
    try:
        found, is_up = await database.probe.answer(), 1
    except Exception as error:
        logger.warning("The database said nothing for the metrics: %r", error)
        found, is_up = [], 0
    up = GaugeMetricFamily("tracker_database_up", "Whether the database has answered for what follows.", value=is_up)
    return await asyncio.to_thread(written, [version(), up, *found])


def version() -> Metric:
    """Always 1; as is the custom, what it tells is its label."""
    family = GaugeMetricFamily("tracker_build_info", "Which version of Tracker answers.", labels=["version"])
    family.add_metric([__version__], 1)
    return family


def written(found: list[Metric]) -> bytes:
    others = CollectorRegistry(auto_describe=False)
    others.register(Given(found))
    return generate_latest(registry_of_all()) + generate_latest(others)
