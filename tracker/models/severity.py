"""The five severities, worst first. An area's severity is its threshold."""

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


def rank_sql(column: str) -> str:
    """SQL for the rank of the severity in *column*: 0 is the worst."""
    cases = " ".join(f"WHEN '{code}' THEN {rank}" for code, rank in RANK.items())
    return f"CASE {column} {cases} END"
