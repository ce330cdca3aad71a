"""The site is served at the root of its host, whatever a request says.

A server may take the path under which an application is served from a request's header (daphne: ``Daphne-Root-Path``).
Django would put it before every address that it makes: of links in mail and on the map, of redirects and of forms.
"""

from collections.abc import Awaitable, Callable


class ServedHere:
    def __init__(self, application: Callable[..., Awaitable[None]]):
        self.application = application

    async def __call__(self, scope, receive, send):
        await self.application(scope | {"root_path": ""}, receive, send)
