"""The home page: the live map."""

from django.conf import settings
from django.urls import reverse
from django.views.generic import TemplateView

from .access import PermittedMixin


class LiveMapView(PermittedMixin, TemplateView):
    template_name = "tracker/live_map.html"
    permission_required = ("tracker.view_incident", "tracker.view_areaofinterest", "tracker.view_alert")

    def get_context_data(self, **kwargs):
        config = {
            "incidents": reverse("incident_feature_collection"),
            "areas": reverse("area_feature_collection"),
            "alerts": reverse("alert_collection"),
            "acknowledge": reverse("alert_acknowledge"),
            "login": reverse(settings.LOGIN_URL),
            "socket": "/notifications/",
            "may_acknowledge": self.request.user.has_perm("tracker.acknowledge_alert"),
        }
        return super().get_context_data(config=config, **kwargs)
