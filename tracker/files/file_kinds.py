"""What a file is that was chosen instead of GeoJSON, by how it begins; and why a parser could not read on.

The words are for people: no bytes of the file, and none of the parser's own words.
"""

import re

CONVERT = "convert it to GeoJSON first, for instance with: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES NEW.geojson FILE"
UNPACK = "unpack it first"
SHAPEFILE = f"it is a part of a shapefile; {CONVERT}"
WIDE = "it is encoded in UTF-16 or UTF-32; save it in UTF-8"
NOT_UTF8 = "it is not encoded in UTF-8 (in Latin-1 or Windows-1252, perhaps); save it in UTF-8"
HEAD = 1024  # bytes that are looked at
BEGINS = {
    b"\x1f\x8b": f"it is compressed (gzip); {UNPACK}",
    b"BZh": f"it is compressed (bzip2); {UNPACK}",
    b"\xfd7zXZ": f"it is compressed (xz); {UNPACK}",
    b"7z\xbc\xaf": f"it is compressed (7-Zip); {UNPACK}",
    b"(\xb5/\xfd": f"it is compressed (Zstandard); {UNPACK}",
    b"Rar!": f"it is compressed (RAR); {UNPACK}",
    b"\xff\xfe": WIDE,
    b"\xfe\xff": "it is encoded in UTF-16; save it in UTF-8",
    b"\x00\x00\x27\x0a": SHAPEFILE,
    b"fgb": f"it is FlatGeobuf; {CONVERT}",
    b"PAR1": f"it is Parquet; {CONVERT}",
    b"%PDF": "it is a PDF",
    b"\x89PNG": "it is a picture (PNG)",
    b"\xff\xd8\xff": "it is a picture (JPEG)",
    b"II*\x00": "it is a picture (TIFF)",
    b"MM\x00*": "it is a picture (TIFF)",
    b"\xd0\xcf\x11\xe0": "it is a document of Office; export GeoJSON",
}
ZIPPED = {
    b".kml": f"it is KMZ (KML, compressed); {CONVERT}",
    b".shp": f"it is a shapefile, compressed (zip); {CONVERT}",
    b"[Content_Types].xml": "it is a document of Office; export GeoJSON",
    b"opendocument": "it is a document of LibreOffice; export GeoJSON",
}
XML = {  # by the name of the element that is around all
    b"kml": f"it is KML (XML); {CONVERT}",
    b"gpx": f"it is GPX (XML); {CONVERT}",
    b"featurecollection": f"it is GML (XML); {CONVERT}",
    b"osm": f"it is of OpenStreetMap (XML); {CONVERT}",
    b"alert": "it is a CAP alert (XML), and not GeoJSON",
    b"html": "it is a page (HTML), and not the file behind it",
    b"svg": "it is a picture (SVG)",
}
ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([a-zA-Z][\w.-]*)")
PROJECTION = re.compile(rb"\A(GEOG|PROJ|GEOC|COMPD)(CS|CRS)\[")
TABLE = re.compile(r"\A[^\r\n{}\[\]]*[,;\t|][^\r\n{}\[\]]*(\r?\n|\Z)")
# What the parser says, and what that means.
MISTAKES = {
    "premature": "it ends too early: perhaps not all of it was copied",
    "character inside string": "a text in it goes on over the end of a line, or has a control character",
    "occurs before a character": "a text in it has a backslash before a character that needs none",
    "invalid char": "there is something in it that JSON does not know, such as a comment or NaN",
    "invalid string": "there is a word in it that JSON does not know, such as NaN or True",
    "unallowed token": "there is a comma, a colon or a bracket where none may be",
    "after array element": "a comma or a bracket is missing",
    "after key-value pair": "a comma or a bracket is missing",
    "object key": "a name in it is not followed by a colon",
    "malformed number": "there is a number in it that is none",
    "overflow": "there is a number in it that is too large",
}
MISTAKE = "there is a mistake in it"


def kind_of(head: bytes) -> str:
    """What a file is that begins like this, and what is to be done; empty for what may be JSON."""
    if head.startswith(b"PK\x03\x04"):
        return first(ZIPPED, head) or f"it is compressed (zip); {UNPACK}"
    if head.startswith(b"SQLite format 3"):
        return f"it is a GeoPackage, or another database; {CONVERT}"
    if found := next((why for begin, why in BEGINS.items() if head.startswith(begin)), ""):
        return found
    if is_dbase(head):
        return SHAPEFILE
    if b"\0" in head[:4]:
        return WIDE
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        element = ELEMENT.search(re.sub(rb"<!--.*?-->", b"", text, flags=re.DOTALL))
        return XML.get(element[1].lower() if element else b"", "it is XML")
    if PROJECTION.match(text):
        return SHAPEFILE
    return kind_of_text(text)


def first(kinds: dict[bytes, str], head: bytes) -> str:
    return next((why for part, why in kinds.items() if part in head), "")


def is_dbase(head: bytes) -> bool:
    """The table of a shapefile: a byte for its version, the year, month and day, the number of rows."""
    return len(head) > 31 and head[0] in {0x03, 0x83, 0x8B, 0xF5} and 0 < head[2] <= 12 and 0 < head[3] <= 31


def kind_of_text(text: bytes) -> str:
    if not text or text[:1] in b'{["-0123456789tfn\x1e':
        return kind_of_table(text) if text[:1].isalnum() or text[:1] == b'"' else ""
    if text.startswith((b"//", b"/*", b"#")):
        return "it begins with a comment, which JSON does not know; take it out"
    return kind_of_table(text)


def kind_of_table(text: bytes) -> str:
    is_table = TABLE.match(text.decode("utf-8", errors="replace"))
    return f"it is a table (CSV); {CONVERT}" if is_table else ""


def reason(error: Exception) -> str:
    """Why a parser could not read on."""
    if isinstance(error, UnicodeDecodeError):
        return NOT_UTF8
    words = error.args[0] if error.args else ""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    if "invalid bytes in UTF8" in text:
        return NOT_UTF8
    said = text.splitlines()[0] if text.strip() else "premature"
    return next((why for part, why in MISTAKES.items() if part in said), MISTAKE)
