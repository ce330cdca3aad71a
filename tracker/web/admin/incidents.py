"""The administration: incidents, areas and alerts on maps that work without internet; the log to read only."""

from functools import partial

from axes.models import AccessAttempt
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.gis.db import models as gis_models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from leaflet.admin import LeafletGeoAdminMixin
from leaflet.forms.widgets import LeafletWidget

from tracker.alerts import lifecycle
from tracker.events.log import PIECE
from tracker.features import geojson
from tracker.incidents import bulk, place_words
from tracker.lib.piece_size import Pace
from tracker.lib.request import current_user
from tracker.lib.request.parse import parse_pk
from tracker.models import (
    Alert,
    AlertEvent,
    AreaOfInterest,
    AuditEntry,
    Change,
    Incident,
    LogState,
    Notification,
    WatchGap,
    WatchGapReading,
)
from tracker.web import deleted_row
from tracker.web.admin.accounts import PersonAdmin, RoleAdmin
from tracker.web.admin.audit import AuditEntryAdmin, LockOutAdmin
from tracker.web.admin.read_only import ReadOnlyAdmin
from tracker.web.admin.searched import Searched
from tracker.web.forms import AdminAreaForm, AreaField, GuardedForm, KeepsWhatWasTyped, PointField
from tracker.web.modules import Module
from tracker.web.save_once import once

admin.site.site_header = admin.site.site_title = _("Tracker administration")
admin.site.index_title = _("Administration")
admin.site.register(AuditEntry, AuditEntryAdmin)
admin.site.register(AccessAttempt, LockOutAdmin)
admin.site.unregister([get_user_model(), Group])
admin.site.register(get_user_model(), PersonAdmin)
admin.site.register(Group, RoleAdmin)
apps.get_app_config("axes").verbose_name = _("Signing in")


class MapWidget(KeepsWhatWasTyped, LeafletWidget):
    """The admin's map, with the offline basemap under whatever tiles are configured."""

    include_media = True

    @property
    def media(self):
        return super().media + forms.Media(
            js=[Module("js/pages/admin_map.js")],  # type: ignore[list-item]
            css={"screen": ["leaflet/leaflet_django.css", "css/admin_map.css"]},
        )


def number_in(object_id: object) -> int:
    """The row's number as the address has it; 0, which no row has, if it has none."""
    return max(parse_pk(str(object_id)) or 0, 0)


class MapAdmin(LeafletGeoAdminMixin, Searched):
    """A model admin whose geometry is drawn on a map and checked like that of every form."""

    form = GuardedForm
    widget = MapWidget
    display_raw = True

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Of a form that was sent for a row that is gone nothing is lost."""
        if request.method != "POST" or not request.resolver_match.url_name.endswith("_change"):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        may_add = self.has_add_permission(request)
        pages = f"admin:{opts.app_label}_{opts.model_name}"
        create = reverse(f"{pages}_add") if may_add else ""
        fields, back = self.get_form(request).base_fields, reverse(f"{pages}_changelist")
        return deleted_row.page(request, self.model, number_in(object_id), fields, create, back)

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if obj is None:
            return [*fields, "submission"]
        return [*fields, "version"] if self.has_change_permission(request, obj) else fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The key is the form's own field; the model's is nobody's to edit, which Django would complain of."""
        fields = kwargs.get("fields") or self.get_fields(request, obj)
        kwargs["fields"] = [each for each in fields if each != "submission"]
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request, obj, form, change):
        save = partial(super().save_model, request, obj, form, change)
        if change:
            save()
            return
        obj.submission = form.cleaned_data.get("submission")
        made = once(obj, save)
        obj.pk, obj.was_there = made.pk, made is not obj

    def log_addition(self, request, obj, message):
        """Of a form that was sent twice once."""
        return None if getattr(obj, "was_there", False) else super().log_addition(request, obj, message)

    def delete_queryset(self, request, queryset):
        bulk.delete(self.model, queryset.order_by("pk").values_list("pk", flat=True))

    def formfield_for_dbfield(self, db_field, request=None, **kwargs):
        if isinstance(db_field, gis_models.PointField):
            kwargs["form_class"] = PointField
        elif isinstance(db_field, gis_models.GeometryField):
            kwargs |= {"form_class": AreaField, "geom_type": AreaField.geom_type}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class SeverityChip:
    """Shows a severity in lists as every page does: by shape, letter and colour."""

    @admin.display(description=_("severity"), ordering="severity")
    def chip(self, row: Incident | AreaOfInterest | Alert) -> str:
        return render_to_string("tracker/_severity.html", {"code": row.severity, "label": row.get_severity_display()})


