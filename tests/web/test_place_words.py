"""The place in words follows the location if the site has written it; what a person typed stays, and that is said.
How roughly a location is known is kept and shown, however bad."""

import pytest

from tests import make
from tests.web.page import Page
from tracker.incidents import place_words
from tracker.lib.places import nearest
from tracker.models import Incident

STONEHAVEN, ABERDEEN = (-2.2113, 56.9637), (-2.0943, 57.1497)
CREATE = "/tracker/incident/create/"

pytestmark = pytest.mark.django_db


def site_words(at: tuple[float, float]) -> str:
    return nearest.describe(*at)


def update_page(incident: Incident) -> str:
    return f"/tracker/incident/update/{incident.pk}/"


def moved(client, incident: Incident, to: tuple[float, float], **more: str) -> Page:
    """Its form sent with another location."""
    shown = Page(client.get(update_page(incident))).fields
    sent = shown | {"latitude": str(to[1]), "longitude": str(to[0])} | more
    response = client.post(update_page(incident), sent, follow=True)
    incident.refresh_from_db()
    return Page(response)


def warnings(page: Page) -> list[str]:
    return [" ".join(box.text.split()) for box in page.all("div", class_="alert-warning")]


def test_what_the_site_wrote_follows(operator_client):
    operator_client.post(
        CREATE, {"name": "Fire", "severity": "HI", "latitude": STONEHAVEN[1], "longitude": STONEHAVEN[0]}
    )
    incident = make.first(Incident.objects.all())
    assert incident.place == site_words(STONEHAVEN)
    page = moved(operator_client, incident, ABERDEEN)
    assert incident.place == site_words(ABERDEEN) != site_words(STONEHAVEN)
    assert warnings(page) == []


def test_what_a_person_typed_stays_and_is_said(operator_client):
    incident = make.incident(at=STONEHAVEN, place="Harbour, by the <old> crane")
    page = moved(operator_client, incident, ABERDEEN)
    assert incident.place == "Harbour, by the <old> crane"
    (sentence,) = warnings(page)
    assert "stays as a person typed it: “Harbour, by the <old> crane”" in sentence
    assert site_words(ABERDEEN) in sentence


def test_what_is_typed_together_with_the_move_is_meant(operator_client):
    incident = make.incident(at=STONEHAVEN, place=site_words(STONEHAVEN))
    page = moved(operator_client, incident, ABERDEEN, place="Union Street")
    assert (incident.place, warnings(page)) == ("Union Street", [])


def test_a_small_correction_says_nothing(operator_client):
    incident = make.incident(at=STONEHAVEN, place="Harbour")
    page = moved(operator_client, incident, (STONEHAVEN[0] + 0.0005, STONEHAVEN[1]))
    assert (incident.place, warnings(page)) == ("Harbour", [])


def test_other_changes_leave_it_alone(operator_client):
    for place in ("Harbour", site_words(STONEHAVEN)):
        incident = make.incident(at=STONEHAVEN, place=place)
        page = moved(operator_client, incident, STONEHAVEN, name="Large fire")
        assert (incident.name, incident.place, warnings(page)) == ("Large fire", place, [])


def test_emptied_it_is_the_sites_again(operator_client):
    incident = make.incident(at=STONEHAVEN, place="Harbour")
    moved(operator_client, incident, ABERDEEN, place="")
    assert incident.place == site_words(ABERDEEN)


def test_in_the_administration_too(admin_client):
    for place, after in ((site_words(STONEHAVEN), site_words(ABERDEEN)), ("Harbour", "Harbour")):
        incident = make.incident(at=STONEHAVEN, place=place)
        address = f"/admin/tracker/incident/{incident.pk}/change/"
        shown = Page(admin_client.get(address)).fields
        sent = shown | {"location": f'{{"type":"Point","coordinates":[{ABERDEEN[0]},{ABERDEEN[1]}]}}'}
        page = Page(admin_client.post(address, sent, follow=True))
        incident.refresh_from_db()
        assert incident.place == after
        assert ("as a person typed it" in page.text) == (place == "Harbour")


