"""Names from the street that are written from right to left, or turn what follows: the words around them stay."""

import unicodedata

import pytest
from django.urls import reverse

from tests import make
from tests.web.page import Page
from tracker.lib.text import isolated
from tracker.models import Alert

TURNED = ["\u202edesrever", "حريق في المخزن (3)", "שריפה", "a\u2069\u202eb", "\u2067left open", "ends \u202b"]
OPENS, CLOSES = set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068"), {"\u202c", "\u2069"}


def reaches_out(text: str) -> bool:
    """Whether a direction stays open at the end of this text, or is closed that it did not open."""
    depth = 0
    for character in text:
        depth += (character in OPENS) - (character in CLOSES)
        if depth < 0:
            return True
    return depth != 0


def strong(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def assert_nothing_is_turned(response):
    page = Page(response)
    for element in page.elements:
        for value in element.attributes.values():
            if element.tag != "input" and element["type"] != "hidden":
                assert not reaches_out(value), (element, value)
        if element.tag in {"title", "option"}:
            assert not reaches_out(element.text), element
            assert not strong(element.text) or "\u2068" in element.text, element
        if element.tag == "bdi":
            assert not OPENS & set(element.text), element
    for element in page.all("main")[0:1]:
        outside = element.text
        for inner in page.all("bdi") + page.all("script") + page.all("textarea") + page.all("template"):
            outside = outside.replace(inner.text, "", 1) if inner.text else outside
        assert not reaches_out(outside)


@pytest.mark.parametrize("name", TURNED)
def test_pages_keep_their_direction(name, operator_client, operator):
    operator.first_name = name.replace("\u2069", "")
    operator.save()
    area = make.area(name)
    incident = make.incident(name, place=name, reported_by=operator)
    alert = make.alerts_of(incident)[0]
    Alert.objects.update(state="acknowledged", acknowledged_who=name, acknowledged_at=alert.raised)
    make.job(operator, "done", name)
    for address in (
        "/tracker/incident/", "/tracker/alert/", "/tracker/area_of_interest/", reverse("job_list"),
        incident.get_absolute_url(), area.get_absolute_url(), f"/tracker/alert/{alert.pk}/",
        reverse("incident_update", args=[incident.pk]), reverse("incident_delete", args=[incident.pk]),
        reverse("area_update", args=[area.pk]), reverse("area_delete", args=[area.pk]),
    ):  # fmt: skip
        assert_nothing_is_turned(operator_client.get(address))


@pytest.mark.parametrize("name", TURNED)
def test_messages_keep_their_direction(name, operator_client):
    incident = make.incident(name)
    answer = operator_client.post(reverse("incident_delete", args=[incident.pk]), follow=True)
    (said,) = Page(answer).messages
    assert not reaches_out(said)
    assert said.startswith("The incident “\u2068")
    assert said.endswith("\u2069” was deleted.")


@pytest.mark.parametrize("name", TURNED)
def test_the_administration_keeps_its_direction(name, admin_client):
    incident = make.incident(name)
    page = Page(admin_client.get(f"/admin/tracker/incident/{incident.pk}/delete/"))
    said = next(element.text for element in page.all("p") if "Are you sure" in element.text)
    assert not reaches_out(said)


def test_what_turns_nothing_stays_as_it_is():
    for name in ("Fire", "Überschwemmung", "ПОЖАР", "火事", "👩‍🚒 (3)"):
        assert isolated(name) == name
    assert isolated("שריפה") == "\u2068שריפה\u2069"
    assert isolated("\u202edesrever") == "\u2068desrever\u2069"
