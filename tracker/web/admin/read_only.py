"""The administration of what the software writes, and people only read."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from tracker.web.admin.any_input import AnyInput


class ReadOnlyAdmin(AnyInput):
    """Nobody adds, changes or deletes, administrators neither."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class BoundedPaginator(Paginator):
    """For tables that grow without end: counts no further than this, and has no pages behind it."""

    MOST = 10_000  # rows; who looks for an older one narrows the list down

    @cached_property
    def count(self):
        return self.object_list[: self.MOST].count()  # type: ignore[attr-defined]  # a query, and no list
