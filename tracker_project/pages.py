"""Django's ASGI handler, with one step into a thread for a request instead of twenty.

Tracker's views do not await anything. Django's handler prefers the asynchronous side of each middleware, and each of
those goes to the thread and back for its work before the view and again after it; WhiteNoise, which has no such side,
even starts an event loop for what lies behind it. Here the whole chain is the synchronous one, as under WSGI, and runs
in the request's thread.
"""

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.utils.http import parse_header_parameters


class Request(ASGIRequest):
    """What comes in is UTF-8, as every page that goes out.

    Django believes a charset that a client names in ``Content-Type``, and fails on those that are no encoding of texts,
    on a form that is not UTF-8 while the form's token is looked for, and on parameters that cannot be read.
    """

    def _set_content_type_params(self, meta):
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except ValueError:
            self.content_type, self.content_params = "", {}


class Pages(ASGIHandler):
    request_class = Request

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