@admin.register(Incident)
class IncidentAdmin(SeverityChip, MapAdmin):
    list_display = ["name", "chip", "state", "place", "created"]
    list_display_links = ["name"]
    list_filter = ["closed", "severity", "source", "created"]
    search_fields = ["name", "description", "place"]
    date_hierarchy = "created"
    actions = ["close"]
    fields = ["name", "severity", "closed", "description", "location", "place", "accuracy_m", "public_title"]
    list_per_page = 50

    @admin.display(description=_("state"), ordering="closed")
    def state(self, row: Incident) -> str:
        """In words: a red cross for “not closed” looks like trouble."""
        return str(_("Closed") if row.closed else _("Open"))

    def save_model(self, request, obj, form, change):
        if not change:
            obj.source, obj.reported_by = Incident.Source.ADMIN, request.user
        stored = Incident.objects.filter(pk=obj.pk).first() if change else None
        before = place_words.placed(stored) if stored else None
        other = place_words.settle(obj, before, form.changed_data)
        super().save_model(request, obj, form, change)
        if other:
            self.message_user(request, place_words.sentence(obj.place, other), messages.WARNING)

    @admin.action(description=_("Close the selected incidents"), permissions=["change"])
    def close(self, request, queryset):
        pks = list(queryset.filter(closed=False).values_list("pk", flat=True))
        closed = sum(bulk.close_incidents(piece) for piece in Pace(PIECE).pieces(pks))
        sentence = ngettext("%(count)d incident was closed.", "%(count)d incidents were closed.", closed)
        self.message_user(request, sentence % {"count": closed}, messages.SUCCESS)


@admin.register(AreaOfInterest)
class AreaOfInterestAdmin(SeverityChip, MapAdmin):
    list_display = ["name", "chip", "updated"]
    list_filter = ["severity"]
    search_fields = ["name"]
    form = AdminAreaForm
    fields = ["name", "severity", "polygon", "open_incidents"]

    def save_model(self, request, obj, form, change):
        with form.alerting(request.user):
            super().save_model(request, obj, form, change)
        if said := form.fields["polygon"].said():
            self.message_user(request, said.strip(), messages.INFO)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("_changelist")
        return rows.defer("polygon", "centroid") if is_list else rows


class AlertEventInline(admin.TabularInline):
    model = AlertEvent
    fields = ("at", "kind", "severity", "who", "note")
    readonly_fields = ("at", "kind", "severity", "who", "note")
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("tracker.view_alert")


@admin.register(Alert)
class AlertAdmin(SeverityChip, Searched, ReadOnlyAdmin):
    """Alerts are made by the software and acknowledged by people; nobody edits or deletes them."""

    list_display = ["incident_name", "area_name", "chip", "state", "raised", "acknowledged_who", "reason"]
    list_filter = ["state", "severity", "cause", "reason", "raised"]
    search_fields = ["incident_name", "area_name"]
    date_hierarchy = "raised"
    actions = ["acknowledge"]
    inlines = [AlertEventInline]
    change_form_template = "admin/tracker/alert/change_form.html"
    readonly_fields = ("chip",)
    fields = [
        "incident_name",
        "area_name",
        "chip",
        "cause",
        "state",
        "raised",
        "acknowledged_who",
        "acknowledged_at",
        "resolved_at",
        "reason",
    ]

    def has_acknowledge_permission(self, request):
        return request.user.has_perm("tracker.acknowledge_alert")

    @admin.action(description=_("Acknowledge the selected alerts"), permissions=["acknowledge"])
    def acknowledge(self, request, queryset):
        acknowledged = lifecycle.acknowledge(queryset.values_list("pk", flat=True), request.user)
        count = len(acknowledged)
        sentence = ngettext("%(count)d alert was acknowledged.", "%(count)d alerts were acknowledged.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        alert = self.get_object(request, object_id)
        if alert is not None:
            texts = [
                *geojson.features(AreaOfInterest.objects.filter(pk=alert.area_id)),
                *geojson.features(Incident.objects.filter(pk=alert.incident_id)),
            ]
            extra_context = {**(extra_context or {}), "features": geojson.feature_collection(texts)}
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(WatchGap)
class WatchGapAdmin(ReadOnlyAdmin):
    """When nobody was on watch, and who has read of it when."""

    list_display = ["since", "until", "readers"]
    fields = ("since", "until", "readers")
    readonly_fields = fields
    date_hierarchy = "since"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("read_by").prefetch_related("readings")

    @admin.display(description=_("read by"))
    def readers(self, row: WatchGap) -> str:
        # Before each read for themselves one did for all.
        old = [WatchGapReading(who=current_user.name_of(row.read_by), at=row.read_at)] if row.read_at else []
        return ", ".join(map(str, [*old, *row.readings.all()])) or "–"


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The history of incidents and areas, also of those that are gone."""

    list_display = ["at", "kind", "subject", "number", "name", "who"]
    list_filter = ["subject", "kind", "at"]
    list_select_related = False
    search_fields = ["name", "who"]
    date_hierarchy = "at"
    fields = ("at", "kind", "subject", "number", "name", "who", "by", "values")
    readonly_fields = fields
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["seq", "type", "audience", "created"]
    fields = ("seq", "type", "audience", "created", "body")
    readonly_fields = ("seq", "type", "audience", "created", "body")
    list_filter = ["type", "created"]
    ordering = ["-seq"]
    show_full_result_count = False


@admin.register(LogState)
class LogStateAdmin(ReadOnlyAdmin):
    list_display = ["log_id", "floor", "last"]
    fields = ("log_id", "floor", "last")
    readonly_fields = ("log_id", "floor", "last")
