"""HTTP requests: an address, a method, a query, a form, headers, some of them odd; now and then the bytes themselves.

Half of a request is as it should be: what is refused at the door shows nothing of what lies behind it.
"""

import random
import uuid

from tests.faults.fuzz import headers
from tests.faults.fuzz.bodies import Fields, some_body
from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.spoiled import chunked, spoiled
from tests.faults.fuzz.surface import Address, Surface
from tests.faults.fuzz.values import HOSTS, OTHER_HOST, as_bytes, odd, odd_for, percent_encoded
from tests.faults.fuzz.world import World

TOKEN = b"a" * 32  # of CSRF: a cookie and a field that are the same are good, whoever has made them up
ODD_METHODS = [
    "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "G%45T", "X" * 300, "POST ",
]  # fmt: skip
OFTEN = {"stranger": 5, "outsider": 1, "viewer": 3, "operator": 4, "staff": 1, "officer": 2, "admin": 6}
LARGE = (300_000, 6_500_000)  # bytes: what a form may be, and more than any may
MANY = 1500  # fields
LEADING = {"next", "url", "success_url", "_changelist_filters"}  # fields whose value is an address


class Request:
    """A request that is put together, and made odd, step by step."""

    def __init__(self, chance: random.Random, surface: Surface, world: World, host: str, thread: int):
        self.chance, self.surface, self.world = chance, surface, world
        self.changes: list[str] = []
        self.must_be_answered = True
        self.role = chance.choices(list(OFTEN), list(OFTEN.values()))[0]
        self.address: Address = surface.address(chance)
        self.method = chance.choices(["GET", "POST", chance.choice(ODD_METHODS)], [50, 42, 8])[0]
        self.path, self.query = self.some_path(), self.some_query()
        self.headers = [(b"Host", host.encode()), (b"Cookie", self.cookie(thread))]
        if chance.random() < 0.9:
            self.headers.append((b"X-CSRFToken", TOKEN))
        if chance.random() < 0.2:
            self.headers.append((b"Accept", b"application/json"))
        self.body = b""
        if self.method != "GET":
            self.fill_in()
        if chance.random() < 0.45:
            self.change_headers()

    def cookie(self, thread: int) -> bytes:
        session = self.world.session_of(self.role, thread)
        return b"csrftoken=" + TOKEN + (f"; sessionid={session}".encode() if session else b"")

    # --- where to ---

    def some_path(self) -> bytes:
        address = str(self.address)
        if "<" in address and self.chance.random() < 0.15:
            self.changes.append("path")
            start, _, rest = address.partition("<")
            end = self.world.path(rest.partition(">")[2]).partition("?")[0]
            return start.encode() + percent_encoded(odd(self.chance), self.chance) + end.encode()
        path = self.world.path(address).partition("?")[0].encode()
        return self.another(path) if self.chance.random() < 0.04 else path

    def another(self, path: bytes) -> bytes:
        self.changes.append("path")
        extra = percent_encoded(odd(self.chance)[:3000], self.chance)
        return self.chance.choice([
            path + extra, b"/" + extra + path, b"//" + OTHER_HOST.encode() + path, path[:-1], path.upper(),
            path + b";" + extra, b"/." + path, path.replace(b"/", b"//"),
        ])  # fmt: skip

    def some_query(self) -> bytes:
        usual = self.world.path(str(self.address)).partition("?")[2].encode()
        if self.chance.random() > (0.7 if self.method == "GET" else 0.15):
            return usual
        self.changes.append("query")
        pairs = [self.pair() for _ in range(self.chance.choice([1, 1, 1, 2, 3, 8]))]
        if self.chance.random() < 0.005:
            pairs *= MANY // len(pairs)
        return b"&".join(([usual] if usual and self.chance.random() < 0.5 else []) + pairs)

    def pair(self) -> bytes:
        name = self.surface.field(self.address, self.chance)
        if self.chance.random() < 0.02:
            return percent_encoded(odd(self.chance), self.chance)
        return percent_encoded(name.encode(), self.chance) + b"=" + percent_encoded(self.value(name), self.chance)

    def value(self, name: str) -> bytes:
        """An odd one; of a field that leads somewhere mostly an address; and sometimes the number of a row."""
        if name in LEADING and self.chance.random() < 0.7:
            if self.chance.random() < 0.3:  # of the site itself: also the one where it is asked
                return self.world.path(str(self.surface.address(self.chance))).encode()
            return as_bytes(self.chance.choice(HOSTS))
        return self.world.number(self.chance).encode() if self.chance.random() < 0.15 else odd_for(name, self.chance)

    # --- what with ---

    def fill_in(self) -> None:
        """The form of this address as it is taken, with none, one or several of its fields odd."""
        fields: Fields = {}
        if self.chance.random() < 0.9:
            taken = self.world.filled_in(str(self.address), self.role)
            fields = {name: [value] for name, value in (self.address.shown | taken).items()}
        if "submission" in fields:
            fields["submission"] = [str(uuid.UUID(int=self.chance.getrandbits(128)))]
        fields["csrfmiddlewaretoken"] = [TOKEN]
        for _ in range(self.chance.choice([0, 1, 1, 1, 1, 2, 2, 5])):
            name = self.surface.field(self.address, self.chance)
            if not self.harms_a_map(name):
                self.changes.append(f"field {name}")
                fields[name] = [self.value(name) for _ in range(self.chance.choice([1, 1, 1, 1, 2, 40]))]
        if self.chance.random() < 0.003:
            self.changes.append("large")
            fields["description"] = [b"x" * self.chance.choice(LARGE)]
        body = some_body(fields, self.chance)
        self.body = body.content
        self.headers.append((b"Content-Type", body.type))
        self.changes += [body.change] if body.change else []

    def harms_a_map(self, name: str) -> bool:
        """“All of this list” an administrator may delete, and with it the people who are at the open maps."""
        return name == "select_across" and str(self.address).startswith("/admin/auth/")

    def change_headers(self) -> None:
        for _ in range(self.chance.choice([1, 1, 1, 2, 4])):
            name, value = headers.one(self.chance)
            self.changes.append(f"header {name.decode('latin-1')[:40]}")
            if self.chance.random() < 0.7:  # in the place of the usual one
                self.headers = [each for each in self.headers if each[0].lower() != name.lower()]
            self.headers.append((name, value))
            self.must_be_answered &= not set(b"\r\n\0:") & set(name) and not set(b"\r\n\0") & set(value)
        if self.chance.random() < 0.01:
            self.changes.append("many headers")
            self.headers += [(b"X-%d" % n, b"x") for n in range(self.chance.choice([100, 600]))]

    # --- as bytes ---

    def written(self) -> bytes:
        framing = [(b"Content-Length", b"%d" % len(self.body))] if self.body or self.method != "GET" else []
        if self.chance.random() < 0.03:
            self.must_be_answered = False
            self.changes.append("framing")
            name = self.chance.choice(list(headers.FRAMING))
            value = headers.as_header(self.chance.choice(headers.FRAMING[name]))
            framing = [(name.encode(), value), *framing * self.chance.randrange(2)]
            if name == "Transfer-Encoding" and self.chance.random() < 0.7:
                self.body = chunked(self.body, self.chance)
        target = self.path + (b"?" + self.query if self.query else b"")
        line = self.method.encode() + b" " + target + b" HTTP/1.1"
        return b"\r\n".join([line, *(name + b": " + value for name, value in self.headers + framing), b"", self.body])


def http_input(number: int, chance: random.Random, surface: Surface, world: World, host: str, thread: int) -> Input:
    request = Request(chance, surface, world, host, thread)
    data = request.written()
    if chance.random() < 0.08:
        request.changes.append("bytes")
        request.must_be_answered = False
        data = spoiled(data, chance) or b"\r\n"
    pieces = [data]
    if chance.random() < 0.05:  # as a slow network brings it
        at = sorted(chance.randrange(len(data)) for _ in range(3))
        pieces = [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]
    return Input(number, request.role, pieces, request.method, request.must_be_answered, changes=request.changes)
