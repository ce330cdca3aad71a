"""What a file calls severities: which words mean one of ours, and which are for a person to decide.

A word that could mean two of them is not here: 1 is the worst for some and the mildest for others, and a warning comes
before or after what is minor. An unknown word is never taken for a severity unless somebody has said for which.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.lib.folding import folded
from tracker.lib.visible_text import without_controls
from tracker.models.severity import LABEL, Severity

# As other systems say it (CAP, trouble tickets, monitoring), and people in neighbouring languages; as `fold` writes it.
OTHER_WORDS = {
    Severity.URGENT: "extreme critical emergency catastrophic disaster fatal blocker highest veryhigh p1 sev1 priority1"
    " dringend kritisch extrem urgente urgent critique extremo estremo critico critica kritiek",
    Severity.HIGH: "severe major p2 sev2 priority2 hoch haute haut eleve elevee severo severa majeur majeure alto alta"
    " hoog hog",
    Severity.MEDIUM: "moderate average med p3 sev3 priority3 mittel massig maessig moyen moyenne modere moderee medio"
    " media moderado moderada moderato moderata gemiddeld",
    Severity.LOW: "minor p4 sev4 priority4 niedrig gering faible bas basse mineur mineure bajo baja baixo baixa basso"
    " bassa laag lag",
    Severity.INFO: "information informational informative lowest verylow trivial negligible p5 sev5 priority5",
}
WORDS_KEPT = 1_000  # different ones; a file with more has named the wrong property
WORDS_SHOWN = 20
WORD_LENGTH = 40  # characters of a word that a sentence repeats


def fold(text: str) -> str:
    """The letters and digits of a word, without case and accents: “Very-high!” is “veryhigh”."""
    return folded(text).replace(" ", "")


OURS = {fold(word): Severity(code) for code, label in LABEL.items() for word in (code, label)}
KNOWN = {word: severity for severity, words in OTHER_WORDS.items() for word in words.split()} | OURS


def severity_named(text: str) -> Severity | None:
    """The severity that this word means, in any case; None for anything else."""
    return KNOWN.get(fold(text))


def number_of(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


@dataclass(frozen=True)
class SeverityField:
    """How a feature tells its severity: by a word, or as a number that *breaks* divides, worst first."""

    name: str | None = None
    breaks: tuple[float, ...] = ()
    default: Severity | None = None  # what counts where nothing is told that is known

    def read(self, properties: dict) -> Severity | None:
        """None if there is none, or none that is known."""
        return self.meaning_of(properties.get(self.name))

    def meaning_of(self, value: object) -> Severity | None:
        if not self.breaks:
            return severity_named(value) if isinstance(value, str) else None
        number = number_of(value)
        if number is None:
            return None
        for severity, least in zip(Severity, self.breaks, strict=False):
            if number >= least:
                return severity
        return Severity.INFO


class Words:
    """The severities of a file as it writes them, and how often: known, known by another name, or not at all."""

    def __init__(self, field: SeverityField):
        self.field = field
        self.taken: Counter[tuple[str, Severity]] = Counter()
        self.unknown: Counter[str] = Counter()
        self.untold = 0

    def count(self, features: Iterable[object]) -> Iterator[None]:
        """Count what these features tell; gives one step a feature."""
        for feature in features:
            properties = feature.get("properties") if isinstance(feature, dict) else None
            self.take(properties.get(self.field.name) if isinstance(properties, dict) else None)
            yield

    def take(self, value: object) -> None:
        severity = self.field.meaning_of(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            self.untold += 1
        elif severity is None:
            add(self.unknown, shown(value))
        elif not self.field.breaks and fold(str(value)) not in OURS:
            add(self.taken, (shown(value), severity))

    @property
    def are_all_known(self) -> bool:
        return not (self.unknown or self.untold)

    def what_is_not_known(self) -> str:
        """A sentence or two."""
        said = []
        if self.unknown:
            words = listed([(f"“{word}”", count) for word, count in self.unknown.most_common()])
            said.append(_("The file has severities that are not known here: %(words)s.") % {"words": words})
        if self.untold:
            sentence = ngettext(
                "%(count)d feature tells no severity.", "%(count)d features tell no severity.", self.untold
            )
            said.append(sentence % {"count": self.untold})
        return " ".join(said)

    def what_was_taken(self) -> str:
        """A sentence about the words that are no labels of ours, and for what they count; empty if there are none."""
        words = [(f"“{word}” = {severity.label}", count) for (word, severity), count in self.taken.most_common()]
        if default := self.field.default:
            words += [
                (_("“%(word)s” (not known) = %(severity)s") % {"word": word, "severity": default.label}, count)
                for word, count in self.unknown.most_common()
            ]
        return _("Severities in the file: %(words)s.") % {"words": listed(words)} if words else ""


def add(counter: Counter[Any], word: object) -> None:
    if len(counter) < WORDS_KEPT or word in counter:
        counter[word] += 1


def shown(value: object) -> str:
    """A value as a sentence repeats it."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    text = " ".join(without_controls(value).split()) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= WORD_LENGTH else f"{text[: WORD_LENGTH - 1]}…"


def listed(words: list[tuple[str, int]]) -> str:
    """“a (twice), b (3 times) and 5 others”."""
    said = [f"{word} ({times(count)})" for word, count in words[:WORDS_SHOWN]]
    if len(words) > WORDS_SHOWN:
        more = len(words) - WORDS_SHOWN
        said.append(ngettext("and %(count)d other", "and %(count)d others", more) % {"count": more})
    return ", ".join(said)


def times(count: int) -> str:
    return ngettext("%(count)d time", "%(count)d times", count) % {"count": count}
