"""GeoJSON to import, and what was imported of it."""

from tracker.models import Incident

POINT = {"type": "Point", "coordinates": [10, 50]}
SQUARE = {"type": "Polygon", "coordinates": [[[9, 49], [11, 49], [11, 51], [9, 51], [9, 49]]]}


def feature(name: object = "Fire", geometry: object = POINT, **properties) -> dict:
    return {"type": "Feature", "properties": {"name": name} | properties, "geometry": geometry}


def fires(count: int) -> list[dict]:
    return [feature(f"Fire {number}") for number in range(count)]


def names(model=Incident) -> list[str]:
    return list(model.objects.order_by("pk").values_list("name", flat=True))
