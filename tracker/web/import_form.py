"""The form that brings in a file of features."""

import math
import uuid
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tracker.jobs.registry import JOB_TYPES
from tracker.models.severity import Severity, parse_breaks
from tracker.web.forms import NO_CHOICE

GEOJSON_FILES = ".geojson,.json,.geojsonl,.geojsons,.ndjson,application/geo+json,application/geo+json-seq"


class ImportForm(forms.Form):
    """A GeoJSON file, and which of its properties is what."""

    WHAT = [("import_incidents", _("Incidents, from points")), ("import_areas", _("Areas of interest, from polygons"))]

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    what = forms.ChoiceField(
        label=_("What the features are"), choices=WHAT, widget=forms.RadioSelect, error_messages=NO_CHOICE
    )
    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("Features in WGS 84, longitude first (RFC 7946), together or one a line."),
        widget=forms.ClearableFileInput(attrs={"accept": GEOJSON_FILES}),
    )
    name = forms.CharField(
        label=_("Property that is the name"),
        max_length=200,
        initial="name",
        help_text=_("As it is written in the file."),
    )
    description = forms.CharField(
        label=_("Property that is the description"), max_length=200, required=False, help_text=_("Of incidents only.")
    )
    severity = forms.CharField(
        label=_("Property that is the severity"),
        max_length=200,
        required=False,
        help_text=_("An area's threshold. Urgent, High, Medium, Low or Info, or as others call it: Severe, P1."),
    )
    breaks = forms.CharField(
        label=_("If that is a number: from where on it is Urgent, High, Medium, Low"),
        max_length=200,
        required=False,
        help_text=_("Four falling numbers, as 6, 5, 4, 2.5 for earthquakes. What is below them is Info."),
    )
    default = forms.ChoiceField(
        label=_("Severity to use where the file gives none, or one that is not known"),
        choices=[("", _("Nothing: end the import before it begins, and list them")), *Severity.choices],
        required=False,
        error_messages=NO_CHOICE,
        help_text=_("Choose one if no property tells the severity."),
    )

    known = forms.BooleanField(
        label=_("Areas: what is open in them already calls nobody, I know of it; alert only from now on"),
        required=False,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [choice for choice in self.WHAT if user.has_perm(JOB_TYPES[choice[0]].permission)]
        cast(forms.ChoiceField, self.fields["what"]).choices = choices
        self.fields["what"].initial = choices[0][0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.JOB_UPLOAD_MB * 1_000_000:
            raise forms.ValidationError(
                _("The file has %(size)d MB; at most %(most)d MB can be taken.")
                % {"size": math.ceil(file.size / 1_000_000), "most": settings.JOB_UPLOAD_MB}
            )
        return file

    def clean(self):
        cleaned = super().clean() or {}
        if cleaned.get("what") == "import_areas" and cleaned.get("description"):
            self.add_error("description", _("An area has no description; leave this empty."))
        if not {"severity", "default"} & set(self.errors) and not (cleaned.get("severity") or cleaned.get("default")):
            self.add_error("default", _("Choose how severe they are, as no property tells it."))
        if cleaned.get("what") == "import_incidents" and cleaned.get("known"):
            self.add_error("known", _("This is about areas; leave it unticked."))
        if cleaned.get("breaks") and not cleaned.get("severity") and "severity" not in self.errors:
            self.add_error("severity", _("Say which property is the number, or leave the four numbers out."))
        return cleaned

    def clean_breaks(self):
        try:
            return parse_breaks(self.cleaned_data["breaks"])
        except ValueError:
            raise forms.ValidationError(_("These are not four falling numbers, such as 6, 5, 4, 2.5.")) from None

    def job_name(self, preview: bool) -> str:
        name = f"{JOB_TYPES[self.cleaned_data['what']].title}: {self.cleaned_data['file'].name}"
        return (str(_("Preview: %(name)s")) % {"name": name} if preview else name)[:150]

    def parameters(self) -> dict[str, Any]:
        """What the job is told beside the file."""
        areas = self.cleaned_data["what"] == "import_areas"
        known = {"known": True} if areas and self.cleaned_data["known"] else {}
        return {"fields": self.fields_of_features()} | known

    def fields_of_features(self) -> dict[str, Any]:
        """What the job needs to know: tracker/files/import_job.py."""
        names = ("name", "description", "severity", "breaks", "default")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
