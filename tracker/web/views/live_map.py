"""The home page: the live map, and the times without a watch that its next reader is told of."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from tracker.accounts import presence
from tracker.lib.request.parse import parse_time
from tracker.lib.text import isolated
from tracker.models import WatchGap, WatchGapReading
from tracker.models.severity import Severity
from tracker.web.live_config import live_config
from tracker.web.views import stale
from tracker.web.views.access import PermittedMixin, json_for
from tracker.web.views.person import person_of

GAPS_TOLD = 3  # one by one; of those before them only how many


class LiveMapView(PermittedMixin, TemplateView):
    template_name = "tracker/live_map.html"
    permission_required = ("tracker.view_incident", "tracker.view_areaofinterest", "tracker.view_alert")

    def get_context_data(self, **kwargs):
        may_change = self.request.user.has_perm("tracker.change_incident")
        config = live_config(self.request) | {
            "incidents": reverse("incident_feature_collection"),
            "areas": reverse("area_feature_collection"),
            "alerts": reverse("alert_collection"),
            "gaps_read": reverse("watch_gaps_read"),
            "start": {
                "center": settings.LEAFLET_CONFIG["DEFAULT_CENTER"],
                "zoom": settings.LEAFLET_CONFIG["DEFAULT_ZOOM"],
                "chosen": settings.MAP_START_IS_CHOSEN,
            },
            "tiles": bool(settings.TILES_URL),
            "words": {"home": gettext("Back to where the map starts")},
            "close": reverse("incident_close") if may_change else "",
            "undo_close": reverse("incident_undo_close"),
            "edit": reverse("incident_update", args=[0]) if may_change else "",  # 0: instead of the incident's number
        }
        gaps = presence.unread_gaps(person_of(self.request))
        told, earlier = gaps[:GAPS_TOLD], gaps[GAPS_TOLD:]
        readings = presence.readings_of(told) if told else {}
        if told:
            presence.count_alerts(told)
        return super().get_context_data(
            config=config,
            severities=Severity.choices,
            gaps=[GapSummary.of(gap, readings.get(gap.pk, [])) for gap in told],
            earlier_gaps=earlier,
            **kwargs,
        )


class GapSummary(NamedTuple):
    """A time without a watch as the page tells of it."""

    name: str  # for saying that it was read
    start: str
    end: str
    alerts: int
    address: str  # of these alerts
    readers: str  # who have read of it already, and when

    @classmethod
    def of(cls, gap: WatchGap, readings: list[WatchGapReading]) -> "GapSummary":
        """*readings*: of it, by others, or by who reads it again because it went on."""
        start, end, today = timezone.localtime(gap.since), timezone.localtime(gap.until), timezone.localdate()
        one_day = start.date() == end.date()
        since, until = (time.isoformat(timespec="microseconds") for time in (gap.since, gap.until))
        query = {"state": "all", "raised_from": since, "raised_until": until}
        return cls(
            gap.since.isoformat(),
            dateformat.format(start, "H:i" if one_day and end.date() == today else "Y-m-d H:i"),
            dateformat.format(end, "H:i T" if one_day else "Y-m-d H:i T"),
            gap.alerts,
            f"{reverse('alert_list')}?{urlencode(query)}",
            ", ".join(f"{isolated(reading.who)} {stale.time_of(reading.at)}" for reading in readings),
        )


@require_POST
@json_for("tracker.view_incident")
def gaps_read(request: HttpRequest) -> HttpResponse:
    """This person has read of the times without a watch, up to the one that began at ``since`` (ISO 8601)."""
    since = parse_time(request.POST.get("since", ""))
    if since is None:
        return JsonResponse({"error": "“since” must be the time that the page told."}, status=400)
    presence.mark_read(since, person_of(request))
    return JsonResponse({})
