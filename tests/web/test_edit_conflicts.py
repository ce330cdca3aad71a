"""Two people edit the same row: nobody's words are put over somebody else's without being asked, and none are lost."""

import json
from functools import partial

import pytest
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment
from tracker.incidents import history
from tracker.models import AreaOfInterest, Incident

QUICKER = "Somebody else was quicker. Nothing has been overwritten."
FAR = make.box(5, 0, 5.1, 0.1).geojson


def edit_page(row) -> str:
    return reverse("incident_update" if isinstance(row, Incident) else "area_update", args=[row.pk])


def opened(client, row) -> dict:
    """What the form would send, unchanged."""
    fields = Page(client.get(edit_page(row))).fields
    assert fields["version"] == str(history.version(row))
    return fields


def differences(page: Page) -> dict[str, tuple[str, str]]:
    table = next(t for t in page.all("table") if "compared" in t.classes)
    cells = [e for e in page.all() if e.tag in {"th", "td"} and table in e.inside and e["scope"] != "col"]
    texts = [" ".join(cell.text.split()) for cell in cells]
    return {texts[n]: (texts[n + 1], texts[n + 2]) for n in range(0, len(texts), 3)}


@pytest.fixture
def fire(db):
    return make.incident("Fire", severity="HI", place="Pier 3", description="Smoke")


# --- a newer version -----------------------------------------------------------------------------------------------


def test_an_old_form_does_not_overwrite_what_a_colleague_saved(fire, operator_client, second_operator_client):
    mine, theirs = opened(second_operator_client, fire), opened(operator_client, fire)
    operator_client.post(edit_page(fire), theirs | {"severity": "UR", "description": "Flames"})
    since = make.newest_id()
    response = second_operator_client.post(edit_page(fire), mine | {"name": "Small fire", "latitude": "51"})
    assert response.status_code == 409
    page = Page(response)
    assert QUICKER in page.text
    assert "Changed, Olga Ortega" in page.text
    assert "Severity from “High” to “Urgent”" in page.text
    assert differences(page) == {
        "Name": ("Small fire", "Fire"),
        "Severity": ("High", "Urgent"),
        "Description": ("Smoke", "Flames"),
        "Location": ("51.00000, 10.00000", "50.00000, 10.00000"),
    }
    assert (page.fields["name"], page.fields["latitude"]) == ("Small fire", "51")
    assert make.recorded(since) == []
    fire.refresh_from_db()
    assert (fire.name, fire.severity, fire.description) == ("Fire", "UR", "Flames")


def test_long_texts_that_differ_at_their_end_are_shown_to_their_end(fire, operator_client, second_operator_client):
    mine, theirs = opened(second_operator_client, fire), opened(operator_client, fire)
    long = "Smoke over the roofs. " * 40
    operator_client.post(edit_page(fire), theirs | {"description": f"{long}All out."})
    page = Page(second_operator_client.post(edit_page(fire), mine | {"description": f"{long}Two missing."}))
    ends = [text.rsplit(". ", 1)[1] for text in differences(page)["Description"]]
    assert ends == ["Two missing.", "All out."]


def test_saving_mine_anyway(fire, operator_client, second_operator_client):
    mine, theirs = opened(second_operator_client, fire), opened(operator_client, fire)
    operator_client.post(edit_page(fire), theirs | {"severity": "UR"})
    page = Page(second_operator_client.post(edit_page(fire), mine | {"name": "Small fire"}))
    assert page.fields["version"] == str(history.version(fire))
    response = second_operator_client.post(edit_page(fire), page.fields, follow=True)
    assert Page(response).messages == ["The incident was saved."]
    fire.refresh_from_db()
    assert (fire.name, fire.severity) == ("Small fire", "HI")
    assert make.first(history.of(fire)).values == {"name": ["Fire", "Small fire"], "severity": ["UR", "HI"]}


def test_saving_mine_anyway_does_not_overwrite_a_third(fire, operator_client, second_operator_client):
    mine, theirs = opened(second_operator_client, fire), opened(operator_client, fire)
    operator_client.post(edit_page(fire), theirs | {"severity": "UR"})
    page = Page(second_operator_client.post(edit_page(fire), mine | {"name": "Small fire"}))
    operator_client.post(edit_page(fire), opened(operator_client, fire) | {"severity": "LO"})
    response = second_operator_client.post(edit_page(fire), page.fields)
    assert response.status_code == 409
    assert "Severity from “Urgent” to “Low”" in Page(response).text
    assert "from “High” to “Urgent”" not in Page(response).text, "that was told before"


