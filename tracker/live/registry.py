"""The sockets of one process: which there are, which run along with the log, and who belongs to which audience."""

from django.conf import settings

from tracker.live.socket import Socket


class Registry:
    def __init__(self) -> None:
        # Dictionaries as sets that keep the order in which the sockets came.
        self.sockets: dict[Socket, None] = {}  # all that are open
        self.live: dict[Socket, None] = {}  # those of them that run along
        self.aside: dict[Socket, None] = {}  # those that want nothing of the log
        self.audiences: dict[str, set[Socket]] = {}  # who belongs to which

    def add(self, socket: Socket) -> None:
        self.sockets[socket] = None
        for audience in socket.audiences:
            self.audiences.setdefault(audience, set()).add(socket)

    def remove(self, socket: Socket) -> bool:
        """Whether it was there."""
        self.live.pop(socket, None)
        if socket not in self.sockets:
            return False
        del self.sockets[socket]
        self.aside.pop(socket, None)
        for audience in socket.audiences:
            self.audiences[audience].discard(socket)
            if not self.audiences[audience]:
                del self.audiences[audience]
        return True

    def has_room_for(self, user: int, receives_events: bool, on_map: bool) -> bool:
        """Whether this person may have one more socket on this process; presence counts the maps on the others.

        Pages without the map are counted by themselves: they must not keep anybody from it.
        """
        limit = settings.SOCKETS_PER_USER
        theirs = self.audiences.get(audience_of(user), ())
        alike = (receives_events, on_map)
        return not limit or sum((socket.receives_events, socket.on_map) == alike for socket in theirs) < limit

    def newest_of(self, user: int, count: int) -> list[Socket]:
        """So many of the sockets of this person's live maps, those that came last."""
        maps = [each for each in self.sockets if each.receives_events and each.on_map]
        return [each for each in maps if each.subscriber and each.subscriber.user == user][-count:]


def audience_of(user: int) -> str:
    """What is for this person only goes to this audience."""
    return f"user:{user}"
