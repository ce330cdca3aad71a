"""The oracle finds whatever can go wrong with a delivery. A test that cannot fail would prove nothing."""

import pytest

from tests import make
from tests.faults.oracle import Oracle, Row, differences
from tests.faults.stretch import Person, Stretch

VERA, OLGA = Person(1, "a cookie"), Person(2, "another")
AUDIENCES = {3: VERA.audience, 5: OLGA.audience, 8: OLGA.audience}


def message(seq: int) -> dict:
    return {"type": "changed", "seq": seq, "model": "Incident", "count": seq}


class Heard:
    """Somebody who handled these numbers of a log of ten."""

    def __init__(self, *seqs: int, since: int = 0, person: Person = VERA):
        self.name, self.person, self.wrong, self.ended = "Someone", person, list[str](), ""
        self.stretches = [Stretch({}, "log", since, [message(seq) for seq in seqs])]


@pytest.fixture
def oracle() -> Oracle:
    oracle = Oracle()
    oracle.logs["log"] = {seq: Row(AUDIENCES.get(seq), message(seq)) for seq in range(1, 11)}
    oracle.ends["log"] = 10
    return oracle


def test_all_is_well(oracle):
    assert oracle.findings([Heard(1, 2, 3, 4, 6, 7, 9, 10)]) == []
    assert oracle.findings([Heard(1, 2, 4, 5, 6, 7, 8, 9, 10, person=OLGA)]) == []
    assert oracle.findings([Heard(9, 10, since=8), Heard(since=10)]) == []


@pytest.mark.parametrize(
    ("seqs", "finding"),
    [
        ((1, 2, 3, 6, 7, 9, 10), "lost 1 of 8 messages in 1…10: [4]"),
        ((1, 2, 3, 4, 6, 7, 9), "lost 1 of 8 messages in 1…10: [10]"),
        ((), "lost 8 of 8 messages in 1…10: [1, 2, 3, 4, 6]"),
        ((1, 2, 3, 4, 4, 6, 7, 9, 10), "handled twice 1 of 8 messages in 1…10: [4]"),
        ((1, 2, 4, 3, 6, 7, 9, 10), "handled out of order 1 of 8 messages in 1…10: [3]"),
        ((1, 2, 3, 4, 5, 6, 7, 9, 10), "handled what was not for it 1 of 8 messages in 1…10: [5]"),
        ((1, 2, 3, 4, 6, 7, 9, 10, 11), "handled what was not for it 1 of 8 messages in 1…10: [11]"),
    ],
)
def test_what_is_wrong_is_found(oracle, seqs, finding):
    assert oracle.findings([Heard(*seqs)]) == [f"Someone {finding}"]


def test_another_text_under_the_right_number_is_found(oracle):
    heard = Heard(9, 10, since=8)
    heard.stretches[0].handled[1]["count"] = 7
    assert oracle.findings([heard]) == ["Someone handled another text 1 of 2 messages in 9…10: [10]"]


def test_a_heartbeat_that_promised_too_much_is_found(oracle):
    heard = Heard(9, 10, since=8)
    heard.stretches[0].beats = [(8, 8), (9, 9)]
    assert oracle.findings([heard]) == []
    heard.stretches[0].beats = [(10, 9)]
    assert "complete when it was not" in oracle.findings([heard])[0]


def test_only_the_last_stretch_must_reach_the_end(oracle):
    heard = Heard(1, 2, 3)
    assert "lost 5" in oracle.findings([heard])[0]
    heard.stretches.append(Stretch({}, "log", 9, [message(10)]))
    assert oracle.findings([heard]) == []
    del heard.stretches[0].handled[1]
    assert "lost 1 of 3" in oracle.findings([heard])[0]


def test_who_was_let_go_need_not_be_complete_but_sound(oracle):
    heard = Heard(1, 2, 3)
    heard.ended = "signed-out"
    assert oracle.findings([heard]) == []
    del heard.stretches[0].handled[0]
    assert "lost 1 of 3" in oracle.findings([heard])[0]


def test_who_never_reloaded_is_found(oracle):
    heard = Heard(9, 10, since=8)
    heard.stretches[0].broken = True
    assert oracle.findings([heard]) == ["Someone never reloaded although it was told to"]
    heard.stretches.clear()
    assert oracle.findings([heard]) == ["Someone never had a snapshot"]


def test_a_log_that_never_was_and_a_log_with_a_gap_are_found(oracle):
    heard = Heard(9, 10, since=8)
    heard.stretches[0].log = "another"
    assert "never was" in oracle.findings([heard])[0]
    del oracle.logs["log"][4]
    assert oracle.findings([]) == ["log log has gaps before [5]"]


def test_a_page_that_differs_from_a_fresh_one_is_found(scenario):
    client = scenario.watch(1)[0]
    for name in ("Fire", "Flood", "Storm"):
        make.incident(name)
    scenario.must_be_clean()
    handled = client.stretch.handled
    fire = next(
        each for each in handled if each["type"] == "post_save" and each["feature"]["properties"]["name"] == "Fire"
    )
    handled.remove(fire)
    found = differences(client.fetch_all(), [client])
    assert len(found) == 1
    assert f"incidents {fire['feature']['id']} is undefined" in found[0]
