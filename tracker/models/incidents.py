"""Incidents, and the areas of interest that they happen in."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.lib.geo import geometry, sphere
from tracker.lib.text import isolated
from tracker.lib.visible_text import is_visible
from tracker.models.search_key import Folded, SortKey
from tracker.models.severity import Severity
from tracker.models.watched import WatchedModel

LEAST_ACCURATE_M = 20_040_000  # half way round the Earth: anywhere


def once(field: str, name: str) -> models.UniqueConstraint:
    """That no two rows have the same in this field. An index of those alone that have something there: SQLite can add
    such a one without writing the whole table anew."""
    condition = models.Q(**{f"{field}__isnull": False})
    return models.UniqueConstraint(fields=[field], condition=condition, name=name)


class Incident(WatchedModel):
    class Source(models.TextChoices):
        FORM = "form", _("Incident form")
        ADMIN = "admin", _("Administration")
        PUBLIC = "public", _("Public report")
        IMPORT = "import", _("Import")
        SIMULATION = "simulation", _("Simulation")
        DEMO = "demo", _("Demonstration data")
        OTHER = "other", _("Other")

    RECORDED = ("name", "severity", "description", "closed", "location", "place", "accuracy_m", "public_title")
    TEXTS = ("name", "description", "place", "public_title")

    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity, default=Severity.MEDIUM)
    closed = models.BooleanField(_("closed"), default=False)
    location = models.PointField(_("location"), srid=geometry.SRID)
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("The place in words."))
    accuracy_m = models.FloatField(
        _("accuracy (m)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LEAST_ACCURATE_M)],
        help_text=_("Radius in metres within which the location is right."),
    )
    # The name is for those who work here. Empty: strangers are not shown this incident.
    public_title = models.CharField(_("what strangers read"), max_length=150, blank=True, default="", db_default="")
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True)
    source = models.CharField(
        _("reported through"), max_length=10, choices=Source, default=Source.OTHER, editable=False
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="reported_incidents",
    )
    # A form's own key: the same form sent twice makes one incident.
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    search_text = Folded(of=("name", "place", "description"))
    name_key = SortKey(of=("name",))
    place_key = SortKey(of=("place",))
    # Of an incident that a site of Tracker had before: who it is (files/own_features.py), so that it comes but once.
    origin = models.CharField(null=True, blank=True, max_length=60, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("incident"), _("incidents")
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["-created", "-id"], name="incident_newest"),
            models.Index(fields=["id"], condition=models.Q(closed=False), name="incident_open"),
        ]
        constraints = [once("origin", "incident_once")]

    def __str__(self) -> str:
        """For sentences and choices."""
        return isolated(self.name)

    def normalise(self) -> None:
        super().normalise()
        if not is_visible(self.__dict__.get("public_title") or "x"):
            self.public_title = ""
        self.location = geometry.normal_point(self.location)

    @property
    def accuracy_in_words(self) -> str:
        """``±12.5 m``; empty where it is not known."""
        return "" if self.accuracy_m is None else f"±{sphere.in_words(self.accuracy_m)}"

    def get_absolute_url(self) -> str:
        return reverse("incident_detail", args=[self.pk])


class AreaOfInterest(WatchedModel):
    RECORDED = ("name", "severity", "polygon")

    name = models.CharField(_("name"), max_length=150)
    severity = models.CharField(
        _("severity threshold"),
        max_length=2,
        choices=Severity,
        default=Severity.HIGH,
        help_text=_("An open incident inside alerts when it is at least this severe."),
    )
    polygon = models.GeometryField(_("polygon"), srid=geometry.SRID)  # Polygon or MultiPolygon: see save()
    centroid = models.PointField(_("centroid"), srid=geometry.SRID, editable=False, spatial_index=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True)
    submission = models.UUIDField(null=True, blank=True, editable=False)  # as an incident's
    origin = models.CharField(null=True, blank=True, max_length=60, editable=False)  # as an incident's
    name_key = SortKey(of=("name",))

    class Meta:
        verbose_name, verbose_name_plural = _("area of interest"), _("areas of interest")
        ordering = ["name_key", "pk"]
        indexes = [models.Index(fields=["name_key", "id"], name="area_by_name_key")]
        constraints = [once("submission", "area_of_a_form_once"), once("origin", "area_once")]

    def __str__(self) -> str:
        """For sentences and choices."""
        return isolated(self.name)

    def normalise(self) -> None:
        """Also place the centroid."""
        super().normalise()
        self.polygon = geometry.normal_area(self.polygon)
        self.centroid = geometry.centroid(self.polygon)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and "polygon" in update_fields:
            update_fields = {*update_fields, "centroid"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("area_detail", args=[self.pk])
