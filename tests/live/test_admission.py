"""Handshakes that come together are answered together, each with its own answer."""

import asyncio

import pytest

from tracker.accounts.access import Rights
from tracker.live.admission import GATHER_S, TOGETHER, Admission

pytestmark = pytest.mark.asyncio


class Register:
    """A look-up that takes its time; session ``s7`` is user 7's, and odd ones may not watch."""

    def __init__(self):
        self.asked: list[list[str]] = []
        self.may_answer = asyncio.Event()
        self.broken = False

    async def look_up(self, sessions: list[str]) -> dict[str, Rights]:
        self.asked.append(sessions)
        await self.may_answer.wait()
        if self.broken:
            raise ConnectionError("no database")
        return {s: Rights(int(s[1:]), int(s[1:]) % 2 == 0) for s in sessions if s.startswith("s")}


@pytest.fixture
def register() -> Register:
    return Register()


async def ask(admission: Admission, *sessions: str) -> list[asyncio.Task]:
    tasks = [asyncio.create_task(admission.ask(session)) for session in sessions]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_who_comes_while_others_are_looked_up_is_looked_up_with_the_rest(register):
    admission = Admission(register.look_up)
    first = await ask(admission, "s1")
    rest = await ask(admission, *[f"s{n}" for n in range(2, TOGETHER + 12)])
    register.may_answer.set()
    answers = await asyncio.gather(*first, *rest)
    assert answers == [Rights(n, n % 2 == 0) for n in range(1, TOGETHER + 12)]
    assert [len(sessions) for sessions in register.asked] == [1, TOGETHER, 10]


async def test_in_a_rush_those_who_keep_coming_are_looked_up_together(register):
    admission = Admission(register.look_up)
    await ask(admission, "s1")
    came = await ask(admission, "s2")
    register.may_answer.set()
    for n in range(3, 9):  # each sooner than the wait for the one before it is over
        came += await ask(admission, f"s{n}")
        await asyncio.sleep(GATHER_S / 5)
    assert await asyncio.gather(*came) == [Rights(n, n % 2 == 0) for n in range(2, 9)]
    assert len(register.asked) <= 4, "and not one by one"


async def test_a_stranger_is_told_apart_from_the_others(register):
    admission = Admission(register.look_up)
    register.may_answer.set()
    assert await asyncio.gather(*await ask(admission, "", "s2", "made up")) == [None, Rights(2, True), None]


async def test_many_tabs_of_one_session_are_one_question(register):
    admission = Admission(register.look_up)
    await ask(admission, "s1")
    tabs = await ask(admission, "s4", "s4", "s4")
    register.may_answer.set()
    assert await asyncio.gather(*tabs) == [Rights(4, True)] * 3
    assert register.asked == [["s1"], ["s4"]]


async def test_one_that_goes_away_disturbs_nobody(register):
    admission = Admission(register.look_up)
    gone, stays = await ask(admission, "s2", "s2")
    gone.cancel()
    register.may_answer.set()
    assert await stays == Rights(2, True)


async def test_a_failure_is_told_to_all_and_the_next_are_looked_up_again(register):
    admission = Admission(register.look_up)
    register.broken = True
    register.may_answer.set()
    for task in await ask(admission, "s1", "s2"):
        with pytest.raises(ConnectionError):
            await task
    register.broken = False
    assert await admission.ask("s2") == Rights(2, True)


async def test_one_that_cannot_be_looked_up_fails_alone(register):
    async def look_up(sessions: list[str]) -> dict[str, Rights]:
        answers = await register.look_up(sessions)
        if "broken" in sessions or "odd" in sessions:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        return answers

    admission = Admission(look_up)
    first = await ask(admission, "s0")
    names = [f"s{n}" for n in range(1, TOGETHER - 1)]
    names[7:7], names[30:30] = ["broken"], ["odd"]
    together = await ask(admission, *names)
    register.may_answer.set()
    answers = dict(zip(names, await asyncio.gather(*together, return_exceptions=True), strict=True))
    assert await first[0] == Rights(0, True)
    assert {name for name, answer in answers.items() if isinstance(answer, ValueError)} == {"broken", "odd"}
    assert all(answers[f"s{n}"] == Rights(n, n % 2 == 0) for n in range(1, TOGETHER - 1))
    assert len(register.asked) < 4 * 6 + 4, "halves of halves, and not everybody by themselves"


async def test_while_the_database_is_away_nobody_is_asked_about_twice(register):
    admission = Admission(register.look_up)
    first = await ask(admission, "s1")
    rest = await ask(admission, *[f"s{n}" for n in range(2, 42)])
    register.broken = True
    register.may_answer.set()
    for task in [*first, *rest]:
        with pytest.raises(ConnectionError):
            await task
    assert [len(sessions) for sessions in register.asked] == [1, 40]
