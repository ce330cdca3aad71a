"""Every change of an incident or an area is recorded, matched and broadcast, in its own transaction (writing.py)."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from tracker.incidents import writing
from tracker.models import AreaOfInterest, Incident
from tracker.models.row_change import Row


@receiver(pre_save, sender=Incident)
@receiver(pre_save, sender=AreaOfInterest)
def before_save(sender: type[Row], instance: Row, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        writing.begin_save(instance)


@receiver(post_save, sender=Incident)
@receiver(post_save, sender=AreaOfInterest)
def after_save(sender: type[Row], instance: Row, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        writing.end_save(instance, created)


@receiver(pre_delete, sender=Incident)
@receiver(pre_delete, sender=AreaOfInterest)
def before_delete(sender: type[Row], instance: Row, **kwargs: Any) -> None:
    writing.begin_delete(instance)


@receiver(post_delete, sender=Incident)
@receiver(post_delete, sender=AreaOfInterest)
def after_delete(sender: type[Row], instance: Row, **kwargs: Any) -> None:
    writing.end_delete(instance)
