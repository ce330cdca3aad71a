"""What a stranger chose, in a line of the log: it is text there, begins no line, and commands no terminal."""

import logging

import pytest

from tests.web.log_lines import written

logger = logging.getLogger("tests.hostile")
FORGED = "x\n2026-01-01 00:00:00,000 ERROR django: forged"
HOSTILE = [
    FORGED,
    "x\r2026 ERROR forged",
    "x\x1b[2J\x1b]0;title\x07",
    "x\x9b31m",
    "x\u2028y\u2029z",
    "x\u202etxt.exe",
    "x\u061c1-2\u200e3\u200f4",
    "x\u2066y\u2069",
    "x\x85y\x0by\x0cz",
    "x\x00y\x7f",
    "x\ud800",
]
PLAIN = ["Brücke über die Größe", "東京 🚒", "back\\slash", "100 %"]


@pytest.mark.parametrize("log_format", ["line", "json"])
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_it_is_one_line_in_which_everything_can_be_seen(text, log_format):
    with written(log_format, "tests.hostile") as lines:
        logger.warning("Somebody said %s.", text)
    (line,) = lines.text
    assert len(line.splitlines()) == 1
    assert line.encode()  # without halves of characters
    assert "Somebody said x" in line
    if log_format == "line":
        assert line.isprintable()
    else:
        assert line.isascii()
        assert lines.objects[0]["message"] == f"Somebody said {text}."


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_harmless_is_left_as_it_is(text):
    with written("line", "tests.hostile") as lines:
        logger.warning("Somebody said %s.", text)
    assert lines.text[0].endswith(f"WARNING tests.hostile: Somebody said {text}.")


@pytest.mark.parametrize("log_format", ["line", "json"])
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_an_error_says_begins_no_line(text, log_format):
    def fail() -> None:
        try:
            raise ValueError(text)
        except ValueError as cause:
            raise RuntimeError(text) from cause

    with written(log_format, "tests.hostile") as lines:
        try:
            fail()
        except RuntimeError:
            logger.exception("It failed.")
    if log_format == "json":
        (line,) = lines.objects
        shown = line["exception"].split("\n")
    else:
        shown = lines.text[1:]
    assert not [row for row in shown if row.startswith(("2026", "[2J", "y"))]
    assert all(row.isprintable() for row in shown)
    assert [row for row in shown if row.startswith("ValueError: x")]
    assert shown[-1].startswith("RuntimeError: x")
    assert any(row.startswith('  File "') for row in shown), "where it happened is still there"


@pytest.mark.parametrize("path", ["/%0A2026-01-01%20ERROR%20forged", "/%1B%5B2J", "/x%E2%80%A8y", "/%0D%0Ay"])
def test_an_address_begins_no_line(path, stranger_client, db):
    with written("line", "django.request") as lines:
        assert stranger_client.get(path).status_code == 404
    (line,) = lines.text
    assert line.isprintable()
    assert "Not Found: /" in line


def test_a_name_that_fails_to_sign_in_begins_no_line(stranger_client, db):
    with written("line", "django", "tracker") as lines:
        stranger_client.post("/accounts/login/", {"username": FORGED, "password": "x\ny"})
    assert all(line.isprintable() for line in lines.text)
    assert not [line for line in lines.text if "forged" in line and line.startswith("2026-01-01 00:00:00")]
