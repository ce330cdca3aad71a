"""People and roles in the administration: Django's own, and what their lists are asked is never an error."""

from django.contrib.auth.admin import GroupAdmin, UserAdmin

from tracker.web.admin.any_input import AnyInput


class PersonAdmin(AnyInput, UserAdmin):
    readonly_fields = ("last_login", "date_joined")  # what the software has seen is nobody's to write


class RoleAdmin(AnyInput, GroupAdmin):
    pass
