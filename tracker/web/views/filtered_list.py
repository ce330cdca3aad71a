"""What the lists of incidents, areas and alerts have in common: filters, sorting, pages of 25, small maps."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.views.generic import ListView

from tracker.incidents.filters import Selection
from tracker.models import AreaOfInterest
from tracker.models.severity import Severity
from tracker.web.views import followed, paging
from tracker.web.views.access import PermittedMixin
from tracker.web.views.sorting import Sort, Sorting

AREAS_OFFERED = 500  # in a filter; the page of any area links to the lists of what is in it


class PagedListView(PermittedMixin, ListView):
    """Pages of rows that are ``sorted`` (paging.py)."""

    paginate_by = 25
    sorting: Sorting

    def paginate_queryset(self, queryset, page_size):
        page = paging.page_of(queryset, self.sorting, self.request.GET, page_size)
        return None, page, page.rows, page.total > page_size


class FilteredListView(PagedListView):
    """``q`` looks for words (search.py), ``severity`` (a code) and times narrow the list down.

    The times are ``…_from`` and ``…_until`` (``timed``: what stands for the dots; ISO 8601, without an offset in the
    site's time zone). ``sort`` is one of ``sorts``, with ``-`` before it downwards.
    """

    timed: ClassVar[tuple[str, str] | None] = None  # the name in the address, the field
    sorts: ClassVar[dict[str, Sort]] = {}
    usual_sort = ""

    def narrowed(self, rows: QuerySet) -> QuerySet:
        return self.selection.narrow(rows, self.timed)

    @property
    def selection(self) -> Selection:
        """What the address asks for; of areas only what this person may see."""
        return Selection({k: v for k, v in self.request.GET.dict().items() if k != "area" or self.may_see_areas()})

    def sorted(self, rows: QuerySet) -> QuerySet:
        return self.sorting.sorted(rows)

    @property
    def sorting(self) -> Sorting:  # type: ignore[override]
        return Sorting(self.sorts, self.request.GET.get("sort", ""), self.usual_sort)

    def asked_times(self) -> list[str]:
        """The times that were asked for, as the fields of the form have them; empty where there is none."""
        return self.selection.times_as_written(self.timed[0]) if self.timed else ["", ""]

    # --- areas -----------------------------------------------------------------------------------------------------

    def asked_area(self) -> int | None:
        """The area of which ``area`` gives the number, for those who may see areas."""
        return self.selection.area

    def may_see_areas(self) -> bool:
        return self.request.user.has_perm("tracker.view_areaofinterest")

    def offered_areas(self) -> list[tuple[int, str]]:
        """The areas to choose from, by name; and the one that was asked for, if it is not among them."""
        if not self.may_see_areas():
            return []
        areas = list(AreaOfInterest.objects.order_by("name_key", "pk").values_list("pk", "name")[:AREAS_OFFERED])
        asked = self.asked_area()
        if asked is not None and asked not in {pk for pk, _name in areas}:
            name = AreaOfInterest.objects.filter(pk=asked).values_list("name", flat=True).first()
            areas.append((asked, name or str(asked)))
        return areas

    # --- the page --------------------------------------------------------------------------------------------------

    def places(self, rows: QuerySet) -> dict[int, dict[str, Any]]:
        """GeoJSON geometries for the small maps of these rows, by the numbers of the rows; at most one query."""
        return {}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(severities=Severity, asked=self.request.GET, sorting=self.sorting, **kwargs)
        context["since"], context["until"] = self.asked_times()
        context["places"] = self.places(context["object_list"])
        narrowing = {
            "q",
            "severity",
            "state",
            "area",
            *(f"{self.timed[0]}_{end}" for end in ("from", "until") if self.timed),
        }
        context["is_narrowed"] = any(self.request.GET.get(name) for name in narrowing)
        context["follows"] = followed.list_of(self.model, context["page_obj"], self.request.GET)
        return context
