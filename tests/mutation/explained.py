"""The mutants that no test can notice, as the table in docs/mutation.md explains them."""

import re
from pathlib import Path

Key = tuple[str, str, str, str]
ROW = re.compile(r"^\| `(tracker/[\w/]+\.py)` \| ([\w ]+) \| `(.+?)` \| `(.*?)` \| .+ \|$", re.MULTILINE)


def explained(page: Path) -> set[Key]:
    """By path, databases, what the code was and what it becomes: as ``Mutant.key``."""
    return set(ROW.findall(page.read_text()))
