"""The application behind a daphne that waits two seconds for the head of a request, and as long for its body."""

from tracker_project.asgi import application  # sets Django up, so it comes before the other import

__all__ = ["application"]

from tracker_project.daphne import connections

assert (connections.HEAD_S, connections.BODY_S, connections.SWEEP_S) == (20, 30, 2), "is it still so?"
connections.HEAD_S, connections.BODY_S, connections.SWEEP_S = 2.0, 2.0, 0.5
