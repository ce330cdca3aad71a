"""Fixtures of the tests of commands."""

import json

import pytest

from tests.management.importing import Outcome, command


@pytest.fixture
def run(tmp_path):
    """Import a collection, given as Python values or as text, with options; the name is in ``name``.

    Where no option says how severe they are, they are Info.
    """

    def run(what: str, content: object, *options: str, name: str = "name") -> Outcome:
        file = tmp_path / "file.geojson"
        if isinstance(content, list):
            content = {"type": "FeatureCollection", "features": content}
        if not isinstance(content, str | bytes):
            content = json.dumps(content)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if not {"--severity", "--default-severity"} & set(options):
            options = (*options, "--default-severity", "Info")
        return command(what, str(file), "--name", name, *options)

    return run
