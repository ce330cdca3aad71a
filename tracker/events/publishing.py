"""Publishing: what has committed is numbered and sent to the group. Any process may, at any time."""

from concurrent.futures import wait

from tracker.events import numbering, sending

WAIT_S = 0.25  # how long sending may hold up the one who saved, whatever it does and however many passes there were


def publish() -> None:
    """Number what has committed and send it to the group."""
    sent = []
    while rows := numbering.number_pending():
        sent.append(sending.send(rows))
        if len(rows) < numbering.PIECE:
            break
    # Wait until the messages are on their way, all of them together, and not for long: this process may end next. If it
    # serves sockets, the answer to the one who saved would only take the processor from those who wait for the alert.
    wait([each for each in sent if each], WAIT_S)


def publish_leftovers() -> None:
    """Publish what a process that died after its commit has left.

    Asks first, for numbering locks, on SQLite all writers.
    """
    if numbering.is_anything_pending():
        publish()
