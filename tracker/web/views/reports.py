"""The public report page: anybody may report, without an account."""

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from tracker.accounts import presence
from tracker.lib.metrics.counters import REPORTS_ACCEPTED, REPORTS_REFUSED
from tracker.lib.request import rate_limit
from tracker.lib.request.parse import parse_pk
from tracker.models import Incident
from tracker.web.forms import ReportForm
from tracker.web.save_once import made_before, save_once
from tracker.web.views.sender import sender_of

KNOWN = "known"  # what the signature of such a number is good for, and for nothing else


class ReportView(FormView):
    form_class = ReportForm
    template_name = "tracker/incident_report.html"

    def form_valid(self, form):
        user = self.request.user
        if not user.is_authenticated and not made_before(form.instance):
            wait_s = rate_limit.seconds_to_wait(sender_of(self.request))
            if wait_s:
                return self.too_many(form, wait_s)
        form.instance.source = Incident.Source.PUBLIC
        form.instance.reported_by = user if user.is_authenticated else None
        if not user.is_authenticated:  # who was told so at the field
            form.instance.public_title = form.instance.name
        incident, created = save_once(form)
        if created:
            REPORTS_ACCEPTED.labels("new").inc()
        thanks = f"{reverse('incident_report_success')}?reference={incident.pk}"
        return JsonResponse({"url": thanks}) if self.by_script else redirect(thanks)

    def form_invalid(self, form):
        if self.by_script:  # which then sends the form the plain way, to show this page with its errors
            return JsonResponse({"errors": form.errors.get_json_data()})
        REPORTS_REFUSED.labels("invalid").inc()
        return super().form_invalid(form)

    @property
    def by_script(self) -> bool:
        """Whether the page's own script sends the form, which survives a lost network: it asks for JSON."""
        return self.request.get_preferred_type(["text/html", "application/json"]) == "application/json"

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            shows_nearby=settings.PUBLIC_NEARBY or user.has_perm("tracker.view_incident"), **kwargs
        )

    def too_many(self, form, wait_s: int) -> HttpResponse:
        """429, with the form as it was filled in."""
        REPORTS_REFUSED.labels("throttled").inc()
        form.add_error(None, too_many(wait_s))
        response = self.render_to_response(self.get_context_data(form=form), status=429)
        response["Retry-After"] = str(wait_s)
        return response


class ReportSuccessView(TemplateView):
    """Thanks for a report (``reference``), or for saying that it is about an incident that is ``known`` (signed: nobody
    is told by a link that something need not be reported)."""

    template_name = "tracker/incident_report_success.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        if "known" in request.GET and not (context["known"] or context["reference"]):
            return redirect("incident_report")
        return self.render_to_response(context)

    def get_context_data(self, **kwargs):
        asked = self.request.GET
        return super().get_context_data(
            reference=number(asked.get("reference", "")),
            known=unsealed(asked.get("known", "")),
            is_watched=presence.is_watched(),
            **kwargs,
        )


def too_many(wait_s: int) -> str:
    minutes = -(-wait_s // 60)
    sentence = ngettext(
        "Too many reports came from your connection. Please send this again in a minute. What you typed is kept.",
        "Too many reports came from your connection. Please send this again in %(count)d minutes."
        " What you typed is kept.",
        minutes,
    )
    return sentence % {"count": minutes}


def signed(known: int) -> str:
    """The number of an incident as the thanks take it: from this server alone."""
    return signing.dumps(known, salt=KNOWN)


def unsealed(text: str) -> str:
    """The number that was signed, else nothing."""
    try:
        return str(signing.loads(text, salt=KNOWN))
    except signing.BadSignature:
        return ""


def number(text: str) -> str:
    """The text if it is the number of an incident, else nothing."""
    return "" if parse_pk(text) is None else text
