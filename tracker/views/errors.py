"""The answer to a request that failed by a mistake of ours."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from tracker import trail


def server_error(request: HttpRequest) -> HttpResponse:
    """Tells the request's id, which finds its lines in the log. Asks neither the database nor who is looking."""
    number = trail.id_of(request)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"error": _("Something went wrong here."), "request": number}, status=500)
    return HttpResponseServerError(loader.get_template("500.html").render({"request_id": number}))
