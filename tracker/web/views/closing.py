"""Closing and reopening incidents, one or many, and taking a closing back."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from tracker.events.log import PIECE
from tracker.incidents import bulk
from tracker.lib.request.parse import parse_time
from tracker.web.views import chosen, stale
from tracker.web.views.access import PermittedMixin
from tracker.web.views.person import person_of


class ClosingView(PermittedMixin, View):
    """A POST that goes back to ``next`` with a message; whoever had to sign in first comes by GET, to the list.

    A script that asks for JSON is answered what was done, and by what it can be undone.
    """

    permission_required = "tracker.change_incident"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("incident_list")

    def post(self, request: HttpRequest) -> HttpResponse:
        pks = chosen.numbers(request, "incident")
        if pks is None or len(pks) > PIECE:
            messages.warning(request, _("Choose 1 to %(count)d incidents first.") % {"count": PIECE})
        else:
            self.act(pks)
        return self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            said = list(messages.get_messages(request))  # and not on whatever page comes next
            undo = next((message.extra_tags for message in said if message.extra_tags), None)
            return JsonResponse({"said": " ".join(str(message) for message in said), "closed_at": undo})
        return chosen.back(request, "incident_list")

    def act(self, pks: list[int]) -> None:
        raise NotImplementedError


class CloseView(ClosingView):
    """Close the incidents whose numbers are in ``incident`` (repeated), those of them that are open."""

    def act(self, pks):
        closed, at = bulk.close_undoably(pks)
        if not closed:
            sentences = [_("Nothing was open that could be closed."), *stale.about_closed_incidents(pks)]
            messages.warning(self.request, " ".join(sentences))
            return
        sentence = ngettext("%(count)d incident was closed.", "%(count)d incidents were closed.", closed)
        messages.success(self.request, sentence % {"count": closed}, extra_tags=at.isoformat())


class ReopenView(ClosingView):
    """Reopen the incidents whose numbers are in ``incident`` (repeated), those of them that are closed."""

    def act(self, pks):
        count = bulk.reopen_incidents(pks)
        if not count:
            messages.info(self.request, _("Nothing was closed that could be reopened."))
            return
        messages.success(self.request, reopened(count))


class UndoCloseView(ClosingView):
    """Reopen what this person closed at ``closed_at`` (ISO 8601), as the message after closing carries it."""

    def post(self, request):
        at = parse_time(request.POST.get("closed_at", ""))
        if at is None:
            messages.warning(request, _("What was to be undone is not known any more."))
        else:
            self.undo(at)
        return self.answer(request)

    def undo(self, at: datetime) -> None:
        count, changed = bulk.undo_closing(person_of(self.request), at)
        if count:
            messages.success(self.request, reopened(count))
        if changed or not count:
            sentence = ngettext(
                "%(count)d incident was changed or deleted since, and was left as it is.",
                "%(count)d incidents were changed or deleted since, and were left as they are.",
                changed,
            )
            messages.warning(self.request, sentence % {"count": changed} if changed else _("There is nothing to undo."))


def reopened(count: int) -> str:
    sentence = ngettext("%(count)d incident was reopened.", "%(count)d incidents were reopened.", count)
    return sentence % {"count": count}
