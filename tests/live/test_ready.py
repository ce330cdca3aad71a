"""A server process says by a file that it serves, from when it listens until it is told to stop."""

import signal
import socket

import pytest

from tests.processes import START_S, wait_until


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run" / "ready"


@pytest.fixture
def web(live_site, folder):
    web = live_site.another(READY_FOLDER=str(folder))
    yield web
    web.kill()


def names(folder) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_the_file_is_there_while_it_serves(web, folder):
    web.begin()
    wait_until(lambda: names(folder), "no file", START_S)
    assert names(folder) == [str(web.process.pid)]
    assert web.answers(), "it serves from then on"
    with socket.create_connection(("127.0.0.1", web.port)) as caller:
        caller.sendall(b"POST / HTTP/1.1\r\n")  # which it waits for
        wait_until(web.answers, "it does not answer")
        web.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not names(folder), "it begins to stop")
        assert web.is_running()
    assert web.process.wait(5) == 0


def test_no_file_without_the_setting(live_site, folder):
    web = live_site.another(READY_FOLDER="")
    web.start()
    web.stop()
    assert not folder.exists()


def test_a_folder_that_cannot_be_had_stops_the_start(live_site):
    web = live_site.another(READY_FOLDER="/proc/no/folder/there")
    web.begin()
    assert web.process.wait(START_S) == 1
    assert "Tracker cannot start: READY_FOLDER: " in web.tail_of_log()
    assert "Traceback" not in web.tail_of_log()
