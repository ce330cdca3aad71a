"""Static files under names with their content's hash: every page and every file names files of one version only."""

import os
import re
import time
from itertools import count
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.template import engines
from django.templatetags.static import static
from django.test import Client, override_settings
from whitenoise.storage import MissingFileError

from tests.web.collected import Collected
from tracker.models import AreaOfInterest, Incident
from tracker.web.modules import Module, imports_of

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
OUR_MODULES = (r"^js/(?!theme\.js$)", r"^vendor/topojson-client/.*\.js$")
ADDRESS = re.compile(r"""["'`](\.{1,2}/[^"'`$\s]+)["'`]""")
URL_IN_CSS = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Collected:
    return Collected(tmp_path_factory.mktemp("static"))


@pytest.fixture
def deployed(collected):
    """The pages name what was collected."""
    with collected.settings:
        yield collected


@pytest.fixture
def collect(tmp_path):
    """``collect({"a.js": "…"})``: collect these files, and those of before."""
    sources = tmp_path / "sources"
    times = count(time.time(), 60)  # collectstatic copies what is newer

    def collect_them(files: dict[str, str]) -> Collected:
        now = next(times)
        for name, text in files.items():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_text(text)
            os.utime(sources / name, (now, now))
        return Collected(tmp_path / "collected", sources)

    return collect_them


# --- all files of the site ---


