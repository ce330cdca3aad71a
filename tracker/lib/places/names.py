"""Towns by name, offline: what a person types, in any case and without its accents, to the towns it may mean.

From the same extract of GeoNames as ``places.py`` (see ``data/README.md``), with how many people live there, and large
towns by their names in other languages too. Read when somebody first searches: half a second, about 6 MB.
"""

import gzip
import heapq
import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tracker.lib.folding import folded
from tracker.lib.geo import sphere
from tracker.lib.places import nearest

FILE = Path(__file__).resolve().parent / "data" / "place_names.tsv.gz"
LEAST_LETTERS = 2  # a prefix of two letters is up to 6,000 words, and takes milliseconds
MOST_LETTERS = 100
SHOWN = 8
AROUND_M = 40_000  # in which the largest town tells two of the same name apart

# What speaks for a town, added up: the power of ten of its people, less what the way there takes off, and how it is
# named. A town ten times as large may be five times as far away.
HALF_WAY_M = 20_000  # nearer than this the distance says little
PER_POWER_OF_DISTANCE = 1.5
EXACT, NAME_BEGINS, WORD_BEGINS = 1.0, 0.0, -1.0
OTHER_EXACT, OTHER_BEGINS = 0.8, -1.2  # in another language
COUNTRY_WORDS = 5  # Democratic Republic of the Congo


class Town(NamedTuple):
    name: str
    country: str
    longitude: float
    latitude: float
    near: str = ""  # the largest town around it, where another one has the same name


class Names:
    """The beginnings of all words of all names, in the order of the alphabet: a prefix is a range of them.

    *text* holds the folded names, one a line, first each town's own and then those in other languages.
    """

    def __init__(self, towns: nearest.Gazetteer, more: bytes):
        self.towns = towns
        self.weights = array("d")  # of each town: the power of ten of its people
        own: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        for number, (line, about) in enumerate(zip(towns.text.splitlines(), more.splitlines(), strict=True)):
            people, names = about.decode().split("\t")
            self.weights.append(math.log10(max(int(people), 1000)))
            own.append((number, line.split(b"\t", 1)[0].decode()))
            others += [(number, name) for name in names.split("|") if name]
        text = bytearray(b"\n")
        words: list[tuple[bytes, int, int]] = []
        for n, (number, name) in enumerate(own + others):
            if n == len(own):
                self.first_other = len(text)
            written = folded(name).encode()
            start = 0
            while True:
                words.append((written[start:], len(text) + start, number))
                start = written.find(b" ", start) + 1
                if not start:
                    break
            text += written + b"\n"
        words.sort()
        self.text = bytes(text)
        self.starts = array("I", [start for _rest, start, _number in words])
        self.numbers = array("I", [number for _rest, _start, number in words])

    def search(self, prefix: str, near: tuple[float, float] | None) -> dict[int, float]:
        """The towns (by number) with a word that begins so, and what speaks for each: the more the better."""
        sought = prefix.encode()

        def cut(start: int) -> bytes:
            return self.text[start : start + len(sought)]

        found: dict[int, float] = {}
        for n in range(bisect_left(self.starts, sought, key=cut), bisect_right(self.starts, sought, key=cut)):
            number, start = self.numbers[n], self.starts[n]
            whole = self.text[start - 1] == self.text[start + len(sought)] == 10  # a line of its own
            if start >= self.first_other:
                named = OTHER_EXACT if whole else OTHER_BEGINS
            elif whole:
                named = EXACT
            else:
                named = NAME_BEGINS if self.text[start - 1] == 10 else WORD_BEGINS
            found[number] = max(named, found.get(number, named))
        return {number: named + self.weights[number] - self.way_to(number, near) for number, named in found.items()}

    def way_to(self, number: int, near: tuple[float, float] | None) -> float:
        if near is None:
            return 0.0
        metres = sphere.distance_m(*near, self.towns.longitudes[number], self.towns.latitudes[number])
        return PER_POWER_OF_DISTANCE * math.log10(1 + metres / HALF_WAY_M)

    def town(self, number: int) -> Town:
        return Town(*self.towns.place(number, 0)[:4])

    def largest_around(self, number: int) -> str:
        """The name of the largest town around this one, if it is larger; else nothing."""
        at = self.towns.longitudes[number], self.towns.latitudes[number]
        around = [
            line
            for line in self.towns.lines_around(*at, AROUND_M)
            if sphere.distance_m(*at, self.towns.longitudes[line], self.towns.latitudes[line]) <= AROUND_M
        ]
        largest = max(around, key=lambda line: self.weights[line], default=number)
        return self.town(largest).name if self.weights[largest] > self.weights[number] else ""

    def country_begins(self, number: int, words: str) -> bool:
        return folded_country(self.town(number).country).startswith(words)


folded_country = cache(folded)
lock = Lock()


@cache
def load() -> Names:
    return Names(nearest.gazetteer(), gzip.decompress(FILE.read_bytes()))


def names() -> Names:
    """The names, read when they are first asked for; the lock keeps a second thread from reading them again."""
    with lock:
        return load()


def search(typed: str, near: tuple[float, float] | None = None, most: int = SHOWN) -> list[Town]:
    """The towns that *typed* may mean, the likeliest first; *near*: longitude and latitude of where the person looks.

    A country may follow the name, after a comma or as the last words: ``Brest, Belarus``. Fewer than two letters find
    nothing.
    """
    name, _comma, country = typed[:MOST_LETTERS].partition(",")
    words, country = folded(name).split(), folded(country)
    found = towns_of(" ".join(words), country, near)
    for split in range(len(words) - 1, max(len(words) - COUNTRY_WORDS - 1, 0), -1):
        if found or country:
            break
        found = towns_of(" ".join(words[:split]), " ".join(words[split:]), near)
    best = heapq.nsmallest(most, found, key=lambda number: (-found[number], number))
    return told_apart(best)


def told_apart(numbers: list[int]) -> list[Town]:
    """These towns; of those that share their name and country also what they are near."""
    towns = [names().town(number) for number in numbers]
    twins = Counter(town[:2] for town in towns)
    return [
        town._replace(near=names().largest_around(number)) if twins[town[:2]] > 1 else town
        for number, town in zip(numbers, towns, strict=True)
    ]


def towns_of(name: str, country: str, near: tuple[float, float] | None) -> dict[int, float]:
    if len(name) < LEAST_LETTERS:
        return {}
    found = names().search(name, near)
    if country:
        found = {number: score for number, score in found.items() if names().country_begins(number, country)}
    return found
