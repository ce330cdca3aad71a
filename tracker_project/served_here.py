"""The site is served at the root of its host, or under its ``ROOT_PATH``, whatever a request says.

A server may take the path under which an application is served from a request's header (daphne: ``Daphne-Root-Path``).
Django would put it before every address that it makes: of links in mail and on the map, of redirects and of forms.
And it may hand on what is no path, such as the whole of http://host/path, which would be a part of such an address.
"""

from collections.abc import Callable
from typing import Any

from channels.routing import ProtocolTypeRouter

from tracker.lib.request import root_path


class ServedHere(ProtocolTypeRouter):
    """Channels' router of what comes to the site, by its kind."""

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        scope["root_path"] = ""
        if "path" in scope:
            scope["path"] = root_path.without(scope["path"])
            if not scope["path"].startswith("/"):
                scope["path"] = f"/{scope['path']}"
        root_path.use()
        application = self.application_mapping.get(scope["type"])
        if application is None:
            raise ValueError(f"No application for the type {scope['type']!r}.")
        return await application(scope, receive, send)  # for a socket this lasts as long as it is open
