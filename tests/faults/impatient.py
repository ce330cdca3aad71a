"""The application with an impatient hub: it lets go who does not read, and asks again about everybody, after 1.5 s."""

from tracker_project.asgi import application  # sets Django up, so it comes before the other import

__all__ = ["application"]

from tracker.live import guard

assert (guard.PATIENCE_S, guard.LOOK_AT_READERS_S, guard.ASK_AGAIN_S) == (30, 5, 30), "is it still so?"
guard.PATIENCE_S, guard.LOOK_AT_READERS_S, guard.ASK_AGAIN_S = 1.5, 0.25, 1.5
