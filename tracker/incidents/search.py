"""The one search of incidents, areas and alerts: for the lists, their exports and the administration.

Every word that somebody types has to occur somewhere, in any order, also within words; case, accents and punctuation do
not matter (``tracker.lib.folding``). The live map looks through what it has by the same rules (``live/filters.js``).
"""

from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from tracker.incidents import text_index
from tracker.lib.folding import folded, words_of
from tracker.lib.request.parse import parse_pk
from tracker.models import Alert, AreaOfInterest, Incident

NAMES = ("first_name", "last_name", "username")  # of an account
FOLDED_HERE = "[^ -~]|['`]"  # what folding changes in a name beside its capitals, or takes out of a word
MOST_WORDS = 50  # that are looked for, the longest; each is a condition, of which a database takes so many


class Searched(NamedTuple):
    """Where a word is looked for in the rows of a model."""

    keys: tuple[str, ...]  # columns of folded text
    texts: tuple[str, ...]  # of what they are folded
    reference: str  # the column with the number that who reported the incident was given; of an area its own
    person: str = ""  # the account that reported or acknowledged it
    person_kept: str = ""  # and that person's name, which stays when the account is deleted


SEARCHED: dict[type[Model], Searched] = {
    Incident: Searched(("search_text",), ("name", "place", "description"), "pk", "reported_by"),
    AreaOfInterest: Searched(("name_key",), ("name",), "pk"),
    Alert: Searched(
        ("incident_key", "area_key"),
        ("incident_name", "area_name"),
        "incident_id",
        "acknowledged_by",
        "acknowledged_who",
    ),
}


def search(rows: QuerySet, text: str) -> QuerySet:
    """Those of these rows that *text* finds; all if it is blank. Where it is punctuation alone, that is looked for."""
    text, searched = text.replace("\0", "").strip(), SEARCHED[rows.model]
    words = sorted(words_of(text), key=len, reverse=True)[:MOST_WORDS]
    if not words:
        return rows.filter(reduce(or_, (Q(**{f"{each}__contains": text}) for each in searched.texts))) if text else rows
    people = people_called(words) if searched.person else {}
    longest = text_index.numbers_with(words[0]) if rows.model is Incident else None
    first = has_word(searched, words[0], people, longest)  # the rarest, it may be supposed
    return rows.filter(reduce(and_, (has_word(searched, word, people) for word in words[1:]), first))


def has_word(searched: Searched, word: str, people: dict[str, list[int]], numbers: RawSQL | None = None) -> Q:
    """*numbers*: a query for the rows that say it, where an index has them."""
    conditions = [Q(**{f"{key}__contains": word}) for key in searched.keys] if numbers is None else [Q(pk__in=numbers)]
    number = parse_pk(word)
    if number is not None:
        conditions.append(Q(**{searched.reference: number}))
    if people.get(word):
        conditions.append(Q(**{f"{searched.person}__in": people[word]}))
    if searched.person_kept:
        conditions.append(Q(**{f"{searched.person_kept}__icontains": word}))
    return reduce(or_, conditions)


def people_called(words: list[str]) -> dict[str, list[int]]:
    """The accounts whose names have each word; as they are called now, so that nothing has to follow a new name.

    The database leaves out those that cannot. It does not fold: names with accents or apostrophes are looked at here.
    """
    found: dict[str, list[int]] = {word: [] for word in words}
    may_have = [Q(**{f"{field}__regex": FOLDED_HERE}) for field in NAMES]
    may_have += [Q(**{f"{field}__icontains": word}) for field in NAMES for word in words]
    names = get_user_model().objects.filter(reduce(or_, may_have)).values_list("pk", *NAMES)
    for pk, *called in names.order_by("pk"):
        name = folded(" ".join(called))
        for word in words:
            if word in name:
                found[word].append(pk)
    return found
