"""What happens to accounts, groups and sign-ins is recorded, and who may watch is looked at again."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from tracker.accounts import access, roles, sign_in
from tracker.audit import accounts, record
from tracker.lib.metrics.counters import SIGN_INS, SIGN_INS_FAILED


@receiver(pre_save, sender=get_user_model())
@receiver(pre_save, sender=Group)
def remember_what_an_account_was(sender, instance, raw=False, update_fields=None, **kwargs):
    if not raw:
        accounts.remember(instance, update_fields)


@receiver(post_save, sender=get_user_model())
@receiver(post_save, sender=Group)
def record_saved_account(sender, instance, created, raw=False, update_fields=None, **kwargs):
    if not raw:
        accounts.record_saved(instance, created, update_fields)


@receiver(post_delete, sender=get_user_model())
@receiver(post_delete, sender=Group)
def record_deleted_account(sender, instance, **kwargs):
    accounts.record_deleted(instance)


@receiver(m2m_changed, sender=Group.permissions.through)
@receiver(m2m_changed, sender=get_user_model().groups.through)
@receiver(m2m_changed, sender=get_user_model().user_permissions.through)
def record_changed_rights(sender, instance, action, model, pk_set, **kwargs):
    if action in {"post_add", "post_remove", "pre_clear"}:
        accounts.record_rights(sender, instance, action, model, pk_set)


@receiver(user_logged_in)
def record_signed_in(sender, user, **kwargs):
    record.write([record.entry_of(record.Action.SIGNED_IN)], by=user)


@receiver(user_logged_out)
def record_signed_out(sender, user=None, **kwargs):
    if user:
        record.write([record.entry_of(record.Action.SIGNED_OUT)], by=user)


@receiver(user_login_failed)
def record_failed_sign_in(sender, credentials, request=None, **kwargs):
    if request is not None:
        sign_in.note_failure(request, credentials.get("username") or "")


@receiver(post_save, sender=get_user_model())
def welcome(sender, instance, created, raw=False, **kwargs):
    if created and not raw:
        roles.make_viewer(instance)


@receiver(post_save, sender=get_user_model())
def notice_changed_account(sender, instance, created, update_fields=None, **kwargs):
    if not created and set(update_fields or ["all"]) != {"last_login"}:
        access.note_change()


@receiver(post_delete, sender=Session)
@receiver(post_delete, sender=get_user_model())
@receiver(post_delete, sender=Group)
@receiver(m2m_changed, sender=Group.permissions.through)
@receiver(m2m_changed, sender=get_user_model().groups.through)
@receiver(m2m_changed, sender=get_user_model().user_permissions.through)
def notice_lost_access(sender, action="post_delete", **kwargs):
    if action.startswith("post_"):
        access.note_change()


@receiver(user_logged_in)
def count_sign_in(sender, **kwargs):
    SIGN_INS.inc()


@receiver(user_login_failed)
def count_failed_sign_in(sender, **kwargs):
    SIGN_INS_FAILED.inc()
