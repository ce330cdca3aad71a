"""A mail server on this machine, as slow as a test wants it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from queue import Queue


class MailServer:
    """Takes connections at once, and greets nobody before ``greet`` is set (RFC 5321)."""

    def __init__(self, listening: socket.socket):
        self.listening = listening
        self.url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        self.came: Queue[None] = Queue()  # one for each connection
        self.greet = threading.Event()
        self.taken: Queue[str] = Queue()  # the mails, as they came

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.listening.accept()
            except OSError:  # the test is over
                return
            self.came.put(None)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection: socket.socket) -> None:
        self.greet.wait()
        with contextlib.suppress(OSError), connection, connection.makefile("rw", newline="\r\n") as lines:

            def say(line: str) -> None:
                lines.write(f"{line}\n")
                lines.flush()

            say("220 slow")
            for line in iter(lines.readline, ""):
                if line.upper().startswith("DATA"):
                    say("354 go on")
                    self.taken.put("".join(iter(lines.readline, ".\r\n")))
                    say("250 taken")
                elif line.upper().startswith("QUIT"):
                    say("221 bye")
                    return
                else:
                    say("250 well")


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = MailServer(listening)
        threading.Thread(target=server.serve, daemon=True).start()
        try:
            yield server
        finally:
            server.greet.set()
            listening.shutdown(socket.SHUT_RDWR)
