"""Editing without overwriting a colleague: an old form is not put over a newer row, and makes no deleted row again."""

import uuid

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import UpdateView

from tracker import edits, history

from .access import PermittedMixin


class GuardedUpdateView(PermittedMixin, UpdateView):
    """The form carries the version at which it was opened (``_edit_guard.html``, inside the form).

    If somebody has saved since, it comes back (409) with what was typed, and shows both; it then carries the newer
    version, so sending it once more is meant. If the row is gone, what was typed is shown (404).
    """

    add_permission: str  # who may make a new row of what was typed for one that is gone
    create_view: str
    opened_at: str = ""

    def get_object(self, queryset=None):
        # Before the row: one saved in between is then newer than the form says.
        newest = history.about(self.model, self.kwargs["pk"]).values_list("pk", flat=True).first()
        self.opened_at = self.request.POST.get("version", "") if self.request.method == "POST" else str(newest or 0)
        return super().get_object(queryset)

    def post(self, request, *args, **kwargs):
        try:
            self.object = self.get_object()
        except Http404:
            return self.gone()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form):
        with transaction.atomic():
            theirs = edits.locked(self.model, self.kwargs["pk"])
            if theirs is None:
                return self.gone()
            found = edits.overtaken(form.instance, theirs, edits.version_in(self.opened_at))
            if found is None:
                return self.saved(form)
        self.opened_at = str(found.version)
        return self.render_to_response(self.get_context_data(form=form, overtaken=found), status=409)

    def saved(self, form) -> HttpResponse:
        """Save, inside the transaction that holds the lock, and say so."""
        return super().form_valid(form)

    def gone(self) -> HttpResponse:
        """Nobody's words are lost: they are shown, and may be sent as something new."""
        sent = self.request.POST
        fields = self.get_form_class().base_fields
        typed = [
            (field.label, dict(getattr(field, "choices", ())).get(sent[name], sent[name]), name == "polygon")
            for name, field in fields.items()
            if sent.get(name) and not field.widget.is_hidden and name != "closed"
        ]
        again = [(name, sent[name]) for name in fields if sent.get(name) and name not in {"closed", "submission"}]
        if "submission" in fields:
            again.append(("submission", str(uuid.uuid4())))  # sent twice, it makes one
        context = {
            "kind": self.model._meta.verbose_name,
            "deletion": edits.deletion(self.model, self.kwargs["pk"]),
            "typed": typed,
            "again": again if self.request.user.has_perm(self.add_permission) else [],
            "create": reverse(self.create_view),
        }
        return render(self.request, "tracker/gone.html", context, status=404)

    def get_context_data(self, **kwargs):
        return super().get_context_data(version=self.opened_at, **kwargs)