def test_a_wrong_form_stays_as_old_as_it_was(fire, operator_client, second_operator_client):
    mine = opened(second_operator_client, fire)
    operator_client.post(edit_page(fire), opened(operator_client, fire) | {"severity": "UR"})
    page = Page(second_operator_client.post(edit_page(fire), mine | {"name": ""}))
    assert "Say in a few words what happened." in page.errors_at("name")
    response = second_operator_client.post(edit_page(fire), page.fields | {"name": "Small fire"})
    assert response.status_code == 409


@pytest.mark.parametrize("what", ["close", "one click", "reopen", "command"])
def test_every_way_to_change_it_is_noticed(what, fire, operator_client, second_operator_client):
    mine = opened(second_operator_client, fire)
    numbers = {"incident": fire.pk}
    if what == "close":
        operator_client.post(reverse("incident_close"), numbers)
    elif what == "one click":
        operator_client.post(reverse("incident_close"), numbers | {"next": fire.get_absolute_url()})
    elif what == "reopen":
        operator_client.post(reverse("incident_close"), numbers)
        mine = opened(second_operator_client, fire)
        operator_client.post(reverse("incident_reopen"), numbers)
    else:
        fire.severity = "UR"
        fire.save(update_fields=["severity"])
    response = second_operator_client.post(edit_page(fire), mine | {"name": "Small fire"})
    assert response.status_code == 409
    assert QUICKER in Page(response).text


def test_a_form_that_says_what_is_stored_is_not_refused(fire, operator_client, second_operator_client):
    mine, theirs = opened(second_operator_client, fire), opened(operator_client, fire)
    operator_client.post(edit_page(fire), theirs | {"severity": "UR"})
    assert second_operator_client.post(edit_page(fire), mine | {"severity": "UR"}).status_code == 302


def test_a_save_without_a_change_overtakes_nobody(fire, operator_client, second_operator_client):
    mine = opened(second_operator_client, fire)
    operator_client.post(edit_page(fire), opened(operator_client, fire))
    assert second_operator_client.post(edit_page(fire), mine | {"name": "Small fire"}).status_code == 302


def test_a_form_without_a_version_is_taken(fire, operator_client):
    """A script's, or one of a page from before there was a version."""
    sent = opened(operator_client, fire)
    sent.pop("version")
    assert operator_client.post(edit_page(fire), sent | {"name": "Small fire"}).status_code == 302


@pytest.mark.parametrize("version", ["x", "-1", "0", "\0", "9" * 40, "²", MARKUP])
def test_a_version_that_never_was_is_an_old_one(version, fire, operator_client):
    sent = opened(operator_client, fire) | {"version": version, "name": "Small fire"}
    response = operator_client.post(edit_page(fire), sent)
    assert response.status_code == 409
    no_markup(Page(response))
    assert operator_client.post(edit_page(fire), Page(response).fields).status_code == 302


# --- areas ---------------------------------------------------------------------------------------------------------


def test_an_area_is_guarded_too(operator_client, second_operator_client):
    area = make.area("Harbour", make.box(5, 0, 5.2, 0.2))
    mine, theirs = opened(second_operator_client, area), opened(operator_client, area)
    operator_client.post(edit_page(area), theirs | {"polygon": FAR, "severity": "LO"})
    response = second_operator_client.post(edit_page(area), mine | {"name": "Pier"})
    page = Page(response)
    assert response.status_code == 409
    assert QUICKER in page.text
    assert differences(page) == {
        "Name": ("Pier", "Harbour"),
        "Severity threshold": ("High", "Low"),
        "Shape": ("495 km²", "124 km²"),
    }
    shapes = json.loads(page.all("script", id="compared-shapes")[0].text)
    assert shapes["mine"]["coordinates"] != shapes["theirs"]["coordinates"]
    assert shapes["theirs"] == json.loads(FAR)
    assert "Shape changed: 124 km², before 495 km²" in page.text
    assert not any(each["role"] == "alert" for each in page.all(id="compared-map")[0].inside), "a map is not read aloud"
    assert page.fields["name"] == "Pier"
    area.refresh_from_db()
    assert (area.name, area.severity) == ("Harbour", "LO")
    assert second_operator_client.post(edit_page(area), page.fields).status_code == 302
    area.refresh_from_db()
    assert (area.name, area.severity, area.polygon.extent) == ("Pier", "HI", (5, 0, 5.2, 0.2))


