"""People and roles in the administration: Django's own, and what their lists are asked is never an error."""

from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.lib.visible_text import is_visible, without_controls
from tracker.web.admin.any_input import AnyInput


def can_be_seen(name: str) -> None:
    if not is_visible(name):
        raise ValidationError(_("This name has no character that can be seen."), code="invisible")


class VisibleNames(AnyInput):
    """Names that can be seen, without control characters: they stand where it says who did what."""

    names: tuple[str, ...]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in self.names:
            field.validators = [*field.validators, can_be_seen]
        return field

    def save_model(self, request, obj, form, change):
        for name in self.names:
            setattr(obj, name, without_controls(getattr(obj, name)))
        super().save_model(request, obj, form, change)


class PersonAdmin(VisibleNames, UserAdmin):
    names = ("username", "first_name", "last_name")
    readonly_fields = ("last_login", "date_joined")  # what the software has seen is nobody's to write


class RoleAdmin(VisibleNames, GroupAdmin):
    names = ("name",)
