"""The project's settings with the core Redis layer, which forgets a member of a group after a second."""

from tracker_project.settings import *  # noqa: F403
from tracker_project.settings import CHANNEL_LAYERS, REDIS_LAYER

GROUP_EXPIRY_S = 1

assert REDIS_LAYER == "core"
CHANNEL_LAYERS["default"]["CONFIG"]["group_expiry"] = GROUP_EXPIRY_S  # type: ignore[index]
