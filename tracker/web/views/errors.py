"""The answers to what is not there, not permitted, not understood, or failed: by a mistake of ours, or by the database.

Django's own look for a form's token first. So a form that cannot be read, sent to a page that there is not, would be
answered 500 instead of 404; here the form is not looked at.
"""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from tracker.lib.request import log_context
from tracker.web.views.unavailable import answer_outside_a_view


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django says of a session that the database did not take that it was deleted, and that the request was bad."""
    return answer_outside_a_view(request, exception) or render(request, "400.html", status=400)


def not_permitted(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Tells the request's id, which finds its lines in the log. Asks neither the database nor who is looking."""
    if unavailable := answer_outside_a_view(request, sys.exc_info()[1]):
        return unavailable
    number = log_context.id_of(request)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"error": _("Something went wrong here."), "request": number}, status=500)
    return HttpResponseServerError(loader.get_template("500.html").render({"request_id": number}))
