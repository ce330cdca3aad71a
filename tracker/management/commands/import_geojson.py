"""``manage.py import_geojson``: the features of a GeoJSON file as incidents or areas."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from tracker.files import geojson_reader
from tracker.files.content_keys import ContentKeys
from tracker.files.geojson_reader import BrokenFile
from tracker.files.rows import Reader, Remark
from tracker.files.severity_words import SeverityField, Words, severity_named
from tracker.files.writer import Writer
from tracker.lib.visible_text import without_controls
from tracker.management.interruption import Interruption
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import LABEL, Severity, parse_breaks

MODELS: dict[str, type[Incident] | type[AreaOfInterest]] = {"incidents": Incident, "areas": AreaOfInterest}
LINE_EVERY_S = 5  # between two lines of progress where there is no terminal
REMARKS_SHOWN = 20  # of a kind; all are counted
# Remarks that a whole file may deserve, one feature like the other: only counted.
COUNTED_ONLY = {Remark.FLATTENED, Remark.DEFAULT_SEVERITY, Remark.EPSG_4326}
INTERRUPTED = 130  # the exit status of what Ctrl-C ended


def severity_of(text: str | None) -> Severity | None:
    """The severity that an option names; None if it was not given. Raises CommandError."""
    found = severity_named(text) if text else None
    if not text:
        return None
    if found is None:
        raise CommandError(f"--default-severity: “{text}” is not one of {', '.join(LABEL.values())}.")
    return found


def breaks_of(text: str) -> tuple[float, ...]:
    """The four numbers of an option, worst first; none if it was not given. Raises CommandError."""
    try:
        return parse_breaks(text)
    except ValueError:
        raise CommandError(f"--severity-breaks: “{text}” is not four falling numbers, such as 6,5,4,2.5.") from None


class Command(BaseCommand):
    help = """Import the features of a GeoJSON file as incidents (points) or areas (polygons): a FeatureCollection, a
    Feature or a geometry (RFC 7946), or one a line, or a sequence of them (RFC 8142).
    The file is checked as a whole before anything is written. A feature that cannot be taken is reported on standard
    error with its number (counting from 1) and the reason; the others are imported, and the exit status is 1.
    Of a file that Tracker has exported everything comes back, and what is there already is left as it is."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=MODELS, help="what the features are")
        parser.add_argument("file", metavar="FILE", help="a GeoJSON file; it is read twice, so no pipe")
        parser.add_argument(
            "--name",
            required=True,
            metavar="FIELD",
            help="the property that is the name; a feature without is named by its number, a name too long is cut",
        )
        parser.add_argument("--description", metavar="FIELD", help="the property that is an incident's description")
        parser.add_argument(
            "--severity",
            metavar="FIELD",
            help="the property that tells the severity (an area's threshold): High or HI, or as others call it: Severe."
            " A word that is not known ends the import before it begins, unless --default-severity is given",
        )
        parser.add_argument(
            "--severity-breaks",
            default="",
            metavar="N,N,N,N",
            help="the severity is a number; from these on it is Urgent, High, Medium, Low, and below them Info",
        )
        parser.add_argument(
            "--default-severity",
            metavar="SEVERITY",
            help="for a feature that tells none, or none that is known (without --severity: as the forms begin with,"
            " Medium for incidents and High for areas)",
        )

    def handle(self, *args: Any, what: str, file: str, **options: Any) -> None:
        self.model = MODELS[what]
        if options["severity_breaks"] and not options["severity"]:
            raise CommandError("--severity-breaks needs --severity, the field that holds the number.")
        if options["description"] and self.model is AreaOfInterest:
            raise CommandError("An area has no description; leave --description out.")
        default = severity_of(options["default_severity"])
        self.defaults_to = None if default or options["severity"] else usual_severity(self.model)
        field = SeverityField(options["severity"], breaks_of(options["severity_breaks"]), default or self.defaults_to)
        reader = Reader(self.model, name=options["name"], description=options["description"], severity=field)
        # As the page's import names them: one file is the same by either way.
        given = {"breaks": list(field.breaks), "default": default.value if default else None}
        choices = given | {name: options[name] for name in ("name", "description", "severity")}
        self.keys = ContentKeys({name: choice for name, choice in choices.items() if choice})
        fields = [options[name] for name in ("name", "description", "severity") if options[name]]
        try:
            contents = geojson_reader.check(file)
            self.check_fields(contents, fields)
            self.words = self.count_words(field, file, contents)
        except BrokenFile as error:
            raise CommandError(f"{file}: {error} Nothing was imported.") from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted. Nothing was imported.", returncode=INTERRUPTED) from None
        self.run(reader.of(contents), file, contents)

    def count_words(self, field: SeverityField, file: str, contents: geojson_reader.Contents) -> Words:
        """Read the file once more: each word for a severity is known, or --default-severity says what it shall be."""
        words = Words(field)
        if field.name:
            for _one in words.count(geojson_reader.features(file, contents)):
                pass
        if field.default is None and not words.are_all_known:
            raise CommandError(
                f"{without_controls(words.what_is_not_known())} Give --default-severity for them, or change the file."
                " Nothing was imported."
            )
        return words

    def check_fields(self, contents: geojson_reader.Contents, fields: list[str]) -> None:
        """A property that no feature has is a slip of the pen; better said than 1,700 incidents without a name."""
        for field in fields:
            if contents.lacks(field):
                known = ", ".join(contents.properties)
                raise CommandError(f"No feature has the property “{field}” (there are: {known}). Nothing was imported.")

    def run(self, reader: Reader, file: str, contents: geojson_reader.Contents) -> None:
        count = contents.count
        self.remarks: Counter[Remark] = Counter()
        self.refused = 0
        writer = Writer(self.model, expected=count)
        with Interruption() as interruption:
            try:
                with writer:
                    for index, feature in enumerate(self.progress(geojson_reader.features(file, contents), count)):
                        if interruption:
                            break
                        self.take(reader, writer, index, feature)
                    if not interruption:
                        writer.flush()
            except (BrokenFile, DatabaseError) as error:
                reason = str(error).strip().rstrip(".")
                raise CommandError(f"{file}: {reason}. {self.so_far(writer.written, count)}") from error
            except KeyboardInterrupt:
                pass
            if interruption and writer.written + writer.there + self.refused < count:
                raise CommandError(f"Interrupted. {self.so_far(writer.written, count)}", returncode=INTERRUPTED)
        self.report(writer)

    def take(self, reader: Reader, writer: Writer, index: int, feature: object) -> None:
        key = self.keys.of(feature)
        try:
            row, remarks = reader.read(index, feature)
        except ValidationError as error:
            self.refused += 1
            self.say(f"Feature {index + 1}{quoted(reader, feature)}: {' '.join(error.messages)}")
            return
        for remark in sorted(remarks):
            self.remarks[remark] += 1
            if remark not in COUNTED_ONLY and self.remarks[remark] <= REMARKS_SHOWN:
                self.say(f"Feature {index + 1} “{row.name}”: {remark}")
        row.origin = row.origin or key
        writer.add(row)

    def progress(self, features: Iterator[object], count: int) -> Iterator[object]:
        """The features, with a bar on standard error, or plain lines now and then where that is no terminal."""
        if self.stderr.isatty():
            yield from tqdm(features, total=count, unit=" features", file=sys.stderr)
            return
        last = time.monotonic()
        for index, feature in enumerate(features):
            if time.monotonic() - last > LINE_EVERY_S:
                self.say(f"{index:,} of {count:,} features")
                last = time.monotonic()
            yield feature

    def say(self, line: str) -> None:
        """One line on standard error, above the bar."""
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(line, style_func=str)

    def so_far(self, written: int, count: int) -> str:
        return f"{written:,} of {count:,} features had been imported."

    def report(self, writer: Writer) -> None:
        written, there = writer.written, writer.there
        remarks = "".join(f", {number:,} {remark}" for remark, number in sorted(self.remarks.items()))
        details = f" ({remarks.removeprefix(', ')})" if remarks else ""
        already = f", {there:,} {'was' if there == 1 else 'were'} there already" if there else ""
        self.stdout.write(
            f"{written + there + self.refused:,} features: {written:,} imported{details}{already},"
            f" {self.refused:,} refused."
        )
        if self.defaults_to and written:
            self.stdout.write(
                f"Where the file was not exported by Tracker each is {self.defaults_to.label}, as --severity and"
                " --default-severity were not given."
            )
        if taken := self.words.what_was_taken():
            self.stdout.write(without_controls(taken))
        if self.refused:
            raise CommandError(f"{self.refused:,} features could not be taken; they are named above.")


def usual_severity(model: type[Incident] | type[AreaOfInterest]) -> Severity:
    """What the form of such a row begins with."""
    return Severity(model().severity)


def quoted(reader: Reader, feature: object) -> str:
    """The name of a refused feature, if it has one, to find it by; on one line, and nothing a terminal obeys."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get(reader.name) if isinstance(properties, dict) else None
    shown = " ".join(without_controls(name).split())[:60] if isinstance(name, str) else ""
    return f" “{shown}”" if shown else ""