def test_a_name_and_a_description_that_the_report_page_wrote_follow_too(operator_client, admin_client):
    before, after = place_words.suggested(*STONEHAVEN), place_words.suggested(*ABERDEEN)
    assert before.name != after.name
    written = {"place": before.place, "description": before.description}
    incident = make.incident(before.name, at=STONEHAVEN, **written)
    page = moved(operator_client, incident, ABERDEEN)
    assert (incident.name, incident.description, incident.place) == (after.name, after.description, after.place)
    assert warnings(page) == []
    listed = Page(operator_client.get("/tracker/incident/")).text
    assert after.name in listed
    assert "Stonehaven" not in listed

    in_admin = make.incident(before.name, at=STONEHAVEN, **written)
    address = f"/admin/tracker/incident/{in_admin.pk}/change/"
    shown = Page(admin_client.get(address)).fields
    sent = shown | {"location": f'{{"type":"Point","coordinates":[{ABERDEEN[0]},{ABERDEEN[1]}]}}'}
    admin_client.post(address, sent)
    in_admin.refresh_from_db()
    assert (in_admin.name, in_admin.description, in_admin.place) == (after.name, after.description, after.place)


def test_of_these_too_what_a_person_typed_stays(operator_client):
    before, after = place_words.suggested(*STONEHAVEN), place_words.suggested(*ABERDEEN)
    incident = make.incident("Fire in Stonehaven", at=STONEHAVEN, description=before.description + " Smoke.")
    moved(operator_client, incident, ABERDEEN)
    assert (incident.name, incident.description) == ("Fire in Stonehaven", before.description + " Smoke.")
    incident = make.incident(before.name, at=STONEHAVEN, description=before.description)
    moved(operator_client, incident, ABERDEEN, name="Fire")
    assert (incident.name, incident.description) == ("Fire", after.description)


# --- how roughly ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept", "shown"),
    [
        ("25", 25, "±25 m"),
        ("12.5", 12.5, "±12.5 m"),
        ("1500", 1500, "±1.5 km"),
        ("3000000", 3_000_000, "±3000 km"),
        ("20000000", 20_000_000, "±20000 km"),
        ("1000000000", 20_040_000, "±20040 km"),
        ("1e9", 20_040_000, "±20040 km"),
        ("Infinity", 20_040_000, "±20040 km"),
    ],
)
def test_a_bad_accuracy_is_kept_and_shown(reporter, viewer_client, sent, kept, shown):
    form = {"name": "Fire", "severity": "HI", "location": '{"type":"Point","coordinates":[10,51]}', "accuracy_m": sent}
    assert reporter.post("/tracker/incident/report/", form).status_code == 302
    incident = make.first(Incident.objects.all())
    assert incident.accuracy_m == kept
    assert f"({shown})" in Page(viewer_client.get(incident.get_absolute_url())).text
    is_rough = kept >= 1000
    assert (shown in incident.place) == is_rough, "where only the words are shown they say it, too"


@pytest.mark.parametrize("sent", ["", "-1", "nan", "very"])
def test_what_is_no_accuracy_is_none(reporter, sent):
    form = {"name": "Fire", "severity": "HI", "location": '{"type":"Point","coordinates":[10,51]}', "accuracy_m": sent}
    assert reporter.post("/tracker/incident/report/", form).status_code == 302
    incident = make.first(Incident.objects.all())
    assert incident.accuracy_m is None
    assert "±" not in incident.place


def test_a_rough_place_that_is_found_exactly_is_rough_no_more(operator_client):
    incident = make.incident(at=(10, 51), accuracy_m=3_000_000.0, place=f"{site_words((10, 51))} (±3000 km)")
    moved(operator_client, incident, STONEHAVEN)
    assert (incident.accuracy_m, incident.place) == (None, site_words(STONEHAVEN))


def test_the_history_tells_it(operator_client):
    incident = make.incident(at=(10, 51), accuracy_m=3_000_000.0)
    page = moved(operator_client, incident, STONEHAVEN)
    assert "±3000 km" in page.text
    assert "e+06" not in page.text
