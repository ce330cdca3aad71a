"""Change matching, the log's numbering and what is around them in every small way, and see that a test notices each.

    scripts/with_services.sh build/mutation/bin/python -m tests.mutation.run [PART_OF_A_PATH_OR_CHANGE ...]

Each mutant is written into a copy of the working tree, and the tests that are for it run there, on PostGIS and Redis
or on SpatiaLite or on both, until one fails. What no test can notice is explained in a row of docs/mutation.md, and not
tried again; a row that explains nothing any more is an error, as a survivor is.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutation.explained import explained
from tests.mutation.mutant import Mutant
from tests.mutation.python_mutants import python_mutants
from tests.mutation.sql_mutants import sql_mutants
from tests.mutation.trial import SURVIVED, Trial

ROOT = Path(__file__).resolve().parents[2]
ALERTS = [f"tests/alerts/test_{name}.py" for name in ("membership", "lifecycle", "resolving", "odd_saves")]
WORK, RACE = "tests/alerts/test_matching_work.py", "tests/alerts/test_matching_race.py"
LOG = ["tests/events/test_log.py", "tests/events/test_retention.py"]
WRITING = [f"tests/incidents/test_{name}.py" for name in ("write_path", "history")]
AUDIT = "tests/audit/test_audit.py"
# The tests for each module, those that notice most first.
TARGETS = {
    "tracker/alerts/matching.py": [*ALERTS, WORK, RACE],
    "tracker/alerts/lifecycle.py": [*ALERTS[1:], *WRITING, AUDIT, ALERTS[0], RACE],
    "tracker/events/numbering.py": LOG,
    "tracker/events/publishing.py": [*LOG, "tests/events/test_sender.py"],
    "tracker/incidents/writing.py": [*WRITING, *ALERTS[1:], LOG[0], AUDIT, RACE],
}
AT_ONCE = 2


def main(wanted: list[str]) -> int:
    began = time.monotonic()
    mutants = all_mutants()
    rows = explained(ROOT / "docs" / "mutation.md")
    idle = rows - {mutant.key for mutant in mutants}
    to_try = [m for m in mutants if m.key not in rows and (not wanted or any(part in str(m) for part in wanted))]
    print(f"{len(mutants)} mutants, {len(mutants) - len(to_try)} explained or not asked for", flush=True)
    outcomes = try_all(to_try)

    survivors = [mutant for mutant, (outcome, _by) in outcomes.items() if outcome == SURVIVED]
    found: list[tuple[str, list[str]]] = [
        ("No test notices", [str(mutant) for mutant in survivors]),
        ("Explained in docs/mutation.md, but there is no such mutant", [str(row) for row in sorted(idle)]),
    ]
    for title, lines in found:
        if lines:
            print(f"\n{title}:", *lines, sep="\n  ")
    counts = Counter(outcome for outcome, _by in outcomes.values())
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(mutants)} mutants: {said}, {len(rows - idle)} explained; {minutes:.0f} minutes")
    return 1 if survivors or idle else 0


def all_mutants() -> list[Mutant]:
    found: dict[tuple[str, str, str, str], Mutant] = {}
    for path in TARGETS:
        code = (ROOT / path).read_text()
        for mutant in [*python_mutants(path, code), *sql_mutants(path, code)]:
            while mutant.key in found:  # the same words elsewhere in the module
                mutant = replace(mutant, was=f"{mutant.was} …")
            found[mutant.key] = mutant
    return sorted(found.values(), key=lambda mutant: (mutant.path, mutant.line))


def try_all(mutants: list[Mutant]) -> dict[Mutant, tuple[str, str]]:
    """Each mutant's outcome, and which test noticed it; also in build/mutation/mutants.json."""
    with TemporaryDirectory(prefix="tracker-mutation-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        trials = [Trial(ROOT, Path(folder) / str(n)) for n in range(AT_ONCE)]
        tests = {test for mutant in mutants for test in TARGETS[mutant.path]}
        list(pool.map(lambda trial: trial.measure(sorted(tests)), trials))
        idle: SimpleQueue[Trial] = SimpleQueue()
        for trial in trials:
            idle.put(trial)

        def outcome(mutant: Mutant) -> tuple[str, str]:
            trial = idle.get()
            try:
                found = trial.outcome(mutant, TARGETS[mutant.path])
            finally:
                idle.put(trial)
            print(f"{found[0]:8} {mutant}   {found[1]}", flush=True)
            return found

        outcomes = dict(zip(mutants, pool.map(outcome, mutants), strict=True))
    rows = [[*mutant.key, mutant.line, said, by] for mutant, (said, by) in outcomes.items()]
    (ROOT / "build" / "mutation" / "mutants.json").write_text(json.dumps(rows, indent=1))
    return outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
