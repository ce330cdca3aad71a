"""What a browser asks for when it opens a page, by HTTP/2 as a browser does: everything at once over one connection."""

import posixpath
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import requests

from tests.deploy.visitors import Visitor
from tracker.web.modules import IMPORT

FILE = re.compile(r"""(?:src|href)="(/static/[^"]+)\"""")
ENTRY = re.compile(r"""<script src="(/static/[^"]+)" type="module">""")


def files_of(page: str) -> list[str]:
    return sorted(set(FILE.findall(page)))


def modules_of(page: str) -> set[str]:
    """What the page names: those that it runs, and those that it has loaded for them."""
    return set(re.findall(r"""rel="modulepreload" href="([^"]+)\"""", page)) | set(ENTRY.findall(page))


def follow(visitor: Visitor, page: str) -> dict[str, str]:
    """The texts of all modules of a page, found as by a browser that knows no links: one import after the other."""
    texts: dict[str, str] = {}
    new = set(ENTRY.findall(page))
    while new:
        for address in new:
            answer = visitor.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            texts[address] = answer.text
        found = {urljoin(address, each) for address in new for each in IMPORT.findall(texts[address])}
        new = {posixpath.normpath(each) for each in found} - set(texts)
    return texts


def load(url: str, certificates: str, addresses: list[str]) -> list[str]:
    """How each of them is answered: the status and the version of HTTP."""
    command = ["curl", "--silent", "--http2", "--cacert", certificates, "--compressed", "--max-time", "120"]
    command += ["--parallel", "--parallel-max", "150", "--write-out", "%{http_code} %{http_version}\\n"]
    for address in addresses:
        command += ["--output", "/dev/null", f"{url}{address}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout.splitlines()


def open_at_once(url: str, certificates: str, cookie: str, path: str, count: int) -> list[tuple[int, list[str]]]:
    """So many consoles open this page: how each is answered, and then all files that the page names."""

    def open_one(_: int) -> requests.Response:
        return requests.get(f"{url}{path}", cookies={"sessionid": cookie}, timeout=60, verify=certificates)

    with ThreadPoolExecutor(count) as consoles:
        pages = list(consoles.map(open_one, range(count)))
        loaded = consoles.map(lambda page: load(url, certificates, files_of(page.text)), pages)
        return [(page.status_code, files) for page, files in zip(pages, loaded, strict=True)]
