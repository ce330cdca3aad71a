"""One folding for all searches and all sorting by name: the same here and in the scripts (tests/js/folding.test.js)."""

import json
from pathlib import Path

import pytest

from tracker.lib.folding import LONGEST_KEY, folded, sort_key, words_of

CASES = json.loads((Path(__file__).parent / "folding_cases.json").read_text())


@pytest.mark.parametrize(("text", "found"), CASES)
def test_each_text_is_folded(text, found):
    assert folded(text) == found
    assert folded(found) == found, "what is folded stays as it is"


def test_half_a_character_is_a_space():
    assert folded("a\ud800b") == "a b"


def test_the_words_of_a_search_each_come_once():
    assert words_of(" Fire, FIRE  Küche ") == ["fire", "kuche"]
    assert words_of("?!") == []


def test_a_key_fits_into_an_index_whatever_the_name():
    longest = "\ufdfa" * 150  # one letter that is eighteen
    assert len(sort_key(longest)) == LONGEST_KEY
    assert sort_key("ß" * 150) == "s" * 300
