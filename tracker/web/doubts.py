"""What is said about a place or a shape: before it is saved, when it looks like a slip; after, when it was adjusted."""

from typing import Any, NamedTuple

from django import forms
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils.translation import gettext_lazy as _

from tracker.incidents.swapped import looks_swapped
from tracker.lib.geo import geometry, plausible
from tracker.lib.geo.geometry import Adjustment

AT_ZERO = _("This is at latitude 0, longitude 0, in the sea off Africa: what is sent where no place was known.")
HALF = _("This area covers more than half of the world.")
NARROW = _("This area is less than a centimetre wide.")
SWAPPED = _("Latitude and longitude look swapped: the other way round this would be near your areas.")
ADJUSTED = {
    Adjustment.SHORT_WAY: _("Its edges jump from one end of the map to the other: they were taken across 180°."),
    Adjustment.UNITED: _("Its polygons were made one area."),
    Adjustment.LEFT_OUT: _("Points and lines in it were left out."),
    Adjustment.EPSG_4326: _("It names EPSG:4326; it was read longitude first."),
}


class Doubt(NamedTuple):
    """What looks like a slip, and whether the person has said that it is meant."""

    code: str
    sentence: Any
    is_meant: bool


class AsksWhetherItIsMeant:
    """A form that comes back with what looks like a slip; each has a box to tick (``_doubts.html``), and is saved then.

    *knows_the_areas*: whether who fills it in may learn where areas are.
    """

    doubts: tuple[Doubt, ...] = ()
    knows_the_areas = True

    def look_at_point(self, point: Point) -> None:
        self.ask(at_zero=plausible.is_at_zero(point), swapped=self.knows_the_areas and looks_swapped(point))

    def look_at_area(self, area: Polygon | MultiPolygon, pk: int | None) -> None:
        self.ask(
            at_zero=plausible.is_at_zero(area),
            half=plausible.covers_half_of_the_world(area),
            narrow=plausible.has_no_extent(area),
            swapped=looks_swapped(geometry.centroid(area), besides=pk),
        )

    def ask(self, **found: bool) -> None:
        """*found*: which doubts there are."""
        data = self.data  # type: ignore[attr-defined]  # of a form
        meant = data.getlist("meant") if hasattr(data, "getlist") else [data.get("meant")]
        sentences = {"at_zero": AT_ZERO, "half": HALF, "narrow": NARROW, "swapped": SWAPPED}
        self.doubts = tuple(Doubt(code, sentences[code], code in meant) for code, is_found in found.items() if is_found)
        if not all(doubt.is_meant for doubt in self.doubts):
            sentence = _("Not saved yet: this looks like a slip. Everything you typed is kept.")
            self.add_error(None, forms.ValidationError(sentence, code="implausible"))  # type: ignore[attr-defined]
