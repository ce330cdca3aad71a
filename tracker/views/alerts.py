"""Alerts: the list, one alert with what happened to it, and acknowledging."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from tracker import alerts, geojson
from tracker.models import Alert, AreaOfInterest, Incident

from .access import PermittedMixin, json_for
from .filtered_list import FilteredListView
from .moment import moment

MANY = 1000  # alerts that one request may acknowledge


class AlertListView(FilteredListView):
    """Unresolved alerts, newest first; ``state`` asks for another state or ``all``.

    ``raised_from`` and ``raised_until`` (ISO 8601; without an offset in the site's time zone) narrow the list down.
    """

    model = Alert
    permission_required = "tracker.view_alert"
    template_name = "tracker/alert_list.html"

    def get_queryset(self):
        rows = Alert.objects.select_related("acknowledged_by", "shown")
        state = self.request.GET.get("state", "")
        if state in Alert.State.values:
            rows = rows.filter(state=state)
        elif state != "all":
            rows = rows.unresolved()
        raised_from, raised_until = self.asked_times()
        if raised_from:
            rows = rows.filter(raised__gte=raised_from)
        if raised_until:
            rows = rows.filter(raised__lte=raised_until)
        return self.narrowed(rows)

    def get_context_data(self, **kwargs):
        raised_from, raised_until = self.asked_times()
        times = {"raised_from": raised_from, "raised_until": raised_until}
        return super().get_context_data(states=Alert.State, **times, **kwargs)

    def asked_times(self) -> list[datetime | None]:
        return [moment(self.request.GET.get(name, "")) for name in ("raised_from", "raised_until")]


class AlertDetailView(PermittedMixin, DetailView):
    queryset = Alert.objects.select_related("acknowledged_by", "shown")
    permission_required = "tracker.view_alert"
    template_name = "tracker/alert_detail.html"

    def get_context_data(self, **kwargs):
        area = AreaOfInterest.objects.filter(pk=self.object.area_id)
        incident = Incident.objects.filter(pk=self.object.incident_id)
        return super().get_context_data(
            area=area.defer("polygon").first(),
            incident=incident.first(),
            alert_rows=[self.object],
            events=self.object.events.select_related("by"),
            features=geojson.feature_collection([*geojson.features(area), *geojson.features(incident)]),
            **kwargs,
        )


@require_POST
@json_for("tracker.acknowledge_alert")
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge the alerts whose numbers are in ``alert`` (repeated). Answers JSON, or goes back to ``next``."""
    numbers = request.POST.getlist("alert")
    if not numbers or len(numbers) > MANY or not all(n.isascii() and n.isdigit() and len(n) < 19 for n in numbers):
        return JsonResponse({"error": f"“alert” must be the numbers of 1 to {MANY} alerts."}, status=400)
    acknowledged = alerts.acknowledge(map(int, numbers), request.user)
    target = request.POST.get("next")
    if target is None:
        return JsonResponse({"alerts": [alert.pk for alert in acknowledged]})
    count = len(acknowledged)
    messages.success(
        request,
        ngettext("%(count)d alert was acknowledged.", "%(count)d alerts were acknowledged.", count) % {"count": count},
    )
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(target if allowed else reverse("alert_list"))
