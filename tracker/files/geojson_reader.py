"""A GeoJSON file (RFC 7946), read as a stream: never more than one feature is in memory.

It holds a FeatureCollection, a Feature or a bare geometry, or a sequence of them: one a line, or as RFC 8142 has it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import ijson

from tracker.files.file_kinds import HEAD, kind_of, reason
from tracker.files.large_numbers import LargeNumbersAsTexts, LongNumber
from tracker.lib.geo.crs import Crs, crs_named

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BEFORE_EACH = b"\x1e"  # what RFC 8142 has before each text of a sequence; nothing else in JSON may hold it
GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
PROPERTIES_KEPT = 1000  # names, for a helpful sentence; a file with more is not described in full
# ijson holds the path to each level that it is in, such as features.item.geometry: a small file that is nothing
# but brackets would take all memory. This many characters are enough for thousands of levels.
PATHS_AT_MOST = 250_000_000
PATH_KEPT = 100  # characters; check() looks at shorter ones only
EVENTS_AT_ONCE = 10_000  # some milliseconds


class BrokenFile(Exception):
    """The file cannot be read as GeoJSON; the text is a sentence that says why."""


class LargeNumber(BrokenFile):
    """The parser cannot hold a number of the file."""


@dataclass
class Contents:
    """What the first pass found: how many features, and the names of their properties."""

    count: int = 0
    has_large_numbers: bool = False  # that the parser cannot hold
    is_collection: bool = False  # the features are in collections; else each text is one feature, or its geometry
    names_epsg_4326: bool = False
    properties: dict[str, None] = field(default_factory=dict)  # in the order of their first appearance

    @property
    def lists_all_properties(self) -> bool:
        return len(self.properties) < PROPERTIES_KEPT

    def lacks(self, field: str) -> bool:
        """Whether no feature has this property, and some have others; False if there are too many to know them all."""
        return bool(self.properties) and self.lists_all_properties and field not in self.properties


@dataclass
class Text:
    """One JSON text of the file, as far as it was read."""

    types: list[object] = field(default_factory=list)
    has_features: bool = False
    count: int = 0  # in its list of features
    crs: object = None
    properties: dict[str, None] = field(default_factory=dict)  # of its features
    own_properties: dict[str, None] = field(default_factory=dict)

    def take(self, prefix: str, event: str, value: Any) -> None:
        if prefix.startswith("features.item"):
            if prefix == "features.item":
                self.count += event not in {"map_key", "end_map", "end_array"}
            elif prefix == "features.item.properties" and event == "map_key":
                keep(value, self.properties)
        elif prefix == "":
            if event == "map_key" and value == "crs":
                self.crs = "unknown"
        elif prefix == "type":
            self.types.append(value)
        elif prefix == "features":
            self.has_features = self.has_features or event == "start_array"
        elif prefix == "properties" and event == "map_key":
            keep(value, self.own_properties)
        elif prefix == "crs.properties.name" or (prefix == "crs" and event == "null"):
            self.crs = value

    def add_to(self, contents: Contents, is_first: bool) -> None:
        """Its features are the file's, too. Raises BrokenFile."""
        kind = self.types[0] if len(self.types) == 1 else None
        is_collection = kind == "FeatureCollection"
        if not is_collection and kind != "Feature" and kind not in GEOMETRIES:
            found = f"its type is “{str(self.types[0])[:40]}”" if self.types else "it has no type"
            raise BrokenFile(f"The file holds JSON, but not a GeoJSON FeatureCollection: {found}.")
        if is_collection and not self.has_features:
            raise BrokenFile("The FeatureCollection has no list of features.")
        if not is_first and is_collection != contents.is_collection:
            raise BrokenFile("The file holds both a FeatureCollection and what is none; give them in two files.")
        crs = crs_named(self.crs)
        if crs is Crs.OTHER:
            raise BrokenFile(
                f"The file names its own coordinate reference system ({str(self.crs)[:80]}); coordinates must be WGS"
                " 84, longitude first (RFC 7946). Convert it with:"
                " ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES NEW.geojson FILE"
            )
        contents.names_epsg_4326 = contents.names_epsg_4326 or crs is Crs.EPSG_4326
        contents.is_collection = is_collection
        contents.count += self.count if is_collection else 1
        for name in self.properties if is_collection else self.own_properties:
            keep(name, contents.properties)


def keep(name: str, names: dict[str, None]) -> None:
    if len(names) < PROPERTIES_KEPT:
        names[name] = None


