"""House rules that a machine can check: documents against code, who imports whom, and what templates may hold."""

import ast
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.project.test_settings import variables
from tracker import __version__
from tracker.events import messages

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
LIVE = sorted((ROOT / "tracker" / "live").glob("*.py"))
MODULES = sorted(path for path in (ROOT / "tracker").rglob("*.py") if "migrations" not in path.parts)


def dotted(path: Path) -> str:
    """``tracker/live/hub.py`` as ``tracker.live.hub``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def calls(path: Path, name: str) -> list[int]:
    """In which lines a module calls ``name``, as ``json.dumps``."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node.lineno for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


# --- documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", [*messages.FROM_SERVER, *messages.FROM_CLIENT])
def test_every_message_is_documented_with_its_fields(type):
    text = (ROOT / "docs" / "wire-format.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|") and f"`{type}`" in line.split("|")[1]]
    assert rows, f"docs/wire-format.md has no row for `{type}`"
    declared = {**messages.FROM_SERVER, **messages.FROM_CLIENT}[type]
    for field in set(declared.__annotations__) - {"type", "seq"}:
        assert any(re.search(rf"\b{field}\b", row) for row in rows), f"`{type}`: {field} is not documented"


@pytest.mark.parametrize("code", ["SIGNED_OUT", "NO_PERMISSION", "FELL_BEHIND", "TOO_MANY_SOCKETS", "BAD_MESSAGE"])
def test_every_close_code_is_documented(code):
    assert str(getattr(messages, code)) in (ROOT / "docs" / "wire-format.md").read_text()


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()
    assert re.search(rf"^#?\s?{name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_no_setting_is_documented_that_there_is_not():
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    example = re.findall(r"^#?\s?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(table) > 10
    assert set(table) <= variables()
    assert set(example) <= variables()


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = r"(?:tracker|tracker_project|tests|scripts|static|templates|deploy|docs|benchmarks)"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
class TestDocuments:
    def test_every_file_that_it_names_is_there(self, path):
        named = set(re.findall(rf"`({FOLDERS}/[\w./-]*)`", path.read_text()))
        assert {name for name in named if not (ROOT / name).exists()} == set()

    def test_every_link_leads_somewhere(self, path):
        links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text())
        assert {link for link in links if not leads_somewhere(path, link)} == set()


def leads_somewhere(path: Path, link: str) -> bool:
    """As GitHub has it: a heading's anchor is its text in small letters, with hyphens for spaces."""
    name, _, anchor = link.partition("#")
    page = (path.parent / name).resolve() if name else path
    if not anchor:
        return page.exists()
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_decision_stands_in_the_index_under_its_number():
    adr = ROOT / "docs" / "adr"
    files = sorted(path.name for path in adr.glob("[0-9]*.md"))
    titles = [(adr / name).read_text().splitlines()[0].removeprefix("# ") for name in files]
    rows = re.findall(r"^\| \[(\d+)\]\(([^)]+)\) \| (.+) \|$", (adr / "README.md").read_text(), re.MULTILINE)
    assert len(files) > 50
    assert [(name, f"{number}. {title}") for number, name, title in rows] == list(zip(files, titles, strict=True))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


DRAWN = runpy.run_path(str(ROOT / "scripts" / "draw_floors.py"))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()


def test_the_picture_of_the_floors_is_what_the_contract_says():
    assert DRAWN["with_picture"](ARCHITECTURE, PYPROJECT) == ARCHITECTURE, "`make floors` draws it again"


@pytest.mark.parametrize("room", ["incidents", "geo"])
def test_a_contract_that_has_changed_needs_another_picture(room):
    changed = PYPROJECT.replace(f'"{room}"', '"another_room"')
    assert DRAWN["with_picture"](ARCHITECTURE, changed) != ARCHITECTURE


def test_the_table_of_the_floors_has_their_numbers():
    floors = DRAWN["floors"](DRAWN["contracts"](PYPROJECT)["floors"])
    table = re.findall(r"^\| (\d+) \| `(\w+)(?:/|\.py)` \|", ARCHITECTURE, re.MULTILINE)
    rooms = {(number, room) for number, layer in floors.items() for room in layer.split(" | ")}
    assert {(int(number), room) for number, room in table} == rooms


def test_every_folder_of_tests_is_run():
    script = "".join((ROOT / "scripts" / name).read_text() for name in ("test.sh", "deploy_check.sh"))
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert "jobs" in folders
    assert {folder for folder in folders if f"tests/{folder}" not in script} == set()


# --- what a contributor meets first --------------------------------------------------------------------------------

FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_is_one_that_github_shows(path):
    """https://docs.github.com/communities: "Syntax for GitHub's form schema"."""
    form = yaml.safe_load(path.read_text())
    assert {"name", "description", "body"} <= set(form)
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert all(part["type"] in {"textarea", "input", "dropdown", "checkboxes"} for part in asked)
    assert all(part["attributes"]["label"] for part in asked)
    ids = [part["id"] for part in asked]
    assert len(ids) == len(set(ids))
    assert any(part.get("validations", {}).get("required") for part in asked)


def test_what_runs_elsewhere_is_the_command_of_the_readme():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert job["runs-on"].startswith("ubuntu-")
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]


def test_the_container_to_work_in_is_set_up_for_both_commands():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    script, goal = container["postCreateCommand"].split()
    assert os.access(ROOT / script, os.X_OK)
    assert goal == "test"  # installs what `make run` needs, too
    assert container["forwardPorts"] == [8000]


