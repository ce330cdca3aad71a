"""What all rows that people watch have in common: they are saved with what the signals record, or not at all."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models.base import ModelBase
from django.utils.translation import gettext_lazy as _

from tracker.lib.visible_text import is_visible, without_controls
from tracker.models.search_key import folded_of


class RowDeleted(DatabaseError):
    """What was to be saved has been deleted since it was read."""


class WatchedModel(models.Model):
    """Saves and deletes in one transaction with whatever the signals record, also in autocommit."""

    # The fields whose values the history keeps, and in which a form can be overtaken.
    RECORDED: ClassVar[tuple[str, ...]]
    TEXTS: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        abstract = True

    name: str

    def clean(self) -> None:
        """Every form asks; what an import reads is named otherwise (files/rows.py)."""
        super().clean()
        if self.name and not is_visible(self.name):
            sentence = _("This name has no character that can be seen.")
            raise ValidationError({"name": ValidationError(sentence, code="invisible")})

    def normalise(self) -> None:
        """Bring the row into its stored form: texts without control characters, and the geometry (geometry.py).

        Every save does, and bulk writers must.
        """
        for field in self.TEXTS:
            text = self.__dict__.get(field)  # none if it was left in the database
            if isinstance(text, str):
                setattr(self, field, without_controls(text))

    def save(
        self,
        *args: Any,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        update_fields: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """A row that was read and has been deleted since is not made again: that raises RowDeleted."""
        self.normalise()
        if update_fields is not None:
            update_fields = {*update_fields, *folded_of(type(self), update_fields)}
        is_stored = not self._state.adding and self.pk is not None
        try:
            with transaction.atomic():
                super().save(
                    *args,
                    force_insert=force_insert,
                    force_update=force_update or (is_stored and not force_insert),
                    update_fields=update_fields,
                    **kwargs,
                )
        except DatabaseError as error:
            if is_stored and type(error) is DatabaseError:  # Django's own, of an update that found no row
                raise RowDeleted(f"{self.feature_id} was deleted") from error
            raise

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            return super().delete(*args, **kwargs)

    @property
    def feature_id(self) -> str:
        """The GeoJSON Feature's id: ``Incident:7``."""
        return f"{self._meta.object_name}:{self.pk}"