def check(path: str, on_progress: Callable[[], None] = lambda: None) -> Contents:
    """Read the whole file once: it is JSON to the end, and a FeatureCollection. Raises BrokenFile.

    *on_progress* is called again and again meanwhile; what it raises ends the reading.
    """
    try:
        return contents_of(path, on_progress, Contents())
    except LargeNumber:
        return contents_of(path, on_progress, Contents(has_large_numbers=True))


def contents_of(path: str, on_progress: Callable[[], None], contents: Contents) -> Contents:
    text, texts = Text(), 0
    for number, (prefix, event, value) in enumerate(events(path, parse, contents)):
        if not number % EVENTS_AT_ONCE:
            on_progress()
        text.take(prefix, event, value)
        if prefix == "":
            if event == "start_array" or not event.startswith(("start", "end", "map")):
                raise BrokenFile("The file holds JSON, but not a GeoJSON FeatureCollection.")
            if event == "end_map":
                text.add_to(contents, is_first=not texts)
                text, texts = Text(), texts + 1
    return contents


def features(path: str, contents: Contents) -> Iterator[object]:
    """The features as Python values, whatever they are, in their order. Raises BrokenFile where the file breaks."""
    prefix = "features.item" if contents.is_collection else ""
    items = events(path, lambda file, **options: ijson.items(file, prefix, **options), contents)
    return items if contents.is_collection else map(as_feature, items)


def as_feature(value: object) -> object:
    """A bare geometry as a feature without properties; anything else as it is."""
    if isinstance(value, dict) and str(value.get("type")) in GEOMETRIES:
        return {"type": "Feature", "properties": {}, "geometry": value}
    return value


def parse(file: BinaryIO, **options: Any) -> Iterator[tuple[str, str, object]]:
    """What ijson.parse() gives, but with long paths cut. Raises BrokenFile where ijson would hold too many of them."""
    path, length = "", 0  # of the value that comes next, and how long ijson's path is
    levels: list[tuple[str, int]] = []  # of the lists and objects around it
    held = 0
    for event, value in ijson.basic_parse(file, **options):
        if event == "map_key":
            path, length = levels[-1]
            yield path, event, value
            path, length = longer(path, value, dot=len(levels) > 1), length + 1 + len(value)
        elif event in {"end_map", "end_array"}:
            path, length = levels.pop()
            held -= length
            yield path, event, value
        else:
            yield path, event, value
            if event in {"start_map", "start_array"}:
                levels.append((path, length))
                held += length
                if held > PATHS_AT_MOST:
                    raise BrokenFile("The file is nested too deeply.")
            if event == "start_array":
                path, length = longer(path, "item", dot=bool(path)), length + 5


class WithoutSeparators:
    """A file to read JSON from, in which RFC 8142's separators are line breaks."""

    def __init__(self, file: BinaryIO):
        self.file = file

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size).replace(BEFORE_EACH, b"\n")


def longer(path: str, name: str, dot: bool) -> str:
    if len(path) > PATH_KEPT:
        return path
    return f"{path}.{name}" if dot else name


def events(path: str, read: Callable[..., Iterator], contents: Contents) -> Iterator:
    try:
        with opened(path) as file:
            source: Any = WithoutSeparators(file)
            if contents.has_large_numbers:
                source = LargeNumbersAsTexts(source)
            yield from read(source, use_float=True, multiple_values=True)
    except (ijson.JSONError, ValueError) as error:  # ValueError: bytes that are no text
        if "overflow" in str(error) and not contents.has_large_numbers:
            raise LargeNumber(f"The file is not valid JSON: {reason(error)}.") from error
        why = error if isinstance(error, LongNumber) else reason(error)
        raise BrokenFile(f"The file is not valid JSON: {why}.") from error
    except OSError as error:
        raise BrokenFile(f"The file cannot be read: {error.strerror or error}.") from error


def opened(path: str) -> BinaryIO:
    """The file after its byte order mark, if it has one. A pipe is refused: the file is read twice."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise BrokenFile("It is not a file: give the name of a GeoJSON file.")
    file = open(path, "rb")  # noqa: SIM115  (the caller closes it)
    head = file.read(HEAD)
    if why := kind_of(head):
        file.close()
        raise BrokenFile(f"The file is not valid JSON: {why}.")
    file.seek(len(BYTE_ORDER_MARK) if head.startswith(BYTE_ORDER_MARK) else 0)
    return file
