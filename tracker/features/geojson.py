"""Where a GeoJSON Feature of an incident or an area is built (RFC 7946), and the collections made of them.

The database builds the text, for one row as for a hundred thousand, so a Feature in a notification is the same to the
letter as the Feature in a collection.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.urls import get_script_prefix, reverse

from tracker.features.json_sql import (
    ISOTime,
    JSONText,
    JSONValue,
    json_boolean,
    json_geometry,
    json_object,
    keyed,
    severity_label,
)
from tracker.models import Alert, AreaOfInterest, Incident

PIECE = 2000  # rows that are taken from the database at once


def address_of(view: str) -> Any:
    """An expression for the path of a row's detail page."""
    before, after = reverse(view, args=[0]).split("0")
    return keyed(before, "pk", after)


def incident_feature(**more: Any) -> JSONText:
    properties = json_object(
        name=F("name"),
        description=F("description"),
        place=F("place"),
        severity=severity_label(),
        severity_code=F("severity"),
        created=ISOTime("created"),
        closed=json_boolean("closed"),
        model="Incident",
        pk=F("pk"),
        url=address_of("incident_detail"),
        **more,
    )
    return feature("Incident", "location", properties)


def area_feature(**more: Any) -> JSONText:
    properties = json_object(
        name=F("name"),
        severity=severity_label(),
        severity_code=F("severity"),
        centroid=json_geometry("centroid"),
        model="AreaOfInterest",
        pk=F("pk"),
        url=address_of("area_detail"),
        **more,
    )
    return feature("AreaOfInterest", "polygon", properties)


def feature(model: str, geometry_field: str, properties: JSONText) -> JSONText:
    return json_object(
        type="Feature",
        id=keyed(f"{model}:"),
        geometry=json_geometry(geometry_field),
        properties=JSONValue(properties),
    )


def exported_feature(model: type[Incident] | type[AreaOfInterest]) -> JSONText:
    """A Feature with all that an import needs to make the same row again (files/own_features.py)."""
    own = Concat(Value(f"{model.__name__}:"), "pk", Value(" "), ISOTime("created"), output_field=TextField())
    more: dict[str, Any] = {"updated": ISOTime("updated"), "origin": Coalesce("origin", own, output_field=TextField())}
    if model is Incident:
        return incident_feature(accuracy_m=F("accuracy_m"), source=F("source"), public_title=F("public_title"), **more)
    return area_feature(created=ISOTime("created"), **more)


def features(rows: QuerySet) -> Iterator[str]:
    """The text of a Feature for each row of incidents or areas, in the order of the query; one query."""
    return rows.values_list(feature_expression(rows.model), flat=True).iterator(chunk_size=PIECE)


def feature_expression(model: type[Incident] | type[AreaOfInterest]) -> JSONText:
    return incident_feature() if model is Incident else area_feature()


def feature_of(row: Incident | AreaOfInterest) -> str:
    """The Feature of one stored row, as text."""
    return features_by_pk(type(row), [row.pk])[row.pk]


def features_by_pk(
    model: type[Incident] | type[AreaOfInterest], pks: Iterable[int], exported: bool = False
) -> dict[int, str]:
    """Features of the rows with these keys; a row that is gone is left out. *exported*: as files have them."""
    pks = list(pks)
    if not pks:
        return {}
    sql, parameters = select_of(model, connection.vendor, get_script_prefix(), exported)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE id IN ({','.join(['%s'] * len(pks))})", [*parameters, *pks])
        return dict(cursor.fetchall())


@cache
def select_of(
    model: type[Incident] | type[AreaOfInterest], vendor: str, script_prefix: str, exported: bool = False
) -> tuple[str, tuple]:
    """The statement for key and Feature of all rows, with its parameters; only rows have to be chosen.

    Kept, for making the text takes ten times as long as PostgreSQL needs for one Feature. The arguments are what it
    depends on, beside the model the database and the path under which the site is served.
    """
    expression = exported_feature(model) if exported else feature_expression(model)
    rows = model._default_manager.order_by().values_list("pk", expression)
    return rows.query.sql_with_params()


def alert_object() -> JSONText:
    """``alert`` is the alert's number; ``incident`` and ``area`` are the ids of their Features; ``by`` and ``at`` say
    who acknowledged it and when (null: nobody yet).
    """
    return json_object(
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
        by=NullIf(F("acknowledged_who"), Value("")),
        at=ISOTime("acknowledged_at"),
    )


def alerts_by_pk(pks: Iterable[int]) -> list[str]:
    """The texts of these alerts, in the order of their numbers; one query."""
    rows = Alert.objects.filter(pk__in=list(pks)).order_by("pk")
    return list(rows.values_list(alert_object(), flat=True))


def pieces(rows: QuerySet) -> Iterator[str]:
    """The JSON objects of all rows, separated by commas, in pieces of many; one query.

    Features of incidents and areas, and for alerts their own objects (``alert_object``). Row by row the ORM takes
    about as long as the database; and a named cursor, which ``iterator()`` uses, keeps PostgreSQL from using more than
    one processor.
    """
    expression = alert_object() if rows.model is Alert else feature_expression(rows.model)
    sql, parameters = rows.values_list(expression, flat=True).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while found := cursor.fetchmany(PIECE):
            yield ",".join([text for (text,) in found])


def feature_collection(texts: Iterable[str]) -> dict[str, Any]:
    """A FeatureCollection of finished Features as Python values, for ``json_script`` on a page with a small map."""
    return {"type": "FeatureCollection", "features": [json.loads(text) for text in texts]}
