"""Editing without overwriting a colleague: an old form is not put over a newer row, and makes no deleted row again."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.generic import UpdateView

from tracker.incidents import conflicts, history
from tracker.web import deleted_row
from tracker.web.views import followed
from tracker.web.views.access import PermittedMixin

VERSION_LENGTH = 20  # digits; what is longer is no version, and is not repeated


class GuardedUpdateView(PermittedMixin, UpdateView):
    """The form carries the version at which it was opened (``_edit_guard.html``, inside the form).

    If somebody has saved since, it comes back (409) with what was typed, and shows both; it then carries the newer
    version, so sending it once more is meant. If the row is gone, what was typed is shown (404).
    """

    add_permission: str  # who may make a new row of what was typed for one that is gone
    create_view: str
    list_view: str
    base_version: str = ""

    def get_object(self, queryset=None):
        # Before the row: one saved in between is then newer than the form says.
        newest = history.version_of(self.model, self.kwargs["pk"])
        sent = self.request.POST.get("version", "")[:VERSION_LENGTH]
        self.base_version = sent if self.request.method == "POST" else str(newest)
        return super().get_object(queryset)

    def post(self, request, *args, **kwargs):
        try:
            self.object = self.get_object()
        except Http404:
            return self.row_deleted()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form):
        with transaction.atomic():
            theirs = conflicts.locked(self.model, self.kwargs["pk"])
            if theirs is None:
                return self.row_deleted()
            found = conflicts.conflict_between(form.instance, theirs, conflicts.version_in(self.base_version))
            if found is None:
                return self.saved(form)
        self.base_version = str(found.version)
        return self.render_to_response(self.get_context_data(form=form, conflict=found), status=409)

    def saved(self, form) -> HttpResponse:
        """Save, inside the transaction that holds the lock, and say so."""
        return super().form_valid(form)

    def row_deleted(self) -> HttpResponse:
        create = reverse(self.create_view) if self.request.user.has_perm(self.add_permission) else ""
        fields, back = self.get_form_class().base_fields, reverse(self.list_view)
        return deleted_row.page(self.request, self.model, self.kwargs["pk"], fields, create, back)

    def get_context_data(self, **kwargs):
        return super().get_context_data(version=self.base_version, follows=followed.form(self.object), **kwargs)
