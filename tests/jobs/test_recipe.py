"""The recipe for a job (docs/recipes.md): the code that stands there passes the test that stands there."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"


def test_the_job_passes_its_test(declare):
    """``declare`` forgets the job again after the test."""
    blocks = re.findall(r"^ +```python\n(.*?)^ +```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    there: dict[str, Any] = {}
    for block in blocks:
        exec(compile(textwrap.dedent(block), PAGE.name, "exec"), there)
    (test,) = (what for name, what in there.items() if name.startswith("test_"))
    test()
