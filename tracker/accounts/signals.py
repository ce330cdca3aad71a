"""What happens to accounts, groups and sign-ins is recorded, and who may watch is looked at again."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from tracker.accounts import access, roles, session_length, sign_in
from tracker.audit import accounts, record
from tracker.lib.metrics.counters import SIGN_INS, SIGN_INS_FAILED


@receiver(pre_save, sender=get_user_model())
@receiver(pre_save, sender=Group)
def remember_what_an_account_was(
    sender: Any, instance: User | Group, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if not raw:
        accounts.remember(instance, update_fields)


@receiver(post_save, sender=get_user_model())
@receiver(post_save, sender=Group)
def record_saved_account(
    sender: Any,
    instance: User | Group,
    created: bool,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    if not raw:
        accounts.record_saved(instance, created, update_fields)


@receiver(post_delete, sender=get_user_model())
@receiver(post_delete, sender=Group)
def record_deleted_account(sender: Any, instance: User | Group, **kwargs: Any) -> None:
    accounts.record_deleted(instance)


@receiver(m2m_changed, sender=Group.permissions.through)
@receiver(m2m_changed, sender=get_user_model().groups.through)
@receiver(m2m_changed, sender=get_user_model().user_permissions.through)
def record_changed_rights(
    sender: type[Model], instance: Model, action: str, model: type[Model], pk_set: set[int] | None, **kwargs: Any
) -> None:
    if action in {"post_add", "post_remove", "pre_clear"}:
        accounts.record_rights(sender, instance, action, model, pk_set)


@receiver(user_logged_in)
def begin_session(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        session_length.begin(request.session)


@receiver(user_logged_in)
def record_signed_in(sender: Any, user: User, **kwargs: Any) -> None:
    record.write([record.entry_of(record.Action.SIGNED_IN)], by=user)


@receiver(user_logged_out)
def record_signed_out(sender: Any, user: User | None = None, **kwargs: Any) -> None:
    if user:
        record.write([record.entry_of(record.Action.SIGNED_OUT)], by=user)


@receiver(user_login_failed)
def record_failed_sign_in(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    if request is not None:
        sign_in.note_failure(request, credentials.get("username") or "")


@receiver(post_save, sender=get_user_model())
def welcome(sender: Any, instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        roles.make_viewer(instance)


@receiver(post_save, sender=get_user_model())
def notice_changed_account(
    sender: Any, instance: User, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if not created and set(update_fields or ["all"]) != {"last_login"}:
        access.note_change()


@receiver(post_delete, sender=Session)
@receiver(post_delete, sender=get_user_model())
@receiver(post_delete, sender=Group)
@receiver(m2m_changed, sender=Group.permissions.through)
@receiver(m2m_changed, sender=get_user_model().groups.through)
@receiver(m2m_changed, sender=get_user_model().user_permissions.through)
def notice_lost_access(sender: Any, action: str = "post_delete", **kwargs: Any) -> None:
    if action.startswith("post_"):
        access.note_change()


@receiver(user_logged_in)
def count_sign_in(sender: Any, **kwargs: Any) -> None:
    SIGN_INS.inc()


@receiver(user_login_failed)
def count_failed_sign_in(sender: Any, **kwargs: Any) -> None:
    SIGN_INS_FAILED.inc()
