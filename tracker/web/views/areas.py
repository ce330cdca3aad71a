"""Areas of interest: list, detail, create, update, delete."""

import math
from typing import cast

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import CreateView, DeleteView, DetailView, View

from tracker.features import geojson, outlines
from tracker.incidents import bulk, history
from tracker.models import AreaOfInterest, Incident
from tracker.web.forms import AreaField, AreaForm
from tracker.web.save_once import save_once
from tracker.web.views import chosen, followed
from tracker.web.views.access import PermittedMixin
from tracker.web.views.alerts import INCIDENT_IS_THERE
from tracker.web.views.filtered_list import FilteredListView
from tracker.web.views.guarded_update import GuardedUpdateView
from tracker.web.views.person import person_of
from tracker.web.views.sorting import NUMBER, Sort, by_name, by_severity, by_time

SHOWN = 100  # alerts and incidents at most on an area's page
ZOOMS = (3, 12)  # of the live map, when it is to show an area
UNRESOLVED = Q(alerts__resolved_at=None, alerts__isnull=False)


class AreaListView(FilteredListView):
    """By name; ``severity`` looks for a threshold."""

    model = AreaOfInterest
    permission_required = "tracker.view_areaofinterest"
    template_name = "tracker/area_list.html"
    sorts = {
        "severity": by_severity(gettext_lazy("Threshold")),
        "name": by_name(gettext_lazy("Name")),
        "unresolved": Sort(
            gettext_lazy("Unresolved alerts"),
            gettext_lazy("Fewest unresolved alerts first"),
            gettext_lazy("Most unresolved alerts first"),
            F("unresolved"),
            begins_down=True,
            kind=NUMBER,
        ),
        "updated": by_time(gettext_lazy("Updated"), "updated"),
    }
    usual_sort = "name"

    def get_queryset(self):
        rows = self.narrowed(super().get_queryset().defer("polygon"))
        return self.sorted(rows.annotate(unresolved=Count("alerts", filter=UNRESOLVED)))

    def places(self, rows):
        return outlines.outlines(row.pk for row in rows)


class AreaDetailView(PermittedMixin, DetailView):
    model = AreaOfInterest
    permission_required = "tracker.view_areaofinterest"
    template_name = "tracker/area_detail.html"

    def get_context_data(self, **kwargs):
        alerts = self.object.alerts.select_related("receipt").order_by("-raised")
        now = alerts.unresolved()
        incidents = Incident.objects.filter(pk__in=now.values("incident_id")[:SHOWN])
        features = geojson.feature_collection([geojson.feature_of(self.object), *geojson.features(incidents)])
        changes = history.entries(history.of(self.object))
        return super().get_context_data(
            alerts=alerts.annotate(incident_is_there=INCIDENT_IS_THERE)[:SHOWN],
            unresolved=now.count(),
            shown=SHOWN,
            features=features,
            zoom=zoom_for(self.object.polygon.extent),
            history=changes,
            history_shown=history.SHOWN,
            follows=followed.page(self.object),
            **kwargs,
        )


def zoom_for(extent: tuple[float, float, float, float]) -> int:
    """The closest zoom at which a map of two tiles each way shows all of this extent, within ``ZOOMS``."""
    west, south, east, north = extent
    stretch = math.cos(math.radians(min(max(abs(south), abs(north)), 85)))  # of the web Mercator projection
    size = max(east - west, (north - south) / stretch, 1e-6)
    return max(ZOOMS[0], min(ZOOMS[1], int(math.log2(360 / size)) + 1))


class AreaUpdateView(GuardedUpdateView):
    model = AreaOfInterest
    form_class = AreaForm
    permission_required = "tracker.change_areaofinterest"
    template_name = "tracker/area_form.html"
    add_permission = "tracker.add_areaofinterest"
    create_view = "area_create"
    list_view = "area_list"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"csp_nonce": getattr(self.request, "csp_nonce", None)}

    def saved(self, form):
        with form.alerting(person_of(self.request)):
            response = super().saved(form)
        say_saved(self.request, form)
        return response


class AreaCreateView(PermittedMixin, CreateView):
    model = AreaOfInterest
    form_class = AreaForm
    permission_required = "tracker.add_areaofinterest"
    template_name = "tracker/area_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"csp_nonce": getattr(self.request, "csp_nonce", None)}

    def form_valid(self, form):
        with form.alerting(person_of(self.request)):
            self.object, created = save_once(form)
        if created:
            say_saved(self.request, form)
        return HttpResponseRedirect(self.object.get_absolute_url())


def say_saved(request: HttpRequest, form: AreaForm) -> None:
    unresolved = form.instance.alerts.unresolved().count()
    sentence = _("The area was saved. Unresolved alerts in it: %(count)d.") % {"count": unresolved}
    if form.is_only_from_now_on and unresolved:
        sentence += " " + _("What was open in it already called nobody, and counts as acknowledged by you.")
    messages.success(request, sentence + cast(AreaField, form.fields["polygon"]).said())


class AreaDeleteChosenView(PermittedMixin, View):
    """Delete the areas whose numbers are in ``area`` (repeated); asks first, unless the answer is there (``sure``)."""

    permission_required = "tracker.delete_areaofinterest"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Whoever had to sign in first."""
        return redirect("area_list")

    def post(self, request: HttpRequest) -> HttpResponse:
        pks = chosen.numbers(request, "area")
        if pks is None:
            sentence = _("Choose 1 to %(count)d areas first.") % {"count": chosen.MANY}
            messages.warning(request, sentence)
        elif "sure" in request.POST:
            self.delete(pks)
        else:
            rows = AreaOfInterest.objects.filter(pk__in=pks).defer("polygon")
            areas = list(rows.annotate(unresolved=Count("alerts", filter=UNRESOLVED)))
            if areas:
                context = {"areas": areas, "next": request.POST.get("next", "")}
                return render(request, "tracker/confirm_delete_areas.html", context)
            messages.warning(request, _("These areas are gone already."))
        return chosen.back(request, "area_list")

    def delete(self, pks: list[int]) -> None:
        deleted = bulk.delete(AreaOfInterest, pks)
        sentence = ngettext("%(count)d area was deleted.", "%(count)d areas were deleted.", deleted)
        messages.success(self.request, sentence % {"count": deleted})


class AreaDeleteView(PermittedMixin, DeleteView):
    model = AreaOfInterest
    permission_required = "tracker.delete_areaofinterest"
    template_name = "tracker/confirm_delete.html"
    success_url = reverse_lazy("area_list")

    def get_context_data(self, **kwargs):
        unresolved = self.object.alerts.unresolved().count()
        labels = {"severity_label": _("Severity threshold"), "delete_label": _("Delete the area")}
        return super().get_context_data(unresolved=unresolved, follows=followed.page(self.object), **labels, **kwargs)

    def form_valid(self, form):
        messages.success(self.request, _("The area “%(name)s” was deleted.") % {"name": self.object})
        return super().form_valid(form)
