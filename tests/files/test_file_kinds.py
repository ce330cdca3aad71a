"""What was chosen instead of GeoJSON is named in words of ours; never bytes, never a parser's own words."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from tracker.files import geojson_reader
from tracker.files.file_kinds import MISTAKE, kind_of
from tracker.files.geojson_reader import BrokenFile

WILD = Path(__file__).resolve().parents[3] / "shared" / "cases" / "files"
COLLECTION = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Straße – Brücke"}}]}'
)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


DBASE = bytes([3, 126, 11, 30, 1, 0, 0, 0, 65, 0, 20, 0]) + bytes(20) + b"NAME\0"
KINDS = {
    "UTF-16": (COLLECTION.encode("utf-16"), "UTF-16"),
    "UTF-16, no mark": (COLLECTION.encode("utf-16-be"), "UTF-16"),
    "UTF-32": (COLLECTION.encode("utf-32-le"), "UTF-16 or UTF-32"),
    "Latin-1": (COLLECTION.replace("–", "-").encode("latin-1"), "not encoded in UTF-8"),
    "cp1252": (COLLECTION.encode("cp1252"), "not encoded in UTF-8"),
    "KML": (b'<?xml version="1.0"?>\n<!-- <html> --><kml xmlns="x"/>', "KML (XML); convert"),
    "KML, no head": (b'\xef\xbb\xbf \n<kml:kml xmlns:kml="x"/>', "KML"),
    "GPX": (b"<gpx>", "GPX"),
    "GML": (b'<?xml version="1.0"?><wfs:FeatureCollection>', "GML"),
    "CAP": (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">', "CAP"),
    "HTML": (b"<!DOCTYPE html>\n<html lang=en>", "page (HTML)"),
    "XML": (b"<?xml version='1.0'?><rss/>", "it is XML"),
    "CSV": (b"name,lat,lon\nFire,56.98,-2.17\n", "table (CSV); convert"),
    "CSV with semicolons": ("Größe;Höhe\r\n1;2\r\n".encode("cp1252"), "table (CSV)"),
    "CSV in quotes": (b'"name"\t"lat"\n', "table (CSV)"),
    "CSV of numbers": (b"1,2,3\n4,5,6", "table (CSV)"),
    "zip": (zipped("it.geojson"), "compressed (zip); unpack it first"),
    "KMZ": (zipped("doc.kml"), "KMZ"),
    "shapefile in a zip": (zipped("a.shp", "a.dbf"), "shapefile, compressed"),
    "Excel": (zipped("[Content_Types].xml", "xl/workbook.xml"), "document of Office"),
    "GeoPackage": (b"SQLite format 3\0" + bytes(52) + b"GPKG", "GeoPackage"),
    "shp": (bytes.fromhex("0000270a") + bytes(96), "part of a shapefile; convert"),
    "dbf": (DBASE, "part of a shapefile"),
    "prj": (b'GEOGCS["WGS 84"]', "part of a shapefile"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    "PDF": (b"%PDF-1.7", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "comment": (b"// from the office\n{}", "comment"),
}


def refusal(content: bytes, folder: Path) -> str:
    path = folder / "it.geojson"
    path.write_bytes(content)
    with pytest.raises(BrokenFile) as caught:
        geojson_reader.check(str(path))
    return str(caught.value)


PARSER = re.compile(r"b'|\\x|lexical|parse error|json text|right here|\^|[\x00-\x1f\x7f-\x9f]|Traceback")


@pytest.mark.parametrize(("content", "said"), KINDS.values(), ids=KINDS)
def test_another_kind_is_named(content, said, tmp_path):
    sentence = refusal(content, tmp_path)
    assert said in sentence
    assert sentence.endswith(".") or "ogr2ogr" in sentence
    assert not PARSER.search(sentence)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it ends too early"),
        (COLLECTION[:-20], "it ends too early"),
        (COLLECTION + " x", "JSON does not know"),
        (COLLECTION.replace("}]}", "},]}"), "a comma, a colon or a bracket"),
        ('{"type": NaN}', "JSON does not know"),
        ("{'type': 1}", "JSON does not know"),
        ('{"type": True}', "JSON does not know"),
        ('{"type": 1 "a": 2}', "is missing"),
        ('{"type" 1}', "followed by a colon"),
        ('{"type": "a\nb"}', "goes on over the end of a line"),
        ('{"type": "\\x"}', "backslash"),
        ('{"type": -}', "number"),
        ("hello", "JSON does not know"),
    ],
)
def test_a_mistake_is_told_in_words_of_ours(content, said, tmp_path):
    sentence = refusal(content.encode(), tmp_path)
    assert sentence.startswith("The file is not valid JSON: ")
    assert said in sentence or MISTAKE in sentence
    assert not PARSER.search(sentence)


@pytest.mark.parametrize(
    "text", ['{"type":"FeatureCollection"}', "\ufeff{", " \n[", '\x1e{"type": "Feature"}', "7", "true", '"a"']
)
def test_what_may_be_json_is_left_to_the_parser(text):
    assert kind_of(text.encode()) == ""


@pytest.mark.skipif(not WILD.is_dir(), reason=f"the files are not at {WILD}")
def test_files_from_the_wild():
    for path in sorted(WILD.iterdir()):
        try:
            geojson_reader.check(str(path))
        except BrokenFile as error:
            assert not PARSER.search(str(error)), (path.name, str(error))
