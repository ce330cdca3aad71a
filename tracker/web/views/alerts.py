"""Alerts: the list, one alert with what happened to it, and acknowledging."""

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from tracker.alerts import lifecycle
from tracker.features import geojson
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.web.views import chosen, followed, stale
from tracker.web.views.access import PermittedMixin, json_for
from tracker.web.views.filtered_list import FilteredListView
from tracker.web.views.person import person_of
from tracker.web.views.sorting import Sort, by_name, by_severity, by_time

# An alert outlives its area, and its incident.
AREA_IS_THERE = Exists(AreaOfInterest.objects.filter(pk=OuterRef("area_id")))
INCIDENT_IS_THERE = Exists(Incident.objects.filter(pk=OuterRef("incident_id")))
POINT = Subquery(Incident.objects.filter(pk=OuterRef("incident_id")).order_by().values("location"))


class AlertListView(FilteredListView):
    """Unresolved alerts, newest first; ``state`` asks for another state or ``all``, ``area`` for an area's number."""

    model = Alert
    permission_required = "tracker.view_alert"
    template_name = "tracker/alert_list.html"
    timed = ("raised", "raised")
    sorts = {
        "severity": by_severity(),
        "incident": by_name(gettext_lazy("Incident"), "incident_key"),
        "area": by_name(gettext_lazy("Area"), "area_key"),
        "raised": by_time(gettext_lazy("Raised"), "raised"),
        "state": Sort(
            gettext_lazy("State"),
            gettext_lazy("Acknowledged first"),
            gettext_lazy("Unacknowledged first"),
            F("state"),
            begins_down=True,
        ),
    }
    usual_sort = "-raised"

    def get_queryset(self):
        rows = Alert.objects.select_related("receipt")
        state = self.request.GET.get("state", "")
        if state in Alert.State.values:
            rows = rows.filter(state=state)
        elif state != "all":
            rows = rows.unresolved()
        area = self.asked_area()
        if area is not None:
            rows = rows.filter(area_id=area)
        return self.sorted(self.narrowed(rows)).annotate(
            area_is_there=AREA_IS_THERE, incident_is_there=INCIDENT_IS_THERE, point=POINT
        )

    def places(self, rows):
        """Where the incident is now; nothing for one that was deleted."""
        return {alert.pk: {"type": "Point", "coordinates": alert.point.coords} for alert in rows if alert.point}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            states=Alert.State, areas=self.offered_areas(), asked_area=self.asked_area(), **kwargs
        )


class AlertDetailView(PermittedMixin, DetailView):
    queryset = Alert.objects.select_related("receipt")
    permission_required = "tracker.view_alert"
    template_name = "tracker/alert_detail.html"

    def get_context_data(self, **kwargs):
        area = AreaOfInterest.objects.filter(pk=self.object.area_id)
        incident = Incident.objects.filter(pk=self.object.incident_id)
        return super().get_context_data(
            area=area.defer("polygon").first(),
            incident=incident.first(),
            events=self.object.events.all(),
            features=geojson.feature_collection([*geojson.features(area), *geojson.features(incident)]),
            follows=followed.follows(alerts=[self.object]),
            **kwargs,
        )


@require_POST
@json_for("tracker.acknowledge_alert")
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge the alerts whose numbers are in ``alert`` (repeated). Answers JSON, or goes back to ``next``."""
    numbers, is_form = chosen.numbers(request, "alert"), "next" in request.POST
    if numbers is None and is_form and not request.POST.getlist("alert"):
        messages.warning(request, _("Choose at least one alert first."))
        return chosen.back(request, "alert_list")
    if numbers is None:
        return JsonResponse({"error": f"“alert” must be the numbers of 1 to {chosen.MANY} alerts."}, status=400)
    acknowledged = lifecycle.acknowledge(numbers, person_of(request))
    if not is_form:
        return JsonResponse({"alerts": [alert.pk for alert in acknowledged]})
    count = len(acknowledged)
    if count:
        sentence = ngettext("%(count)d alert was acknowledged.", "%(count)d alerts were acknowledged.", count)
        messages.success(request, sentence % {"count": count})
    for sentence in stale.about_alerts(set(numbers) - {alert.pk for alert in acknowledged}):
        messages.warning(request, sentence)
    return chosen.back(request, "alert_list")


@require_POST
@json_for("tracker.acknowledge_alert")
def take_back(request: HttpRequest) -> HttpResponse:
    """Take back this person's acknowledgement, of a moment ago, of the alerts whose numbers are in ``alert``."""
    numbers = chosen.numbers(request, "alert")
    if numbers is None:
        return JsonResponse({"error": f"“alert” must be the numbers of 1 to {chosen.MANY} alerts."}, status=400)
    waiting = lifecycle.take_back(numbers, person_of(request))
    return JsonResponse({"alerts": [alert.pk for alert in waiting]})