# --- a row that is gone --------------------------------------------------------------------------------------------


def test_a_deleted_incident_is_not_made_again_and_nothing_typed_is_lost(fire, operator_client, second_operator_client):
    mine = opened(second_operator_client, fire)
    operator_client.post(reverse("incident_delete", args=[fire.pk]))
    since = make.newest_id()
    sent = mine | {"name": "Small fire", "severity": "UR", "description": "Line one\nLine two"}
    response = second_operator_client.post(edit_page(fire), sent)
    page = Page(response)
    assert response.status_code == 404
    assert "This incident is gone" in page.text
    assert "(Olga Ortega)" in page.text
    for typed in ("Small fire", "Urgent", "Line one Line two", "Pier 3", "50", "10"):
        assert typed in page.text
    assert not Incident.objects.exists()
    assert make.recorded(since) == []

    again = {name: value for name, value in page.fields.items() if name != "csrfmiddlewaretoken"}
    response = second_operator_client.post(reverse("incident_create"), again, follow=True)
    assert Page(response).messages == ["The incident was reported."]
    made = Incident.objects.get()
    assert (made.name, made.severity, made.location.coords) == ("Small fire", "UR", (10, 50))
    assert made.pk != fire.pk


def test_a_deleted_area_is_not_made_again(operator_client, second_operator_client):
    area = make.area("Harbour")
    mine = opened(second_operator_client, area)
    operator_client.post(reverse("area_delete", args=[area.pk]))
    response = second_operator_client.post(edit_page(area), mine | {"name": MARKUP, "polygon": FAR})
    page = Page(response)
    no_markup(page)
    assert response.status_code == 404
    assert "This area of interest is gone" in page.text
    assert MARKUP in page.text
    assert FAR in page.all("textarea")[0].text
    assert not AreaOfInterest.objects.exists()
    second_operator_client.post(reverse("area_create"), page.fields)
    assert AreaOfInterest.objects.get().name == MARKUP


def test_who_may_only_change_is_not_offered_to_make_a_new_one(fire):
    client = signed_in(make.person("ella", "none", "view_incident", "change_incident"))
    sent, address = opened(client, fire), edit_page(fire)
    fire.delete()
    page = Page(client.post(address, sent))
    assert "This incident is gone" in page.text
    assert not page.all("button", class_="btn-primary")


# --- at the same moment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["incident", "area"])
def test_of_two_forms_at_the_same_moment_one_is_asked(kind, committing):
    row = make.incident("Fire") if kind == "incident" else make.area("Fire")
    clients = [signed_in(make.person(name, "Operator")) for name in ("olga", "omar", "otis")]
    forms = [opened(client, row) for client in clients]
    saves = [
        partial(client.post, edit_page(row), form | {"name": f"Name {n}"})
        for n, (client, form) in enumerate(zip(clients, forms, strict=True))
    ]
    assert sorted(answer.status_code for answer in at_the_same_moment(*saves)) == [302, 409, 409]
    assert history.of(row).filter(kind="changed").count() == 1


def test_a_delete_at_the_same_moment_is_not_undone_by_a_save(committing):
    for _ in range(10):
        row = make.incident("Fire")
        number = row.pk
        saver, deleter = (signed_in(make.person(f"{name} {number}", "Operator")) for name in ("olga", "omar"))
        form = opened(saver, row)
        saved, deleted = at_the_same_moment(
            partial(saver.post, edit_page(row), form | {"name": "Saved"}),
            partial(deleter.post, reverse("incident_delete", args=[number])),
        )
        assert deleted.status_code == 302
        assert saved.status_code in {302, 404}
        assert not Incident.objects.filter(pk=number).exists()


