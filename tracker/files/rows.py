"""From a GeoJSON Feature to an incident or an area that is not saved yet.

What can be put right is, and is remarked on; what cannot be raises ValidationError with a sentence. Nothing is lost in
silence: every remark is counted, and a name too long for the database stays whole in an incident's description.
"""

import json
import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError

from tracker.files.geojson_reader import Contents
from tracker.lib.geo import geometry, plausible
from tracker.lib.geo.geometry import Adjustment
from tracker.lib.strict_json import is_deeper
from tracker.lib.visible_text import is_visible
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import LABEL, Severity

# Neither database, nor a page, can show them: control characters (a tab and line breaks stay) and half surrogates.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
PROPERTY_DEPTH = 100  # of a name or a description that is a list or an object; json.dumps() calls itself for each level


class Remark(StrEnum):
    """What was done to a feature to take it, or looks like a slip in it."""

    REPAIRED = "repaired"
    FLATTENED = "without the depth or height"
    UNNAMED = "named by its number"
    NAME_CUT = "name too long, cut"
    DESCRIPTION_CUT = "description too long, cut"
    CLEANED = "control characters removed"
    DEFAULT_SEVERITY = "with the default severity"
    SHORT_WAY = "taken the short way across the antimeridian"
    UNITED = "of several polygons, united"
    LEFT_OUT = "without the points and lines beside the polygons"
    EPSG_4326 = "said to be EPSG:4326, taken longitude first"
    AT_ZERO = "at latitude 0, longitude 0"
    HALF_OF_THE_WORLD = "over more than half of the world"


ADJUSTED = {
    Adjustment.FLATTENED: Remark.FLATTENED,
    Adjustment.REPAIRED: Remark.REPAIRED,
    Adjustment.SHORT_WAY: Remark.SHORT_WAY,
    Adjustment.UNITED: Remark.UNITED,
    Adjustment.LEFT_OUT: Remark.LEFT_OUT,
    Adjustment.EPSG_4326: Remark.EPSG_4326,
}


def severity_named(text: str) -> Severity | None:
    """The severity with this English label or code ("High", "HI"), in any case; None for anything else."""
    text = text.strip().casefold()
    for code, label in LABEL.items():
        if text in {code.casefold(), label.casefold()}:
            return Severity(code)
    return None


@dataclass(frozen=True)
class SeverityField:
    """How a feature tells its severity: as a label or a code, or as a number that *breaks* divides, worst first."""

    name: str | None = None
    breaks: tuple[float, ...] = ()
    default: Severity = Severity.INFO

    def read(self, properties: dict) -> Severity | None:
        """None if there is none, or none that can be read."""
        value = properties.get(self.name)
        if not self.breaks:
            return severity_named(value) if isinstance(value, str) else None
        number = number_of(value)
        if number is None:
            return None
        for severity, least in zip(Severity, self.breaks, strict=False):
            if number >= least:
                return severity
        return Severity.INFO


def number_of(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


@dataclass(frozen=True)
class Reader:
    """Reads features into rows of one model; which property is what, and what is remarked on each (*of_the_file*)."""

    model: type[Incident] | type[AreaOfInterest]
    name: str
    description: str | None
    severity: SeverityField
    of_the_file: frozenset[Remark] = frozenset()

    def of(self, contents: Contents) -> "Reader":
        """The same for the features of a file that was checked."""
        return replace(self, of_the_file=frozenset({Remark.EPSG_4326} if contents.names_epsg_4326 else ()))

    def read(self, index: int, feature: object) -> tuple[Incident | AreaOfInterest, set[Remark]]:
        """An unsaved row, and the remarks. *index* counts from 0. Raises ValidationError with a sentence."""
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise ValidationError("This is not a GeoJSON Feature.")
        check_geometry(feature.get("geometry"))
        remarks = set(self.of_the_file)
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            properties = {}
        row: Incident | AreaOfInterest
        if self.model is Incident:
            row = Incident(source=Incident.Source.IMPORT, location=location(feature, remarks))
        else:
            row = AreaOfInterest(polygon=polygon(feature, remarks))
        self.give_texts(row, index, properties, remarks)
        row.severity = self.severity.read(properties) or self.severity.default
        if self.severity.name and self.severity.read(properties) is None:
            remarks.add(Remark.DEFAULT_SEVERITY)
        return row, remarks

    def give_texts(self, row: Incident | AreaOfInterest, index: int, properties: dict, remarks: set[Remark]) -> None:
        name = " ".join(text_of(properties, self.name, remarks).split())
        if not is_visible(name):
            name = f"Unnamed {'incident' if self.model is Incident else 'area'} {index}"
            remarks.add(Remark.UNNAMED)
        row.name = cut(name, self.model, "name", remarks, Remark.NAME_CUT)
        if isinstance(row, Incident):
            description = text_of(properties, self.description, remarks).strip() if self.description else ""
            if row.name != name:
                description = f"{name}\n\n{description}".strip()
            row.description = cut(description, self.model, "description", remarks, Remark.DESCRIPTION_CUT)


def cut(
    text: str, model: type[Incident] | type[AreaOfInterest], field: str, remarks: set[Remark], remark: Remark
) -> str:
    longest = getattr(model._meta.get_field(field), "max_length", None)
    if longest is None or len(text) <= longest:
        return text
    remarks.add(remark)
    return text[: longest - 1] + "…"


def text_of(properties: dict, name: str, remarks: set[Remark]) -> str:
    """A property as text: empty for null or none; numbers, lists and objects as JSON writes them."""
    value = properties.get(name)
    if value is None:
        return ""
    if is_deeper(value, PROPERTY_DEPTH):
        raise ValidationError(f"The property “{name}” is nested too deeply.")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    clean = UNPRINTABLE.sub("", text)
    if clean != text:
        remarks.add(Remark.CLEANED)
    return clean


# --- geometry ------------------------------------------------------------------------------------------------------


def check_geometry(given: object) -> None:
    """geometry.py would take a feature, or a collection of one, for a geometry; here only a geometry object will do."""
    if given is None:
        raise ValidationError("The feature has no geometry.")
    if geometry.depth_of(given) > geometry.MAX_DEPTH:
        raise ValidationError("The geometry is nested too deeply.")
    if not isinstance(given, dict) or given.get("type") in ("Feature", "FeatureCollection"):
        raise ValidationError("The feature's geometry is not a GeoJSON geometry.")


def location(feature: dict, remarks: set[Remark]) -> Point:
    point, done = geometry.read_point(feature)
    remarks.update(map(ADJUSTED.__getitem__, done))
    if plausible.is_at_zero(point):
        remarks.add(Remark.AT_ZERO)
    return point


def polygon(feature: dict, remarks: set[Remark]) -> Polygon | MultiPolygon:
    area, done = geometry.read_area(feature)
    remarks.update(map(ADJUSTED.__getitem__, done))
    if plausible.is_at_zero(area):
        remarks.add(Remark.AT_ZERO)
    if plausible.covers_half_of_the_world(area):
        remarks.add(Remark.HALF_OF_THE_WORLD)
    return area
