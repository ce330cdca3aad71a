"""The place of an incident in words: the site's own words follow the location, a person's stay (ADR 68)."""

from typing import NamedTuple

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from tracker.lib.geo import sphere
from tracker.lib.places import nearest
from tracker.lib.visible_text import is_visible
from tracker.models import Incident

ROUGH_M = 1000.0  # a location that is no better is one in name only: as the page says when it was found


class Placed(NamedTuple):
    """Where an incident is, as it is stored."""

    place: str
    location: Point
    accuracy_m: float | None


def placed(incident: Incident) -> Placed:
    return Placed(incident.place, incident.location, incident.accuracy_m)


def for_location(location: Point, accuracy_m: float | None) -> str:
    """The site's words; of a location that is known only roughly they say how roughly."""
    words = nearest.describe(location.x, location.y)
    if words and accuracy_m is not None and accuracy_m >= ROUGH_M:
        words = f"{words} (±{sphere.in_words(accuracy_m)})"
    return words[: Incident._meta.get_field("place").max_length]


def are_the_sites(at: Placed) -> bool:
    """Whether the site has written them, and no person."""
    own = {nearest.describe(at.location.x, at.location.y), for_location(at.location, at.accuracy_m)}
    return not is_visible(at.place) or at.place in own


def settle(incident: Incident, stored: Placed | None, is_typed: bool) -> str:
    """Put the words of an incident that is about to be saved right.

    *stored*: as it was, if it is there; *is_typed*: somebody has changed the words now. Returns the site's words for
    the location where it is now, if those of a person may name where it was; else nothing.
    """
    words = for_location(incident.location, incident.accuracy_m)
    if are_the_sites(placed(incident)) or (stored and not is_typed and are_the_sites(stored)):
        incident.place = words
        return ""
    if stored is None or is_typed:
        return ""
    before, now = (nearest.describe(at.x, at.y) for at in (stored.location, incident.location))
    return now if before != now else ""


def sentence(typed: str, words: str) -> str:
    """That the place in words may name another location, as ``settle`` has found."""
    said = {"typed": typed, "words": words}
    return _("The place in words stays as a person typed it: “%(typed)s”. The location is now %(words)s.") % said