# --- the administration --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["incident", "area"])
def test_the_administration_asks_too(kind, admin_client, operator_client):
    row = make.incident("Fire", severity="HI", place="Pier") if kind == "incident" else make.area("Fire", severity="HI")
    address = reverse(f"admin:tracker_{row._meta.model_name}_change", args=[row.pk])
    mine = Page(admin_client.get(address)).fields
    assert mine["version"] == str(history.version(row))
    assert admin_client.post(address, mine).status_code == 302
    operator_client.post(edit_page(row), opened(operator_client, row) | {"severity": "UR"})
    response = admin_client.post(address, mine | {"name": "Small fire"})
    page = Page(response)
    assert response.status_code == 200
    said = " ".join(e.text for e in page.all("ul", class_="errorlist"))
    assert QUICKER in said
    assert "Changed, Olga Ortega" in said
    assert "Name: yours is “Small fire”, saved now is “Fire”" in said
    row.refresh_from_db()
    assert (row.name, row.severity) == ("Fire", "UR")
    assert admin_client.post(address, page.fields).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.severity) == ("Small fire", "HI")


def test_the_administration_makes_no_deleted_row_again(fire, admin_client):
    address = reverse("admin:tracker_incident_change", args=[fire.pk])
    mine = Page(admin_client.get(address)).fields
    fire.delete()
    response = admin_client.post(address, mine | {"name": "Small fire", "description": "Line one\nLine two"})
    assert response.status_code == 404
    page = Page(response)
    assert "This incident is gone" in page.text
    assert "Small fire" in page.text
    assert "Line one Line two" in page.text
    assert page.all("a", href=reverse("admin:tracker_incident_changelist"))
    assert not Incident.objects.exists()

    create = reverse("admin:tracker_incident_add")
    again = next(each for each in page.all("form") if each["action"] == create)
    fields = {each["name"]: each["value"] for each in page.all("input", type="hidden") if again in each.inside}
    assert admin_client.post(create, fields).status_code == 302
    made = Incident.objects.get()
    assert (made.name, made.description, made.place, made.severity) == (
        "Small fire",
        "Line one\nLine two",
        "Pier 3",
        "HI",
    )
    assert made.location.equals_exact(fire.location, 1e-9)


def test_what_was_to_be_closed_is_made_again_as_closed_and_alerts_nobody(fire, admin_client):
    address = reverse("admin:tracker_incident_change", args=[fire.pk])
    mine = Page(admin_client.get(address)).fields
    fire.delete()
    page = Page(admin_client.post(address, mine | {"closed": "on"}))
    assert "Closed Yes" in page.text
    create = reverse("admin:tracker_incident_add")
    again = next(each for each in page.all("form") if each["action"] == create)
    fields = {each["name"]: each["value"] for each in page.all("input", type="hidden") if again in each.inside}
    assert admin_client.post(create, fields).status_code == 302
    assert Incident.objects.get().closed


def test_what_was_typed_in_the_administration_for_an_area_that_is_gone_is_shown_as_text(admin_client):
    area = make.area("Harbour", make.box(5, 0, 5.2, 0.2))
    address = reverse("admin:tracker_areaofinterest_change", args=[area.pk])
    mine = Page(admin_client.get(address)).fields
    area.delete()
    response = admin_client.post(address, mine | {"name": MARKUP})
    assert response.status_code == 404
    no_markup(Page(response))
    assert "Polygon" in Page(response).all("textarea")[0].text
    fields = {each["name"]: each["value"] for each in Page(response).all("input", type="hidden")}
    assert admin_client.post(reverse("admin:tracker_areaofinterest_add"), fields).status_code == 302
    assert AreaOfInterest.objects.get().polygon.extent == (5, 0, 5.2, 0.2)


def test_staff_who_may_only_change_are_not_offered_to_make_a_new_one(fire):
    client = signed_in(make.person("stella", "none", "view_incident", "change_incident", is_staff=True))
    address = reverse("admin:tracker_incident_change", args=[fire.pk])
    mine = Page(client.get(address)).fields
    fire.delete()
    page = Page(client.post(address, mine | {"name": "Small fire"}))
    assert "Small fire" in page.text
    assert "Save it as a new" not in page.text


def test_a_page_of_the_administration_that_never_was_is_the_usual_one(admin_client):
    for number in ("999999", "x"):
        address = f"/admin/tracker/incident/{number}/change/"
        assert admin_client.get(address).status_code == 302
    assert admin_client.post("/admin/tracker/incident/999999/delete/", {"post": "yes"}).status_code == 302
