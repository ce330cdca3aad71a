"""The application with a hub that waits for a tenth of the time: until it lets go who does not read, or asks again."""

from tracker_project.asgi import application  # sets Django up, so it comes before the other import

__all__ = ["application"]

from tracker.live import hub

assert (hub.PATIENCE_S, hub.LOOK_S, hub.ASK_AGAIN_S) == (30, 5, 30), "is it still so?"
hub.PATIENCE_S, hub.LOOK_S, hub.ASK_AGAIN_S = 3.0, 0.5, 3.0
