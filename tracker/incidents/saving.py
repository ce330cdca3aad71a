"""What a save or a delete of an incident or an area leaves in the log and the history, and what it must remember."""

from tracker.alerts import lifecycle, matching
from tracker.events import log
from tracker.features import geojson
from tracker.incidents import history
from tracker.models import AreaOfInterest, Incident


def remember(instance: Incident | AreaOfInterest) -> None:
    """Before a save: note the stored values that tell what the change means, as ``instance.was`` (None: new)."""
    model = type(instance)
    matching.lock(model)
    instance.was = instance.now = None
    if not instance._state.adding or instance.pk is not None:
        rows = model._default_manager.select_for_update().filter(pk=instance.pk)
        instance.was = rows.values(*history.FIELDS[model]).first()


def record_saved(instance: Incident | AreaOfInterest, created: bool) -> str:
    """Record the save, and return the Feature that it left; ``instance.now`` is then what is stored (None: new).

    Not what the instance holds: with ``update_fields`` that may be more than was saved.
    """
    if not created and instance.was is not None:
        model = type(instance)
        instance.now = model._default_manager.filter(pk=instance.pk).values(*history.FIELDS[model]).get()
    history.record_saved(instance)
    feature = geojson.feature_of(instance)
    log.record("post_save", saved_body(feature, created))
    return feature


def saved_body(feature: str, created: bool) -> str:
    """The body of a ``post_save`` message around the text of a Feature."""
    return f'{{"created":{"true" if created else "false"},"feature":{feature}}}'


def remember_feature(instance: Incident | AreaOfInterest) -> None:
    """Before a delete: keep the Feature as it was; by the time the delete commits there is no row to build it from.

    Empty if there is no row any more: somebody else was quicker, and has said so. The alerts are locked here, for of
    several rows Django tells before the delete from the first to the last, as everybody else comes to them, but
    afterwards from the last to the first.
    """
    model = type(instance)
    matching.lock(model)
    is_there = model._default_manager.select_for_update().filter(pk=instance.pk).values_list("pk").first()
    instance.feature_as_it_was = geojson.feature_of(instance) if is_there else ""
    if model is Incident:  # a writer of areas keeps everybody else out
        lifecycle.unresolved_of("incident_id", [instance.pk])


def record_deleted(instance: Incident | AreaOfInterest) -> None:
    if instance.feature_as_it_was:
        history.record_deleted(instance)
        log.record("post_delete", f'{{"feature":{instance.feature_as_it_was}}}')
