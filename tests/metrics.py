"""What ``/metrics`` says, taken apart by the library's own parser."""

import requests
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

TOKEN = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}


class Metrics:
    def __init__(self, text: str):
        self.samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    @classmethod
    def at(cls, url: str) -> "Metrics":
        """Of a running server."""
        response = requests.get(f"{url}/metrics", headers=TOKEN, timeout=10)
        assert response.status_code == 200, response.text
        return cls(response.text)

    def value(self, name: str, **labels: str) -> float | None:
        """The one sample of this name with just these labels; None if it is not there."""
        values = [sample.value for sample in self.samples if (sample.name, sample.labels) == (name, labels)]
        assert len(values) < 2, f"{name} is there several times"
        return values[0] if values else None

    def labels(self, name: str) -> list[dict[str, str]]:
        return [sample.labels for sample in self.samples if sample.name == name]

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}
