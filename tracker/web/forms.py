"""The forms. Geometry from a browser is checked here, once, before GEOS sees it (geometry.py)."""

import contextlib
import uuid
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis import forms as gis_forms
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.core.exceptions import ObjectDoesNotExist
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from leaflet.forms.widgets import LeafletWidget

from tracker.alerts import lifecycle
from tracker.incidents import conflicts, history, place_words
from tracker.lib.geo import geometry
from tracker.lib.geo.antimeridian import unambiguous
from tracker.lib.geo.geometry import Adjustment
from tracker.models import AreaOfInterest, Incident
from tracker.models.incidents import LEAST_ACCURATE_M
from tracker.web.coordinate_fields import LatitudeField, LongitudeField, with_pair_spread
from tracker.web.doubts import ADJUSTED, AsksWhetherItIsMeant

ENDLESS = {"infinity", "inf", "1e999"}  # as scripts write what is too large
SAME_DEGREES = 1e-9  # a tenth of a millimetre
POINT_LENGTH = 10_000  # characters of GeoJSON: a point takes a hundred
NO_NAME = _("Say in a few words what happened.")
NO_SEVERITY = dict.fromkeys(("required", "invalid_choice"), _("Choose how bad it is."))  # and repeat no megabytes
NO_CHOICE = {"invalid_choice": _("Choose one of these.")}
LONG_POINT = _("This is too long to be one point. Pick the place on the map, or type its latitude and longitude.")
NO_PLACE = _("Pick the place on the map, use your location, or type its latitude and longitude.")


# --- fields --------------------------------------------------------------------------------------------------------


class KeepsWhatWasTyped:
    """A Leaflet widget that shows text which could not be read as it was typed.

    Django's own would parse it again, with GDAL, and show nothing if that fails.
    """

    def get_context(self, name, value, attrs):
        typed = value if isinstance(value, str) else None
        context = super().get_context(name, None if typed is not None else value, attrs)  # type: ignore[misc]
        if typed is not None:
            context["serialized"] = typed
        return context


class PolygonWidget(KeepsWhatWasTyped, LeafletWidget):
    display_raw = True


class CheckedGeometryField(gis_forms.GeometryField):
    """GeoJSON text in, stored-form geometry out, or an error in words."""

    def parse(self, value: object):
        raise NotImplementedError

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return self.parse(geometry.load(value)) if isinstance(value, str) else value

    def clean(self, value):
        return forms.Field.clean(self, value)


class PointField(CheckedGeometryField):
    longest_shown = POINT_LENGTH

    def to_python(self, value):
        if isinstance(value, str) and len(value) > POINT_LENGTH:
            raise forms.ValidationError(LONG_POINT)
        return super().to_python(value)

    def parse(self, value):
        return geometry.point_from_geojson(value)


class AreaField(CheckedGeometryField):
    # Not MULTIPOLYGON: for that leaflet.forms.js writes the outer rings only. As POLYGON a multipolygon is one layer,
    # and keeps its parts and holes. This decides about the drawing tools, not about what is accepted.
    geom_type = "POLYGON"
    longest_shown = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # pasted text: all that a form may hold
    widget = PolygonWidget
    adjusted: frozenset[Adjustment] = frozenset()  # what was done to take the text

    def parse(self, value):
        area, adjusted = geometry.read_area(value)
        self.adjusted = frozenset(adjusted)
        return area

    def said(self) -> str:
        """What to say about it to whoever saved it; begins with a space, unless it is nothing."""
        return "".join(f" {sentence}" for kind, sentence in ADJUSTED.items() if kind in self.adjusted)


class Forgiving:
    """A hidden field: what cannot be read is dropped, for the person at the form did not type it and cannot mend it."""

    def clean(self, value):
        try:
            return super().clean(value)  # type: ignore[misc]
        except forms.ValidationError:
            return None


class HiddenFloatField(Forgiving, forms.FloatField):
    widget = forms.HiddenInput


class AccuracyField(HiddenFloatField):
    """In metres, as bad as a device may say: a bad one is kept, for without it a location looks exact."""

    def clean(self, value):
        accuracy = super().clean("1e9" if str(value).strip().lower() in ENDLESS else value)
        return None if accuracy is None or accuracy < 0 else min(accuracy, LEAST_ACCURATE_M)


class HiddenUUIDField(Forgiving, forms.UUIDField):
    widget = forms.HiddenInput


# --- rows that others may be editing, too -------------------------------------------------------------------------


