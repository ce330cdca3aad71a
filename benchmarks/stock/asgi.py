"""The same stack as Tracker's: exact Origin, session cookie, user."""

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from benchmarks.stock.consumers import NotificationConsumer  # noqa: E402

sockets = URLRouter([path("notifications/", NotificationConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {"http": pages, "websocket": OriginValidator(AuthMiddlewareStack(sockets), settings.ALLOWED_ORIGINS)}
)
