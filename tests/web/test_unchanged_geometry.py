"""A form that changes a name changes nothing else: the geometry goes through GeoJSON text and comes back as it was."""

from django.urls import reverse

from tests import make
from tracker.incidents import history
from tracker.models import AreaOfInterest, Incident

ODD = 3.6753805632280887  # GeoJSON text, as GEOS writes it, ends one digit earlier


def test_an_incident_keeps_its_place_to_the_last_digit(client, operator):
    incident = make.incident(at=(ODD, ODD), place="at sea")
    client.force_login(operator)
    url = reverse("incident_update", args=[incident.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(url, data | {"name": "Another name"}).status_code == 302
    saved = Incident.objects.get()
    assert (saved.name, saved.location.coords) == ("Another name", (ODD, ODD))
    assert set(make.first(history.of(saved)).values) == {"name"}


def test_an_area_keeps_its_shape_to_the_last_digit(client, operator):
    area = make.area(polygon=make.box(ODD, ODD, ODD + 1, ODD + 1))
    client.force_login(operator)
    url = reverse("area_update", args=[area.pk])
    data = {"name": "Another name", "severity": area.severity, "polygon": area.polygon.geojson}
    assert client.post(url, data).status_code == 302
    saved = AreaOfInterest.objects.get()
    assert saved.polygon.equals_exact(area.polygon)
    assert set(make.first(history.of(saved)).values) == {"name"}
