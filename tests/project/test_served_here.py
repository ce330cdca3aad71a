"""What a server hands on as the path of a request is a path when the site has it, whichever server it is."""

import asyncio
from typing import Any

import pytest

from tracker_project.served_here import ServedHere


@pytest.mark.parametrize(
    ("handed_on", "path"),
    [
        ("/tracker/", "/tracker/"),
        ("http://evil.example/tracker/", "/http://evil.example/tracker/"),
        ("evil.example:443", "/evil.example:443"),
        ("*", "/*"),
        ("", "/"),
    ],
)
def test_the_path_begins_with_a_slash(handed_on, path):
    served: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: object, send: object) -> None:
        served.append(scope)

    async def nothing() -> None:
        raise AssertionError("nothing is read or sent")

    scope = {"type": "http", "path": handed_on, "root_path": "/evil"}
    asyncio.run(ServedHere({"http": application})(scope, nothing, nothing))
    assert [(scope["path"], scope["root_path"]) for scope in served] == [(path, "")]
