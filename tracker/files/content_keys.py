"""Features of files that do not say where they come from: known by all that they say, so that a file that is imported
twice makes no second rows.

The key is kept where an exported row has its origin (own_features.py). What the same feature would become by another
choice of properties is another row, and so is a feature that stands in one file twice.
"""

import hashlib
import json
import re

KEY = re.compile(r"file:[0-9a-f]{40}(-\d{1,9})?", re.ASCII)


class ContentKeys:
    """The keys of the features of one file, which must be asked for in their order, each once."""

    def __init__(self, choices: object):
        """*choices*: which property is what."""
        self.choices = choices
        self.seen: set[int] = set()
        self.again: dict[int, int] = {}  # how often those came that came more than once

    def of(self, feature: object) -> str | None:
        """None of what cannot be written as JSON again, which is refused anyway."""
        try:
            text = json.dumps([self.choices, feature], sort_keys=True, default=str)
        except (RecursionError, TypeError, ValueError):
            return None
        digest = hashlib.sha256(text.encode()).hexdigest()[:40]
        short = int(digest[:15], 16)
        if short not in self.seen:
            self.seen.add(short)
            return f"file:{digest}"
        self.again[short] = self.again.get(short, 1) + 1
        return f"file:{digest}-{self.again[short]}"
