"""The application with an impatient hub: it lets go who does not read, and asks again about everybody, after 1.5 s."""

from tracker_project.asgi import application  # sets Django up, so it comes before the other import

__all__ = ["application"]

from tracker.live import hub

assert (hub.PATIENCE_S, hub.LOOK_S, hub.ASK_AGAIN_S) == (30, 5, 30), "is it still so?"
hub.PATIENCE_S, hub.LOOK_S, hub.ASK_AGAIN_S = 1.5, 0.25, 1.5
