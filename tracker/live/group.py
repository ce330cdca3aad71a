"""A process's one subscription to the channel group ``notifications``."""

import asyncio
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

from tracker.events.messages import GROUP

RENEW_S = 3600.0  # how often the group is joined again


class GroupMember:
    """Two of the hub's steps: taking what the group brings, and staying in it."""

    def __init__(self, take: Callable[[dict[str, Any]], None]):
        self.take = take
        self.channel = ""  # of this hub in the layer

    async def listen(self) -> None:
        """Take events from the group until the layer fails; then again on the same channel, which is filled still."""
        layer = get_channel_layer()
        self.channel = self.channel or await layer.new_channel()
        await layer.group_add(GROUP, self.channel)
        while True:
            self.take(await layer.receive(self.channel))

    async def renew(self) -> None:
        """Join the group again: the core Redis layer forgets a member after a day, also one that was only quiet."""
        await asyncio.sleep(RENEW_S)
        if self.channel:
            await get_channel_layer().group_add(GROUP, self.channel)