def test_every_import_of_every_module_names_a_hashed_file(collected):
    imports = collected.imports(collected.hashed(*OUR_MODULES))
    assert len(imports) > 80
    assert sum(map(len, imports.values())) > 150, "it was looked at"
    wrong = {name: [each for each in found if not collected.is_final(each)] for name, found in imports.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_no_module_has_the_plain_address_of_a_file_in_it(collected):
    """Whatever it is for: ``import()``, ``new URL(…, import.meta.url)``, or what somebody will think of."""
    addresses = [
        (name, each) for name in collected.hashed(*OUR_MODULES) for each in ADDRESS.findall(collected.text(name))
    ]
    assert len(addresses) > 150
    assert [found for found in addresses if not collected.is_final(collected.target(*found))] == []


def test_every_picture_of_a_style_sheet_has_a_hashed_name(collected):
    urls = [(name, each) for name in collected.hashed(r"\.css$") for each in URL_IN_CSS.findall(collected.text(name))]
    assert {name.split("/")[0] for name, _ in urls} >= {"admin", "leaflet"}
    assert [found for found in urls if not collected.is_final(collected.target(*found))] == []


def test_what_pages_name_is_there(collected):
    """In templates, and in the forms of the administration."""
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    named = {name for text in texts for name in re.findall(r"""\{% (?:static|module) ["']([^"']+)["'] %\}""", text)}
    assert {"css/tracker.css", "js/pages/live_map.js", "js/ui/site_menu.js"} <= named
    for model in (Incident, AreaOfInterest):
        media = admin.site.get_model_admin(model).get_form(HttpRequest())().media
        named |= {getattr(each, "_path", each) for each in media._js}  # type: ignore[attr-defined]
        named |= {name for names in media._css.values() for name in names}  # type: ignore[attr-defined]
    assert "js/pages/admin_map.js" in named
    assert sorted(name for name in named if not name.startswith("/") and name not in collected.names) == []


def test_nothing_is_left_that_was_written_on_the_way(collected):
    names = [str(path.relative_to(collected.root)) for path in collected.root.rglob("*.js")]
    plain = [name for name in collected.names if name.endswith(".js")]
    assert sorted(names) == sorted(plain + [collected.names[name] for name in plain])


def test_hashed_files_are_there_compressed(collected):
    for pattern in (r"^js/pages/live_map\.js$", r"^css/tracker\.css$", r"countries-50m\.json$"):
        (name,) = collected.hashed(pattern)
        assert (collected.root / f"{name}.gz").is_file()


# --- what JavaScript allows ---

ODD = """
import "./side_effect.js";
import{one}from"./one.js";
import
  two,
  { three as four }
  from './deep/two.js';
import * as all from "./one.js";
export { one } from "./one.js";
export * from "./deep/two.js";
/* A comment may say import or export, and "./nowhere.js" too; so may // "./nowhere.js" */
const address = new URL("./data.json", import.meta.url);
const later = () => import("./later.js");
const text = `an import of { goods } from "abroad", and ${one}`;
"""


def odd_files() -> dict[str, str]:
    files = dict.fromkeys(("side_effect.js", "one.js", "later.js"), "export const one = 1;\n")
    two = 'import "../one.js";\nexport default 2;\nexport const three = 3;\n'
    return files | {"odd.js": ODD, "data.json": "{}", "deep/two.js": two}


def test_imports_of_every_kind(collect):
    collected = collect(odd_files())
    (odd,) = collected.hashed("^odd.js$")
    names = collected.names
    expected = {names[name] for name in ("side_effect.js", "one.js", "deep/two.js")}
    assert set(collected.imports([odd])[odd]) == expected
    with collected.settings:
        assert set(imports_of("odd.js")) == expected, "what is imported later is not asked for at once"
    assert f'new URL("./{names["data.json"]}", import.meta.url)' in collected.text(odd)
    assert f'import("./{names["later.js"]}")' in collected.text(odd)
    assert 'an import of { goods } from "abroad", and ${one}' in collected.text(odd)


def test_a_change_at_the_end_of_a_long_row_gives_all_of_it_new_names(collect):
    row = {f"{n}.js": f'import "./{n + 1}.js";\n' for n in range(20)} | {"20.js": "0;\n"}
    before = collect(row).names
    after = collect({"20.js": "1;\n"})
    assert not set(before.values()) & set(after.names.values())
    assert all((after.root / name).is_file() for name in before.values()), "older pages find theirs"


def test_a_module_that_imports_what_is_not_there_ends_it(collect):
    with pytest.raises(MissingFileError, match=r"references a file which could not be found:\s+nowhere\.js"):
        collect({"a.js": 'import "./nowhere.js";\n'})


# --- links in pages ---


def test_a_page_has_links_to_all_that_its_modules_import(deployed):
    """To just those that a browser will ask for."""
    imports = deployed.imports(deployed.hashed(*OUR_MODULES))

    def all_of(name: str) -> set[str]:
        found: set[str] = set()
        new = {name}
        while new:
            new = {each for module in new for each in imports[module]} - found
            found |= new
        return found

    for name, hashed in deployed.names.items():
        if hashed in imports:
            assert set(imports_of(name)) == all_of(hashed), name
            assert len(imports_of(name)) == len(set(imports_of(name)))


def test_the_tag(deployed):
    said = engines["django"].from_string("{% load modules %}{% module 'js/pages/report_thanks.js' %}").render()
    links = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', said)
    assert sorted(links) == sorted(deployed.hashed(r"^js/ui/(report|tab)_drafts?\.js$", r"^js/lib/drafts?\.js$"))
    (own,) = deployed.hashed(r"^js/pages/report_thanks\.js$")
    assert said.endswith(f'<script src="/static/{own}" type="module"></script>')


def test_with_debug_files_have_their_plain_names(deployed):
    with override_settings(DEBUG=True):
        assert str(Module("js/pages/list.js")) == '<script src="/static/js/pages/list.js" type="module"></script>'


# --- when something is not as it should be ---


def test_a_name_that_was_not_collected_costs_no_page(deployed, caplog):
    assert static("js/forgotten.js") == "/static/js/forgotten.js"
    assert str(Module("js/forgotten.js")) == '<script src="/static/js/forgotten.js" type="module"></script>'
    assert "js/forgotten.js is not among the collected static files" in caplog.text


def test_a_file_that_is_gone_costs_no_page(collect, caplog):
    collected = collect({"gone.js": 'import "./other.js";\n', "other.js": "'gone';\n"})
    (name,) = collected.hashed("^gone.js$")
    (collected.root / name).unlink()
    with collected.settings:
        assert str(Module("gone.js")) == f'<script src="/static/{name}" type="module"></script>'
    assert "A static file cannot be read" in caplog.text


def test_where_nothing_was_collected_files_have_their_plain_names(caplog):
    assert static("js/pages/list.js") == "/static/js/pages/list.js"
    assert not caplog.records


def test_a_list_that_was_cut_off_is_written_anew(collect, caplog):
    collected = collect({"a.js": "1;\n"})
    (collected.root / "staticfiles.json").write_text('{"paths": {"a')
    with collected.settings:
        assert static("a.js") == "/static/a.js"
    assert "cannot be read" in caplog.text
    again = collect({})
    with again.settings:
        assert static("a.js") == f"/static/{collected.names['a.js']}"


# --- how they are served ---


def test_browsers_keep_hashed_files_for_good_and_no_others(deployed):
    client = Client()
    kept = client.get(static("js/pages/live_map.js"))
    assert (kept.status_code, kept["Cache-Control"]) == (200, "max-age=315360000, public, immutable")
    plain = client.get("/static/js/pages/live_map.js")
    assert (plain.status_code, plain["Cache-Control"]) == (200, "max-age=0, public")
    kept.close()
    plain.close()


def test_nginx_takes_the_same_names_for_hashed(settings):
    text = (ROOT / "deploy" / "nginx" / "tracker.conf").read_text()
    assert f'location ~ "^/static/.+{settings.WHITENOISE_IMMUTABLE_FILE_TEST}"' in text
    assert isinstance(staticfiles_storage, HashedFilesMixin)
    assert re.search(
        settings.WHITENOISE_IMMUTABLE_FILE_TEST, staticfiles_storage.hashed_name("a.js", ContentFile(b"1"))
    )
