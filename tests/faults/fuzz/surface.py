"""What can be asked: the addresses, and which fields each reads. Found in the site itself, so that what is new is
fuzzed by itself.

Addresses come from the resolver. Fields come from the pages as an administrator sees them (every field of a form, every
parameter of a link), from the form classes, from what the administration can filter by, and from the words that stand
in the source of a view.
"""

import ast
import inspect
import random
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.resolver import Route, routes
from tests.web.page import Page

WORD = re.compile(r"[a-z_][a-z0-9_]{0,40}")
LOOKUPS = [
    "", "__exact", "__year", "__month", "__day", "__gte", "__lt", "__in", "__range", "__isnull", "__regex",
    "__iregex", "__icontains", "__contains", "__date", "__time", "__hour", "__week_day", "__quarter", "__search",
    "__pk", "__id", "__name", "__distance_lte", "__bboverlaps", "__isvalid", "__password__startswith",
]  # fmt: skip
OF_LISTS = [
    "q", "o", "p", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters", "action",
    "_selected_action", "select_across", "index", "post", "_save", "_continue", "_addanother", "_saveasnew", "sort",
    "page", "next",
]  # fmt: skip


@dataclass
class Address:
    """One of the site's addresses."""

    route: Route
    named: list[str]  # the fields that its own page has, in forms and links
    fields: list[str]  # those and others that it may read, in its query or its body
    shown: dict[str, str] = field(default_factory=dict)  # what its own form would send

    def __str__(self):
        return self.route.address


class Surface:
    """All of them, once the site has shown its pages to an administrator."""

    def __init__(self, session: requests.Session, url: str, path_of):
        """*path_of*: an address of the resolver as one of this site, with a row that there is."""
        self.addresses: list[Address] = []
        for route in routes():
            page = session.get(f"{url}{path_of(route.address)}", timeout=30, allow_redirects=False)
            shown, linked = fields_on(page) if "html" in page.headers.get("Content-Type", "") else ({}, set())
            named = {*shown, *linked}
            self.addresses.append(Address(route, sorted(named), sorted(named | fields_of(route)), shown))
        self.of_admin = [each for each in self.addresses if str(each).startswith("/admin/")]
        self.others = [each for each in self.addresses if each not in self.of_admin]
        self.all_fields = sorted({name for address in self.addresses for name in address.fields})

    def address(self, chance: random.Random) -> Address:
        """Of the administration's, which are alike, one in three."""
        return chance.choice(self.of_admin if chance.random() < 0.33 else self.others)

    def field(self, address: Address, chance: random.Random) -> str:
        """Mostly one of its own, rather one that its page has; now and then one that another address reads."""
        if address.named and chance.random() < 0.5:
            return chance.choice(address.named)
        return chance.choice(address.fields if address.fields and chance.random() < 0.8 else self.all_fields)


def fields_on(response: requests.Response) -> tuple[dict[str, str], set[str]]:
    """What the page's forms would send, and the parameters of its links."""
    page = Page(response.text)
    names = {element["name"] for element in page.elements if element.tag in {"input", "select", "textarea", "button"}}
    links = [element["href"] for element in page.all("a")]
    linked = {name for link in links for name, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True)}
    return page.fields, linked | names - {""}


def fields_of(route: Route) -> set[str]:
    view = route.view
    found = words_near(view) if view else set()
    form = getattr(getattr(view, "view_class", None), "form_class", None)
    if form is not None:
        found |= set(form.base_fields)
    model_admin = getattr(view, "model_admin", None)
    if model_admin is not None:
        fields = model_admin.model._meta.get_fields()
        found |= {f"{each.name}{lookup}" for each in fields for lookup in LOOKUPS} | set(OF_LISTS)
    return found


def words_near(view: Any) -> set[str]:
    """The words in the source of the view, if it is Tracker's own: among them are the parameters that it reads."""
    view = inspect.unwrap(getattr(view, "view_class", view))
    module = inspect.getmodule(view)
    if module is None or not module.__name__.startswith("tracker."):
        return set()
    return words_in(module.__name__) | words_in("tracker.incidents.filters")


@cache
def words_in(module: str) -> set[str]:
    tree = ast.parse(inspect.getsource(__import__(module, fromlist=["x"])))
    constants = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    words = {text for text in constants if WORD.fullmatch(text)}
    return words | {f"{word}_{end}" for word in ("reported", "raised", "created") for end in ("from", "until")}
