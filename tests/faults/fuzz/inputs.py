"""One input: what is written to the server, and what is to be known about it."""

from dataclasses import dataclass, field

SHOWN = 1500  # bytes of an input that a finding shows


@dataclass
class Input:
    number: int
    role: str
    pieces: list[bytes]  # written one after the other
    method: str = "GET"
    must_be_answered: bool = True  # else the server may wait for more, or close
    is_socket: bool = False
    changes: list[str] = field(default_factory=list)  # what is odd about it

    def __str__(self):
        data = b"".join(self.pieces)
        shown = repr(data[:SHOWN])[2:-1] + (f"… ({len(data)} bytes)" if len(data) > SHOWN else "")
        return f"{self.role}, odd: {', '.join(self.changes) or 'nothing'}\n    {shown}"
