"""A form for a row that is gone: nobody's words are lost, they are shown, and may be sent as a new row."""

import uuid
from collections.abc import Mapping

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tracker.incidents import conflicts, history
from tracker.incidents.history import Row
from tracker.web.bound_fields import longest_shown

LONG = {"location", "polygon"}  # GeoJSON, shown in a box of its own
NOT_AGAIN = {"submission", "version"}


def page(
    request: HttpRequest, model: type[Row], number: int, fields: Mapping[str, forms.Field], create: str, back: str
) -> HttpResponse:
    """404, with what was sent for the row of this *number*.

    *create*: where it may be sent as a new one, empty for who may not; *back*: the list of those that are there.
    """
    texts = {name: request.POST.get(name, "") for name in fields}
    sent = {name: text for name, text in texts.items() if len(text) <= longest_shown(fields[name])}
    again = [(name, sent[name]) for name in fields if sent.get(name) and name not in NOT_AGAIN]
    if "submission" in fields:
        again.append(("submission", str(uuid.uuid4())))  # so that sent twice it makes one
    context = {
        "kind": model._meta.verbose_name,
        "deletion": conflicts.deletion(model, number),
        "typed": [
            (label_of(model, name, field), in_words(field, sent[name]), name in LONG)
            for name, field in fields.items()
            if sent.get(name) and not field.widget.is_hidden
        ],
        "again": again if create else [],
        "create": create,
        "back": back,
    }
    return render(request, "tracker/deleted_row.html", context, status=404)


def label_of(model: type[Row], name: str, field: forms.Field) -> str:
    """The name of what the row has; a form's own label may ask or explain."""
    is_stored = any(each.name == name for each in model._meta.fields)
    return history.label_of(model, name) if is_stored else str(field.label)


def in_words(field: forms.Field, value: str) -> str:
    """The label of what was chosen; what was typed as it is."""
    if isinstance(field, forms.BooleanField):
        return str(_("Yes"))
    return str(dict(getattr(field, "choices", ())).get(value, value))