# --- the version ---------------------------------------------------------------------------------------------------

RELEASE = re.compile(r"^## (\d+)\.(\d+)\.(\d+) – (\d{4}-\d\d-\d\d)$")


def test_the_version_is_that_of_the_changelog():
    """The newest release, or while there are changes of no release one that may come after it."""
    own = tuple(int(number) for number in __version__.split("."))
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    releases = [found for line in headings if (found := RELEASE.match(line))]
    assert headings[len(headings) - len(releases) :] == [found[0] for found in releases], (
        "a release has no number or no date"
    )
    numbers = [tuple(int(number) for number in found.groups()[:3]) for found in releases]
    assert numbers == sorted(set(numbers), reverse=True)
    assert own >= numbers[0] if headings[0] == "## Unreleased" else own == numbers[0]


def test_the_version_stands_in_one_place():
    assert "project" not in tomllib.loads((ROOT / "pyproject.toml").read_text()), "it would have a version of its own"
    assert "version" not in json.loads((ROOT / "package.json").read_text())


# --- rooms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_modules_are_named_for_a_noun(path):
    assert path.stem not in {"utils", "helpers", "misc", "common"}


LONGEST = 400
OURS = ("tracker", "tracker_project", "tests", "benchmarks", "scripts", "deploy", "static/js")
NOT_OURS = {"vendor", "node_modules"}


def too_long(root: Path) -> list[str]:
    """Which of our files have more lines than one reads at a sitting."""
    files = [path for folder in OURS for ending in ("py", "js", "mjs") for path in (root / folder).rglob(f"*.{ending}")]
    ours = sorted(path.relative_to(root) for path in files if NOT_OURS.isdisjoint(path.parts))
    return [str(path) for path in ours if len((root / path).read_text().splitlines()) > LONGEST]


def test_no_file_is_too_long_to_be_read_at_a_sitting():
    assert too_long(ROOT) == []


@pytest.mark.parametrize("name", ["tests/web/test_it.py", "static/js/live/it.js"])
def test_a_file_that_is_too_long_is_told(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("\n" * LONGEST)
    assert too_long(tmp_path) == []
    path.write_text("\n" * (LONGEST + 1))
    assert too_long(tmp_path) == [name]


def test_the_top_of_the_house_is_seen_at_a_glance():
    entries = {path.name for path in (ROOT / "tracker").iterdir() if path.name != "__pycache__"}
    assert len(entries) <= 16, sorted(entries)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    env = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run([*command, "--no-cache"], cwd=folder, env=env, capture_output=True, text=True)


def test_imports_run_down():
    """The contract of pyproject.toml holds."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


def test_an_import_that_runs_up_is_told(tmp_path):
    """The test above can fail: models must not know of the web."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("tracker", "tracker_project"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    with (tmp_path / "tracker" / "models" / "alerts.py").open("a") as file:
        file.write("\nfrom tracker.web import forms\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert "tracker.models is not allowed to import tracker.web" in done.stdout


# --- templates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
class TestTemplates:
    def test_no_inline_handler_and_no_inline_style(self, path):
        """A Content-Security-Policy without 'unsafe-inline' would stop them."""
        text = path.read_text()
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "an event handler"
        assert not re.search(r"<[^>]*\sstyle\s*=", text), "a style attribute"
        assert not re.search(r"javascript:", text, re.IGNORECASE)

    def test_a_script_or_a_style_in_the_page_has_a_nonce(self, path):
        for tag in re.findall(r"<(?:script|style)\b[^>]*>", path.read_text()):
            assert "src=" in tag or "nonce=" in tag or 'type="application/json"' in tag, tag

    def test_no_text_of_a_user_is_marked_safe(self, path):
        assert not re.search(r"\|\s*safe\b|\bautoescape off\b", path.read_text())

    def test_nothing_is_loaded_from_elsewhere(self, path):
        loaded = re.findall(
            r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*\"", path.read_text()
        )
        assert loaded == []


def test_there_are_templates():
    assert len(TEMPLATES) > 5


# --- looks ---------------------------------------------------------------------------------------------------------


def test_a_severity_has_one_shape_in_scripts_and_in_pages():
    script = (ROOT / "static/js/lib/severity.js").read_text()
    page = (ROOT / "templates/tracker/_severity_icon.html").read_text()
    shapes = re.findall(r'path: "([^"]+)"', script)
    assert len(shapes) == 5
    assert re.findall(r'<path d="([^"]+)"', page) == shapes


def test_every_picture_of_the_guide_is_there():
    guide = (ROOT / "docs/user-guide.md").read_text()
    pictures = re.findall(r"\]\((images/[^)]+)\)", guide)
    assert pictures
    assert {path.name for path in (ROOT / "docs/images").iterdir()} == {Path(name).name for name in pictures}
    for name in pictures:
        assert (ROOT / "docs" / name).exists(), name


# --- messages ------------------------------------------------------------------------------------------------------

OF_MESSAGES = sorted(
    ROOT / "tracker" / name
    for name in ("events/log.py", "alerts/lifecycle.py", "jobs/serializer.py", *(f"live/{p.name}" for p in LIVE))
)


@pytest.mark.parametrize("path", OF_MESSAGES, ids=lambda path: path.name)
def test_messages_are_written_by_what_refuses_what_is_no_json(path):
    assert not calls(path, "json.dumps"), "tracker/lib/strict_json.py writes no “Infinity”"
