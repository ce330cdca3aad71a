"""A folder of static files, as ``collectstatic`` makes it for a deployed site, and what is in its modules."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from tests.conftest import need

SPECIFIERS = Path(__file__).parent / "specifiers.js"


class Collected:
    """The sources are the site's, or those in *sources* alone."""

    def __init__(self, root: Path, sources: Path | None = None):
        self.root = root
        own: dict = {"STATIC_ROOT": root}
        if sources:
            finder = "django.contrib.staticfiles.finders.FileSystemFinder"
            own |= {"STATICFILES_DIRS": [sources], "STATICFILES_FINDERS": [finder]}
        self.settings = override_settings(**own)
        with self.settings:
            call_command("collectstatic", verbosity=0, interactive=False)
        self.names: dict[str, str] = json.loads((root / "staticfiles.json").read_text())["paths"]

    def hashed(self, *patterns: str) -> list[str]:
        """The hashed names of the files whose plain names match."""
        return [hashed for name, hashed in self.names.items() if any(re.search(each, name) for each in patterns)]

    def text(self, name: str) -> str:
        """Of the file that stands for this plain or hashed name."""
        return (self.root / self.names.get(name, name)).read_text()

    def target(self, name: str, address: str) -> str:
        """The name of the file to which this address leads from that file."""
        return str((self.root / name).parent.joinpath(address).resolve().relative_to(self.root.resolve()))

    def imports(self, modules: list[str]) -> dict[str, list[str]]:
        """The names of the files that these modules import, as V8 reads them."""
        node = shutil.which("node")
        need(node, "node")
        paths = json.dumps([str(self.root / name) for name in modules])
        command = [str(node), "--no-warnings", "--experimental-vm-modules", str(SPECIFIERS)]
        read = json.loads(subprocess.run(command, input=paths, capture_output=True, text=True, check=True).stdout)
        return {name: [self.target(name, each) for each in read[str(self.root / name)]] for name in modules}

    def is_final(self, name: str) -> bool:
        """Is this a file that pages name, and not a plain one, or one that was written on the way?"""
        is_immutable = re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, name) is not None
        return is_immutable and name in self.names.values() and (self.root / name).is_file()
