"""Mutants of the SQL in a module's strings, which no tool for Python changes but into nonsense.

Each rule changes one thing: an operator, AND and OR, a constant, a corner of a box; or drops a condition, a lock, an
order, a limit. A string is taken as it stands in the source, the fields of an f-string left alone.
"""

import ast
import re
from collections.abc import Iterator

from tests.mutation.mutant import POSTGIS, SPATIALITE, Mutant, mutant, span

IS_SQL = re.compile(r"\b(SELECT|UPDATE|UNION|WHERE|AND|CASE|MakePoint|pg_advisory\w*)\b|\b[XY]\(|\br\.[xy]m")
BALANCED = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)"
OPERAND = rf"(?:-?[\w.]+|\{{[^{{}}]*\}})(?:{BALANCED})?"
COMPARISON = rf"(?<!SET )(?<![\w(.])(?P<left>{OPERAND}) (?P<operator><=|>=|=|&&|IS) (?P<right>{OPERAND})"

OTHER_OPERATORS = {"<=": ["<", ">="], ">=": [">", "<="], "=": ["<>"], "&&": [], "IS": ["IS NOT"]}
OTHER_WORDS = {
    r"\bAND\b": ["OR"],
    r"\bOR\b": ["AND"],
    r"\bNOT (?=i\.)": [""],
    r"\bCROSS JOIN\b": ["JOIN"],
    r"\bUNION\b": ["UNION ALL"],
    r"\bST_Intersects\(": ["ST_Contains("],
    rf"\bST_Intersects{BALANCED}": ["1 = 1"],
    r"\bEXISTS \([^()]*\)": ["1 = 1"],
    r"\babs(?=\()": [""],
    r"\bxmin\b": ["xmax"],
    r"\bxmax\b": ["xmin"],
    r"\bymin\b": ["ymax"],
    r"\bymax\b": ["ymin"],
    r"(?<=Mbr)Min(?=[XY])": ["Max"],
    r"(?<=Mbr)Max(?=[XY])": ["Min"],
    r"(?<=ST_[XY])Min": ["Max"],
    r"(?<=ST_[XY])Max": ["Min"],
    r"\b(?:ST_)?X(?=\()": ["ST_Y"],
    r"\b(?:ST_)?Y(?=\()": ["ST_X"],
    r"(?<= )\+(?= )": ["-"],
    r"\bcount\(\*\)": ["1"],
    r"\bORDER BY [\w.]+(?:, [\w.]+)*": ["", r"\g<0> DESC"],
    r"\bFOR UPDATE\b": [""],
    r"\bLIMIT 1\b": [""],
    r"\bLIMIT %s": ["LIMIT %s + 1"],
    r"\bON CONFLICT \(id\) DO NOTHING": [""],
    r"\bSELECT [^;]*?;": [""],
    r"\bpg_advisory_xact_lock\b": ["pg_advisory_xact_lock_shared"],
    r"\bpg_advisory_xact_lock_shared\b": ["pg_advisory_xact_lock"],
    r"(?<![\w.%-])(?<!SELECT )(?<!LIMIT )(?:0|1)(?![\w.])": ["2"],
    r"(?<![\w.%-])(?:90|180)(?:\.0)?(?![\w.])": [r"-\g<0>", "89"],
    r"(?<![\w.%])-(90|180)(\.0)?(?![\w.])": [r"\1\2", "-89"],
}
# Whose these strings are; what is in none of them runs on both.
ONLY_ON = {"POSTGIS": POSTGIS, "POSTGIS_SEAMS": POSTGIS, "POSITIONS": POSTGIS, "LOCK_AND_NUMBER": POSTGIS}
ONLY_ON |= {"SPATIALITE": SPATIALITE}


def sql_mutants(path: str, code: str) -> Iterator[Mutant]:
    """What runs on both databases must be noticed on each of them: two mutants."""
    for database, start, end in strings(code):
        text = code[start:end]
        for first, last, other in changes(text):
            mutated = code[: start + first] + other + code[start + last :]
            for each in [database] if database else [POSTGIS, SPATIALITE]:
                yield mutant(path, code, mutated, (each,))


def strings(code: str) -> Iterator[tuple[str | None, int, int]]:
    """The strings of SQL: on which database alone they run, and where they are."""
    for statement in ast.parse(code).body:
        database = ONLY_ON.get(ast.unparse(statement.targets[0])) if isinstance(statement, ast.Assign) else None
        for node in texts(statement):
            start, end = span(code, node)
            text = code[start:end]
            if IS_SQL.search(text):
                yield POSTGIS if "pg_advisory" in text else database, start, end


def texts(node: ast.AST) -> Iterator[ast.expr]:
    """Strings and f-strings, without docstrings."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def changes(text: str) -> Iterator[tuple[int, int, str]]:
    """Each as the piece of the text that it replaces, and by what; nothing in the fields of an f-string."""
    fields = [match.span() for match in re.finditer(r"\{[^{}]*\}", text)] if text.startswith("f") else []
    for start, end, other in changes_anywhere(text):
        if not any(first < start < last for first, last in fields):
            yield start, end, other


def changes_anywhere(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(COMPARISON, text):
        yield *match.span(), "1 = 1"
        yield *match.span(), "1 = 0"
    for match in re.finditer(r"(?<=[ )])(<=|>=|=|&&|IS)(?= )", text):
        if "SET" not in text[: match.start()].split()[-2:]:
            for other in OTHER_OPERATORS[match[0]]:
                yield *match.span(), other
    for pattern, others in OTHER_WORDS.items():
        for match in re.finditer(pattern, text):
            for other in others:
                yield *match.span(), match.expand(other)
