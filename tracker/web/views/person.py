"""Who asks for a page that is for people with an account."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def person_of(request: HttpRequest) -> User:
    """The account; nobody without one gets so far, for every such page asks for a permission first."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
