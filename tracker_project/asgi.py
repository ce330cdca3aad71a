"""The ASGI application: pages through Django, the WebSocket ``/notifications/`` through Channels."""

import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")
pages = get_asgi_application()  # sets Django up, so it comes before the imports that need it

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from tracker.live.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OriginValidator(URLRouter(websocket_urlpatterns), settings.ALLOWED_ORIGINS),
    }
)

if "daphne.ws_protocol" in sys.modules:  # daphne serves this
    from tracker.live import daphne_sockets

    daphne_sockets.use()
