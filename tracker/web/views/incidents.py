"""Incidents: list, detail, create, update, delete."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, DeleteView, DetailView

from tracker.alerts import containment
from tracker.features import geojson, outlines
from tracker.incidents import filters, history, place_words
from tracker.lib.request import current_user
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.models.severity import Severity
from tracker.web.forms import IncidentForm
from tracker.web.save_once import save_once
from tracker.web.views import followed
from tracker.web.views.access import PermittedMixin
from tracker.web.views.alerts import AREA_IS_THERE
from tracker.web.views.filtered_list import FilteredListView
from tracker.web.views.guarded_update import GuardedUpdateView
from tracker.web.views.sorting import YES_OR_NO, Sort, by_name, by_severity, by_time

AREAS_NAMED = 50  # at most, of those that an incident is in
AREAS_DRAWN = 8  # at most, of those that are named
FINENESS = 1000  # of what is drawn: a pixel or less, where the whole area is seen


class IncidentListView(FilteredListView):
    """Newest first; ``state`` (open, closed) and ``area`` (a number: those inside) narrow it down, too."""

    model = Incident
    permission_required = "tracker.view_incident"
    template_name = "tracker/incident_list.html"
    timed = filters.TIMED
    sorts = {
        "severity": by_severity(),
        "name": by_name(gettext_lazy("Name")),
        "place": by_name(gettext_lazy("Place"), "place_key"),
        "created": by_time(gettext_lazy("Reported"), "created"),
        "state": Sort(
            gettext_lazy("State"),
            gettext_lazy("Open first"),
            gettext_lazy("Closed first"),
            F("closed"),
            newest_first=True,
            kind=YES_OR_NO,
        ),
    }
    usual_sort = "-created"

    def get_queryset(self):
        return self.sorted(self.selection.incidents(super().get_queryset().defer("description", "search_text")))

    def places(self, rows):
        return {row.pk: {"type": "Point", "coordinates": row.location.coords} for row in rows}

    def get_context_data(self, **kwargs):
        exported = {name: self.request.GET[name] for name in filters.INCIDENT_FILTERS if self.request.GET.get(name)}
        return super().get_context_data(
            areas=self.offered_areas(), asked_area=self.asked_area(), exported=exported, **kwargs
        )


class IncidentDetailView(PermittedMixin, DetailView):
    model = Incident
    permission_required = "tracker.view_incident"
    template_name = "tracker/incident_detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("reported_by")

    def get_context_data(self, **kwargs):
        alerts = self.object.alerts.select_related("receipt").order_by("-raised").annotate(area_is_there=AREA_IS_THERE)
        around = containment.around(AreaOfInterest.objects.all(), self.object.pk)
        if not self.request.user.has_perm("tracker.view_areaofinterest"):
            around = around.none()
        areas = self.named(around)
        changes = history.entries(history.for_page(self.object))
        return super().get_context_data(
            alerts=alerts,
            waiting=sum(alert.state == Alert.State.UNACKNOWLEDGED for alert in alerts),
            owners=owners_by(alerts),
            features=self.drawn(areas),
            around=areas,
            around_drawn=AREAS_DRAWN,
            around_more=around.count() - AREAS_NAMED if len(areas) == AREAS_NAMED else 0,
            history=changes,
            history_shown=history.SHOWN,
            reports=history.reports(self.object),
            public_nearby=settings.PUBLIC_NEARBY,
            reporter=current_user.name_of(self.object.reported_by),
            follows=followed.page(self.object),
            **kwargs,
        )

    def named(self, around: QuerySet[AreaOfInterest]) -> list[tuple[AreaOfInterest, bool]]:
        """The first of these areas by name, each with whether this incident is severe enough to alert in it."""
        rank = Severity(self.object.severity).rank
        areas = around.defer("polygon").order_by("name_key", "pk")[:AREAS_NAMED]
        return [(area, rank <= Severity(area.severity).rank) for area in areas]

    def drawn(self, named: list[tuple[AreaOfInterest, bool]]) -> dict[str, Any]:
        """What the map shows: this incident, and the first of these areas, those that alert before the others."""
        areas = [area for area, _is_reached in sorted(named, key=lambda each: not each[1])[:AREAS_DRAWN]]
        collection = geojson.feature_collection([geojson.feature_of(self.object)])
        shapes = outlines.outlines((area.pk for area in areas), FINENESS)
        collection["features"] += [outline_of(area, shapes[area.pk]) for area in areas if area.pk in shapes]
        return collection


class IncidentCreateView(PermittedMixin, CreateView):
    model = Incident
    form_class = IncidentForm
    permission_required = "tracker.add_incident"
    template_name = "tracker/incident_form.html"

    def form_valid(self, form):
        form.instance.source = Incident.Source.FORM
        form.instance.reported_by = self.request.user
        self.object, created = save_once(form)
        if created:
            messages.success(self.request, _("The incident was reported."))
        return HttpResponseRedirect(self.object.get_absolute_url())


class IncidentUpdateView(GuardedUpdateView):
    model = Incident
    form_class = IncidentForm
    permission_required = "tracker.change_incident"
    template_name = "tracker/incident_form.html"
    add_permission = "tracker.add_incident"
    create_view = "incident_create"
    list_view = "incident_list"

    def saved(self, form):
        response = super().saved(form)
        messages.success(self.request, _("The incident was saved."))
        if form.other_place:
            messages.warning(self.request, place_words.sentence(self.object.place, form.other_place))
        return response

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        own = place_words.written_by_the_site(form.stored)
        own = [name for name in own if name in place_words.Words._fields]  # which the page fills in anew
        context["site_words"] = " ".join(name for name in own if form[name].value() == getattr(form.stored, name))
        return context


class IncidentDeleteView(PermittedMixin, DeleteView):
    model = Incident
    permission_required = "tracker.delete_incident"
    template_name = "tracker/confirm_delete.html"
    success_url = reverse_lazy("incident_list")

    def get_context_data(self, **kwargs):
        unresolved = self.object.alerts.unresolved().count()
        labels = {"severity_label": _("Severity"), "delete_label": _("Delete the incident")}
        return super().get_context_data(unresolved=unresolved, follows=followed.page(self.object), **labels, **kwargs)

    def form_valid(self, form):
        messages.success(self.request, _("The incident “%(name)s” was deleted.") % {"name": self.object})
        return super().form_valid(form)


def owners_by(alerts: Iterable[Alert]) -> list[str]:
    """Who has it in hand: who acknowledged those of its alerts that have not ended, each person once."""
    held = [alert for alert in alerts if alert.state == Alert.State.ACKNOWLEDGED and alert.acknowledged_who]
    return list(dict.fromkeys(alert.acknowledged_who for alert in held))


def outline_of(area: AreaOfInterest, geometry: dict[str, Any]) -> dict[str, Any]:
    """A Feature with no more than a small map needs (``detail_map.js``)."""
    properties = {"model": "AreaOfInterest", "pk": area.pk, "name": area.name, "severity_code": area.severity}
    return {"type": "Feature", "id": area.feature_id, "geometry": geometry, "properties": properties}
