"""Says which form was taken: a browser keeps what was typed until it is told so (static/js/ui/form_drafts.js, ADR 72).

A form carries the name of its draft (``draft``). Every form of the site, and of Django's administration, answers with a
redirect when it was taken, and with the form itself when it was not; so one place can tell, and no view has to.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse

FIELD, COOKIE = "draft", "saved_draft"
NAME = re.compile(r"[0-9a-z]{8,40}")
READ_WITHIN_S = 60  # by the page that follows


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Only what was read anyway: a form that cannot be read has been answered.
        sent = getattr(request, "_post", None) if request.method == "POST" else None
        name = sent.get(FIELD, "") if sent else ""
        if NAME.fullmatch(name) and was_taken(response):
            response.set_cookie(
                COOKIE,
                name,
                max_age=READ_WITHIN_S,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    return respond


def was_taken(response: HttpResponse) -> bool:
    """Whether this sends a browser on, and not to where people sign in."""
    if not 300 <= response.status_code < 400:
        return False
    doors = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    return urlsplit(response.headers.get("Location", "")).path not in doors
