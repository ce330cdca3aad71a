"""The scripts of the pages know the messages as the server declares them (scripts/generate_message_types.py)."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, get_args, get_type_hints, is_typeddict

import pytest

from tracker.events import messages
from tracker.models import Notification

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("generator", ROOT / "scripts" / "generate_message_types.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_types_are_those_that_the_server_declares(generator):
    """``make message-types`` writes them."""
    assert generator.TARGET.read_text() == generator.text()


def test_every_message_is_among_them_and_what_stays_on_the_server_is_not(generator):
    text = generator.text()
    for declared in (*messages.FROM_SERVER.values(), *messages.FROM_CLIENT.values()):
        assert f"interface {declared.__name__} {{" in text
    assert messages.GroupEvent.__name__ not in text


def test_a_field_that_is_added_or_changed_shows(generator):
    class Told(TypedDict):
        type: Literal["told"]
        words: list[str]
        by: str | None
        feature: messages.Feature
        seq: NotRequired[int]

    assert generator.interface(Told) == [
        "  interface Told {",
        '    type: "told";',
        "    words: string[];",
        "    by: string | null;",
        "    feature: Feature;",
        "    seq?: number;",
        "  }",
        "",
    ]


def test_what_cannot_be_written_is_refused(generator):
    with pytest.raises(TypeError, match="has no type for the scripts yet"):
        generator.written(set[int])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("message.areas_of_interest[0].alert.toFixed()", None),
        ("message.areas_of_interest[0].alarm", "Property 'alarm' does not exist on type 'AlertedArea'."),
        ("message.at.getTime()", "Property 'getTime' does not exist on type 'string'."),
    ],
)
def test_a_script_that_reads_what_is_not_sent_is_refused(tmp_path, line, problem):
    for name in ("messages.d.ts", "features.d.ts"):
        shutil.copy(ROOT / "scripts" / "types" / name, tmp_path)
    (tmp_path / "reader.js").write_text(
        f"/** @param {{Wire.AlertRaised}} message */\nexport const read = (message) => {line};\n"
    )
    settings = {"extends": str(ROOT / "tsconfig.strict.json"), "include": ["*"], "compilerOptions": {"types": []}}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    command = [ROOT / "node_modules" / ".bin" / "tsc", "-p", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (problem is None), done.stdout
    assert (problem or "") in done.stdout


def test_every_message_of_the_log_is_called_by_words():
    """In the administration, whose list of notifications shows no names of the wire."""
    others = {messages.Hello, messages.Reset, messages.Heartbeat, messages.Ack}  # have a number, and are not kept
    kept = [each for each in vars(messages).values() if is_typeddict(each) and "seq" in each.__annotations__]
    names = {get_args(get_type_hints(each)["type"])[0] for each in kept if each not in others}
    assert len(names) > 5
    assert set(Notification.Type.values) == names
