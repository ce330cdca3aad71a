"""The answer when the database cannot do it now: 503 and a sentence, and what was typed can be sent again.

While SQLite's writer is held, or a disk is full, nothing is wrong with what somebody sends: it must neither look like a
mistake of the program, nor be lost.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.database_trouble import Trouble, trouble
from tracker.lib.request import log_context

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 10
SENT_BACK_AT_MOST = 1_000_000  # characters of a form; who has sent more goes back to it
NOT_SENT_AGAIN = {"csrfmiddlewaretoken"}
READS = {"GET", "HEAD", "OPTIONS", "TRACE"}
REASONS = {
    Trouble.BUSY: gettext_lazy("The site is busy: somebody else is writing a great deal at this moment."),
    Trouble.FULL: gettext_lazy("There is no room left on the disk of this site. Tell whoever runs it."),
    Trouble.AWAY: gettext_lazy("The site's database cannot be used at this moment."),
}


class UnavailableMiddleware:
    """Answers for a view that the database has refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_to(request, error, _("Nothing was saved. Try again in a moment."), again=fields_of(request))


def answer_outside_a_view(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """For ``handler400`` and ``handler500``: what failed before the view, or when that had done its work."""
    look = _("If you have sent something, look whether it was saved before you send it again.")
    return answer_to(request, error, look, again=[])


def answer_to(
    request: HttpRequest, error: BaseException | None, advice: str, again: list[tuple[str, str]]
) -> HttpResponse | None:
    """503 for an error that passes; None for any other. *again*: the fields that the page can send once more."""
    what = trouble(error)
    if what is None:
        return None
    logger.warning("The database is %s, and a request was not done: %r", what.value, error)
    if request.method in READS:
        advice = _("Try again in a moment.")
    sentence = f"{REASONS[what]} {advice}"
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer: HttpResponse = JsonResponse({"error": sentence, "request": log_context.id_of(request)}, status=503)
    else:
        context = {"sentence": sentence, "again": again, "is_sent": request.method not in READS}
        page = loader.get_template("503.html").render(context, request if again else None)
        answer = HttpResponse(page, status=503)
    answer["Retry-After"] = str(RETRY_AFTER_S)
    answer["Cache-Control"] = "no-store"
    return answer


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, name by name; nothing if a page cannot send it again: a file, a password, very much."""
    if request.method in READS or request.FILES:
        return []
    names = [name for name in request.POST if name not in NOT_SENT_AGAIN]
    fields = [(name, value) for name in names for value in request.POST.getlist(name)]
    is_secret = any("password" in name for name, _value in fields)
    is_large = sum(len(value) for _name, value in fields) > SENT_BACK_AT_MOST
    return [] if is_secret or is_large else fields
