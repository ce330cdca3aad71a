"""Areas of interest: list, detail, create, update, delete."""

from django.contrib import messages
from django.db.models import Count, Q
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import DeleteView, DetailView, UpdateView

from tracker import geojson
from tracker.forms import AreaForm
from tracker.models import AreaOfInterest, Incident

from .access import PermittedMixin
from .filtered_list import FilteredListView

SHOWN = 100  # alerts and incidents at most on an area's page
UNRESOLVED = Q(alerts__resolved_at=None, alerts__isnull=False)


class AreaListView(FilteredListView):
    """By name; ``q`` looks for text, ``severity`` for a threshold."""

    model = AreaOfInterest
    permission_required = "tracker.view_areaofinterest"
    template_name = "tracker/area_list.html"
    searched = ("name",)

    def get_queryset(self):
        rows = self.narrowed(super().get_queryset().defer("polygon", "centroid"))
        # Counting drops the model's own order.
        return rows.annotate(unresolved=Count("alerts", filter=UNRESOLVED)).order_by("name", "pk")


class AreaDetailView(PermittedMixin, DetailView):
    model = AreaOfInterest
    permission_required = "tracker.view_areaofinterest"
    template_name = "tracker/area_detail.html"

    def get_context_data(self, **kwargs):
        alerts = self.object.alerts.select_related("acknowledged_by", "shown").order_by("-raised")
        now = alerts.unresolved()
        incidents = Incident.objects.filter(pk__in=now.values("incident_id")[:SHOWN])
        features = geojson.feature_collection([geojson.feature_of(self.object), *geojson.features(incidents)])
        return super().get_context_data(
            alerts=alerts[:SHOWN], unresolved=now.count(), shown=SHOWN, features=features, **kwargs
        )


class AreaUpdateView(PermittedMixin, UpdateView):
    model = AreaOfInterest
    form_class = AreaForm
    permission_required = "tracker.change_areaofinterest"
    template_name = "tracker/area_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"csp_nonce": getattr(self.request, "csp_nonce", None)}

    def form_valid(self, form):
        response = super().form_valid(form)
        unresolved = self.object.alerts.unresolved().count()
        messages.success(
            self.request,
            _("The area was saved. Unresolved alerts in it: %(count)d.") % {"count": unresolved},
        )
        return response


class AreaCreateView(AreaUpdateView):
    """The same form, for an area that is not there yet."""

    permission_required = "tracker.add_areaofinterest"

    def get_object(self, queryset=None):
        return None


class AreaDeleteView(PermittedMixin, DeleteView):
    model = AreaOfInterest
    permission_required = "tracker.delete_areaofinterest"
    template_name = "tracker/confirm_delete.html"
    success_url = reverse_lazy("area_list")

    def form_valid(self, form):
        messages.success(self.request, _("The area “%(name)s” was deleted.") % {"name": self.object.name})
        return super().form_valid(form)
