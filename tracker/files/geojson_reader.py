"""A GeoJSON FeatureCollection on disk (RFC 7946), read as a stream: never more than one feature is in memory."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import ijson

from tracker.files.file_kinds import HEAD, kind_of, reason
from tracker.files.large_numbers import LargeNumbersAsTexts, LongNumber

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# The one ``crs`` that says what RFC 7946 says anyway (WGS 84, longitude first); ogr2ogr writes it by default.
CRS84 = "urn:ogc:def:crs:OGC:1.3:CRS84"
PROPERTIES_KEPT = 1000  # names, for a helpful sentence; a file with more is not described in full
# ijson holds the path to each level that it is in, such as features.item.geometry: a small file that is nothing
# but brackets would take all memory. This many characters are enough for thousands of levels.
PATHS_AT_MOST = 250_000_000
PATH_KEPT = 100  # characters; check() looks at shorter ones only
EVENTS_AT_ONCE = 10_000  # some milliseconds


class BrokenFile(Exception):
    """The file cannot be read as a GeoJSON FeatureCollection; the text is a sentence that says why."""


class LargeNumber(BrokenFile):
    """The parser cannot hold a number of the file."""


@dataclass
class Contents:
    """What the first pass found: how many features, and the names of their properties."""

    count: int = 0
    has_large_numbers: bool = False  # that the parser cannot hold
    properties: dict[str, None] = field(default_factory=dict)  # in the order of their first appearance

    @property
    def lists_all_properties(self) -> bool:
        return len(self.properties) < PROPERTIES_KEPT

    def lacks(self, field: str) -> bool:
        """Whether no feature has this property, and some have others; False if there are too many to know them all."""
        return bool(self.properties) and self.lists_all_properties and field not in self.properties


def check(path: str, on_progress: Callable[[], None] = lambda: None) -> Contents:
    """Read the whole file once: it is JSON to the end, and a FeatureCollection. Raises BrokenFile.

    *on_progress* is called again and again meanwhile; what it raises ends the reading.
    """
    try:
        return contents_of(path, on_progress, Contents())
    except LargeNumber:
        return contents_of(path, on_progress, Contents(has_large_numbers=True))


def contents_of(path: str, on_progress: Callable[[], None], contents: Contents) -> Contents:
    types: list[object] = []
    has_features, crs = False, None
    for number, (prefix, event, value) in enumerate(events(path, parse, contents)):
        if not number % EVENTS_AT_ONCE:
            on_progress()
        if prefix.startswith("features.item"):
            if prefix == "features.item":
                contents.count += event not in {"map_key", "end_map", "end_array"}
            elif prefix == "features.item.properties" and event == "map_key" and contents.lists_all_properties:
                contents.properties[value] = None
        elif prefix == "":
            if event == "start_array" or not event.startswith(("start", "end", "map")):
                raise BrokenFile("The file holds JSON, but not a GeoJSON FeatureCollection.")
            if event == "map_key" and value == "crs":
                crs = "unknown"
        elif prefix == "type":
            types.append(value)
        elif prefix == "features":
            has_features = has_features or event == "start_array"
        elif prefix == "crs.properties.name":
            crs = value
    if types != ["FeatureCollection"]:
        found = f"its type is “{str(types[0])[:40]}”" if types else "it has no type"
        raise BrokenFile(f"The file holds JSON, but not a GeoJSON FeatureCollection: {found}.")
    if not has_features:
        raise BrokenFile("The FeatureCollection has no list of features.")
    if crs not in {None, CRS84}:
        raise BrokenFile(
            f"The file names its own coordinate reference system ({str(crs)[:80]}); coordinates must be WGS 84, "
            "longitude first (RFC 7946). Convert it with: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES NEW.geojson FILE"
        )
    return contents


def features(path: str, contents: Contents) -> Iterator[object]:
    """The features as Python values, whatever they are, in their order. Raises BrokenFile where the file breaks."""
    return events(path, lambda file, **options: ijson.items(file, "features.item", **options), contents)


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


def longer(path: str, name: str, dot: bool) -> str:
    if len(path) > PATH_KEPT:
        return path
    return f"{path}.{name}" if dot else name


def events(path: str, read: Callable[..., Iterator], contents: Contents) -> Iterator:
    try:
        with opened(path) as file:
            yield from read(LargeNumbersAsTexts(file) if contents.has_large_numbers else file, use_float=True)
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
