"""Django's ASGI handler, with one step into a thread for a request instead of twenty.

Tracker's views do not await anything. Django's handler prefers the asynchronous side of each middleware, and each of
those goes to the thread and back for its work before the view and again after it; WhiteNoise, which has no such side,
even starts an event loop for what lies behind it. Here the whole chain is the synchronous one, as under WSGI, and runs
in the request's thread.
"""

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class Pages(ASGIHandler):
    def __init__(self, begin: Callable[[], None]):
        """*begin* is called on the event loop when a request comes: daphne has no lifespan events to begin work by."""
        super().__init__()
        self.begin = begin

    async def __call__(self, scope, receive, send):
        self.begin()
        await super().__call__(scope, receive, send)

    def load_middleware(self, is_async=False):
        super().load_middleware(is_async=False)

    async def get_response_async(self, request):
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
