"""Reading the environment and ``.env``, strictly: what cannot be used stops the start with a sentence that names it."""

import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvError, validate

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(env.path("ENV_FILE", BASE_DIR / ".env"), recurse=False)


def stop(sentence: str) -> NoReturn:
    """End the start with one sentence on standard error (exit status 1)."""
    sys.exit(f"Tracker cannot start: {sentence}")


def read(parser: str, name: str, *args: Any, **kwargs: Any) -> Any:
    """``env.<parser>(name)``, or stop with a sentence that names the variable."""
    given = os.environ.get(name, "").strip()
    if parser == "int" and given and not re.fullmatch("[+-]?[0-9]+", given):  # Python reads ٣ and 1_0, too
        stop(f"{name}: “{given}” is not a whole number.")
    try:
        return getattr(env, parser)(name, *args, **kwargs)
    except (EnvError, ValueError) as error:
        stop(f"{name}: {error}")


def whole(name: str, default: int, least: int, most: int | None = None) -> int:
    """A whole number in these bounds."""
    return read("int", name, default, validate=validate.Range(least, most))


def address(url: str, name: str) -> SplitResult:
    """The parts of an address, or stop. The sentence does not repeat it: there may be a password in it."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (is looked at when it is asked for)
    except ValueError:
        stop(f"{name}: the address cannot be read. In a password, write / as %2F, : as %3A, @ as %40 and [ as %5B.")
    return parts


def origin_of(url: str, name: str) -> str:
    """``scheme://host[:port]`` of an address; anything else than a plain origin stops the start."""
    plain = ""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        plain = f"{parts.scheme}://{parts.netloc}"
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_plain = False
    if not is_plain or url.rstrip("/") != plain or "*" in plain or "@" in plain:
        stop(f"{name}: “{url}” is not an origin such as https://tracker.example.org.")
    return plain.lower()


def path_in(text: str, name: str) -> str:
    """A path such as ``/incidents``, or nothing; anything else stops the start."""
    if text and not re.fullmatch(r"(/[A-Za-z0-9_-]+)+", text):
        stop(f"{name}: “{text}” is not a path such as /incidents.")
    return text
