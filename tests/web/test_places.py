"""Towns by name and by position, for anybody: a bounded answer, or a sentence."""

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tracker.lib.places import labels as place_labels

SEARCH, NEAREST, LABELS = "/tracker/place/search/", "/tracker/place/nearest/", "/tracker/place/labels/"


def names(response) -> list[str]:
    assert response.status_code == 200
    return [place["name"] for place in response.json()["places"]]


def test_a_stranger_finds_a_town(stranger_client):
    response = stranger_client.get(SEARCH, {"q": "reykjavik"})
    (place,) = response.json()["places"]
    assert place == {"name": "Reykjavík", "country": "Iceland", "longitude": -21.895, "latitude": 64.135, "near": ""}
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


# --- names for a map -----------------------------------------------------------------------------------------------


def labels(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [label["name"] for label in response.json()["labels"]]


def test_a_stranger_is_given_names_for_a_map_the_largest_town_first(reporter):
    response = reporter.get(LABELS, {"bbox": "-2.6,56.7,-1.8,57.2", "zoom": "11"})
    assert response.json()["labels"][0] == {"name": "Aberdeen", "longitude": -2.098, "latitude": 57.144}
    assert "Stonehaven" in labels(response)
    assert "max-age" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


def test_no_more_names_than_a_map_has_room_for(reporter):
    world = "-180,-90,180,90"
    assert len(labels(reporter.get(LABELS, {"bbox": world, "zoom": "6"}))) == 60
    assert 0 < len(labels(reporter.get(LABELS, {"bbox": world, "zoom": "0"}))) < 15
    ruhr = {"bbox": "6,51,8,52"}
    near, far = (labels(reporter.get(LABELS, ruhr | {"zoom": zoom})) for zoom in ("10", "7"))
    assert len(far) < len(near)
    assert far[0] == near[0] == "Düsseldorf"


def test_the_names_of_a_view_are_in_it(reporter):
    response = reporter.get(LABELS, {"bbox": "12.3,51.2,12.6,51.5", "zoom": "12"})
    assert "Leipzig" in labels(response)
    for label in response.json()["labels"]:
        assert 12.3 <= label["longitude"] <= 12.6
        assert 51.2 <= label["latitude"] <= 51.5


@pytest.mark.parametrize("bbox", ["170,-25,-170,-10", "170,-25,190,-10", "-190,-25,-170,-10"])
def test_a_view_across_the_antimeridian_has_the_names_of_both_sides(bbox, reporter):
    longitudes = [label["longitude"] for label in reporter.get(LABELS, {"bbox": bbox, "zoom": "6"}).json()["labels"]]
    assert any(longitude > 170 for longitude in longitudes)
    assert any(longitude < -170 for longitude in longitudes)
    assert all(abs(longitude) >= 170 for longitude in longitudes)


@pytest.mark.parametrize("bbox", ["0,50.9999,-0.0001,52.0001", "-180,49.9999,180,51.0001", "-30,46,60,50"])
def test_a_flat_view_does_not_look_at_every_town(bbox, reporter, monkeypatch):
    looked_at = 0
    is_within = place_labels.Labels.is_within

    def counting(*arguments):
        nonlocal looked_at
        looked_at += 1
        return is_within(*arguments)

    monkeypatch.setattr(place_labels.Labels, "is_within", counting)
    assert labels(reporter.get(LABELS, {"bbox": bbox, "zoom": "5"}))
    assert 0 < looked_at < 14_000, f"of {len(place_labels.load().order)}"


def test_the_open_sea_has_no_names(reporter):
    assert labels(reporter.get(LABELS, {"bbox": "-40,-40,-39,-39", "zoom": "9"})) == []


@pytest.mark.parametrize(
    "bbox", ["", "1,2,3", "a,b,c,d", "0,91,1,92", "0,2,1,1", "nan,0,1,1", "inf,0,1,1", "0,0,1e999,1"]
)
def test_a_view_of_names_that_is_none_is_refused_in_words(bbox, reporter):
    response = reporter.get(LABELS, {"bbox": bbox, "zoom": "9"})
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("zoom", ["", "x", "-1", "23", "1.5", "٣", "9" * 5000, "\0"])
def test_a_zoom_that_is_none_is_refused_in_words(zoom, reporter):
    response = reporter.get(LABELS, {"bbox": "0,50,1,51", "zoom": zoom})
    assert response.status_code == 400
    assert response.json() == {"error": "Give zoom as a whole number from 0 to 22."}


def test_who_asks_for_names_too_often_waits(reporter, monkeypatch):
    monkeypatch.setattr("tracker.web.views.places.RATE", "2/minute")
    asked = [reporter.get(LABELS, {"bbox": "0,50,1,51", "zoom": "9"}) for _ in range(3)]
    assert [response.status_code for response in asked] == [200, 200, 429]
    assert 0 < int(asked[2]["Retry-After"]) <= 61
    assert asked[2].json() == {"error": "Too many questions came from your connection."}


# --- who may keep an answer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "asked", "wrong"),
    [
        (SEARCH, {"q": "paris"}, {"q": "paris", "latitude": "x"}),
        (LABELS, {"bbox": "0,50,1,51", "zoom": "9"}, {"bbox": "x", "zoom": "9"}),
        (LABELS, {"bbox": "0,50,1,51", "zoom": "9"}, {"bbox": "0,50,1,51", "zoom": "x"}),
    ],
)
def test_an_answer_may_be_kept_and_a_refusal_may_not(address, asked, wrong, reporter, monkeypatch):
    monkeypatch.setattr("tracker.web.views.places.RATE", "2/minute")
    answers = [reporter.get(address, query) for query in (asked, wrong, asked)]
    assert [answer.status_code for answer in answers] == [200, 400, 429]
    assert "max-age=0" not in answers[0]["Cache-Control"]
    assert "no-store" not in answers[0]["Cache-Control"]
    for refusal in (*answers[1:], reporter.post(address)):
        kept = refusal.get("Cache-Control", "no-store")
        assert "no-store" in kept, refusal.status_code
        assert "public" not in kept
    assert 0 < int(answers[2]["Retry-After"]) <= 61


def test_no_view_that_any_cache_may_keep_refuses_with_that(stranger_client, db):
    """Every address of the site, asked by a stranger with nonsense: what is not 200 is kept by nobody."""
    for pattern in get_resolver().reverse_dict:
        if not isinstance(pattern, str):
            continue
        for arguments in ([], [0]):
            try:
                address = reverse(pattern, args=arguments)
            except NoReverseMatch:
                continue
            response = stranger_client.get(address, dict.fromkeys(("latitude", "bbox", "zoom", "page"), "x"))
            kept = response.get("Cache-Control", "")
            if response.status_code != 200:
                assert "public" not in kept, address
                assert "max-age" not in kept or "max-age=0" in kept, address
