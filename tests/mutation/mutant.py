"""A mutant: one module changed in one small way, how the change is written down, and where tests must notice it."""

import ast
from dataclasses import dataclass

POSTGIS, SPATIALITE = "PostGIS", "SpatiaLite"


@dataclass(frozen=True)
class Mutant:
    """*on*: the databases that it is tried on, one after the other, until the tests of one notice it."""

    path: str
    line: int
    was: str
    becomes: str
    code: str
    on: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By what a row of docs/mutation.md names it: line numbers change too often."""
        return self.path, " or ".join(self.on), self.was, self.becomes

    def __str__(self) -> str:
        return f"{self.path}:{self.line} on {' or '.join(self.on)}: {self.was} -> {self.becomes}"


def mutant(path: str, code: str, mutated: str, on: tuple[str, ...] = (POSTGIS, SPATIALITE)) -> Mutant:
    """Shows of the two codes what differs, with the words around it."""
    start = alike(code, mutated)
    end = alike(code[start:][::-1], mutated[start:][::-1])
    left, right = before(code, start), after(code, len(code) - end)
    was, becomes = code[left:right], mutated[left : right + len(mutated) - len(code)]
    line = code.count("\n", 0, start) + 1
    return Mutant(path, line, " ".join(was.split()), " ".join(becomes.split()), mutated, on)


def alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def before(code: str, position: int, words: int = 2) -> int:
    """Where the words before a position begin, at most at the line's beginning."""
    line = code.rfind("\n", 0, position) + 1
    text = code[line:position]
    for _ in range(words):
        text = text.rstrip()
        text = text[: text.rfind(" ") + 1]
    return line + len(text)


def after(code: str, position: int, words: int = 2) -> int:
    """Where the words after a position end, at most at the line's end."""
    line = code.find("\n", position)
    text = code[position:line]
    left = text
    for _ in range(words):
        left = left.lstrip()
        left = left[left.find(" ") :] if " " in left else ""
    return position + len(text) - len(left)


def span(code: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Where a node stands in the code, in characters; ``ast`` counts lines, and bytes in them."""
    lines = code.splitlines(keepends=True)

    def position(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return position(node.lineno, node.col_offset), position(node.end_lineno, node.end_col_offset)
