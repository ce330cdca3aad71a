"""What the site itself says of an incident's place, also in its name and description; it follows the location, and
what a person has typed stays (ADR 68)."""

from collections.abc import Collection
from typing import NamedTuple

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from tracker.lib.geo import sphere
from tracker.lib.places import nearest
from tracker.lib.visible_text import is_visible
from tracker.models import Incident

ROUGH_M = 1000.0  # a location that is no better is one in name only: as the page says when it was found


class Words(NamedTuple):
    """What the report page begins with, of the nearest town; empty where there is none."""

    place: str
    name: str
    description: str


FOLLOW = {"name": "name", "public_title": "name", "description": "description"}  # by field: as which of the words


class Placed(NamedTuple):
    """Where an incident is, as it is stored, and what is said of it."""

    place: str
    location: Point
    accuracy_m: float | None
    name: str
    description: str
    public_title: str


def placed(incident: Incident) -> Placed:
    return Placed(*(getattr(incident, field) for field in Placed._fields))


def suggested(longitude: float, latitude: float) -> Words:
    town, place = nearest.nearest(longitude, latitude), nearest.describe(longitude, latitude)
    if not town or not place:
        return Words("", "", "")
    name = _("Incident near %(town)s") % {"town": town.name}
    return Words(place, name, _("Reported here: %(place)s.") % {"place": place})


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


def written_by_the_site(at: Placed) -> list[str]:
    """Which of its fields say what the site would say of its location, and so follow it."""
    own = suggested(at.location.x, at.location.y)._asdict()
    fields = [field for field, word in FOLLOW.items() if own[word] and getattr(at, field) == own[word]]
    return [*(["place"] if are_the_sites(at) else []), *fields]


def settle(incident: Incident, stored: Placed | None, typed: Collection[str]) -> str:
    """Put the words of an incident that is about to be saved right.

    *stored*: as it was, if it is there; *typed*: the fields that somebody has changed now. Returns the site's words for
    the location where it is now, if those of a person may name where it was; else nothing.
    """
    words = for_location(incident.location, incident.accuracy_m)
    follow = set(written_by_the_site(stored)) - set(typed) if stored else set()
    own = suggested(incident.location.x, incident.location.y)._asdict()
    for field in follow - {"place"}:
        setattr(incident, field, own[FOLLOW[field]] or getattr(incident, field))
    if "place" in follow or are_the_sites(placed(incident)):
        incident.place = words
        return ""
    if stored is None or "place" in typed:
        return ""
    before, now = (nearest.describe(at.x, at.y) for at in (stored.location, incident.location))
    return now if before != now else ""


def sentence(typed: str, words: str) -> str:
    """That the place in words may name another location, as ``settle`` has found."""
    said = {"typed": typed, "words": words}
    return _("The place in words stays as a person typed it: “%(typed)s”. The location is now %(words)s.") % said
