"""The two fields of a place: coordinates as people type and paste them (lib/geo/coordinates.py)."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tracker.lib.geo import coordinates

NO_NUMBER = _("This is not a number such as 52.5.")
PAIR_HERE = _("There are two numbers here. Leave the other field empty, or write one of them in each.")
SAME_DEGREES = 1e-6  # a tenth of a metre: typed once more, or rounded


class DegreesField(forms.FloatField):
    """A coordinate, which may be left out: degrees from minus ``most`` to ``most``; else ``refusal`` says what is."""

    name: Any
    most: int
    refusal: Any
    other_axis: Any
    is_longitude: bool

    def __init__(self):
        super().__init__(
            label=self.name,
            required=False,
            min_value=-self.most,
            max_value=self.most,
            # Not a field for numbers: a browser empties that, or cuts it, where it does not understand what was typed.
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "spellcheck": "false"}),
            error_messages={"invalid": NO_NUMBER, "min_value": self.refusal, "max_value": self.refusal},
        )

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = coordinates.read_degrees(value)
        if found is None:
            raise forms.ValidationError(PAIR_HERE if coordinates.read_field_pair(value) else NO_NUMBER, "invalid")
        if found.is_longitude not in (None, self.is_longitude):
            raise forms.ValidationError(self.other_axis, "invalid")
        return found.value


class LatitudeField(DegreesField):
    name, most, is_longitude = _("Latitude"), 90, False
    refusal = _("A latitude is between -90 and 90.")
    other_axis = _("This is a longitude, and not a latitude.")


class LongitudeField(DegreesField):
    name, most, is_longitude = _("Longitude"), 360, True
    refusal = _("A longitude is between -180 and 180, or up to 360 across the antimeridian.")
    other_axis = _("This is a latitude, and not a longitude.")


def with_pair_spread(data: QueryDict, stored: Point | None) -> QueryDict:
    """The same data; but a pair that stands in one of the two fields of a place is in both.

    Not if the other one says something else, unless that is what is *stored*, and nobody has typed it.
    """
    typed = {name: data.get(name, "") for name in ("latitude", "longitude")}
    pairs = {name: pair for name, text in typed.items() if (pair := coordinates.read_field_pair(text))}
    if len(set(pairs.values())) != 1:
        return data
    (pair,) = set(pairs.values())
    for name in typed.keys() - pairs.keys():
        known = [getattr(pair, name), stored and (stored.y if name == "latitude" else stored.x)]
        if typed[name].strip() and not is_one_of(typed[name], known):
            return data
    data = data.copy()
    data["latitude"], data["longitude"] = f"{pair.latitude:.10g}", f"{pair.longitude:.10g}"
    return data


def is_one_of(text: str, known: list[float | None]) -> bool:
    found = coordinates.read_degrees(text)
    return found is not None and any(one is not None and abs(found.value - one) < SAME_DEGREES for one in known)
