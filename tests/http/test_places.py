"""Towns by name and by position, for anybody: a bounded answer, or a sentence."""

import pytest

SEARCH, NEAREST = "/tracker/place/search/", "/tracker/place/nearest/"


def names(response) -> list[str]:
    assert response.status_code == 200
    return [place["name"] for place in response.json()["places"]]


def test_a_stranger_finds_a_town(stranger_client):
    response = stranger_client.get(SEARCH, {"q": "reykjavik"})
    (place,) = response.json()["places"]
    assert place == {"name": "Reykjavík", "country": "Iceland", "longitude": -21.895, "latitude": 64.135}
    assert "max-age" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


def test_where_the_person_looks_decides_between_namesakes(stranger_client):
    west = stranger_client.get(SEARCH, {"q": "brest", "latitude": "48", "longitude": "-3"})
    east = stranger_client.get(SEARCH, {"q": "brest", "latitude": "52", "longitude": "25"})
    assert [place["country"] for place in west.json()["places"]] == ["France", "Belarus"]
    assert [place["country"] for place in east.json()["places"]] == ["Belarus", "France"]


def test_at_most_eight(stranger_client):
    assert len(names(stranger_client.get(SEARCH, {"q": "sa"}))) == 8


@pytest.mark.parametrize("query", ["", "q=", "q=x", "q=%00", "q=%FF%FE", "q=%ED%A0%80", "q=" + "a" * 5000, "q=%25"])
def test_nothing_to_search_for_finds_nothing(query, stranger_client):
    assert names(stranger_client.get(f"{SEARCH}?{query}")) == []


@pytest.mark.parametrize("where", ["latitude=50", "latitude=x&longitude=1", "latitude=91&longitude=0", "longitude=nan"])
def test_a_view_that_is_no_place_is_refused_in_words(where, stranger_client):
    response = stranger_client.get(f"{SEARCH}?q=paris&{where}")
    assert response.status_code == 400
    assert response.json() == {"error": "Give latitude and longitude in degrees."}


def test_asking_is_a_get(stranger_client):
    assert stranger_client.post(SEARCH).status_code == 405
