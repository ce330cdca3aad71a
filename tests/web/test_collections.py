"""The three collections that a map is loaded from: what is in them, their position in the log, bbox, queries."""

import json
from datetime import datetime

import pytest

from tests import make
from tracker.events import publishing
from tracker.models import Alert, AreaOfInterest, Incident, LogState, Notification

INCIDENTS = "/tracker/incident/feature_collection/"
AREAS = "/tracker/area_of_interest/feature_collection/"
ALERTS = "/tracker/alert/collection/"
ALL = (INCIDENTS, AREAS, ALERTS)
ODD = 'quote " back \\ slash / tab \t newline \n return \r bell \x07 \x1f \x7f \u2028 \u2029 </script> é \ufeff \uffff'


def strict(response) -> dict:
    """The answer's JSON by the letter of RFC 8259: no NaN, no name twice, UTF-8."""

    def unique(pairs):
        assert len({name for name, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    def fail(name):
        raise AssertionError(name)

    return json.loads(response.content.decode("utf-8", "strict"), object_pairs_hook=unique, parse_constant=fail)


def collection(client, address: str, key: str = "features") -> list[dict]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return strict(response)[key]


def incident_names(client, query: str = "") -> list[str]:
    return sorted(feature["properties"]["name"] for feature in collection(client, INCIDENTS + query))


def area_names(client, query: str = "") -> list[str]:
    return sorted(feature["properties"]["name"] for feature in collection(client, AREAS + query))


# --- what is in them -----------------------------------------------------------------------------------------------


def test_open_incidents_only_as_features(viewer_client):
    incident = make.incident("Fire", description="Smoke", at=(10.12345678, -50.5), place="here", accuracy_m=3)
    make.incident("Over", closed=True)
    response = viewer_client.get(INCIDENTS)
    assert response["Content-Type"] == "application/geo+json"
    answer = strict(response)
    assert answer["type"] == "FeatureCollection"
    [feature] = answer["features"]
    created = incident.created
    assert feature == {
        "type": "Feature",
        "id": f"Incident:{incident.pk}",
        "geometry": {"type": "Point", "coordinates": [10.1234568, -50.5]},
        "properties": {
            "name": "Fire",
            "description": "Smoke",
            "place": "here",
            "severity": "High",
            "severity_code": "HI",
            "created": feature["properties"]["created"],
            "closed": False,
            "model": "Incident",
            "pk": incident.pk,
            "url": incident.get_absolute_url(),
        },
    }
    shown = datetime.fromisoformat(feature["properties"]["created"].replace("Z", "+00:00"))
    assert abs((shown - created).total_seconds()) <= 0.001


def test_areas_as_features(viewer_client):
    area = make.area("Harbour", make.box(0, 0, 2, 1), severity="LO")
    [feature] = collection(viewer_client, AREAS)
    assert feature == {
        "type": "Feature",
        "id": f"AreaOfInterest:{area.pk}",
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [2, 1], [2, 0], [0, 0]]]},
        "properties": {
            "name": "Harbour",
            "severity": "Low",
            "severity_code": "LO",
            "centroid": {"type": "Point", "coordinates": [1, 0.5]},
            "model": "AreaOfInterest",
            "pk": area.pk,
            "url": area.get_absolute_url(),
        },
    }


def test_an_area_of_several_parts_is_a_multipolygon(viewer_client):
    make.area("Parts", make.boxes((0, 0, 1, 1), (5, 5, 6, 6)))
    [feature] = collection(viewer_client, AREAS)
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert len(feature["geometry"]["coordinates"]) == 2


def test_unresolved_alerts_only(viewer, viewer_client, operator_client, operator):
    make.area("Harbour")
    waiting, seen, over = (make.alerts_of(make.incident(name))[0] for name in ("Waiting", "Seen", "Over"))
    operator_client.post("/tracker/alert/acknowledge/", {"alert": seen.pk})
    Incident.objects.get(name="Over").delete()
    alerts = {alert["alert"]: alert for alert in collection(viewer_client, ALERTS, "alerts")}
    assert set(alerts) == {waiting.pk, seen.pk}
    assert over.pk not in alerts
    assert alerts[waiting.pk] == {
        "alert": waiting.pk,
        "incident": f"Incident:{waiting.incident_id}",
        "incident_name": "Waiting",
        "area": f"AreaOfInterest:{waiting.area_id}",
        "area_name": "Harbour",
        "severity": "High",
        "severity_code": "HI",
        "cause": "created",
        "state": "unacknowledged",
        "raised": alerts[waiting.pk]["raised"],
        "by": None,
        "at": None,
    }
    assert (alerts[seen.pk]["state"], alerts[seen.pk]["by"]) == ("acknowledged", "Olga Ortega")
    said = make.recorded(types=["alert_state"])[0]["alerts"][0]
    assert alerts[seen.pk]["at"] == said["at"]


