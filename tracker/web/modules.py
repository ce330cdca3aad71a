"""The modules that a page runs, named in the page itself: a browser asks for all of them at once.

Otherwise it learns of a module only when it has read the one that imports it, and a map waits for seven journeys.
"""

import logging
import posixpath
import re
from functools import lru_cache
from typing import cast

from django import forms
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html, format_html_join

from tracker.web.static_files import HashedFilesStorage, is_hashed

logger = logging.getLogger(__name__)

IMPORT = re.compile(r"""^\s*(?:import|export)\b(?:[^'"();=]*?\bfrom)?\s*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


class Module(forms.Script):
    """``<script type="module">``, after links to all that it imports. Also for a form's media.

    *linked*: the names that the page has links to already; those of this one are added when it is written.
    """

    def __init__(self, src: str, linked: set[str] | None = None):
        super().__init__(src, type="module")
        self.name = src
        self.linked: set[str] = set() if linked is None else linked

    def __str__(self) -> str:
        names = [name for name in imports_of(self.name) if name not in self.linked]
        self.linked.update(names)
        addresses = ((f"{settings.STATIC_URL}{name}",) for name in names)
        links = format_html_join("", '<link rel="modulepreload" href="{}">', addresses)
        return format_html("{}{}", links, super().__str__())


def imports_of(name: str) -> tuple[str, ...]:
    """The names of the files that this module imports, itself or through others. None where files have plain names."""
    stored = name if settings.DEBUG else cast(HashedFilesStorage, staticfiles_storage).stored_name(name)
    return all_imports(stored) if is_hashed(stored) else ()


@lru_cache(maxsize=1000)  # a file with this name never has another content
def all_imports(stored: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    new = [stored]
    while new:
        new = [name for each in new for name in imports_in(each) if name not in found and name != stored]
        found |= dict.fromkeys(new)
    return tuple(found)


def imports_in(stored: str) -> list[str]:
    try:
        with staticfiles_storage.open(stored) as file:
            text = file.read().decode()
    except OSError:
        logger.exception("A static file cannot be read; the page does without the links to what it imports.")
        return []
    folder = posixpath.dirname(stored)
    return [posixpath.normpath(posixpath.join(folder, address)) for address in IMPORT.findall(text)]
