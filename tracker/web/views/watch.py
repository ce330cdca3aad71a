"""What an open live map says of itself: that it is in use."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tracker.accounts import session_length
from tracker.web.views.access import json_for


@require_POST
@json_for("tracker.view_incident")
def session(request: HttpRequest) -> HttpResponse:
    """The watch is in use: its sign-in is prolonged. Answers when that ends (``ends``), when it can be prolonged no
    more (``last``), and what time it is at the server (``now``)."""
    length = session_length.prolong(request.session)
    return JsonResponse({"now": timezone.now(), "ends": length.ends, "last": length.last})
