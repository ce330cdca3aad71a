"""What processes that have ended have counted stays, exactly, in one file of a kind; the folder does not grow.

The processes are real, and die really.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.metrics import Metrics
from tests.processes import start_python
from tracker.lib.metrics.processes import hold

pytestmark = pytest.mark.once

BEGIN = "import os, sys\nfrom tracker.lib.metrics import ended, processes\nfrom tracker.lib.metrics.counters import *\n"
DIE = "def die():\n    os.kill(os.getpid(), 9)\n"
COUNT = """
SIGN_INS.inc({sign_ins})
SOCKETS.inc(3)
HTTP_SECONDS.labels("login", "2xx").observe({seconds})
"""
READY = "print('ready', flush=True)\nsys.stdin.readline()\n"
TELL = "from prometheus_client import generate_latest\nprint(generate_latest(processes.registry_of_all()).decode())\n"
STEPS = {  # of folding, at each of which it may be killed
    "before anything": "ended.compact = lambda *given: die()",
    "sums written": "ended.json = type('J', (), {'loads': ended.json.loads, 'dumps': lambda rows: die()})",
    "list written": "ended.finish = lambda folder: (folder / ended.LIST).exists() and die()",
    "sums in place": "ended.Path.unlink = lambda *given, **how: die()",
    "a file removed": "was = ended.Path.unlink\nended.Path.unlink = lambda path, **how: (was(path, **how), die())",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "metrics"


Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(folder) -> Iterator[Start]:
    """``start(code)``: a process that has done this and goes on living, until it is told a line (``say``);
    ``start(code, wait=False)``: one that ends by itself."""
    started: list[subprocess.Popen] = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tracker_project.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }

    def run(code: str = "", wait: bool = True, then: str = "", number: int = 0) -> subprocess.Popen:
        as_number = f"import os\nos.getpid = lambda: {number}\n" if number else ""
        code = as_number + BEGIN + code + (READY if wait else "") + then
        process = start_python("-c", code, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        if wait:
            assert process.stdout.readline() == "ready\n"  # type: ignore[union-attr]
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def told(start) -> Callable[[], Metrics]:
    """``told()``: what somebody who is asked says of all; who it was is dead afterwards."""
    return lambda: Metrics(start(TELL, wait=False).communicate()[0])


def counted(sign_ins: float = 1, seconds: float = 0.1) -> str:
    return COUNT.format(sign_ins=sign_ins, seconds=seconds)


def say(process: subprocess.Popen) -> str:
    """Let it go on, to its end; returns what it says."""
    return process.communicate("\n")[0]


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


HTTP = {"view": "login", "status": "2xx"}


def sums(metrics: Metrics) -> tuple[float | None, ...]:
    count = metrics.value("tracker_http_request_duration_seconds_count", **HTTP)
    bucket = metrics.value("tracker_http_request_duration_seconds_bucket", le="0.25", **HTTP)
    return metrics.value("tracker_sign_ins_total"), count, bucket


def seconds(metrics: Metrics) -> float:
    return metrics.value("tracker_http_request_duration_seconds_sum", **HTTP) or 0


def numbers_in(folder: Path) -> set[str]:
    return {number for path in folder.iterdir() for number in re.findall(r"\d+", path.name)}


# --- what stays, and what goes --------------------------------------------------------------------------------------


def test_what_the_dead_have_counted_stays_and_their_files_go(start, told, folder):
    living = start(counted(sign_ins=5, seconds=0.2))
    for n in range(3):
        kill(start(counted(sign_ins=10, seconds=0.1 * n)))
    metrics = told()
    assert sums(metrics) == (35, 4, 4)
    assert seconds(metrics) == pytest.approx(0.5, abs=1e-4)
    assert metrics.value("tracker_sockets_open") == 3
    asked = start(TELL, wait=False)
    asked.communicate()
    assert numbers_in(folder) == {str(living.pid), str(asked.pid)}
    kill(living)
    assert sums(told()) == (35, 4, 4)
    assert told().value("tracker_sockets_open") in (None, 0)


def test_a_crash_loop_leaves_no_more_than_the_last_also_if_nobody_asks(start, folder):
    sizes = []
    for _n in range(6):
        kill(start(counted()))
        sizes.append((len(list(folder.iterdir())), sum(path.stat().st_size for path in folder.iterdir())))
    assert sizes[-1][0] == sizes[2][0]
    assert sizes[-1][1] <= sizes[2][1] + 1024


def test_sums_never_fall_while_processes_come_and_go(start, told):
    living = start(counted(seconds=1e5))
    before: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    for n in range(8):
        kill(start(counted(sign_ins=1, seconds=0.1 + n / 7)))
        metrics = told()
        now = (*(value or 0.0 for value in sums(metrics)), seconds(metrics))
        assert all(a >= b for a, b in zip(now, before, strict=True)), (before, now)
        before = now
    assert before[:2] == (9, 9)
    assert living.poll() is None


def test_a_sum_that_rounding_makes_less_does_not_fall(start, told):
    not_yet = start("ended.compact = lambda *given: None\n", then=TELL)
    _living, *dying = [start(counted(seconds=s)) for s in (0.1, 0.2, 0.3)]
    assert 0.1 + (0.2 + 0.3) < (0.1 + 0.2) + 0.3
    for process in dying:
        kill(process)
    before = seconds(Metrics(say(not_yet)))
    assert before <= seconds(told()) < before + 1e-4


def test_children_of_a_fork_are_folded_and_their_parent_is_not(start, told, folder):
    code = counted() + "child = os.fork()\nif not child:\n    SIGN_INS.inc(7)\n    os._exit(0)\nos.waitpid(child, 0)\n"
    parent = start(code)
    assert sums(told()) == (8, 1, 1)
    assert sums(told()) == (8, 1, 1)
    assert (folder / f"counter_{parent.pid}.db").exists()
    kill(parent)
    assert sums(told()) == (8, 1, 1)


def test_who_lives_goes_on_counting_after_others_were_folded(start, told):
    kill(start(counted(sign_ins=2)))
    living = start(counted(sign_ins=3), then="SIGN_INS.inc(4)\n")
    assert told().value("tracker_sign_ins_total") == 5
    say(living)
    assert told().value("tracker_sign_ins_total") == 9


def test_who_has_the_number_of_a_dead_process_counts_on_or_anew_and_nothing_twice(start, told):
    kill(dead := start(counted(sign_ins=2)))
    living = start(counted(sign_ins=4), number=dead.pid)
    assert sums(told()) == (6, 2, 2)
    kill(living)
    assert sums(told()) == (6, 2, 2)
    again = start(counted(sign_ins=3), number=dead.pid)
    assert sums(told()) == (9, 3, 3)
    assert again.poll() is None


# --- when it goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_whoever_folds_may_be_killed_at_any_step(step, start, told):
    folding = start(DIE + STEPS[step] + "\n", then="processes.bury_the_dead()\n")
    asked = start(then=TELL)
    dying = [start(counted(sign_ins=n)) for n in (2, 3, 5)]
    living = dying.pop()
    for process in dying:
        kill(process)
    say(folding)
    assert folding.returncode == -signal.SIGKILL, "it was killed there"
    assert sums(Metrics(say(asked))) == (10, 3, 3)
    assert sums(told()) == (10, 3, 3)
    assert living.poll() is None


def test_who_gets_the_number_of_one_that_was_half_folded_begins_anew(start, told):
    folding = start(DIE + STEPS["list written"] + "\n", then="processes.bury_the_dead()\n")
    kill(dead := start(counted(sign_ins=2)))
    say(folding)
    living = start(counted(sign_ins=4), number=dead.pid)
    assert sums(told()) == (6, 2, 2)
    kill(living)
    assert sums(told()) == (6, 2, 2)


def test_a_lock_is_of_the_file_that_is_there_and_not_of_one_that_was_removed_meanwhile(tmp_path):
    path = tmp_path / "process_1.lock"
    buries = hold(path)
    with ThreadPoolExecutor(1) as pool:
        appears = pool.submit(hold, path)
        time.sleep(0.2)  # until it waits
        path.unlink()
        buries.close()
        with appears.result() as held:
            assert os.fstat(held.fileno()).st_ino == path.stat().st_ino


def test_many_who_are_asked_at_once_say_the_same(start, told):
    asked = [start(then=TELL) for _n in range(4)]
    for process in [start(counted(sign_ins=n + 1)) for n in range(3)]:
        kill(process)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(say, asked))
    assert [sums(Metrics(answer)) for answer in answers] == [(6, 3, 3)] * 4


def test_a_file_that_was_made_and_never_written_hinders_nobody(start, told, folder):
    kill(start(counted()))
    (folder / "counter_4000001.db").touch()
    (folder / "histogram_4000001.db").touch()
    assert sums(told()) == (1, 1, 1)
    assert not list(folder.glob("*_4000001.*"))


def test_without_room_everything_stays_as_it_was(start, told, folder):
    full = "def full(*given): raise OSError(28, 'No space left on device')\nended.Path.write_bytes = full\n"
    asked = start(full, then=TELL)
    kill(dead := start(counted()))
    assert sums(Metrics(say(asked))) == (1, 1, 1)
    assert (folder / f"counter_{dead.pid}.db").exists()
    assert sums(told()) == (1, 1, 1)