def test_a_person_without_a_full_name_is_called_by_the_user_name(viewer_client, alert):
    viewer_client.post("/tracker/alert/acknowledge/", {"alert": alert.pk})
    assert collection(viewer_client, ALERTS, "alerts")[0]["by"] == "vera"


def test_empty_collections_are_whole(viewer_client):
    state = LogState.current()
    position = {"log": state.log_id, "seq": state.last}
    assert strict(viewer_client.get(INCIDENTS)) == {"type": "FeatureCollection", "features": [], **position}
    assert strict(viewer_client.get(AREAS)) == {"type": "FeatureCollection", "features": [], **position}
    assert strict(viewer_client.get(ALERTS)) == {"alerts": [], **position}


@pytest.mark.parametrize("address", ALL)
def test_odd_characters_stay_what_they_are(address, viewer, viewer_client):
    viewer.first_name = ODD
    viewer.save()
    make.area(ODD)
    alert = make.alerts_of(make.incident(ODD, description=ODD * 3))[0]
    AreaOfInterest.objects.update(name=ODD)  # with control characters, which earlier versions have stored
    Incident.objects.update(name=ODD, description=ODD * 3)
    Alert.objects.update(incident_name=ODD, area_name=ODD)
    viewer_client.post("/tracker/alert/acknowledge/", {"alert": alert.pk})
    answer = strict(viewer_client.get(address))
    if address == ALERTS:
        [found] = answer["alerts"]
        assert found["incident_name"] == found["area_name"] == ODD
        assert found["by"].strip() == ODD.strip()
    else:
        assert answer["features"][0]["properties"]["name"] == ODD
    if address == INCIDENTS:
        assert answer["features"][0]["properties"]["description"] == ODD * 3


# --- the position in the log ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ALL)
def test_log_and_seq_are_those_of_the_log(address, viewer_client):
    make.area()
    make.incident()
    publishing.publish()
    state = LogState.current()
    assert state.last > 0
    answer = strict(viewer_client.get(address))
    assert (answer["log"], answer["seq"]) == (state.log_id, state.last)


@pytest.mark.parametrize("address", ALL)
def test_the_position_is_read_before_the_rows(address, viewer_client, monkeypatch):
    """What commits between the two is in the rows and comes again over the socket; the other way it would be lost."""
    make.area()
    read = LogState.current

    def read_and_then_somebody_commits() -> LogState:
        state = read()
        make.area("Late")
        make.incident("Late")
        publishing.publish()
        return state

    before = LogState.current().last
    monkeypatch.setattr(LogState, "current", staticmethod(read_and_then_somebody_commits))
    answer = strict(viewer_client.get(address))
    assert answer["seq"] == before < LogState.objects.get().last
    assert "Late" in json.dumps(answer)


def test_what_is_not_numbered_yet_does_not_count(viewer_client):
    make.incident()
    assert Notification.objects.filter(seq=None).exists()
    answer = strict(viewer_client.get(INCIDENTS))
    assert (answer["seq"], len(answer["features"])) == (LogState.objects.get().last, 1)


def test_a_feature_in_a_message_equals_the_feature_in_the_collection(viewer_client):
    since = make.newest_id()
    made = make.incident(ODD, description=ODD, at=(-179.99999999, 12.123456789))
    Incident.objects.filter(pk=made.pk).get().save()
    make.area(ODD, make.boxes((1.123456789, 2, 3, 4), (179, 1, 180, 2), (-180, 1, -179, 2)))
    make.area(ODD, make.box(-180, -90, 180, 90))
    messages = make.recorded(since)
    stored = {f["id"]: f for address in (INCIDENTS, AREAS) for f in collection(viewer_client, address)}
    told = [message for message in messages if message["type"] == "post_save"]
    assert [message["created"] for message in told] == [True, False, True, True]
    for message in told:
        assert message["feature"] == stored[message["feature"]["id"]]
    alerted = [message["feature"] for message in messages if message["type"] == "alert"]
    assert alerted == [stored[made.feature_id]]


def test_a_deleted_feature_is_told_as_it_was(viewer_client):
    incident, area = make.incident(ODD), make.area(ODD)
    was = [f for address in (INCIDENTS, AREAS) for f in collection(viewer_client, address)]
    since = make.newest_id()
    incident.delete()
    area.delete()
    assert [message["feature"] for message in make.recorded(since, ["post_delete"])] == was


