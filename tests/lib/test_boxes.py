"""The part of a map that an address asks for, as boxes of stored longitudes."""

import pytest

from tests import make
from tests.lib.geojson import refused
from tracker.lib.geo import geometry


class TestBoxes:
    @pytest.mark.parametrize(
        "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,nan,1", "0,0,inf,1", "0,-91,1,1", "0,0,361,1", "0,2,1,1"]
    )
    def test_refused(self, text):
        refused(geometry.boxes, text)

    @pytest.mark.parametrize(
        ("text", "inside", "outside"),
        [
            ("0,0,10,10", [(5, 5), (0, 0), (10, 10)], [(11, 5), (-1, 5), (5, 11)]),
            ("170,-20,-170,-10", [(175, -15), (-175, -15), (180, -15)], [(0, -15), (160, -15)]),
            ("170,-20,190,-10", [(175, -15), (-175, -15), (180, -15)], [(0, -15), (-165, -15)]),
            ("-180,-90,180,90", [(0, 0), (180, 0), (-179, 90)], []),
            ("-360,-90,360,90", [(0, 0), (180, 0), (-179, 90)], []),
            ("-180,0,-170,10", [(180, 5), (-175, 5)], [(175, 5)]),
            ("-190,0,-185,10", [(172, 5)], [(-175, 5), (180, 5)]),
            ("180,0,190,10", [(180, 5), (-175, 5)], [(175, 5), (0, 5)]),
            ("-190,0,-180,10", [(180, 5), (175, 5)], [(-175, 5), (0, 5)]),
            ("350,0,360,10", [(-5, 5), (0, 5)], [(5, 5), (180, 5)]),
            ("170,0,-190,10", [(170, 5)], [(175, 5), (165, 5), (0, 5)]),
            ("190,0,170,10", [(-170, 5), (0, 5), (170, 5)], [(175, 5), (180, 5), (-175, 5)]),
        ],
    )
    def test_which_stored_points_they_hold(self, text, inside, outside):
        boxes = geometry.boxes(text)
        for place in inside:
            assert any(box.intersects(make.point(*place)) for box in boxes), place
        for place in outside:
            assert not any(box.intersects(make.point(*place)) for box in boxes), place
