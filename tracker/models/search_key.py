"""Columns that hold a row's texts folded (``tracker.lib.folding``): what is searched, and what names are sorted by."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from tracker.lib.folding import folded, sort_key

BETWEEN_TEXTS = "\n"  # no word reaches from one into the next


class Folded(models.TextField):
    """The folded texts of other fields of the row, written whenever the row is. Nobody else writes it.

    An ``update()`` of one of these fields has to set it, too. In a migration it is a TextField like any other.
    """

    def __init__(self, *args: Any, of: Iterable[str] = (), **kwargs: Any) -> None:
        self.of = tuple(of)
        super().__init__(*args, **{"default": "", "db_default": "", "editable": False, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", list(args), kwargs

    def value_for(self, texts: Iterable[str]) -> str:
        return BETWEEN_TEXTS.join(folded(text) for text in texts)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.value_for(getattr(model_instance, field) or "" for field in self.of)
        setattr(model_instance, self.attname, value)
        return value


class SortKey(Folded):
    """What one name is sorted by, cut to what an index takes; a name of a list is looked for in it, too."""

    def value_for(self, texts: Iterable[str]) -> str:
        return "".join(sort_key(text) for text in texts)


def folded_fields(model: type[models.Model]) -> list[Folded]:
    return [field for field in model._meta.concrete_fields if isinstance(field, Folded)]


def folded_of(model: type[models.Model], fields: Iterable[str]) -> set[str]:
    """The names of those that have to be written when these fields are."""
    written = set(fields)
    return {field.name for field in folded_fields(model) if written & set(field.of)}
