"""Times with an offset that no place on Earth has: wherever a page takes a time from a client, they are like others."""

import pytest

from tests import make

OFFSETS = ["+15:59", "+16:00", "-16:00", "+23:59", "-23:59"]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize(("page", "name"), [("incident", "reported"), ("alert", "raised")])
def test_lists_narrow_down_by_it(page, name, offset, alert, viewer_client):
    for end, year, found in (("from", 2000, 1), ("from", 2100, 0), ("until", 2000, 0), ("until", 2100, 1)):
        response = viewer_client.get(f"/tracker/{page}/", {f"{name}_{end}": f"{year}-01-01T00:00:00{offset}"})
        assert response.status_code == 200
        assert len(response.context["object_list"]) == found, (end, year)


@pytest.mark.parametrize("offset", OFFSETS)
def test_closing_at_it_is_not_known_and_a_gap_at_it_is_read(offset, operator_client):
    incident = make.incident(closed=True)
    time = f"2026-11-01T00:00:00{offset}"
    answer = operator_client.post("/tracker/incident/undo_close/", {"closed_at": time}, follow=True)
    assert answer.status_code == 200
    assert "There is nothing to undo." in answer.content.decode()
    incident.refresh_from_db()
    assert incident.closed
    assert operator_client.post("/tracker/watch/read/", {"since": time}).status_code == 200
