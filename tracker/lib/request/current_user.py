"""Who acts, and by which request: for the history of incidents and areas, and the audit record.

Kept in a context variable and not handed from function to function: a save, a bulk write, the admin's delete of a
selection and a delete that Django cascades all end in the same place, most of them without an argument that could carry
a person. So no writer, those still to come included, can forget to say who it was. Where no request is answered (a
command, an import) nobody acts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, Value
from django.db.models.functions import Concat, Trim
from django.http import HttpRequest, HttpResponse

LONGEST_NAME = 301  # characters, that columns keep of a person's name: twice what Django's account has


class Actor:
    """Around the account: asgiref compares context variables, and comparing a lazy account would ask the database."""

    def __init__(self, user: Any, request: HttpRequest | None):
        self.user, self.request = user, request


acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(user: User | AnonymousUser | None, request: HttpRequest | None = None) -> Iterator[None]:
    """What is written in here was done by *user*: an account, an anonymous user or None."""
    token = acting.set(Actor(user, request))
    try:
        yield
    finally:
        acting.reset(token)


def person() -> User | None:
    """The account that acts, or None. Asked only when something is written: it may cost the query for the session."""
    holder = acting.get()
    user = holder.user if holder else None
    return user if user is not None and user.is_authenticated else None


def request() -> HttpRequest | None:
    """The request that is being answered; None in a job or a command."""
    holder = acting.get()
    return holder.request if holder else None


def name_of(user: User | None) -> str:
    """What people call this account: the full name, or else the user name; empty for nobody.

    Where somebody else is called so, too, the user name stands beside the full name. This is the one place that names a
    person; asked only when a person's name is written or shown.
    """
    if user is None:
        return ""
    full_name, username = user.get_full_name(), user.get_username()
    if not full_name:
        return username
    if not has_namesake(user):
        return full_name
    beside = f" ({username})"
    return full_name[: LONGEST_NAME - len(beside)] + beside


def has_namesake(user: User) -> bool:
    """Whether another account has this one's full name, in whatever case and parts, or has it for its user name."""
    full_name = user.get_full_name()
    called = Trim(Concat("first_name", Value(" "), "last_name"))
    others = get_user_model().objects.exclude(pk=user.pk).annotate(called=called)
    return others.filter(Q(called__iexact=full_name) | Q(username__iexact=full_name)).exists()


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever sent the request acts while it is answered; behind the middleware that knows them."""

    def respond(request: HttpRequest) -> HttpResponse:
        with acting_as(request.user, request):
            return get_response(request)

    return respond
