"""What stands in the messages of the log: one line of JSON each, with the fields that are declared."""

import json
from datetime import datetime, timedelta

import pytest

from tests import make
from tracker.alerts import lifecycle
from tracker.events import messages
from tracker.incidents import bulk
from tracker.models import Incident, Notification

pytestmark = pytest.mark.django_db(transaction=True)


class TestTexts:
    def shape(self, declared) -> set[str]:
        return set(declared.__annotations__)

    def write_one_of_each(self) -> None:
        markup = 'Fire "<script>"\n\u2028\u0007 & é – 火 😀'
        area = make.area(name=markup)
        incident = make.incident(name=markup, description=markup * 3)
        lifecycle.acknowledge([make.alerts_of(incident)[0].pk], make.person("vera"))
        incident.closed = True
        incident.save()
        incident.delete()
        area.delete()
        bulk.record_changed(Incident, 12_000)

    def test_every_message_is_one_line_of_json_with_the_declared_fields(self):
        self.write_one_of_each()
        seen = set()
        for row in Notification.objects.order_by("seq"):
            text = row.text()
            assert "\n" not in text
            assert "\r" not in text
            message = json.loads(text)
            assert set(message) == self.shape(messages.FROM_SERVER[message["type"]]), text
            assert (message["type"], message["seq"]) == (row.type, row.seq)
            seen.add(row.type)
        assert seen == {"post_save", "post_delete", "alert", "alert_state", "changed"}

    def test_what_is_in_a_message_has_the_declared_fields(self):
        self.write_one_of_each()
        texts = [json.loads(n.text()) for n in Notification.objects.order_by("seq")]
        entries = [entry for m in texts if m["type"] == "alert_state" for entry in m["alerts"]]
        areas = [entry for m in texts if m["type"] == "alert" for entry in m["areas_of_interest"]]
        assert len(entries) == 2
        assert areas
        assert all(set(entry) == self.shape(messages.AlertChange) for entry in entries)
        assert all(set(entry) == self.shape(messages.AlertedArea) for entry in areas)
        assert [m["cause"] for m in texts if m["type"] == "alert"] == ["created"]

    def test_a_feature_of_an_incident(self):
        incident = make.incident(name="Fire", description="Smoke.", at=(10.123456789, 50))
        (message,) = make.recorded()
        feature = message["feature"]
        assert (feature["type"], feature["id"]) == ("Feature", f"Incident:{incident.pk}")
        assert feature["geometry"] == {"type": "Point", "coordinates": [10.1234568, 50]}
        created = datetime.fromisoformat(feature["properties"].pop("created"))
        assert abs(created - incident.created) <= timedelta(milliseconds=1)
        assert feature["properties"] == {
            "name": "Fire",
            "description": "Smoke.",
            "place": "",
            "severity": "High",
            "severity_code": "HI",
            "closed": False,
            "model": "Incident",
            "pk": incident.pk,
            "url": f"/tracker/incident/{incident.pk}/",
        }

    def test_a_feature_of_an_area(self):
        area = make.area(name="Fiji", polygon=make.box(176, -21, 182, -15), severity="IN")
        (message,) = make.recorded()
        feature = message["feature"]
        assert (feature["type"], feature["id"]) == ("Feature", f"AreaOfInterest:{area.pk}")
        assert feature["geometry"]["type"] == "MultiPolygon"
        assert feature["properties"].pop("centroid") == {"type": "Point", "coordinates": [179, -18]}
        assert feature["properties"] == {
            "name": "Fiji",
            "severity": "Info",
            "severity_code": "IN",
            "model": "AreaOfInterest",
            "pk": area.pk,
            "url": f"/tracker/area_of_interest/{area.pk}/",
        }
