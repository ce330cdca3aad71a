"""The message that all publishers send: a saved incident, of 700 bytes."""

import json

SIZE = 700  # bytes of the message, without what a protocol wraps around it
WORDS = "Smoke was seen from the road; the gate is open and the track is passable for a light vehicle. "


def feature(number: int, description: str) -> dict:
    return {
        "type": "Feature",
        "id": f"Incident:{number}",
        "geometry": {"type": "Point", "coordinates": [-2.170412, 56.981503]},
        "properties": {
            "name": "Smoke near the quarry",
            "description": description,
            "place": "",
            "severity": "High",
            "severity_code": "HI",
            "created": "2026-01-02T03:04:05.678901+00:00",
            "closed": False,
            "model": "Incident",
            "pk": number,
            "url": f"/tracker/incident/{number}/",
        },
    }


def text(number: int, head: str, size: int, **fields: object) -> str:
    """A JSON object of *size* bytes that begins with *head*."""
    rest = {"created": True, **fields, "feature": feature(number, "")}
    bare = head + json.dumps(rest, separators=(",", ":"))[1:]
    padding = (WORDS * (size // len(WORDS) + 1))[: max(0, size - len(bare))]
    return bare.replace('"description":""', f'"description":"{padding}"', 1)


def message(number: int, size: int = SIZE, **fields: object) -> str:
    """A whole message, numbered."""
    return text(number, f'{{"type":"post_save","seq":{number},', size, **fields)


def body(number: int, size: int = SIZE, **fields: object) -> str:
    """The same, as the log keeps it: without type and number, which come when it is sent."""
    room = len('"type":"post_save","seq":123456,')
    return text(number, "{", size - room, **fields)
