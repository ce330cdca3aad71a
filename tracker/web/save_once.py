"""A form that is sent twice makes one row: it has a key of its own, which its row keeps (``submission``)."""

import json
import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError
from django.forms import ModelForm

from tracker.models import AreaOfInterest, Incident

Row = TypeVar("Row", Incident, AreaOfInterest)

# What a form says; after “back” it has its old key, but may say something new.
SAID = {
    Incident: ("name", "severity", "description", "location"),
    AreaOfInterest: ("name", "severity", "polygon"),
}


def save_once(form: ModelForm) -> tuple[Incident | AreaOfInterest, bool]:
    """Save a new row, or return the one that this same form made when it was sent before."""
    row = once(form.instance, form.save)
    return row, row is form.instance


def once(row: Row, save: Callable[[], object]) -> Row:
    """*save* this new row, or return the one that there is already with its key, and what it says."""
    try:
        save()
        return row
    except IntegrityError:  # the key is taken
        if made := made_before(row):
            return made
        row.submission = key_of_other_words(row)
    try:
        save()
    except IntegrityError:  # these words came twice as well
        if made := made_before(row):
            return made
        raise
    return row


def made_before(row: Row) -> Row | None:
    """The row that the form of this one, which is not saved, has made already."""
    model = type(row)
    made = model.objects.filter(submission=row.submission).first() if row.submission else None
    return made if made and all(getattr(made, field) == getattr(row, field) for field in SAID[model]) else None


def key_of_other_words(row: Incident | AreaOfInterest) -> uuid.UUID | None:
    """The key of a form that was sent before with other words in it: for the same words the same."""
    said = [str(getattr(row, field)) for field in SAID[type(row)]]
    return uuid.uuid5(row.submission, json.dumps(said)) if row.submission else None
