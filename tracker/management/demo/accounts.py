"""The demonstration's accounts; each has its name as its password."""

from typing import Any

from django.contrib.auth.models import User

from tracker.accounts import roles

ADMIN, OPERATOR, VIEWER = "admin", "operator", "viewer"
PEOPLE: dict[str, dict[str, Any]] = {
    ADMIN: {"first_name": "Ada", "last_name": "Adair", "is_staff": True, "is_superuser": True},
    OPERATOR: {"first_name": "Owen", "last_name": "Ogilvie", "is_staff": True},
    VIEWER: {"first_name": "Vera", "last_name": "Vance"},
}


def create() -> tuple[dict[str, User], list[str]]:
    """The three accounts by name, and the names of those that were there before; they keep their passwords."""
    people: dict[str, User] = {}
    kept = []
    for name, fields in PEOPLE.items():
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User.objects.create_user(name, f"{name}@example.org", name, **fields)
        else:
            kept.append(name)
        people[name] = user
    if OPERATOR not in kept:
        people[OPERATOR].groups.add(roles.role(roles.OPERATOR))
    return people, kept
