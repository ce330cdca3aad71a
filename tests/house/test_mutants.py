"""What `make mutation` makes of a module's SQL, and of the rows that explain what no test can notice."""

from tests.mutation.explained import explained
from tests.mutation.mutant import POSTGIS, SPATIALITE
from tests.mutation.sql_mutants import sql_mutants

MODULE = '''\
"""Where x = 1 AND y = 2 nothing changes."""
WORD = "a word"
POSTGIS = f"SELECT {'x = 1' and name} FROM area WHERE x <= 90 AND y LIMIT 1"
def read():
    return "SELECT id FROM area WHERE NOT i.closed ORDER BY id"
'''
BEFORE = MODULE.splitlines()


def changed_lines(database: str) -> dict[int, set[str]]:
    """By the line's number."""
    found: dict[int, set[str]] = {}
    for mutant in sql_mutants("area.py", MODULE):
        if mutant.on == (database,):
            after = mutant.code.splitlines()
            (line,) = [n for n, (was, becomes) in enumerate(zip(BEFORE, after, strict=True), 1) if was != becomes]
            assert line == mutant.line
            found.setdefault(line, set()).add(after[line - 1])
    return found


OF_BOTH = {
    '    return "SELECT id FROM area WHERE i.closed ORDER BY id"',
    '    return "SELECT id FROM area WHERE NOT i.closed "',
    '    return "SELECT id FROM area WHERE NOT i.closed ORDER BY id DESC"',
}


def test_every_part_of_sql_is_changed_and_nothing_else():
    head = "POSTGIS = f\"SELECT {'x = 1' and name} FROM area WHERE "
    assert changed_lines(POSTGIS) == {
        3: {
            head + changed
            for changed in (
                '1 = 1 AND y LIMIT 1"',
                '1 = 0 AND y LIMIT 1"',
                'x < 90 AND y LIMIT 1"',
                'x >= 90 AND y LIMIT 1"',
                'x <= -90 AND y LIMIT 1"',
                'x <= 89 AND y LIMIT 1"',
                'x <= 90 OR y LIMIT 1"',
                'x <= 90 AND y "',
            )
        },
        5: OF_BOTH,
    }


def test_what_is_for_one_database_is_changed_on_that_one_only():
    assert changed_lines(SPATIALITE) == {5: OF_BOTH}


def test_a_row_explains_the_mutant_that_it_names(tmp_path):
    page = tmp_path / "mutation.md"
    page.write_text("| `tracker/a.py` | PostGIS | `x = 1` | `x = 2` | there is one row |\n| Another | table |\n")
    assert explained(page) == {("tracker/a.py", "PostGIS", "x = 1", "x = 2")}
