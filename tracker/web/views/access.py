"""Who may open a page: a stranger is sent to sign in, a signed-in person without the permission gets 403.

Addresses that answer JSON say 401 or 403 instead of redirecting, so that a script can tell.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tracker.models import LogState

View = Callable[..., HttpResponse]


@method_decorator(never_cache, name="dispatch")
class PermittedMixin(PermissionRequiredMixin):
    """A page for people with ``permission_required``; never kept by a shared cache or shown again after signing out."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            # Before any row is read: what changes after it the page hears of.
            request.log_position = LogState.read()
        return super().dispatch(request, *args, **kwargs)


def json_for(*permissions: str) -> Callable[[View], View]:
    """A view that answers JSON, for people with this permission, or with one of these."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return JsonResponse({"error": _("Sign in first.")}, status=401)
            if not any(request.user.has_perm(permission) for permission in permissions):
                return JsonResponse({"error": _("You do not have the permission for this.")}, status=403)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
