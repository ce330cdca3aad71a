"""What the audit record says of accounts and groups: made, changed, disabled, deleted, and what they may do.

Saving an account may mean several of these at once, and each has an entry of its own, so that it is found by what it
means. Of a password it says only that it was changed.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from tracker.audit import record
from tracker.audit.record import Action, Subject
from tracker.lib.between_signals import BetweenSignals

User = get_user_model()
ABOUT_THE_PERSON = ("username", "email", "first_name", "last_name")
RIGHTS = ("is_staff", "is_superuser")
FIELDS = {User: (*ABOUT_THE_PERSON, *RIGHTS, "is_active", "password"), Group: ("name",)}
SUBJECT = {User: Subject.USER, Group: Subject.GROUP}
CREATED = {User: Action.USER_CREATED, Group: Action.GROUP_CREATED}
before_save: BetweenSignals[dict[str, Any]] = BetweenSignals()
DELETED = {User: Action.USER_DELETED, Group: Action.GROUP_DELETED}


def remember(row: Any, update_fields: Any) -> None:
    """Before a save: note the stored values. Not before that of the last sign-in, which has an entry already."""
    if not row._state.adding and set(update_fields or ["all"]) != {"last_login"}:
        stored = type(row)._default_manager.filter(pk=row.pk).values(*FIELDS[type(row)]).first()
        if stored:
            before_save.put(row, stored)


def record_saved(row: Any, created: bool, update_fields: Any) -> None:
    stored = before_save.take(row)
    if created:
        rights = {field: True for field in RIGHTS if getattr(row, field, False)}
        record.record(CREATED[type(row)], **subject_of(row), **rights)
    elif stored:
        saved = set(update_fields or FIELDS[type(row)])
        values = {
            field: [before, getattr(row, field)]
            for field, before in stored.items()
            if field in saved and before != getattr(row, field)
        }
        record.write(
            [record.entry_of(action, **subject_of(row), **said) for action, said in meanings(row, values, saved)]
        )


def meanings(row: Any, values: dict[str, list], saved: set[str]) -> list[tuple[Action, dict[str, Any]]]:
    """What these changed values mean, each with what is told of it."""
    if isinstance(row, Group):
        return [(Action.GROUP_CHANGED, {"changed": values})] if values else []
    found: list[tuple[Action, dict[str, Any]]] = []
    if about := {field: values[field] for field in ABOUT_THE_PERSON if field in values}:
        found.append((Action.USER_CHANGED, {"changed": about}))
    if rights := {field: values[field] for field in RIGHTS if field in values}:
        found.append((Action.PERMISSIONS_CHANGED, {"changed": rights}))
    if "is_active" in values:
        found.append((Action.USER_ENABLED if row.is_active else Action.USER_DISABLED, {}))
    # Django's own better hash of the same password, as somebody signs in, is no change.
    if "password" in values and not (saved == {"password"} and row._password is None):
        found.append((Action.PASSWORD_CHANGED, {}))
    return found


def record_deleted(row: Any) -> None:
    record.record(DELETED[type(row)], **subject_of(row))


def record_rights(through: Any, row: Any, action: str, other: type[Model], pks: set[int] | None) -> None:
    """Groups of an account, permissions of either, or people of a group were added or removed."""
    if action == "pre_clear":  # afterwards nobody knows what there was
        here, there = (
            next(field.attname for field in through._meta.fields if field.related_model is model)
            for model in (type(row), other)
        )
        pks = set(through.objects.filter(**{here: row.pk}).values_list(there, flat=True))
    if pks:
        what = f"{other._meta.model_name}s {'added' if action == 'post_add' else 'removed'}"
        record.record(Action.PERMISSIONS_CHANGED, **subject_of(row), **{what: names(other, pks)})


def names(model: Any, pks: set[int]) -> list[str]:
    rows = model._default_manager.filter(pk__in=pks).order_by("pk")
    if model is Permission:
        return [f"{app}.{name}" for app, name in rows.values_list("content_type__app_label", "codename")]
    return list(rows.values_list("username" if model is User else "name", flat=True))


def subject_of(row: Any) -> dict[str, Any]:
    name = row.get_username() if isinstance(row, User) else row.name
    return {"subject": SUBJECT.get(type(row), ""), "number": row.pk, "name": name}
