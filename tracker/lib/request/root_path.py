"""The path under which the site is served (``ROOT_PATH``): taken off what comes in, and put before what the site says.

It is a setting, and nothing that a request says of it is believed: Django would put that before every address.
"""

from django.conf import settings
from django.urls import set_script_prefix


def without(path: str) -> str:
    """The path within the site. A proxy may have taken the root off already."""
    root = settings.ROOT_PATH
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


def use() -> None:
    """Have ``reverse()`` give whole addresses in this thread or task; Django does so for requests alone."""
    set_script_prefix(f"{settings.ROOT_PATH}/")


def socket_address() -> str:
    return f"{settings.ROOT_PATH}/notifications/"
