"""Grids of nearly square cells on the Earth, for positions that are told, or counted, only roughly.

A cell is as high as one part of a degree of latitude, and at least as wide, at every latitude: degrees of longitude
shrink towards the poles, so its width in degrees is another in each degree of latitude.
"""

import math
from itertools import groupby
from typing import NamedTuple

Extent = tuple[float, float, float, float]  # west, south, east, north, in degrees


class Grid(NamedTuple):
    rows_per_degree: int

    def cell(self, longitude: float, latitude: float) -> tuple[int, int]:
        """The column and the row of the cell that a position lies in; the middle of cell (0, 0) is at 0°, 0°."""
        row = nearest(latitude * self.rows_per_degree)
        return nearest(longitude / self.width(self.degree_of(row))), row

    def middle(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The longitude and latitude of the middle of that cell."""
        column, row = self.cell(longitude, latitude)
        return column * self.width(self.degree_of(row)), row / self.rows_per_degree

    def degree_of(self, row: int) -> int:
        """How many whole degrees a row lies from the equator."""
        return abs(row) // self.rows_per_degree

    def width(self, degree: int) -> float:
        """Of a cell, in degrees of longitude; as wide as high at the far side of its degree of latitude."""
        return 1 / self.rows_per_degree / math.cos(math.radians(min(degree + 1, 90)))

    def boxes(self, extent: Extent) -> list[Extent]:
        """The whole cells of which the middle may lie in a box that does not cross the antimeridian: a box for each
        degree of latitude. Which positions are in them depends on their cells alone.
        """
        west, south, east, north = extent
        rows = range(nearest(south * self.rows_per_degree), nearest(north * self.rows_per_degree) + 1)
        found = []
        for degree, group in groupby(rows, self.degree_of):
            own, width = list(group), self.width(degree)
            found.append(
                (
                    max((nearest(west / width) - 0.5) * width, -180.0),
                    max((own[0] - 0.5) / self.rows_per_degree, -90.0),
                    min((nearest(east / width) + 0.5) * width, 180.0),
                    min((own[-1] + 0.5) / self.rows_per_degree, 90.0),
                )
            )
        return found


def nearest(number: float) -> int:
    """The nearest whole number; halves always go up."""
    return math.floor(number + 0.5)
