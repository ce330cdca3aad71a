"""From a GeoJSON Feature to an incident or an area that is not saved yet.

What can be put right is, and is remarked on; what cannot be raises ValidationError with a sentence. Nothing is lost in
silence: every remark is counted, and a name too long for the database stays whole in an incident's description.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError

from tracker.files.own_features import OwnFeature
from tracker.files.severity_words import SeverityField, severity_named
from tracker.lib.geo import geometry
from tracker.lib.strict_json import is_deeper
from tracker.lib.visible_text import is_visible, without_controls
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import Severity

PROPERTY_DEPTH = 100  # of a name or a description that is a list or an object; json.dumps() calls itself for each level


class Remark(StrEnum):
    """What was done to a feature to take it."""

    REPAIRED = "repaired"
    FLATTENED = "without the depth or height"
    UNNAMED = "named by its number"
    NAME_CUT = "name too long, cut"
    DESCRIPTION_CUT = "description too long, cut"
    PLACE_CUT = "place too long, cut"
    CLEANED = "control characters removed"
    DEFAULT_SEVERITY = "with the default severity"
    NEW_TIME = "reported at a time that cannot be, taken as now"


@dataclass(frozen=True)
class Reader:
    """Reads features into rows of one model; which property is what."""

    model: type[Incident] | type[AreaOfInterest]
    name: str
    description: str | None
    severity: SeverityField

    def read(self, index: int, feature: object) -> tuple[Incident | AreaOfInterest, set[Remark]]:
        """An unsaved row, and the remarks. *index* counts from 0. Raises ValidationError with a sentence."""
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise ValidationError("This is not a GeoJSON Feature.")
        check_geometry(feature.get("geometry"))
        remarks: set[Remark] = set()
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
    point = geometry.point_from_geojson(feature)
    given = feature["geometry"]["coordinates"]
    if len(given) > 2:
        remarks.add(Remark.FLATTENED)
    if list(point.coords) != given[:2]:
        remarks.add(Remark.REPAIRED)  # the longitude was beyond ±180
    return point


def polygon(feature: dict, remarks: set[Remark]) -> Polygon | MultiPolygon:
    area = geometry.area_from_geojson(feature)
    given = rings_of(feature["geometry"])
    if any(len(position) > 2 for ring in given for position in ring):
        remarks.add(Remark.FLATTENED)
    if [[tuple(position[:2]) for position in ring] for ring in given] != [list(ring) for ring in stored_rings(area)]:
        remarks.add(Remark.REPAIRED)
    return area


def rings_of(given: dict) -> list[list[list[float]]]:
    """All rings of a GeoJSON polygon or multipolygon that geometry.py has accepted, as they were given."""
    polygons = given["coordinates"] if given["type"] == "MultiPolygon" else [given["coordinates"]]
    return [ring for rings in polygons for ring in rings]


def stored_rings(area: Polygon | MultiPolygon) -> Iterator[tuple]:
    for rings in area.coords if isinstance(area, MultiPolygon) else [area.coords]:
        yield from rings
