"""The pages of lists while colleagues go on working: nothing is left out, and no address ends at “not found”."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.amount import in_turn
from tests.web.page import Page
from tracker.models import Alert, AreaOfInterest, Incident

INCIDENTS, ALERTS, AREAS = "/tracker/incident/", "/tracker/alert/", "/tracker/area_of_interest/"
CLOSE = "/tracker/incident/close/"
ODD = ["x", ",", "1", "1,", "-1,2", "0,x", "9" * 30 + ",1", "1,\0", "%00", "1,2026-13-01", "²,1"]


def shown(response) -> list[int]:
    return [row.pk for row in response.context["object_list"]]


def link(response, rel: str) -> str:
    """Empty where there is no such page."""
    links = Page(response).all("a", rel=rel)
    return links[0]["href"] if links else ""


def all_pages(client, address: str, meanwhile=lambda: None) -> list[int]:
    """What somebody sees who goes from page to page; *meanwhile*() happens after each page."""
    seen: list[int] = []
    answer = client.get(address)
    for _page in range(20):
        seen += shown(answer)
        meanwhile()
        following = link(answer, "next")
        if not following:
            return seen
        answer = client.get(address.partition("?")[0] + following)
    raise AssertionError("there is always another page")


@pytest.fixture
def sixty(db) -> list[int]:
    now = timezone.now()
    rows = make.many_incidents(
        {
            "name": f"Fire {n % 7}",
            "severity": ["UR", "HI", "LO"][n % 3],
            "place": f"Quay {n % 2}",
            "created": now - timedelta(minutes=n % 50),
        }
        for n in range(60)
    )
    return [row.pk for row in rows]


SORTS = ["", "created", "-name", "severity", "-severity", "place", "state", "-state"]


@pytest.mark.parametrize("sort", SORTS)
def test_each_row_is_seen_once(sort, sixty, viewer_client):
    assert sorted(all_pages(viewer_client, f"{INCIDENTS}?sort={sort}")) == sixty


@pytest.mark.parametrize("sort", [sort for sort in SORTS if "state" not in sort])
def test_what_is_open_is_seen_once_while_a_colleague_closes_what_was_seen(sort, sixty, viewer_client):
    first_page = f"{INCIDENTS}?state=open&sort={sort}"

    def close_what_was_seen():
        Incident.objects.filter(pk__in=shown(viewer_client.get(first_page))).update(closed=True)

    assert sorted(all_pages(viewer_client, first_page, close_what_was_seen)) == sixty


def test_what_is_reported_meanwhile_moves_nothing(sixty, viewer_client):
    seen = all_pages(viewer_client, INCIDENTS, lambda: [make.incident("New") for _ in range(3)])
    assert sorted(seen) == sixty


def test_the_row_that_a_page_goes_on_after_may_be_gone_or_changed(sixty, viewer_client):
    first = viewer_client.get(f"{INCIDENTS}?sort=name")
    following = link(first, "next")
    last = Incident.objects.get(pk=shown(first)[-1])
    expected = shown(viewer_client.get(INCIDENTS + following))
    last.name = "Zebra"
    last.save()
    assert shown(viewer_client.get(INCIDENTS + following)) == expected
    last.delete()
    assert shown(viewer_client.get(INCIDENTS + following)) == expected


@pytest.mark.parametrize("sort", SORTS)
def test_previous_goes_back_the_same_way(sort, sixty, viewer_client):
    address, pages = f"{INCIDENTS}?sort={sort}", []
    answer = viewer_client.get(address)
    while following := link(answer, "next"):
        pages.append(shown(answer))
        answer = viewer_client.get(INCIDENTS + following)
    while previous := link(answer, "prev"):
        answer = viewer_client.get(INCIDENTS + previous)
        assert shown(answer) == pages.pop()
    assert not pages
    assert answer.context["page_obj"].first == 1


def test_back_to_fewer_than_a_page_is_the_first_page(sixty, viewer_client):
    second = viewer_client.get(INCIDENTS + link(viewer_client.get(INCIDENTS), "next"))
    previous = link(second, "prev")
    Incident.objects.filter(pk__in=shown(viewer_client.get(INCIDENTS))[:20]).delete()
    answer = viewer_client.get(INCIDENTS + previous)
    assert len(shown(answer)) == 25
    assert not link(answer, "prev")


def test_where_one_stands_is_told(sixty, viewer_client):
    answer = viewer_client.get(INCIDENTS)
    for said in ("1 to 25 of 60", "26 to 50 of 60", "51 to 60 of 60"):
        assert Page(answer).all("span", **{"aria-current": "page"})[0].text == said
        if following := link(answer, "next"):
            answer = viewer_client.get(INCIDENTS + following)


# --- addresses without a page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["page=2", "after"])
def test_after_closing_all_of_the_last_page_the_message_and_undo_are_there(query, operator_client):
    for n in range(27):
        make.incident(f"Fire {n}")
    address = f"{INCIDENTS}?state=open&page=2"
    if query == "after":
        address = INCIDENTS + link(operator_client.get(f"{INCIDENTS}?state=open"), "next")
    rows = shown(operator_client.get(address))
    assert len(rows) == 2
    answer = operator_client.post(CLOSE, {"incident": rows, "next": address}, follow=True)
    assert answer.status_code == 200
    page = Page(answer)
    assert "2 incidents were closed." in page.messages[0]
    assert page.all("input", name="closed_at")
    assert len(shown(answer)) == 25
    undone = operator_client.post(
        "/tracker/incident/undo_close/",
        {"closed_at": page.fields["closed_at"], "next": address},
        follow=True,
    )
    assert shown(undone) == rows


def test_after_closing_everything_the_message_and_undo_are_there(operator_client):
    rows = [make.incident(f"Fire {n}").pk for n in range(2)]
    for address in (f"{INCIDENTS}?state=open&page=7", f"{INCIDENTS}?state=open&after={rows[0]},2026-01-01"):
        answer = operator_client.post(CLOSE, {"incident": rows, "next": address}, follow=True)
        assert answer.status_code == 200
        assert shown(answer) == []
        assert Page(answer).all("input", name="closed_at")
        Incident.objects.update(closed=False)


def test_after_acknowledging_all_of_the_last_page_the_message_is_there(viewer_client):
    make.area()
    for n in range(26):
        make.incident(f"Fire {n}")
    address = ALERTS + link(viewer_client.get(f"{ALERTS}?state=unacknowledged"), "next")
    rows = shown(viewer_client.get(address))
    answer = viewer_client.post("/tracker/alert/acknowledge/", {"alert": rows, "next": address}, follow=True)
    assert answer.status_code == 200
    assert Page(answer).messages == ["1 alert was acknowledged."]
    assert len(shown(answer)) == 25


@pytest.mark.parametrize("name", ["page", "after", "before"])
@pytest.mark.parametrize("text", ODD)
def test_what_cannot_be_read_is_the_first_page(name, text, viewer_client):
    make.area("A")
    make.area("B")
    make.incident()
    for number, address in enumerate((INCIDENTS, ALERTS, AREAS, reverse("job_list"))):
        for sort in in_turn(("", "severity", "-state", "updated", "unresolved"), number + ODD.index(text)):
            answer = viewer_client.get(address, {name: text, "sort": sort})
            assert answer.status_code == 200, (address, sort)
            assert answer.context["page_obj"].total == len(shown(answer)), (address, sort)


# --- alerts and areas ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["", "severity", "-incident"])
def test_alerts_are_each_seen_once_while_they_are_acknowledged(sort, viewer_client):
    make.area()
    for n in range(60):
        make.incident(f"Fire {n % 5}", severity=["UR", "HI"][n % 2])
    first_page = f"{ALERTS}?state=unacknowledged&sort={sort}"

    def acknowledge():
        Alert.objects.filter(pk__in=shown(viewer_client.get(first_page))).update(state="acknowledged")

    seen = all_pages(viewer_client, first_page, acknowledge)
    assert sorted(seen) == sorted(Alert.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["", "severity", "-unresolved", "updated"])
def test_areas_are_each_seen_once(sort, viewer_client):
    for n in range(55):
        make.area(f"Area {n % 4}", make.box(n / 100, 0, n / 100 + 0.3, 1))
    for n in range(3):
        make.incident(f"Fire {n}", (0.35, 0.5))
    seen = all_pages(viewer_client, f"{AREAS}?sort={sort}")
    assert sorted(seen) == sorted(AreaOfInterest.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("address", [INCIDENTS, ALERTS, AREAS])
def test_an_address_without_a_page_shows_the_nearest(address, viewer_client):
    make.area()
    for n in range(25):
        make.area(f"Area {n}", make.around(make.AWAY))
    for n in range(26):
        make.incident(f"Fire {n}")
    counts = {"9": 1, "3": 1, "9" * 5000: 1} | dict.fromkeys(["0", "-1", "x", "%00", "²"], 25)
    for number, count in counts.items():
        assert len(shown(viewer_client.get(f"{address}?page={number}"))) == count, number
