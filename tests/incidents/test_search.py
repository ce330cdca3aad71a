"""One search for lists, exports and the administration: words in any order, however they are written."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from tests import make
from tests.web.page import Page
from tracker.incidents import text_index
from tracker.incidents.filters import Selection
from tracker.incidents.fold_rest import fold_rest
from tracker.incidents.search import MOST_WORDS, search
from tracker.incidents.writing import write
from tracker.models import Alert, AreaOfInterest, Incident


def found(text: str, model=Incident) -> list[str]:
    rows = Selection({"q": text}).incidents() if model is Incident else search(model.objects.all(), text)
    return sorted(str(row) for row in rows)


@pytest.fixture
def reports(db):
    make.incident("Überschwemmung in der Küche", description="Wasser im Keller")
    make.incident("École évacuée", place="Seventeen Mile House")
    make.incident("ПОЖАР в Одессе")
    make.incident("Buraco na Rua São João", place="Straße des 17. Juni")
    make.incident("100 % smoke_and 50 flames", description="D'El Río")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("überschwemmung", "Überschwemmung in der Küche"),
        ("u\u0308berschwemmung", "Überschwemmung in der Küche"),
        ("UBERSCHWEMMUNG", "Überschwemmung in der Küche"),
        ("Küche, Überschwemmung", "Überschwemmung in der Küche"),
        ("keller schwemm", "Überschwemmung in der Küche"),
        ("пожар", "ПОЖАР в Одессе"),
        ("Одессе пожар", "ПОЖАР в Одессе"),
        ("ecole", "École évacuée"),
        ("SEVENTEEN ecole", "École évacuée"),
        ("sao joao", "Buraco na Rua São João"),
        ("joão são", "Buraco na Rua São João"),
        ("STRASSE 17", "Buraco na Rua São João"),
        ("ße", "Buraco na Rua São João"),
        ("d’el rio", "100 % smoke_and 50 flames"),
        ("100%", "100 % smoke_and 50 flames"),
        ("e_a", "100 % smoke_and 50 flames"),
    ],
)
def test_an_incident_is_found_however_it_is_written(text, name, reports):
    assert name in found(text)


@pytest.mark.parametrize("text", ["kuche ecole", "überschwemmungen", "smoke%fire", "\\", "__", "''", "…", "!?"])
def test_what_nothing_says_is_not_found(text, reports):
    assert found(text) == []


@pytest.mark.parametrize("text", ["%", " % ", "_", "'"])
def test_punctuation_alone_is_looked_for_as_it_is(text, reports):
    assert found(text) == ["100 % smoke_and 50 flames"]


@pytest.mark.parametrize("text", ["", "  ", "\0", "\u2003"])
def test_nothing_looked_for_finds_all(text, reports):
    assert len(found(text)) == 5


def test_one_and_two_letters_are_looked_for_too(reports):
    assert found("в") == ["ПОЖАР в Одессе"]
    assert found("na") == ["Buraco na Rua São João"]


def test_a_reference_is_found_among_other_words(db):
    incident = make.incident("A fire")
    make.incident("A flood")
    assert found(f"#{incident.pk}")[:1] == ["A fire"]
    assert found(f"fire {incident.pk}") == ["A fire"]
    assert found(f"flood {incident.pk}") == []


def test_people_are_found_as_they_are_called_now(operator):
    make.incident("A fire", reported_by=operator)
    make.incident("A flood")
    assert found("ORTEGA fire") == found("olga") == ["A fire"]
    operator.last_name = "Núñez"
    operator.save()
    assert found("ortega") == []
    assert found("nunez") == ["A fire"]


def test_thousands_of_words_are_answered(reports):
    assert found(" ".join(f"word{n}" for n in range(5000))) == []
    assert found("wasser " * 5000) == ["Überschwemmung in der Küche"]
    assert MOST_WORDS < 100


def test_areas_and_alerts_are_found_the_same_way(viewer):
    make.area("Äußerer Hafen")
    incident = make.incident("Brand im Öllager", reported_by=viewer)
    assert found("hafen ausserer", AreaOfInterest) == ["Äußerer Hafen"]
    assert found("oll HAFEN", Alert) == ["Brand im Öllager – Äußerer Hafen"]
    assert found(f"#{incident.pk}", Alert) == ["Brand im Öllager – Äußerer Hafen"]
    assert found("vera", Alert) == []
    Alert.objects.update(acknowledged_by=viewer, acknowledged_who="vera")
    assert found("vera", Alert) == ["Brand im Öllager – Äußerer Hafen"]


# --- the columns follow whoever writes -----------------------------------------------------------------------------


def keys(row) -> tuple[str, ...]:
    names = {Incident: ("search_text", "name_key", "place_key"), AreaOfInterest: ("name_key",)}
    return type(row).objects.values_list(*names.get(type(row), ("incident_key", "area_key"))).get(pk=row.pk)


def test_every_way_of_writing_folds(db):
    area, incident = make.area("Öl"), make.incident("Äste", place="Weg")
    alert = make.alerts_of(incident)[0]
    assert keys(incident) == ("aste\nweg\n", "aste", "weg")
    assert keys(alert) == ("aste", "ol")
    incident.name = "Büsche"
    incident.save(update_fields=["name"])
    assert keys(incident) == ("busche\nweg\n", "busche", "weg")
    assert keys(alert) == ("busche", "ol")
    with write(Incident, [incident.pk]) as rows:
        rows.update([incident.pk], description="Ü")
        rows.create([Incident(name="Ñ", location=make.point(1, 1))])
    assert keys(incident) == ("busche\nweg\nu", "busche", "weg")
    assert keys(Incident.objects.get(name="Ñ")) == ("n\n\n", "n", "")
    area.name = "Hafen"
    area.save()
    assert keys(area) == ("hafen",)
    assert keys(alert) == ("busche", "hafen")
    with write(AreaOfInterest, [area.pk]) as rows:
        rows.update([area.pk], name="Döck")
    assert keys(area) == ("dock",)
    assert keys(alert) == ("busche", "dock")


def test_the_migration_folds_what_was_there_and_can_go_on(db, monkeypatch):
    migration = importlib.import_module("tracker.migrations.0014_fold_texts")
    monkeypatch.setattr(migration, "PIECE", 3)
    make.area("Öl")
    for n in range(7):
        make.incident(f"Ä{n}", description="ß")
    expected = [keys(row) for model in (Incident, AreaOfInterest, Alert) for row in model.objects.order_by("pk")]
    Incident.objects.filter(name__gt="Ä2").update(search_text="", name_key="", place_key="")
    AreaOfInterest.objects.update(name_key="")
    Alert.objects.update(incident_key="", area_key="")
    for _again in range(2):
        migration.fold(apps, SimpleNamespace(connection=connection))
    assert [
        keys(row) for model in (Incident, AreaOfInterest, Alert) for row in model.objects.order_by("pk")
    ] == expected


def test_what_the_release_before_wrote_is_made_up_for(viewer):
    make.area("Öl")
    incident = make.incident("Ärger", description="ß")
    everything = [*Incident.objects.all(), *AreaOfInterest.objects.all(), *Alert.objects.all()]
    expected = [keys(row) for row in everything]
    assert fold_rest() == 0
    Incident.objects.filter(pk=incident.pk).update(search_text="", name_key="", place_key="")
    AreaOfInterest.objects.update(name_key="")
    Alert.objects.update(incident_key="", area_key="")
    assert found("arger ss") == []
    assert fold_rest() == 3
    assert [keys(row) for row in everything] == expected
    assert found("arger ss") == ["Ärger"]


# --- the index -----------------------------------------------------------------------------------------------------


@pytest.mark.needs_sqlite
class TestOnSQLite:
    def says(self, word: str) -> list[str]:
        numbers = text_index.numbers_with(word)
        assert numbers is not None
        return sorted(Incident.objects.filter(pk__in=numbers).values_list("name", flat=True))

    def test_the_index_follows_every_row(self, db):
        assert text_index.is_there()
        incident = make.incident("Öllache", description="Straße")
        make.incident("Ölfilm")
        assert self.says("lache") == self.says("strasse") == ["Öllache"]
        incident.name = "Pfütze"
        incident.save()
        assert self.says("lache") == []
        assert self.says("futz") == ["Pfütze"]
        incident.delete()
        assert self.says("futz") == []
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {text_index.INDEX}({text_index.INDEX}, rank) VALUES ('integrity-check', 1)")

    def test_it_is_made_again_where_its_triggers_are_gone(self, db):
        with connection.cursor() as cursor:
            for trigger in text_index.TRIGGERS:
                cursor.execute(f"DROP TRIGGER {trigger}")
        make.incident("Written without it")
        text_index.make(apps.get_app_config("tracker"), "default")
        make.incident("Written with it")
        assert self.says("written") == ["Written with it", "Written without it"]

    def test_few_letters_are_read_from_the_column(self, db):
        assert text_index.numbers_with("ab") is None


@pytest.mark.needs_postgis
def test_postgresql_has_an_index_that_can_answer(db):
    for n in range(50):
        make.incident(f"Fire {n}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = search(Incident.objects.order_by(), "flame burn").explain()
    assert "incident_search" in plan, plan


# --- where people meet it ------------------------------------------------------------------------------------------


def test_the_list_says_how_many_there_are(viewer_client, reports):
    page = Page(viewer_client.get(reverse("incident_list"), {"q": "EN"}))
    assert [each.text for each in page.all("p", class_="hits")] == ["1 found"]
    for n in range(30):
        make.incident(f"Fire {n}")
    page = Page(viewer_client.get(reverse("incident_list"), {"q": "fire"}))
    assert [each.text for each in page.all("p", class_="hits")] == ["30 found, 1 to 25 shown"]


@pytest.mark.parametrize("name", ["incident", "areaofinterest", "alert"])
def test_the_administration_finds_the_same(name, admin_client):
    make.area("Äußerer Hafen")
    make.incident("Brand im Öllager in ausserer Not und im HAFEN")
    answer = admin_client.get(reverse(f"admin:tracker_{name}_changelist"), {"q": "hafen AUSSERER"})
    assert len(answer.context["cl"].result_list) == 1
    answer = admin_client.get(reverse(f"admin:tracker_{name}_changelist"), {"q": "hafen nothing"})
    assert len(answer.context["cl"].result_list) == 0
