"""Who changed an incident or an area, what and when: an append-only record, written with the change."""

from typing import cast

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tracker.incidents import bulk, history
from tracker.lib.geo import sphere
from tracker.lib.request import current_user
from tracker.models import AreaOfInterest, Change, Incident

pytestmark = pytest.mark.django_db


def told(row) -> list[tuple]:
    """The history of a row, oldest first: kind, who, values."""
    return [(change.kind, change.who, change.values) for change in history.of(row).order_by("pk")]


def words(row) -> list[str]:
    """The newest entry's details."""
    return history.entries(history.of(row))[0].details


# --- incidents -----------------------------------------------------------------------------------------------------


def test_an_incident_from_its_report_to_its_end(operator, viewer):
    with current_user.acting_as(operator):
        incident = make.incident("Fire", severity="HI", source="form")
    with current_user.acting_as(viewer):
        incident.severity, incident.place = "UR", "Pier 3"
        incident.save()
    incident.closed = True
    incident.save()
    incident.closed, incident.name = False, "Big fire"
    incident.save()
    with current_user.acting_as(operator):
        number = incident.pk
        incident.delete()
    changes = list(history.about(Incident, number).order_by("pk"))
    assert [(c.kind, c.who, c.by, c.name) for c in changes] == [
        ("created", "Olga Ortega", operator, "Fire"),
        ("changed", "vera", viewer, "Fire"),
        ("closed", "", None, "Fire"),
        ("reopened", "", None, "Big fire"),
        ("deleted", "Olga Ortega", operator, "Big fire"),
    ]
    assert [c.values for c in changes] == [
        {"source": [None, "form"]},
        {"severity": ["HI", "UR"], "place": ["", "Pier 3"]},
        {"closed": [False, True]},
        {"closed": [True, False], "name": ["Fire", "Big fire"]},
        {},
    ]


def test_a_move_keeps_both_places():
    incident = make.incident(at=(10, 50))
    incident.location = make.point(-190, 51.5)  # stored as 170
    incident.save()
    assert told(incident)[-1] == ("changed", "", {"location": [[10, 50], [170, 51.5]]})
    assert words(incident) == ["Location from “50.00000, 10.00000” to “51.50000, 170.00000”"]


def test_a_save_that_changes_nothing_is_no_change():
    incident, area = make.incident(), make.area(polygon=make.boxes((0, 0, 1, 1), (5, 5, 6, 6)))
    for row in (incident, area):
        type(row).objects.get(pk=row.pk).save()
        assert [kind for kind, _, _ in told(row)] == ["created"]


def test_only_what_was_stored_is_a_change():
    incident = make.incident("Fire", severity="LO")
    incident.severity, incident.name = "HI", "never stored"
    incident.save(update_fields=["severity"])
    assert told(incident)[-1] == ("changed", "", {"severity": ["LO", "HI"]})
    assert make.first(history.of(incident)).name == "Fire"


def test_what_is_rolled_back_was_never_changed():
    incident = make.incident()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        incident.severity = "UR"
        incident.save()
        raise ZeroDivisionError
    assert [kind for kind, _, _ in told(incident)] == ["created"]


# --- areas ---------------------------------------------------------------------------------------------------------


def test_an_area_and_its_shape(operator):
    with current_user.acting_as(operator):
        area = make.area("Town", make.box(0, 0, 1, 1))
        area.polygon, area.severity = make.box(0, 0, 2, 1), "LO"
        area.save()
    (created, changed) = told(area)
    assert created == ("created", "Olga Ortega", {})
    assert changed[2]["severity"] == ["HI", "LO"]
    before, after = changed[2]["polygon"]
    assert before == pytest.approx(12_364_000_000, rel=0.001)
    assert after == pytest.approx(2 * before, rel=0.0001)
    assert words(area) == [
        "Severity threshold from “High” to “Low”",
        "Shape changed: 24,727 km², before 12,364 km²",
    ]
    number = area.pk
    area.delete()
    assert make.first(history.about(AreaOfInterest, number)).kind == "deleted"


def test_the_size_of_an_area_leaves_out_its_holes():
    from django.contrib.gis.geos import Polygon

    with_hole = Polygon(make.box(0, 0, 4, 1).exterior_ring, make.box(1, 0, 3, 1).exterior_ring, srid=4326)
    part = sphere.area_m2(make.box(0, 0, 1, 1))
    assert sphere.area_m2(with_hole) == pytest.approx(2 * part)
    assert sphere.area_m2(make.boxes((0, 0, 1, 1), (7, 0, 8, 1))) == pytest.approx(2 * part)
    whole_earth = sphere.area_m2(make.box(-180, -90, 180, 90))
    assert whole_earth == pytest.approx(510e12, rel=0.001)


# --- many at once --------------------------------------------------------------------------------------------------


def test_bulk_writers_write_one_row_for_each(operator):
    rows = [Incident(name=f"Quake {n}", location=make.point(*make.HOME), source="import") for n in range(3)]
    with current_user.acting_as(operator):
        bulk.create(Incident, rows, announce=False)
        bulk.create(AreaOfInterest, [AreaOfInterest(name="Town", polygon=make.around(make.HOME))], announce=False)
    assert {tuple(told(row)[0][:2]) for row in rows} == {("created", "Olga Ortega")}
    assert told(rows[0])[0][2] == {"source": [None, "import"]}
    assert told(AreaOfInterest.objects.get()) == [("created", "Olga Ortega", {})]

    closed, still_open = rows[0], rows[1:]
    bulk.close_incidents([closed.pk])
    with current_user.acting_as(operator):
        assert bulk.close_incidents([row.pk for row in rows]) == 2
    assert told(closed)[1:] == [("closed", "", {"closed": [False, True]})]
    for row in still_open:
        assert told(row)[1:] == [("closed", "Olga Ortega", {"closed": [False, True]})]
    bulk.reopen_incidents([closed.pk])
    assert told(closed)[-1] == ("reopened", "", {"closed": [True, False]})


