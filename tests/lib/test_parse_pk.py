"""What is taken for the number of a row, and what is not."""

import pytest

from tracker.lib.request.parse import parse_pk
from tracker.models import Incident


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("1", 1), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert parse_pk(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", " 1", "1\n", "+1", "-1", "1.0", "1e3", "1_000", "0x1", "x", "\0", "²", "٣", "１", "9" * 19, "0" * 19],
)
def test_anything_else_is_none(text):
    assert parse_pk(text) is None


def test_the_database_can_be_asked_for_the_greatest(db):
    greatest = parse_pk("9" * 18)
    assert greatest is not None
    assert not Incident.objects.filter(pk=greatest).exists()
