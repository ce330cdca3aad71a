"""With DEBUG: a request with too many parameters is refused as without, and the page about an error does not fail."""

import pytest
from django.test import Client, override_settings

from tracker.web.views.incidents import IncidentListView

MANY = "&".join(f"a{number}=1" for number in range(1_500))
HEADERS = [{"Accept": "text/html"}, {"Accept": "application/json"}]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("headers", HEADERS, ids=["page", "script"])
def test_too_many_parameters_are_a_bad_request(debug, headers):
    client = Client(raise_request_exception=False)
    with override_settings(DEBUG=debug):
        for response in (
            client.get(f"/accounts/login/?{MANY}", headers=headers),
            client.post("/accounts/login/", MANY, content_type=FORM, headers=headers),
        ):
            assert response.status_code == 400
            assert len(response.content) < 10_000


@pytest.mark.django_db
def test_any_other_error_has_its_page(viewer_client, monkeypatch):
    def broken(view):
        raise RuntimeError("Look here.")

    monkeypatch.setattr(IncidentListView, "get_queryset", broken)
    viewer_client.raise_request_exception = False
    with override_settings(DEBUG=True):
        response = viewer_client.get("/tracker/incident/")
    assert response.status_code == 500
    assert "Look here." in response.content.decode()
