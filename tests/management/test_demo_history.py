"""The demonstration's incidents and areas have a history as if people had worked with them."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests import make
from tracker.incidents import history
from tracker.models import AreaOfInterest, Change, Incident

pytestmark = pytest.mark.django_db


def test_every_row_has_the_history_that_led_to_it(settings):
    settings.DEMO = True
    call_command("demo", stdout=StringIO())
    at = list(Change.objects.order_by("pk").values_list("at", flat=True))
    assert at == sorted(at), "the newest change is the version"
    created = Change.objects.filter(kind="created")
    assert created.filter(subject="incident").count() == Incident.objects.count()
    assert created.filter(subject="area").count() == AreaOfInterest.objects.count()
    assert set(Change.objects.values_list("kind", flat=True)) == {"created", "changed", "closed"}
    for incident in Incident.objects.all():
        newest = make.first(history.of(incident))
        assert (newest.kind == "closed") == incident.closed
        assert newest.at == incident.updated
        entries = history.entries(history.of(incident))
        assert entries[-1].at == incident.created
        assert entries[-1].details == ["Reported through: “Demonstration data”"]
        if incident.closed:
            assert newest.who
