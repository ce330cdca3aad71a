#!/usr/bin/env python3
"""Write the messages that ``tracker/events/messages.py`` declares as types for the scripts of the pages.

    python3 scripts/generate_message_types.py

``tsc`` then refuses a script that reads a field which the server does not send. The types stand in a namespace of their
own that every script knows, so that no script imports a file which browsers must not load.
"""

import inspect
import sys
import types
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tracker.events import messages  # noqa: E402

TARGET = ROOT / "scripts" / "types" / "messages.d.ts"
HEAD = """\
/**
 * What crosses the socket, as tracker/events/messages.py declares it; docs/wire-format.md explains it. Not edited by
 * hand: `make message-types` writes it.
 */
"""
SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", typing.Any: "unknown"}


def written(hint: typing.Any) -> str:
    """A field's type as TypeScript has it."""
    if hint == messages.Feature:
        return "Feature"  # scripts/types/features.d.ts
    if hint in SCALARS:
        return SCALARS[hint]
    if typing.is_typeddict(hint):
        return hint.__name__
    of, inside = typing.get_origin(hint), typing.get_args(hint)
    if of is typing.Literal:
        return " | ".join(f'"{value}"' for value in inside)
    if of in (typing.Union, types.UnionType):
        return " | ".join(written(each) for each in inside)
    if of is list:
        return f"{written(inside[0])}[]"
    raise TypeError(f"{hint} has no type for the scripts yet.")


def interface(declared: typing.Any) -> list[str]:
    hints = typing.get_type_hints(declared)
    fields = [
        f"    {name}{'' if name in declared.__required_keys__ else '?'}: {written(hint)};"
        for name, hint in hints.items()
    ]
    return [f"  interface {declared.__name__} {{", *fields, "  }", ""]


def union(name: str, members: typing.Iterable[type]) -> list[str]:
    return [f"  type {name} =", *(f"    | {member.__name__}" for member in members)]


def text() -> str:
    """The whole file."""
    ours = [each for each in vars(messages).values() if inspect.isclass(each) and each.__module__ == messages.__name__]
    declared = [each for each in ours if each is not messages.GroupEvent]  # that one never leaves the servers
    numbered = [each for each in messages.FROM_SERVER.values() if "seq" in each.__annotations__]
    lines = [line for each in declared for line in interface(each)]
    for name, members in (
        ("FromServer", messages.FROM_SERVER.values()),
        ("Numbered", numbered),
        ("FromClient", messages.FROM_CLIENT.values()),
    ):
        lines += union(name, members)
        lines[-1] += ";"
        lines.append("")
    return HEAD + "declare namespace Wire {\n" + "\n".join(lines[:-1]) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(text())
