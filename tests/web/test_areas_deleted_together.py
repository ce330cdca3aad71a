"""Areas are chosen in their list and deleted together, after the question whether that is meant."""

import pytest

from tests import make
from tests.web.page import Page
from tracker.models import Alert, AreaOfInterest

pytestmark = pytest.mark.django_db
LIST, DELETE = "/tracker/area_of_interest/", "/tracker/area_of_interest/delete_chosen/"


def names() -> list[str]:
    return sorted(AreaOfInterest.objects.values_list("name", flat=True))


@pytest.fixture
def areas():
    return [make.area(name) for name in ("A", "B", "C")]


def test_they_are_deleted_once_it_is_meant(operator_client, areas):
    make.incident("Fire")
    page = Page(operator_client.get(LIST))
    assert len(page.all("input", type="checkbox", name="area")) == 3
    chosen = {"area": [areas[0].pk, areas[2].pk], "next": f"{LIST}?sort=name"}
    asked = Page(operator_client.post(DELETE, chosen))
    assert "Delete 2 areas?" in asked.text
    assert "1 unresolved alert" in asked.text
    assert names() == ["A", "B", "C"]
    response = operator_client.post(DELETE, chosen | {"sure": "yes"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?sort=name", 302)]
    assert "2 areas were deleted." in Page(response).text
    assert names() == ["B"]
    assert Alert.objects.filter(reason="area_deleted").count() == 2


@pytest.mark.parametrize("sent", [{}, {"area": "x"}, {"area": "9" * 30}])
def test_what_is_no_choice_deletes_nothing(operator_client, areas, sent):
    page = Page(operator_client.post(DELETE, sent | {"sure": "yes"}, follow=True))
    assert "Choose 1 to 1000 areas first." in page.text
    assert names() == ["A", "B", "C"]


def test_those_that_are_gone_are_said_to_be(operator_client, areas):
    pks = [area.pk for area in areas]
    AreaOfInterest.objects.all().delete()
    assert "These areas are gone already." in Page(operator_client.post(DELETE, {"area": pks}, follow=True)).text
    assert "0 areas were deleted." in Page(operator_client.post(DELETE, {"area": pks, "sure": "yes"}, follow=True)).text


def test_who_may_not_delete_is_offered_nothing(viewer_client, areas):
    assert not Page(viewer_client.get(LIST)).all("input", type="checkbox", name="area")
    assert viewer_client.post(DELETE, {"area": areas[0].pk, "sure": "yes"}).status_code == 403


def test_the_way_back_leads_to_no_other_site(operator_client, areas):
    sent = {"area": areas[0].pk, "sure": "yes", "next": "https://evil.example/"}
    assert operator_client.post(DELETE, sent).url == LIST
