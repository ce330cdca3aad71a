"""From a GeoJSON Feature to an incident or an area that is not saved yet.

What can be put right is, and is remarked on; what cannot be raises ValidationError with a sentence. Nothing is lost in
silence: every remark is counted, and a name too long for the database stays whole in an incident's description.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError

from tracker.files.geojson_reader import Contents
from tracker.files.own_features import OwnFeature
from tracker.files.severity_words import SeverityField, severity_named
from tracker.lib.geo import geometry, plausible
from tracker.lib.geo.geometry import Adjustment
from tracker.lib.strict_json import is_deeper
from tracker.lib.visible_text import is_visible, without_controls
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import Severity

PROPERTY_DEPTH = 100  # of a name or a description that is a list or an object; json.dumps() calls itself for each level


class Remark(StrEnum):
    """What was done to a feature to take it, or looks like a slip in it."""

    REPAIRED = "repaired"
    FLATTENED = "without the depth or height"
    UNNAMED = "named by its number"
    NAME_CUT = "name too long, cut"
    DESCRIPTION_CUT = "description too long, cut"
    PLACE_CUT = "place too long, cut"
    CLEANED = "control characters removed"
    DEFAULT_SEVERITY = "with the default severity"
    NEW_TIME = "reported at a time that cannot be, taken as now"
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
        own = OwnFeature.read(self.model, properties)
        self.give_texts(row, index, properties, remarks, own)
        row.severity = self.severity_of(properties, remarks, own)
        if own:
            own.give(row)
            if own.created is None:
                remarks.add(Remark.NEW_TIME)
            if isinstance(row, Incident):
                row.place = cut(text_of(properties, "place", remarks), self.model, "place", remarks, Remark.PLACE_CUT)
        return row, remarks

    def severity_of(self, properties: dict, remarks: set[Remark], own: OwnFeature | None) -> Severity:
        field = self.severity
        told = field.read(properties)
        if field.name is None and own:  # exported here: it says so itself
            word = properties.get("severity")
            told = severity_named(word) if isinstance(word, str) else None
        if told:
            return told
        if field.default is None:
            raise ValidationError("It tells no severity that is known.")
        if field.name:
            remarks.add(Remark.DEFAULT_SEVERITY)
        return field.default

    def give_texts(
        self,
        row: Incident | AreaOfInterest,
        index: int,
        properties: dict,
        remarks: set[Remark],
        own: OwnFeature | None,
    ) -> None:
        name = text_of(properties, self.name, remarks)
        name = name if own else " ".join(name.split())
        if not is_visible(name):
            name = f"Unnamed {'incident' if self.model is Incident else 'area'} {index + 1}"
            remarks.add(Remark.UNNAMED)
        row.name = cut(name, self.model, "name", remarks, Remark.NAME_CUT)
        if isinstance(row, Incident):
            field = self.description or ("description" if own else None)
            description = text_of(properties, field, remarks) if field else ""
            description = description if own else description.strip()
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
    clean = without_controls(text)
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
