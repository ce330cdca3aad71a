"""A rendered page taken apart as a browser would: elements, fields, errors, text."""

from collections.abc import Iterator
from functools import cached_property
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], inside: list["Element"]):
        self.tag, self.attributes, self.inside = tag, attributes, inside
        self.parts: list[str] = []

    @cached_property
    def text(self) -> str:
        return "".join(self.parts)

    def __repr__(self):
        return f"<{self.tag} {self.attributes}>"

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        return self["class"].split()


class Page(HTMLParser):
    """``Page(response)`` of the test client, or ``Page(text)``."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.source = source if isinstance(source, str) else source.content.decode()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, list(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if any(element.tag == tag for element in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data):
        for element in self.open:
            element.parts.append(data)

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements with this tag and these attributes (``class_`` for class: one of the classes)."""
        class_ = attributes.pop("class_", None)
        return [
            element
            for element in self.elements
            if (not tag or element.tag == tag)
            and all(element.attributes.get(name) == value for name, value in attributes.items())
            and (class_ is None or class_ in element.classes)
        ]

    @property
    def text(self) -> str:
        """What a person reads, with white space made plain."""
        body = self.all("body")[0].text
        for element in self.elements:
            if element.tag in {"script", "style"} and element.text:
                body = body.replace(element.text, " ", 1)
        return " ".join(body.split())

    @property
    def fields(self) -> dict[str, str]:
        """What the page's forms would send: names and values; of several with one name the last."""
        values = {}
        for element in self.elements:
            name = element["name"]
            if element.tag == "textarea":
                values[name] = element.text.removeprefix("\n")  # HTML drops a newline at the beginning
            elif element.tag == "input" and (
                element["type"] not in {"checkbox", "radio"} or "checked" in element.attributes
            ):
                values[name] = element.attributes.get("value", "on" if element["type"] == "checkbox" else "")
            elif element.tag == "option" and "selected" in element.attributes:
                values[self.select_of(element)["name"]] = element["value"]
        values.pop("", None)
        return values

    def select_of(self, option: Element) -> Element:
        return next(element for element in reversed(option.inside) if element.tag == "select")

    def errors_at(self, field: str) -> str:
        """The sentences at a field, of a crispy form or of the admin."""
        return " ".join(element.text.strip() for element in self._errors(field))

    def _errors(self, field: str) -> Iterator[Element]:
        for element in self.elements:
            said, at = element["id"], f"id_{field}"
            crispy = said.startswith("error_") and said.endswith(f"_{at}")
            admin = "errorlist" in element.classes and (
                said == f"{at}_error" or any(f"field-{field}" in outer.classes for outer in element.inside)
            )
            if crispy or admin:
                yield element

    @property
    def form_errors(self) -> str:
        """The sentences above the form, that belong to no field."""
        return " ".join(e.text.strip() for e in self.all("div", class_="alert-block"))

    @property
    def messages(self) -> list[str]:
        """What the site says after a redirect (``role=status``), or the admin's list of messages."""
        said = self.all("div", role="status") or self.all("ul", class_="messagelist")
        return [element.text.strip() for element in said]
