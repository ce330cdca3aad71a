"""Requests are worked on in turn: so many at once, by line, and strangers give way to those who are signed in."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tracker_project.turns import IN_LINE, LineIsFull, Turns

pytestmark = pytest.mark.once

kept: list[AsyncExitStack] = []  # one that nobody holds would give its turn back


async def begin(turns: Turns, line: str) -> tuple[AsyncExitStack, asyncio.Task]:
    """Ask for a turn; what ends it, and a task that is done when it has begun."""
    stack = AsyncExitStack()
    kept.append(stack)
    task = asyncio.ensure_future(stack.enter_async_context(turns.turn(line)))
    await settle()
    return stack, task


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def played(scenario):
    """A test that runs on an event loop of its own."""
    return lambda: asyncio.run(scenario())


@played
async def test_one_line_has_its_share_and_others_pass_it():
    turns = Turns(2, 1)
    first, begun = await begin(turns, "a")
    _, second = await begin(turns, "a")
    _, other = await begin(turns, "b")
    assert (begun.done(), second.done(), other.done()) == (True, False, True)
    await first.aclose()
    await settle()
    assert second.done()


@played
async def test_a_line_has_an_end():
    turns = Turns(1, 1)
    await begin(turns, "a")
    tasks = [(await begin(turns, "a"))[1] for _ in range(IN_LINE)]
    _, refused = await begin(turns, "a")
    with pytest.raises(LineIsFull):
        refused.result()
    for task in tasks:
        task.cancel()
    await settle()
    assert not turns.lines


@played
async def test_strangers_give_way_while_somebody_signed_in_is_served():
    people = Turns(24, 8)
    strangers = Turns(2, 1, yields_to=people)
    working, _ = await begin(people, "olga")
    first, one = await begin(strangers, "a")
    _, two = await begin(strangers, "b")
    _, three = await begin(strangers, "c")
    assert (one.done(), two.done()) == (True, False)
    await first.aclose()
    await settle()
    assert (two.done(), three.done()) == (True, False), "one at a time, but one always"
    await working.aclose()
    await settle()
    assert three.done(), "they are called as soon as nobody else is served"