# --- how much it costs ---------------------------------------------------------------------------------------------


def test_the_same_queries_for_10_rows_and_for_200(viewer_client, operator, queries):
    areas = 0
    counted = []
    for incidents in (10, 190):
        while areas < incidents // 10:
            make.area(f"Area {areas}")
            areas += 1
        for n in range(incidents):
            make.incident(f"Incident {n}")
        Alert.objects.filter(pk__in=Alert.objects.values("pk")[:7]).update(acknowledged_by=operator)
        counted.append([queries(viewer_client, address) for address in ALL])
    assert len(collection(viewer_client, ALERTS, "alerts")) > 200
    assert len(collection(viewer_client, INCIDENTS)) == 200
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 6, "session, user, two for permissions, position, rows"


# --- bbox ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("9,49,11,51", ["home"]),
        ("10,50,10,50", ["home"]),
        ("11,51,12,52", []),
        ("-180,-90,180,90", ["away", "chukotka", "fiji", "home", "seam"]),
        ("-360,-90,360,90", ["away", "chukotka", "fiji", "home", "seam"]),
        ("170,-90,-170,90", ["chukotka", "fiji", "seam"]),  # across the antimeridian (RFC 7946, section 5)
        ("170,-90,190,90", ["chukotka", "fiji", "seam"]),  # the same as a map pans there
        ("-190,-90,-170,90", ["chukotka", "fiji", "seam"]),
        ("170,-90,179.5,0", ["fiji"]),
        ("180,0,180,10", ["seam"]),
        ("-180,0,-180,10", ["seam"]),
        ("-180,0,-175,10", ["seam"]),
        ("350,49,371,51", None),
        ("369,49,371,51", None),
        ("", ["away", "chukotka", "fiji", "home", "seam"]),
    ],
)
def test_bbox_narrows_incidents_down(bbox, found, viewer_client):
    for name, at in [("home", make.HOME), ("away", make.AWAY), ("fiji", (178.5, -17)), ("chukotka", (-175, 66))]:
        make.incident(name, at)
    make.incident("seam", (180, 5))
    make.incident("closed", make.HOME, closed=True)
    if found is None:
        assert viewer_client.get(f"{INCIDENTS}?bbox={bbox}").status_code == 400
    else:
        assert incident_names(viewer_client, f"?bbox={bbox}") == found


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("9,49,9.5,49.5", ["home"]),
        ("8,48,9,49", ["home"]),  # they touch
        ("5,45,6,46", []),
        ("170,-20,-170,-10", ["fiji"]),
        ("-179,-20,-178,-10", ["fiji"]),
        ("178.5,-18,178.6,-17", ["fiji"]),
        ("-180,-90,180,90", ["fiji", "home"]),
    ],
)
def test_bbox_narrows_areas_down(bbox, found, viewer_client):
    make.area("home", make.around(make.HOME))
    make.area("fiji", make.boxes((177, -19, 180, -15), (-180, -19, -178, -15)))
    assert area_names(viewer_client, f"?bbox={bbox}") == found


def test_bbox_narrows_alerts_down_by_where_the_incident_is(viewer_client):
    make.area("Everywhere", make.box(-180, -90, 180, 90))
    make.incident("home")
    make.incident("fiji", (178.5, -17))
    make.incident("gone").delete()

    def found(bbox):
        return [alert["incident_name"] for alert in collection(viewer_client, f"{ALERTS}?bbox={bbox}", "alerts")]

    assert found("9,49,11,51") == ["home"]
    assert found("170,-20,-170,-10") == ["fiji"]
    assert found("0,0,1,1") == []


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize(
    "bbox",
    [
        "1", "1,2,3", "1,2,3,4,5", "1,2,3,x", ",,,", "1,2,,4", "nan,0,1,1", "0,0,inf,1", "0,-91,1,1", "0,0,361,1",
        "0,5,1,4", "1e999,0,1,1", "%00", "0,0,1,1%00", "'; DROP TABLE x;--", "9" * 5000 + ",0,1,1", "%ED%A0%80",
    ],
    ids=lambda bbox: bbox[:12],
)  # fmt: skip
def test_a_bad_bbox_is_refused_in_words(address, bbox, viewer_client):
    response = viewer_client.get(f"{address}?bbox={bbox}")
    assert response.status_code == 400
    assert strict(response)["error"]


@pytest.mark.parametrize("address", ALL)
def test_only_reading(address, admin_client):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(admin_client, method)(address).status_code == 405
    assert admin_client.head(address).status_code == 200
