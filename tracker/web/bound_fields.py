"""What a form shows again of what was sent to it (``FORM_RENDERER`` in the settings, so every form).

What somebody typed comes back, also where it is wrong. What nobody can have typed does not: a form of a few hundred
bytes that is answered with megabytes is work that anybody could have a server do.
"""

from typing import Any

from django.forms import BoundField, Field
from django.forms.renderers import DjangoTemplates

TYPED = 20_000  # characters of any field, and ten times what it takes
HIDDEN = 1_000  # of a field that is filled in by the page, unless it takes more


class BoundedField(BoundField):
    def value(self) -> Any:
        value = super().value()
        if self.form.is_bound and isinstance(value, str) and len(value) > longest_shown(self.field):
            return ""
        return value


class FormRenderer(DjangoTemplates):
    bound_field_class = BoundedField


def longest_shown(field: Field) -> int:
    """How many characters of a field are shown again; one of pasted text says by itself (``longest_shown``)."""
    takes = getattr(field, "max_length", None) or 0
    if field.widget.is_hidden:
        return takes or HIDDEN
    return getattr(field, "longest_shown", max(TYPED, 10 * takes))
