"""Values that no field should be surprised by: texts, numbers, times, hosts, shapes, JSON, encodings."""

import json
import random
import re
from urllib.parse import quote

from tests.web.odd_input import MARKUP, NUMBERS, TEXTS

OTHER_HOST = "evil.example"
PROBE = b"<xss-probe"  # as it stands in MARKUP: in a page it must never be an element

# Ways to write a host, or an address there, that somebody who builds a link may fall for.
HOSTS = [
    f"https://{OTHER_HOST}", f"//{OTHER_HOST}", f"///{OTHER_HOST}", f"/\\{OTHER_HOST}", f"\\\\{OTHER_HOST}",
    f"https:{OTHER_HOST}", f"https:///{OTHER_HOST}", f"http://127.0.0.1@{OTHER_HOST}/", f"@{OTHER_HOST}",
    f".{OTHER_HOST}", f"/@{OTHER_HOST}", OTHER_HOST, f"{OTHER_HOST}:80", f"/\t/{OTHER_HOST}", f"\x00//{OTHER_HOST}",
    f"//{OTHER_HOST}/%2e%2e", f"javascript:alert('{OTHER_HOST}')", f"data:text/html,{OTHER_HOST}",
    f"／／{OTHER_HOST}", f"/\r\nLocation: https://{OTHER_HOST}", f"/%0d%0aSet-Cookie:%20{OTHER_HOST}=1",
    f"https://127.0.0.1.{OTHER_HOST}", f"https://[::1]{OTHER_HOST}", "http://[::1", "http://127.0.0.1:port",
]  # fmt: skip
TIMES = [
    "2026-11-01T00:00:00", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00+16:00", "2026-11-01T00:00:00-23:59",
    "2026-11-01T00:00:00+15:59", "2026-11-01 00:00+00:00:01", "2026-W44-7", "2026-11-01",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "10000-01-01", "0000-00-00",
    "2026-02-30", "2026-11-01T24:00", "2026-11-01T23:59:60", "2026-10-25T02:30", "20261101T000000Z", "1e400", "now",
    "2026-11-01T00:00:00.1234567890", "1677-09-21", "-4713-01-01", "2026-11-01T00:00:00+99:99", "12:00",
    "00:00:00.000001",
]  # fmt: skip
NUMERALS = [
    "0", "1", "-1", "-0", "+1", "007", "1.0", "1.5", "1e3", "1e400", "-1e400", "1_000", " 1", "1 ", "0x1f", "١٢",
    "²", "９", "½", "Ⅷ", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "99999999999999999999", "9" * 400, "NaN", "inf", "-inf", "Infinity", "0b1", "1,5",
    "1;2", "#1", "True", "null", "4.9e-324", "1.7976931348623157e308", "90", "-90", "90.0000001", "180", "-180.5",
    "360", "361", "1,2,3,4", "-180,-90,180,90", "170,-10,-170,10", "0,0,0,0", "a,b,c,d", "1,1", "-1e400,0,1,1",
    "NaN,0,1,1",
]  # fmt: skip
SHAPES = [
    {"type": "Point", "coordinates": [10, 50]}, {"type": "Point", "coordinates": []}, {"type": "Point"},
    {"type": "Point", "coordinates": [1e308, -1e308]}, {"type": "Point", "coordinates": ["10", "50"]},
    {"type": "Point", "coordinates": [10, 50, 1e9]}, {"type": "Point", "coordinates": [True, None]},
    {"type": "Point", "coordinates": [180, 90]}, {"type": "Point", "coordinates": [-180, -90]},
    {"type": "Point", "coordinates": {"0": 1}}, {"type": "Point", "coordinates": [[10, 50]]},
    {"type": "Polygon", "coordinates": [[[9, 49], [11, 49], [11, 51], [9, 51], [9, 49]]]},
    {"type": "Polygon", "coordinates": [[[9, 49], [11, 51], [11, 49], [9, 51], [9, 49]]]},
    {"type": "Polygon", "coordinates": [[[9, 49], [9, 49], [9, 49], [9, 49]]]},
    {"type": "Polygon", "coordinates": [[[170, -10], [190, -10], [190, 10], [170, 10], [170, -10]]]},
    {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]},
    {"type": "Polygon", "coordinates": [[]]}, {"type": "Polygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]},
    {"type": "MultiPolygon", "coordinates": []}, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    {"type": "GeometryCollection", "geometries": []}, {"type": "Feature", "geometry": None, "properties": None},
    {"type": "FeatureCollection", "features": []}, {"type": ["Point"], "coordinates": [10, 50]},
    {"type": "Point", "coordinates": [10, 50], "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}},
]  # fmt: skip
WORDS = [
    "", " ", "\t", "\0", "%", "%00", "%s", "%(x)s", "{}", "{{ 7*7 }}", "../../etc/passwd", "..\\..\\boot.ini", "'",
    '"', "\\", ";", "|id", "`id`", "$(id)", "\r\n", "\x1b[31m", "\ufeff", "\u200b", "\u202e", "\ud800",
    "\U0010ffff", "İ", "ß", "ﬀ", "é", "e\u0301", "-name", "name", "-", "--", "*", "[", "(", "^(a+)+$", "a" * 151,
    "a" * 300, "ab " * 1500, "on", "true", "yes", "open", "closed", "all", "geojson", "csv", "try_it",
    "import_incidents", "delete_selected", "close", "acknowledge", "lift", "UR", "HI", "ZZ", "acknowledged",
    "resolved", "latest", "__all__", "id", "pk", "MQ", "MQ==", "set-password",
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "/", "/admin/", "?", "#", "&", "=1+1", "p;@SUM(1+1)",
    "é".encode("latin-1").decode("latin-1"), "/accounts/login/", "/accounts/login/?next=/", "/accounts/logout/",
    "/logout/", "/tracker/incident/?q=%FF",
]  # fmt: skip


# What the name of a field promises.
TIMED = re.compile(r"_(from|until|at|date|time|0|1)$|since|created|updated|raised|joined|last_login|__(year|gte|time)")
NUMBERED = re.compile(r"itude$|bbox|_m$|zoom|id$|pk$|page|seq|area|alert|^incident$|index|version|FORMS|^[po]$")
DRAWN = re.compile(r"polygon|location|centroid")
LEADING = re.compile(r"next|url")
BY_NAME = [(TIMED, TIMES), (NUMBERED, NUMERALS), (DRAWN, [json.dumps(shape) for shape in SHAPES]), (LEADING, HOSTS)]


def nested(chance: random.Random) -> str:
    """JSON in JSON in JSON: around the depth at which Python's own recursion ends, among others."""
    depth = chance.choice([2, 20, 100, 300, 900, chance.randrange(960, 1000), 1000, 2000, 4000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('[{"type":', "}]")])
    return opening * depth + chance.choice(["1", "null", ""]) + closing * depth


def json_text(chance: random.Random) -> str:
    """JSON, and what looks like it."""
    return chance.choice(
        [
            json.dumps(chance.choice(SHAPES)),
            nested(chance),
            chance.choice(NUMERALS),
            json.dumps({chance.choice(WORDS): chance.choice(NUMERALS)}),
            '{"a":1,"a":2}',
            '{"type":"Point","coordinates":[1e400,NaN]}',
            '{"type":"\\ud800"}',
            '"\\u0000"',
            "{",
            "[1,]",
            "\ufeff{}",
        ]
    )


def random_text(chance: random.Random) -> str:
    ranges = [
        (0, 0x20),
        (0x20, 0x7F),
        (0x80, 0x100),
        (0x300, 0x370),
        (0x590, 0x700),
        (0x2000, 0x2070),
        (0xFE00, 0xFFFF),
    ]
    low, high = chance.choice(ranges)
    return "".join(chr(chance.randrange(low, high)) for _ in range(chance.choice([1, 3, 10, 160])))


def odd(chance: random.Random) -> bytes:
    """Any value, as bytes; most are UTF-8."""
    sort = chance.randrange(9)
    if sort == 0:
        return chance.choice(HOSTS).encode(errors="surrogatepass")
    if sort == 1:
        return chance.choice(TIMES).encode()
    if sort == 2:
        return chance.choice(NUMERALS).encode()
    if sort == 3:
        texts: list[str | bytes] = [*NUMBERS.values(), *TEXTS.values(), MARKUP]
        return as_bytes(chance.choice(texts))
    if sort == 4:
        return json_text(chance).encode(errors="surrogatepass")
    if sort == 5:
        return random_text(chance).encode(errors="surrogatepass")
    if sort == 6:
        return chance.randbytes(chance.choice([1, 2, 8, 100]))
    if sort == 7:
        return f"{MARKUP}{chance.choice(WORDS)}".encode(errors="surrogatepass")
    return chance.choice(WORDS).encode(errors="surrogatepass")


def odd_for(name: str, chance: random.Random) -> bytes:
    """An odd value for a field of this name; every other is one of the sort that the name promises."""
    if chance.random() < 0.5:
        for pattern, values in BY_NAME:
            if pattern.search(name):
                return as_bytes(chance.choice(values))
    return odd(chance)


def as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode(errors="surrogatepass")


def percent_encoded(value: bytes, chance: random.Random) -> bytes:
    """As a part of an address or of a form; now and then wrongly."""
    text = quote(value, safe=b"" if chance.random() < 0.8 else b"/:@!$&'()*+,;=")
    if chance.random() < 0.05:
        text = text.replace("%", chance.choice(["%25", "%u00", "%", "%%"]), chance.randrange(1, 3))
    return text.encode()
