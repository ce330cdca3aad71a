"""Which words mean a severity, and which are for a person to decide."""

import pytest

from tracker.files.severity_words import KNOWN, OTHER_WORDS, SeverityField, Words, severity_named
from tracker.models.severity import Severity, parse_breaks


@pytest.mark.parametrize(
    ("word", "code"),
    [
        *[("Urgent", "UR"), ("ur", "UR"), (" HIGH ", "HI"), ("medium", "ME"), ("lO", "LO"), ("Info", "IN")],
        *[("Extreme", "UR"), ("SEVERE", "HI"), ("Moderate", "ME"), ("minor", "LO")],
        *[("critical", "UR"), ("Major", "HI"), ("P1", "UR"), ("p-5", "IN"), ("Priority 3", "ME"), ("SEV 2", "HI")],
        *[("URGENT!", "UR"), ("Very-High", "UR"), ("very_low", "IN"), ("ｈｉｇｈ", "HI")],
        *[("Hoch", "HI"), ("Mäßig", "ME"), ("élevée", "HI"), ("e\u0301leve\u0301", "HI"), ("Média", "ME")],
    ],
)
def test_words_that_mean_one(word, code):
    assert severity_named(word) == code


@pytest.mark.parametrize(
    "word",
    ["", " ", "-", "?", "1", "5", "1.5", "Unknown", "warning", "normal", "red", "P0", "P6", "highish", "not high"],
)
def test_words_that_mean_none_or_more_than_one(word):
    assert severity_named(word) is None


def test_no_word_means_two():
    words = [word for severity in OTHER_WORDS for word in OTHER_WORDS[severity].split()]
    assert len(words) == len(set(words))
    assert all(KNOWN[word] in Severity for word in words)


def features(*values: object) -> list[object]:
    return [{"properties": {"s": value}} for value in values]


def words(given: list[object], field: SeverityField) -> Words:
    counted = Words(field)
    for _one in counted.count(given):
        pass
    return counted


def test_what_is_not_known_is_counted_and_quoted():
    given = [*features("High", "Bad", "bad ", "Bad", 1, None, "", [2], {"a": 1}), {"properties": None}, 7]
    counted = words(given, SeverityField("s"))
    assert not counted.are_all_known
    assert counted.what_is_not_known() == (
        "The file has severities that are not known here: “Bad” (2 times), “bad” (1 time), “1” (1 time), “[…]” (1"
        " time), “{…}” (1 time). 4 features tell no severity."
    )


def test_what_was_taken_is_told_with_what_for():
    counted = words(features("High", "Severe", "Severe", "Bad", None), SeverityField("s", default=Severity.LOW))
    assert counted.what_was_taken() == (
        "Severities in the file: “Severe” = High (2 times), “Bad” (not known) = Low (1 time)."
    )
    assert words(features("High", "hi"), SeverityField("s")).what_was_taken() == ""


def test_a_file_full_of_other_words_makes_no_endless_sentence():
    counted = words(features(*[f"{n} {'x' * 3_000}" for n in range(5_000)]), SeverityField("s"))
    assert len(counted.unknown) == 1_000
    assert len(counted.what_is_not_known()) < 1_500
    assert "and 980 others" in counted.what_is_not_known()


def test_numbers_are_known_by_their_breaks():
    field = SeverityField("s", parse_breaks("6, 5, 4, 2.5"))
    counted = words(features(7, "4.5", "much", True, None), field)
    assert counted.what_was_taken() == ""
    assert "“much” (1 time), “true” (1 time). 1 feature tells no severity." in counted.what_is_not_known()


@pytest.mark.parametrize("text", ["1", "1,2,3,4", "4,3,2", "a,b,c,d", "4,3,2,nan", "inf,3,2,1", ",,,"])
def test_breaks_that_are_none(text):
    with pytest.raises(ValueError, match=r"."):
        parse_breaks(text)
