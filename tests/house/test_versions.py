"""What is installed is at or above the floors that docs and pitfalls name, and locked with hashes."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


def locked(name: str) -> list[str]:
    """The entries of a lock file, each as one line."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pinned(name: str) -> dict[str, Version]:
    found = {}
    for entry in locked(name):
        requirement = Requirement(entry.split("--hash")[0].strip())
        (specifier,) = requirement.specifier
        found[requirement.name.lower()] = Version(specifier.version)
    return found


@pytest.mark.parametrize(
    ("package", "floor", "below"),
    [
        ("django", "5.2.19", "5.3"),  # CVE fixes in GeoDjango's look-ups and in GeoJSON's crs
        ("daphne", "4.2.2", "5"),
        ("twisted", "26.10", "26.11"),  # private names are used: tests/house/test_private_names.py
        ("autobahn", "26.10", "26.11"),
        ("channels", "4.3", "5"),
        ("channels-redis", "4.3", "5"),
        ("redis", "4.6", "8"),  # 8 ends idle subscriptions after 5 s
    ],
)
def test_floors_and_ceilings(package, floor, below):
    for found in (Version(version(package)), pinned("requirements.txt")[package]):
        assert Version(floor) <= found < Version(below)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name):
    entries = locked(name)
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:80]


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_is_asked_for(name):
    pins = pinned(f"{name}.txt")
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line and not line.startswith("-"):
            requirement = Requirement(line)
            assert pins[requirement.name.lower()] in requirement.specifier, line


def test_both_locks_agree():
    base, dev = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert {name: dev.get(name) for name in base} == base


def test_the_lock_is_for_every_interpreter():
    """A lock made for one interpreter omits async-timeout, which Debian's Python 3.11.2 needs."""
    assert "async-timeout" in pinned("requirements.txt")
