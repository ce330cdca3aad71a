"""No file that is committed, or would be, holds a secret."""

import re
import subprocess

from tests.processes import ROOT

# Keys, tokens and passwords as they are written down; what documentation shows instead has dots or an ellipsis in it.
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key or token with its value": re.compile(r"\b(SECRET_KEY|METRICS_TOKEN|API_KEY|TOKEN)=[\"']?[A-Za-z0-9_-]{20,}"),
    "a password in an address": re.compile(r"://[\w.-]*:(?!password@|pass@|secret@)[A-Za-z0-9_-]{16,}@"),
    "a cloud's key": re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})\b"),
}
OURS = {
    "tests/settings.py",
    "tests/house/test_secrets.py",
}  # a key that says of itself that it is for tests; the patterns


def committed() -> list[str]:
    found = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [name for name in found.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_secret_is_committed():
    names = committed()
    assert len(names) > 300
    found = []
    for name in set(names) - OURS:
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        found += [f"{name}: {what}" for what, pattern in SECRETS.items() if pattern.search(text)]
    assert found == []


def test_files_of_secrets_are_ignored():
    for name in (".env", "tracker.sqlite3", "job_files/x", ".vagrant/machines"):
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT).returncode == 0, name
