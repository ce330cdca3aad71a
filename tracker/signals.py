"""Every change of an incident or an area is recorded, and matched, in its own transaction. The work is elsewhere."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from . import access, alerts, changes, notifications, roles
from .models import AreaOfInterest, Incident


@receiver(pre_save, sender=Incident)
@receiver(pre_save, sender=AreaOfInterest)
def remember_what_was(sender, instance, raw=False, **kwargs):
    if not raw:
        changes.remember(instance)


@receiver(post_save, sender=Incident)
def record_saved_incident(sender, instance, created, raw=False, **kwargs):
    if not raw:
        with notifications.together():
            feature = changes.record_saved(instance, created)
            alerts.incident_saved(instance, created, feature)


@receiver(post_save, sender=AreaOfInterest)
def record_saved_area(sender, instance, created, raw=False, **kwargs):
    if not raw:
        with notifications.together():
            changes.record_saved(instance, created)
            alerts.area_saved(instance, created)


@receiver(pre_delete, sender=Incident)
@receiver(pre_delete, sender=AreaOfInterest)
def remember_what_is_deleted(sender, instance, **kwargs):
    changes.remember_feature(instance)


@receiver(post_delete, sender=Incident)
def record_deleted_incident(sender, instance, **kwargs):
    with notifications.together():
        changes.record_deleted(instance)
        alerts.incident_deleted(instance)


@receiver(post_delete, sender=AreaOfInterest)
def record_deleted_area(sender, instance, **kwargs):
    with notifications.together():
        changes.record_deleted(instance)
        alerts.area_deleted(instance)


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
