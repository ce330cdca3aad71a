"""Every change of an incident or an area is recorded, matched and broadcast, in its own transaction (writing.py)."""

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from tracker.incidents import writing
from tracker.models import AreaOfInterest, Incident


@receiver(pre_save, sender=Incident)
@receiver(pre_save, sender=AreaOfInterest)
def before_save(sender, instance, raw=False, **kwargs):
    if not raw:
        writing.begin_save(instance)


@receiver(post_save, sender=Incident)
@receiver(post_save, sender=AreaOfInterest)
def after_save(sender, instance, created, raw=False, **kwargs):
    if not raw:
        writing.end_save(instance, created)


@receiver(pre_delete, sender=Incident)
@receiver(pre_delete, sender=AreaOfInterest)
def before_delete(sender, instance, **kwargs):
    writing.begin_delete(instance)


@receiver(post_delete, sender=Incident)
@receiver(post_delete, sender=AreaOfInterest)
def after_delete(sender, instance, **kwargs):
    writing.end_delete(instance)
