"""The public report page: anybody may report, without an account."""

import ipaddress

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView

from tracker import geometry, places, throttle
from tracker.forms import ReportForm
from tracker.models import Incident

from .incidents import made_before, save_once


class ReportView(FormView):
    form_class = ReportForm
    template_name = "tracker/incident_report.html"

    def form_valid(self, form):
        user = self.request.user
        if not user.is_authenticated and not made_before(form):
            wait_s = throttle.seconds_to_wait(sender_of(self.request))
            if wait_s:
                return self.too_many(form, wait_s)
        form.instance.source = Incident.Source.PUBLIC
        form.instance.reported_by = user if user.is_authenticated else None
        incident, _created = save_once(form)
        return redirect(f"{reverse('incident_report_success')}?reference={incident.pk}")

    def too_many(self, form, wait_s: int) -> HttpResponse:
        """429, with the form as it was filled in."""
        minutes = -(-wait_s // 60)
        sentence = ngettext(
            "Too many reports came from your connection. Please send this again in a minute. What you typed is kept.",
            "Too many reports came from your connection. Please send this again in %(count)d minutes."
            " What you typed is kept.",
            minutes,
        )
        form.add_error(None, sentence % {"count": minutes})
        response = self.render_to_response(self.get_context_data(form=form), status=429)
        response["Retry-After"] = str(wait_s)
        return response


class ReportSuccessView(TemplateView):
    template_name = "tracker/incident_report_success.html"

    def get_context_data(self, **kwargs):
        reference = self.request.GET.get("reference", "")
        return super().get_context_data(
            reference=reference if reference.isascii() and reference.isdigit() and len(reference) < 19 else "", **kwargs
        )


def sender_of(request: HttpRequest) -> str:
    """Whose reports are counted together: an IPv4 address, or the /64 network that an IPv6 household gets."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:  # how a socket that listens on both names an IPv4 address
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@require_safe
def nearest_place(request: HttpRequest) -> JsonResponse:
    """The place in words for ``latitude`` and ``longitude`` (degrees), with a name and a description to start from."""
    try:
        coordinates = [float(request.GET.get("longitude", "")), float(request.GET.get("latitude", ""))]
        point = geometry.point_from_geojson({"type": "Point", "coordinates": coordinates})
    except (ValueError, ValidationError):
        return JsonResponse({"error": _("Give latitude and longitude in degrees.")}, status=400)
    town, place = places.nearest(point.x, point.y), places.describe(point.x, point.y)
    if not town or not place:
        return JsonResponse({"place": "", "name": "", "description": ""})
    return JsonResponse(
        {
            "place": place,
            "name": _("Incident near %(town)s") % {"town": town.name},
            "description": _("Reported here: %(place)s.") % {"place": place},
        }
    )
