"""Where a GeoJSON Feature of an incident or an area is built (RFC 7946), and the collections made of them.

The database builds the text, for one row as for a hundred thousand, so a Feature in a notification is the same to the
letter as the Feature in a collection.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from .database_json import (
    ISOTime,
    JSONText,
    JSONValue,
    json_boolean,
    json_geometry,
    json_object,
    keyed,
    person,
    severity_label,
)
from .models import Alert, AreaOfInterest, Incident


def address_of(view: str):
    """An expression for the path of a row's detail page."""
    before, after = reverse(view, args=[0]).split("0")
    return keyed(before, "pk", after)


def incident_feature() -> JSONText:
    properties = json_object(
        name=F("name"),
        description=F("description"),
        severity=severity_label(),
        severity_code=F("severity"),
        created=ISOTime("created"),
        closed=json_boolean("closed"),
        model="Incident",
        pk=F("pk"),
        url=address_of("incident_detail"),
    )
    return feature("Incident", "location", properties)


def area_feature() -> JSONText:
    properties = json_object(
        name=F("name"),
        severity=severity_label(),
        severity_code=F("severity"),
        centroid=json_geometry("centroid"),
        model="AreaOfInterest",
        pk=F("pk"),
        url=address_of("area_detail"),
    )
    return feature("AreaOfInterest", "polygon", properties)


def feature(model: str, geometry_field: str, properties: JSONText) -> JSONText:
    return json_object(
        type="Feature",
        id=keyed(f"{model}:"),
        geometry=json_geometry(geometry_field),
        properties=JSONValue(properties),
    )


def features(rows: QuerySet) -> Iterator[str]:
    """The text of a Feature for each row of incidents or areas, in the order of the query; one query."""
    expression = incident_feature() if rows.model is Incident else area_feature()
    return rows.values_list(expression, flat=True).iterator(chunk_size=2000)


def feature_of(row: Incident | AreaOfInterest) -> str:
    """The Feature of one stored row, as text."""
    return next(features(type(row)._default_manager.filter(pk=row.pk)))


def features_by_pk(model: type[Incident] | type[AreaOfInterest], pks: Iterable[int]) -> dict[int, str]:
    """Features of the rows with these keys; a row that is gone is left out."""
    expression = incident_feature() if model is Incident else area_feature()
    return dict(model._default_manager.filter(pk__in=list(pks)).values_list("pk", expression))


def alerts(rows: QuerySet[Alert]) -> Iterator[str]:
    """The text of a JSON object for each alert; one query.

    ``alert`` is the alert's number; ``incident`` and ``area`` are the ids of their Features; ``by`` and ``at`` say who
    acknowledged it and when (null: nobody yet).
    """
    expression = json_object(
        alert=F("pk"),
        incident=keyed("Incident:", "incident_id"),
        incident_name=F("incident_name"),
        area=keyed("AreaOfInterest:", "area_id"),
        area_name=F("area_name"),
        severity=severity_label(),
        severity_code=F("severity"),
        cause=F("cause"),
        state=F("state"),
        raised=ISOTime("raised"),
        by=person("acknowledged_by"),
        at=ISOTime("acknowledged_at"),
    )
    return rows.values_list(expression, flat=True).iterator(chunk_size=2000)


def feature_collection(texts: Iterable[str]) -> dict[str, Any]:
    """A FeatureCollection of finished Features as Python values, for ``json_script`` on a page with a small map."""
    return {"type": "FeatureCollection", "features": [json.loads(text) for text in texts]}
