"""Trying mutants, one after the other, in a copy of the working tree."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.mutation.mutant import POSTGIS, SPATIALITE, Mutant

NOTICED, SURVIVED, BROKEN = "noticed", "SURVIVED", "broken"  # broken: not even an import of it works
FILES, FOLDERS = ["pyproject.toml", "manage.py"], ["tracker", "tracker_project", "tests", "templates", "static"]
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class Trial:
    """*root*: the working tree. Two at once do not meet: each has a folder, and each run of the tests a database."""

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        self.patience_s: dict[str, float] = {}
        for name in FOLDERS:
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
        for name in FILES:
            shutil.copy2(root / name, folder / name)

    def measure(self, tests: list[str]) -> None:
        """How long the tests take, which must pass as long as nothing is changed."""
        for database in (POSTGIS, SPATIALITE):
            began = time.monotonic()
            code, output = self.run(tests, database, 1000)
            if code:
                raise SystemExit(f"The tests fail without a mutant, on {database}:\n{output[-3000:]}")
            self.patience_s[database] = 60 + 2 * (time.monotonic() - began)

    def outcome(self, mutant: Mutant, tests: list[str]) -> tuple[str, str]:
        """What became of the mutant, and which test noticed it."""
        original = (self.folder / mutant.path).read_text()
        self.write(mutant.path, mutant.code)
        try:
            for database in mutant.on:
                code, output = self.run(tests, database, self.patience_s[database])
                if code:
                    failed = FAILED.search(output)
                    return (NOTICED, failed[1]) if failed else (BROKEN, " ".join(output[-200:].split()))
            return SURVIVED, ""
        finally:
            self.write(mutant.path, original)

    def write(self, name: str, code: str) -> None:
        """Without what Python has compiled: it looks at a file's size and second, and took a mutant for another."""
        path = self.folder / name
        path.write_text(code)
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()

    def run(self, tests: list[str], database: str, patience_s: float) -> tuple[int, str]:
        """pytest's exit code, and what it printed. Code that never ends fails too."""
        environment = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": ""}
        if database == SPATIALITE:
            environment |= {"DATABASE_URL": "", "REDIS_URL": ""}
        pytest = [
            str(self.root / ".venv/bin/python"),
            "-m",
            "pytest",
            "-q",
            "-x",
            "--tb=line",
            "-p",
            "no:cacheprovider",
        ]
        with subprocess.Popen(
            [*pytest, *tests],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=patience_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return 1, "FAILED never-ends"
        return process.returncode, output
