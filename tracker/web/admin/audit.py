"""The audit record in the administration, to read only; and who is locked out, to be let in again."""

from datetime import date, datetime, time, timedelta
from typing import Any

from axes.admin import AccessAttemptAdmin
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracker.accounts import lockouts
from tracker.lib.request.parse import parse_pk
from tracker.models import AuditEntry
from tracker.web.admin.any_input import AnyInput
from tracker.web.admin.read_only import BoundedPaginator, ReadOnlyAdmin

PEOPLE_OFFERED = 30  # in the filter; the others are a click on their name away


class PersonFilter(admin.SimpleListFilter):
    title = _("person")
    parameter_name = "by"

    def lookups(self, request, model_admin):
        people = get_user_model().objects.order_by("username").values_list("pk", "username")[:PEOPLE_OFFERED]
        chosen = [] if self.value() in (None, *(str(pk) for pk, _name in people)) else [(self.value(), self.value())]
        return [*chosen, *((str(pk), name) for pk, name in people)]

    def queryset(self, request, queryset):
        chosen = self.value()
        if chosen is None:
            return queryset
        number = parse_pk(chosen)
        if number is None:
            raise IncorrectLookupParameters
        return queryset.filter(by=number)


class DaysFilter(admin.ListFilter):
    """From one day until another, both with their nights; days as the site has them."""

    title = _("days")
    template = "admin/tracker/auditentry/days_filter.html"
    NAMES = {"since": _("From"), "until": _("Until")}

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.NAMES:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.NAMES)

    def choices(self, changelist):
        fields = [(name, label, self.used_parameters.get(name, "")) for name, label in self.NAMES.items()]
        others = [(name, value) for name, value in changelist.params.items() if name not in self.NAMES]
        yield {"fields": fields, "others": others}

    def queryset(self, request, queryset):
        since, until = (self.day(name) for name in self.NAMES)
        if since:
            queryset = queryset.filter(at__gte=beginning(since))
        if until:
            queryset = queryset.filter(at__lt=beginning(until + timedelta(days=1)))
        return queryset

    def day(self, name: str) -> date | None:
        text = self.used_parameters.get(name)
        try:
            day = date.fromisoformat(str(text)) if text else None
        except ValueError as error:
            raise IncorrectLookupParameters from error
        if day and not 1900 <= day.year < 9000:
            raise IncorrectLookupParameters
        return day


def beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["when", "action", "person", "about", "in_short", "address"]
    list_filter = [DaysFilter, "action", PersonFilter]  # for each there is an index
    search_fields = ["who", "name", "address", "request"]
    search_help_text = _("A person, a name, an address or a request. The days make looking quick.")
    fields = ("when", "action", "who", "by", "subject", "number", "name", "in_full", "address", "request")
    readonly_fields = fields
    ordering = ["-pk"]
    sortable_by = ()
    list_per_page = 100
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count everything
    paginator = BoundedPaginator

    @admin.display(description=_("at"))
    def when(self, entry: AuditEntry) -> str:
        """To the second, as the site has it."""
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S %Z}"

    @admin.display(description=_("what"))
    def about(self, entry: AuditEntry) -> str:
        """The kind, the number and the name of what it was done to; of who is no user the name as it was typed."""
        number = f" {entry.number}" if entry.number is not None else ""
        return ": ".join(part for part in (f"{entry.get_subject_display()}{number}", entry.name) if part)

    @admin.display(description=_("person"))
    def person(self, entry: AuditEntry) -> str:
        """The name, which shows what else this person did."""
        if entry.by is None:
            return "–"
        own = f"{reverse('admin:tracker_auditentry_changelist')}?by={entry.by}"
        return format_html('<a href="{}">{}</a>', own, entry.who)

    @admin.display(description=_("details"))
    def in_short(self, entry: AuditEntry) -> str:
        return Truncator(in_words(entry.details)).chars(80)

    @admin.display(description=_("details"))
    def in_full(self, entry: AuditEntry) -> str:
        return in_words(entry.details) or "–"


def in_words(details: dict[str, Any]) -> str:
    said = [f"{field}: {before} → {after}" for field, (before, after) in details.get("changed", {}).items()]
    for key, value in details.items():
        if key != "changed":
            said.append(f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return "; ".join(said)


class LockOutAdmin(AnyInput, AccessAttemptAdmin):
    """What was tried, until it is forgotten; deleting it, or the action, lets in who is locked out."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start", "status"]
    show_facets = admin.ShowFacets.NEVER
    list_filter = ["attempt_time"]
    date_hierarchy = None
    fields = ("attempt_time", "username", "ip_address", "failures_since_start", "user_agent", "path_info")
    fieldsets = ()
    readonly_fields = fields
    actions = ["lift"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # says less of what it does
        return actions

    def delete_model(self, request, obj):
        lockouts.lift([obj])

    @admin.action(description=_("Lift the lock-outs of the selected"), permissions=["delete"])
    def lift(self, request, queryset):
        count = lockouts.lift(queryset)
        sentence = ngettext(
            "%(count)d name may sign in again from its address.",
            "%(count)d names may sign in again from their addresses.",
            count,
        )
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
