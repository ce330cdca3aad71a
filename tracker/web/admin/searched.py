"""Lists of the administration that are searched as the other pages are, and sorted by names as they are."""

from django.contrib.admin.views.main import ChangeList

from tracker.incidents.search import search
from tracker.models.search_key import SortKey, folded_fields
from tracker.web.admin.any_input import AnyInput


class SortedByKey(ChangeList):
    def get_ordering_field(self, field_name):
        """Where there is a folded name, that is sorted by."""
        keys = {field.of[0]: field.name for field in folded_fields(self.model) if isinstance(field, SortKey)}
        return keys.get(field_name) or super().get_ordering_field(field_name)


class Searched(AnyInput):
    """``search_fields`` says no more than that there is a field to search in."""

    def get_changelist(self, request, **kwargs):
        return SortedByKey

    def get_search_results(self, request, queryset, search_term):
        super().get_search_results(request, queryset.none(), search_term)  # refuses too many words
        return search(queryset, search_term), False
