"""What can be seen, and what is a name for nobody."""

import pytest

from tracker.lib.visible_text import is_visible

UNSEEN = {
    "nothing": "",
    "spaces": " \u00a0\u2003\u3000",
    "zero width space": "\u200b",
    "Hangul filler": "\u3164",
    "half-width filler": "\uffa0",
    "Braille blank": "\u2800",
    "soft hyphen": "\u00ad",
    "byte order mark": "\ufeff",
    "bidi controls": "\u202e\u2066\u2069",
    "tags": "\U000e0041\U000e007f",
    "variation selectors": "\ufe0f\U000e0100",
    "marks alone": "\u0301\u034f\u20dd",
    "controls": "\t\n\x1b",
    "many of them": "\u200b \u3164\u2800\u2063" * 20,
}


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_nothing_to_see(text):
    assert not is_visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "\u200ba",
        "?",
        "7",
        "火",
        "हिन्दी",
        "한",
        "🔥",
        "👩‍🚒",
        "−",
        "\u2801",
        "\ue000",
        "e\u0301",
        "€",
        "\U0001fae8",
    ],
)
def test_something_to_see(text):
    assert is_visible(text)
