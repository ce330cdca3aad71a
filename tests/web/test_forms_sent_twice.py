"""The form of an area, and those of the administration: sent twice they make one row, as an incident's does."""

import uuid
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry

from tests import make
from tests.conftest import signed_in
from tests.web.admin_site import AREAS, INCIDENTS
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment
from tracker.models import Alert, AreaOfInterest, Incident

INCIDENT = {"name": "Gas leak", "severity": "HI", "description": "", "location": make.point(*make.HOME).geojson}
AREA = {"name": "Town", "severity": "HI", "polygon": make.around(make.HOME).geojson}
FORMS = [
    ("/tracker/area_of_interest/create/", AREA, AreaOfInterest),
    (f"{AREAS}add/", AREA, AreaOfInterest),
    (f"{INCIDENTS}add/", INCIDENT, Incident),
    ("/tracker/incident/create/", INCIDENT, Incident),
]
each_form = pytest.mark.parametrize(("address", "fields", "model"), FORMS, ids=[form[0] for form in FORMS])


def key() -> dict[str, str]:
    return {"submission": str(uuid.uuid4())}


@each_form
def test_every_form_has_a_key_of_its_own(address, fields, model, admin_client):
    keys = {Page(admin_client.get(address)).fields["submission"] for _time in range(2)}
    assert len({uuid.UUID(key) for key in keys}) == 2


@each_form
def test_the_same_form_twice_makes_one_row(address, fields, model, admin_client):
    (make.incident if model is AreaOfInterest else make.area)()
    since, sent = make.newest_id(), fields | key()
    first, second = admin_client.post(address, sent), admin_client.post(address, sent)
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert model.objects.count() == Alert.objects.count() == 1
    assert len(make.recorded(since, ["post_save"])) == 1
    assert LogEntry.objects.count() == ("/admin/" in address)


@each_form
def test_after_back_the_old_key_may_come_with_other_words(address, fields, model, admin_client):
    """They make a row of their own, and that one once."""
    sent = fields | key()
    for name in ("One", "Two", "Two", "One", "Three"):
        assert admin_client.post(address, sent | {"name": name}).status_code == 302
    assert list(model.objects.order_by("pk").values_list("name", flat=True)) == ["One", "Two", "Three"]


@each_form
@pytest.mark.parametrize("odd", ["", "x", "\0", "7" * 5_000])
def test_without_a_key_it_is_taken(address, fields, model, odd, admin_client):
    for _time in range(2):
        assert admin_client.post(address, fields | {"submission": odd}).status_code == 302
    assert model.objects.count() == 2


@each_form
def test_twice_at_the_same_moment(address, fields, model, committing):
    (make.incident if model is AreaOfInterest else make.area)()
    admin, sent = make.person("admin", "admin"), fields | key()
    responses = at_the_same_moment(*[partial(signed_in(admin).post, address, sent) for _time in range(2)])
    assert [response.status_code for response in responses] == [302, 302]
    assert responses[0].url == responses[1].url
    assert model.objects.count() == Alert.objects.count() == 1


@each_form
def test_a_row_that_is_changed_keeps_its_key(address, fields, model, admin_client):
    admin_client.post(address, fields | key())
    row = model.objects.get()
    page = row.get_absolute_url().replace(f"/{row.pk}/", f"/update/{row.pk}/")
    assert "submission" not in Page(admin_client.get(page)).fields
    admin_client.post(page, fields | {"name": "Changed"} | key())
    row.refresh_from_db()
    assert (row.name, row.submission) == ("Changed", model.objects.get().submission)
    assert row.submission is not None
