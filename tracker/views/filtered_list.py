"""What the lists of incidents, areas and alerts have in common: pages of 25, a text to look for, a severity."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.views.generic import ListView

from tracker.severity import Severity

from .access import PermittedMixin


class FilteredListView(PermittedMixin, ListView):
    """``q`` looks for text in the ``searched`` fields, ``severity`` (a code) narrows the list down."""

    paginate_by = 25
    searched: ClassVar[tuple[str, ...]] = ()

    def narrowed(self, rows: QuerySet) -> QuerySet:
        asked = self.request.GET
        text = asked.get("q", "").replace("\0", "").strip()
        if text and self.searched:
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": text}) for field in self.searched)))
        if asked.get("severity") in Severity.values:
            rows = rows.filter(severity=asked["severity"])
        return rows

    def get_context_data(self, **kwargs):
        return super().get_context_data(severities=Severity, asked=self.request.GET, **kwargs)
