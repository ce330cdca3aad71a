"""The five severities, worst first. An area's severity is its threshold."""

import math
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    URGENT = "UR", _("Urgent")
    HIGH = "HI", _("High")
    MEDIUM = "ME", _("Medium")
    LOW = "LO", _("Low")
    INFO = "IN", _("Info")

    @property
    def rank(self) -> int:
        """0 for the worst (Urgent) to 4 for the mildest (Info)."""
        return RANK[self.value]

    def meets(self, threshold: "Severity") -> bool:
        """Whether an incident of this severity alerts an area whose threshold is *threshold*."""
        return self.rank <= threshold.rank


RANK = {severity.value: rank for rank, severity in enumerate(Severity)}

# What the wire and GeoJSON call them, whatever language the site speaks.
LABEL = {"UR": "Urgent", "HI": "High", "ME": "Medium", "LO": "Low", "IN": "Info"}


def parse_breaks(text: str) -> tuple[float, ...]:
    """The four numbers, worst first, from which on a number is Urgent, High, Medium, Low; none of an empty text.

    Raises ValueError.
    """
    numbers = tuple(float(part) for part in text.split(",")) if text.strip() else ()
    falling = all(a > b for a, b in pairwise(numbers))
    if numbers and (len(numbers) != len(Severity) - 1 or not all(map(math.isfinite, numbers)) or not falling):
        raise ValueError("These are not four falling numbers.")
    return numbers


def rank_sql(column: str) -> str:
    """SQL for the rank of the severity in *column*: 0 is the worst."""
    cases = " ".join(f"WHEN '{code}' THEN {rank}" for code, rank in RANK.items())
    return f"CASE {column} {cases} END"
