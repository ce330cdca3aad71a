"""The answer to a request that failed by a mistake of ours, or outside a view because the database could not."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views import defaults

from tracker import trail

from .unavailable import answer_outside_a_view


def server_error(request: HttpRequest) -> HttpResponse:
    """Tells the request's id, which finds its lines in the log. Asks neither the database nor who is looking."""
    if unavailable := answer_outside_a_view(request, sys.exc_info()[1]):
        return unavailable
    number = trail.id_of(request)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"error": _("Something went wrong here."), "request": number}, status=500)
    return HttpResponseServerError(loader.get_template("500.html").render({"request_id": number}))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django says of a session that the database did not take that it was deleted, and that the request was bad."""
    return answer_outside_a_view(request, exception) or defaults.bad_request(request, exception)
