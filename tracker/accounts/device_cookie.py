"""Who has signed in from this browser before: a signed cookie says so, and failures elsewhere do not hold them up.

Many people may share one address, a stranger among them who guesses, so being locked out with the others there must not
keep those who work here from signing in. The cookie helps nobody else: it counts only for the name that it was given
for, until that person's password changes, and the failures of each browser are counted for itself (sign_in.py). Who
steals it gains that count, and nothing more.
"""

import secrets
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known_browser"
SALT = "tracker.accounts.device_cookie"
FOR_S = 365 * 24 * 3600
PEOPLE = 8  # who take turns at one console; the cookie stays small

Entry = tuple[int, str, str, int]  # the user's number, a secret name of this browser, the password's sign, since when


def entries(request: HttpRequest) -> list[Entry]:
    """What the cookie says, without what is too old."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=FOR_S)
    except signing.BadSignature:
        return []
    return [(user, own, sign, since) for user, own, sign, since in said if time.time() - since < FOR_S]


def known_as(request: HttpRequest, name: str) -> str:
    """The secret name of this browser if the person with this user name has signed in from it, else nothing.

    As it was when the request came: signing in may change how the password is stored.
    """
    found: dict[str, str] = request.__dict__.setdefault("known_as", {})
    if name not in found:
        found[name] = looked_up(request, name)
    return found[name]


def looked_up(request: HttpRequest, name: str) -> str:
    said = {user: (own, sign) for user, own, sign, _since in entries(request)}
    person = get_user_model()._default_manager.filter(pk__in=said, username=name).first() if said and name else None
    if person is None:
        return ""
    own, sign = said[person.pk]
    return own if constant_time_compare(sign, sign_of(person)) else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """This person has just shown who they are. The browser gets a new name: a copy of the old cookie is another's."""
    entry: Entry = (user.pk, secrets.token_hex(8), sign_of(user), int(time.time()))
    others = [other for other in entries(request) if other[0] != user.pk]
    response.set_cookie(
        COOKIE,
        signing.dumps([entry, *others][:PEOPLE], salt=SALT),
        max_age=FOR_S,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def sign_of(user: User) -> str:
    """Changes with the password, and tells nothing of it."""
    return salted_hmac(SALT, user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:16]