def unless_it_is(stored: GEOSGeometry | None, given: GEOSGeometry | None) -> GEOSGeometry | None:
    """What was given; but what is stored if it is the same: GeoJSON text may differ from it in the last digit."""
    return stored if stored and given and stored.equals_exact(given, SAME_DEGREES) else given


def show_unambiguously(initial: MutableMapping[str, Any]) -> None:
    """An area that was stored before edges over half the world were divided is read again as it is."""
    if isinstance(initial.get("polygon"), Polygon | MultiPolygon):
        initial["polygon"] = unambiguous(initial["polygon"])


class GuardedForm(forms.ModelForm):
    """The administration's form: it carries its base version, and is refused once if that is not the newest.

    The pages' forms do the same, and show more (``views/guarded_update.py``). Needs a transaction, as the admin has.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    submission = HiddenUUIDField(required=False)  # of a new row

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        for name in {"location", "polygon"} & set(cleaned):
            cleaned[name] = unless_it_is(getattr(self.instance, name), cleaned[name])
        return cleaned

    def __init__(self, data=None, files=None, instance=None, **kwargs):
        newest = None
        if data is None and instance is not None and instance.pk is not None:
            # The version before the row: one saved in between is then newer than the form says.
            newest = history.version(instance)
            with contextlib.suppress(ObjectDoesNotExist):  # deleted meanwhile, which is told when the form is sent
                instance.refresh_from_db()
        super().__init__(data, files, instance=instance, **kwargs)
        show_unambiguously(self.initial)
        if newest is not None:
            self.initial["version"] = str(newest)
        if self.instance.pk is None:
            self.initial["submission"] = uuid.uuid4()

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.instance.pk is not None and not self.errors:
            self.look_for_a_colleague()

    def look_for_a_colleague(self) -> None:
        theirs = conflicts.locked(type(self.instance), self.instance.pk)
        if theirs is None:
            self.add_error(None, _("This was deleted meanwhile. What you typed was not saved."))
        elif found := conflicts.conflict_between(
            self.instance, theirs, conflicts.version_in(self.cleaned_data.get("version"))
        ):
            self.add_error(None, list(conflicts.sentences(found)))
            data = cast(QueryDict, self.data).copy()
            data["version"] = str(found.version)  # sent once more, it is meant
            self.data = data


# --- incidents -----------------------------------------------------------------------------------------------------


class IncidentForm(AsksWhetherItIsMeant, forms.ModelForm):
    """An incident. Its place comes from the map (``location``, GeoJSON), or from coordinates, which win if changed."""

    location = forms.CharField(
        required=False, widget=forms.HiddenInput, max_length=POINT_LENGTH, error_messages={"max_length": LONG_POINT}
    )
    latitude = LatitudeField()
    longitude = LongitudeField()
    accuracy_m = AccuracyField(required=False)
    submission = HiddenUUIDField(required=False)
    other_place = ""  # once saved: the words for the location as it is now, if a person typed others for where it was

    class Meta:
        model = Incident
        fields = ["name", "severity", "description", "closed", "place", "public_title"]
        labels = {
            "description": _("Description (if you like)"),
            "place": _("Place in words (if you like)"),
            "public_title": _("What strangers read of it (if you like)"),
        }
        help_texts: dict[str, Any] = {
            "name": _("For those who work here; strangers never read it."),
            "place": _("Left empty, it is filled in from the nearest town."),
            "public_title": _(
                "Anybody who is about to report something near is asked whether it is this, and reads what you write"
                " here, how bad it is, since when, and roughly where. Left empty, strangers are not shown it."
            ),
        }
        error_messages = {
            "name": {"required": NO_NAME, "invisible": NO_NAME},
            "severity": NO_SEVERITY,
        }
        widgets = {"description": forms.Textarea({"rows": 4})}

    def __init__(self, data=None, *args, **kwargs):
        if isinstance(data, QueryDict):
            stored = kwargs.get("instance")
            data = with_pair_spread(data, stored.location if stored is not None else None)
        super().__init__(data, *args, **kwargs)
        if not settings.PUBLIC_NEARBY:
            self.fields.pop("public_title", None)
        self.stored = None
        if self.instance.pk:
            point = self.instance.location
            self.stored = place_words.placed(self.instance)
            self.initial = {
                **self.initial,
                "location": point.geojson,
                "latitude": round(point.y, 7),
                "longitude": round(point.x, 7),
                "accuracy_m": self.instance.accuracy_m,
            }
            del self.fields["submission"]
        else:
            self.initial.setdefault("submission", uuid.uuid4())
            self.fields.pop("closed", None)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "submission" in self.fields:
            self.instance.submission = cleaned.get("submission")
        for error in self.errors.get("location", []):
            self.add_error("latitude", error)  # said where it is seen: the field itself is hidden
        before = self.instance.location
        if not {"latitude", "longitude", "location"} & set(self.errors):
            self.take_location(cleaned)
        if self.instance.location is not before:
            self.look_at_point(self.instance.location)
        self.instance.accuracy_m = cleaned.get("accuracy_m")
        return cleaned

    def take_location(self, cleaned: dict[str, Any]) -> None:
        latitude, longitude = cleaned.get("latitude"), cleaned.get("longitude")
        typed = {"latitude", "longitude"} & set(self.changed_data)
        try:
            if latitude is not None and longitude is not None and (typed or not cleaned.get("location")):
                value: object = {"type": "Point", "coordinates": [longitude, latitude]}
            elif cleaned.get("location"):
                value = geometry.load(cleaned["location"])
            else:
                self.add_error("latitude", NO_PLACE)
                return
            self.instance.location = unless_it_is(self.instance.location, geometry.point_from_geojson(value))
            if typed and "accuracy_m" not in self.changed_data:
                cleaned["accuracy_m"] = None  # a device said it of another place
        except forms.ValidationError as error:
            self.add_error("latitude", error)

    def save(self, commit=True):
        incident = self.instance
        self.other_place = place_words.settle(incident, self.stored, self.changed_data)
        return super().save(commit)


class ReportForm(IncidentForm):
    """What anybody in the street fills in."""

    knows_the_areas = False

    class Meta(IncidentForm.Meta):
        fields = ["name", "severity", "description", "place"]
        labels = {
            "name": _("What happened?"),
            "severity": _("How bad is it?"),
            "description": _("More about it"),
            "place": _("Where is it, in words?"),
        }
        help_texts = {"name": "", "place": ""}


# --- areas ---------------------------------------------------------------------------------------------------------


class OpenIncidentsField(forms.ChoiceField):
    """What an area means for what is open in it when it is saved. Nothing chosen: alerts, for silence is chosen."""

    ALERT, KNOWN = "alert", "known"

    def __init__(self):
        super().__init__(
            label=_("What is open in it already"),
            choices=[
                (self.ALERT, _("Alerts too, as soon as it is saved")),
                (self.KNOWN, _("Alerts nobody: I know of it; alert only from now on")),
            ],
            initial=self.ALERT,
            required=False,
            widget=forms.RadioSelect({"class": "form-check-input"}),
            error_messages=NO_CHOICE,
        )


class SavesAnArea:
    """A form with that field (``open_incidents``)."""

    cleaned_data: dict[str, Any]

    @property
    def is_only_from_now_on(self) -> bool:
        return self.cleaned_data.get("open_incidents") == OpenIncidentsField.KNOWN

    def alerting(self, user: User) -> AbstractContextManager[None]:
        """The area is to be saved in here."""
        return lifecycle.only_from_now_on(user) if self.is_only_from_now_on else contextlib.nullcontext()


class AdminAreaForm(SavesAnArea, GuardedForm):
    open_incidents = OpenIncidentsField()


class AreaForm(AsksWhetherItIsMeant, SavesAnArea, forms.ModelForm):
    polygon = AreaField(
        label=_("Shape"),
        error_messages={"required": _("Draw the area on the map, or paste its GeoJSON.")},
        help_text=_("GeoJSON: a Polygon or a MultiPolygon, WGS 84."),
    )
    open_incidents = OpenIncidentsField()
    submission = HiddenUUIDField(required=False)

    class Meta:
        model = AreaOfInterest
        fields = ["name", "severity", "polygon"]
        error_messages = {
            "name": dict.fromkeys(("required", "invisible"), _("Give the area a name.")),
            "severity": NO_CHOICE,
        }

    def clean_polygon(self):
        return unless_it_is(self.instance.polygon, self.cleaned_data["polygon"])

    def __init__(self, *args, csp_nonce=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["polygon"].widget.csp_nonce = csp_nonce
        if self.instance.pk:
            del self.fields["submission"]
        else:
            self.initial.setdefault("submission", uuid.uuid4())
        show_unambiguously(self.initial)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "submission" in self.fields:
            self.instance.submission = cleaned.get("submission")
        polygon = cleaned.get("polygon")
        if polygon is not None and polygon is not self.instance.polygon:
            self.look_at_area(polygon, self.instance.pk)
        return cleaned