def test_a_deleted_selection_is_recorded(operator):
    for n in range(3):
        make.incident(f"Fire {n}")
    with current_user.acting_as(operator):
        Incident.objects.all().delete()
    deleted = Change.objects.filter(kind="deleted")
    assert sorted((c.name, c.who) for c in deleted) == [(f"Fire {n}", "Olga Ortega") for n in range(3)]


def test_the_history_of_many_takes_few_statements():
    rows = [Incident(name=f"Quake {n}", location=make.point(*make.HOME)) for n in range(100)]
    with CaptureQueriesContext(connection) as captured:
        bulk.create(Incident, rows, announce=False)
    inserts = [q for q in captured if 'INSERT INTO "tracker_change"' in q["sql"]]
    assert 1 <= len(inserts) <= 2  # SQLite takes 999 parameters at once
    pks = [row.pk for row in rows]
    with CaptureQueriesContext(connection) as captured:
        assert bulk.close_incidents(pks) == 100
    assert len([q for q in captured if 'INSERT INTO "tracker_change"' in q["sql"]]) <= 2


def test_a_save_costs_one_insert_more_and_no_select():
    area, incident = make.area(polygon=make.around(make.AWAY)), make.incident()
    for row in (area, incident):
        row.name = "Other"
        with CaptureQueriesContext(connection) as captured:
            row.save()
        sql = [query["sql"] for query in captured]
        assert len([q for q in sql if 'INSERT INTO "tracker_change"' in q]) == 1
        assert not [q for q in sql if q.startswith("SELECT") and "tracker_change" in q]
        table = f'FROM "{row._meta.db_table}"'
        # before and after the save, and the Feature; matching and alerts ask by themselves
        assert len([q for q in sql if q.startswith("SELECT") and table in q]) <= 3


# --- who -----------------------------------------------------------------------------------------------------------


def test_nobody_acts_but_who_is_signed_in():
    assert current_user.person() is None
    with current_user.acting_as(AnonymousUser()):
        assert current_user.person() is None


def test_who_acts_ends_with_what_they_did(operator, viewer):
    with current_user.acting_as(operator):
        with current_user.acting_as(viewer):
            assert current_user.person() == viewer
        assert current_user.person() == operator
    with pytest.raises(ZeroDivisionError), current_user.acting_as(operator):
        raise ZeroDivisionError
    assert current_user.person() is None


def test_the_history_outlives_the_person(operator):
    with current_user.acting_as(operator):
        incident = make.incident()
    operator.delete()
    change = history.of(incident).get()
    assert (change.by, change.who) == (None, "Olga Ortega")


# --- reading, and keeping ------------------------------------------------------------------------------------------


def test_rows_of_one_number_and_different_kinds_are_told_apart():
    incident, area = make.incident(pk=77), make.area(pk=77)
    assert len(told(incident)) == len(told(area)) == 1
    assert history.of(incident).get() != history.of(area).get()


def test_the_newest_change_is_the_version():
    incident = make.incident()
    first = history.version(incident)
    incident.save()
    assert history.version(incident) == first
    incident.name = "Other"
    incident.save()
    assert history.version(incident) > first
    assert history.versions(Incident, [incident.pk, 999_999]) == {incident.pk: history.version(incident)}
    incident.delete()
    assert history.version(make.incident()) > first
    assert history.version(Incident(pk=999_999)) == 0


def test_values_in_words():
    incident = make.incident("Fire", description="x" * 500, accuracy_m=12.5, place="Pier")
    incident.description, incident.accuracy_m, incident.place = "", 3, ""
    incident.save()
    description, place, accuracy = words(incident)
    assert description.startswith("Description removed, it was “xxx")
    assert len(description) < 300
    assert place == "Place removed, it was “Pier”"
    assert accuracy == "Accuracy (m) from “±12.5 m” to “±3 m”"
    assert [entry.details for entry in history.entries(history.of(incident))][-1] == ["Reported through: “Other”"]


@pytest.mark.parametrize(
    ("area_m2", "said"),
    [(0, "0 m²"), (1234, "1234 m²"), (250_000, "0.25 km²"), (12_345_678, "12.3 km²"), (2_345_678_900, "2,346 km²")],
)
def test_sizes_in_words(area_m2, said):
    assert history.in_words("polygon", area_m2) == said


def test_a_change_is_never_changed_or_deleted():
    change = history.of(make.incident()).get()
    with pytest.raises(TypeError):
        change.save()
    with pytest.raises(TypeError):
        change.delete()


def test_who_acts_is_not_looked_up_before_something_is_written(operator, operator_client):
    """Nor compared, as asgiref does with context variables when it goes between threads."""
    from asgiref.sync import async_to_sync
    from django.contrib.auth import get_user
    from django.utils.functional import SimpleLazyObject

    looked_up = []

    def look_up():
        looked_up.append(1)
        return get_user(operator_client)

    async def nothing():
        pass

    with current_user.acting_as(cast(User, SimpleLazyObject(look_up))):
        async_to_sync(nothing)()
    assert looked_up == []
