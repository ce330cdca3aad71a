"""simulate reports as many incidents as it was asked for, at about the rate, and they are like any others."""

import signal
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models.signals import post_save

from tests import make
from tracker.models import AreaOfInterest, Incident

pytestmark = pytest.mark.django_db


def simulate(*arguments: str) -> str:
    out = StringIO()
    call_command("simulate", *arguments, stdout=out)
    return out.getvalue()


def test_count_is_the_number_of_reports():
    make.area(severity="IN")
    assert simulate("--rate", "1000", "--count", "40").startswith("40 incidents reported in ")
    assert Incident.objects.count() == 40
    assert set(Incident.objects.values_list("source", flat=True)) == {"simulation"}
    created = [message for message in make.recorded(types=["post_save"]) if message["created"]]
    assert len(created) == 1 + 40
    assert len(set(Incident.objects.values_list("severity", flat=True))) > 2
    assert len(set(Incident.objects.values_list("name", flat=True))) > 10
    call_command("check_alerts", stdout=StringIO())


def test_some_are_changed_again():
    text = simulate("--rate", "1000", "--count", "100")
    changed = [message for message in make.recorded(types=["post_save"]) if not message["created"]]
    assert len(changed) > 0
    assert f"{len(changed)} changed again" in text


def test_they_are_in_or_beside_the_areas():
    make.area(polygon=make.boxes((179, -17, 180, -16), (-180, -17, -179, -16)))
    make.area(polygon=make.box(-10, 88, 10, 90))
    simulate("--rate", "1000", "--count", "50")
    places = list(Incident.objects.values_list("location", flat=True))
    assert all(-90 <= p.y <= 90 and -180 < p.x <= 180 for p in places)
    near = [p for p in places if (abs(p.x) >= 178.7 and -17.3 <= p.y <= -15.7) or (p.y >= 87.5 and abs(p.x) <= 15)]
    assert len(near) == 50
    inside = [p for p in places if AreaOfInterest.objects.filter(polygon__intersects=p).exists()]
    assert len(inside) > 20


def test_without_areas_they_are_around_the_centre_of_the_map(settings):
    settings.LEAFLET_CONFIG = {**settings.LEAFLET_CONFIG, "DEFAULT_CENTER": (48.39, -4.49)}
    simulate("--rate", "1000", "--count", "10")
    for incident in Incident.objects.all():
        assert incident.location.x == pytest.approx(-4.49, abs=0.6)
        assert incident.location.y == pytest.approx(48.39, abs=0.4)
        assert "France" in incident.place


def test_the_rate_is_kept():
    start = time.monotonic()
    simulate("--rate", "10", "--count", "6")
    assert 0.5 <= time.monotonic() - start < 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_with_a_sentence(number):
    reported = []

    def stop_at_the_third(sender, created, **kwargs):
        if created:
            reported.append(sender)
            if len(reported) == 3:
                signal.raise_signal(number)

    post_save.connect(stop_at_the_third, sender=Incident)
    try:
        text = simulate("--rate", "100")
    finally:
        post_save.disconnect(stop_at_the_third, sender=Incident)
    assert text.startswith("Stopped: 3 incidents reported in ")
    assert Incident.objects.count() == 3


def test_an_incident_that_somebody_deletes_is_left_alone():
    def delete(sender, instance, created, **kwargs):
        if created:
            Incident.objects.filter(pk=instance.pk).delete()

    post_save.connect(delete, sender=Incident)
    try:
        assert simulate("--rate", "1000", "--count", "30").startswith("30 incidents reported")
    finally:
        post_save.disconnect(delete, sender=Incident)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--rate", "0"], "give a number above 0"),
        (["--rate=-1"], "give a number above 0"),
        (["--rate", "nan"], "give a number above 0"),
        (["--rate", "inf"], "give a number above 0"),
        (["--count=-1"], "give a number from 0"),
    ],
)
def test_values_that_cannot_be(arguments, reason):
    with pytest.raises(CommandError, match=reason):
        simulate(*arguments)
    assert not Incident.objects.exists()
