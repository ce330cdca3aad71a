"""The ASGI application: pages through Django, the WebSocket ``/notifications/`` through Channels."""

import gc
import logging
import os
import resource
import sys

import django

from tracker import __version__

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")
django.setup(set_prefix=False)  # before the imports that need it
logging.getLogger(__name__).info("Tracker %s starts.", __version__)

from channels.routing import ChannelNameRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from tracker.jobs.backends import clock, threads  # noqa: E402
from tracker.jobs.backends.fire_and_forget import FireAndForget, InThisProcess  # noqa: E402
from tracker.jobs.fire_and_forget import CHANNEL  # noqa: E402
from tracker.live.origins import LoggedOriginValidator  # noqa: E402
from tracker.live.routing import websocket_urlpatterns  # noqa: E402
from tracker_project import logs  # noqa: E402
from tracker_project.body_limit import BodyLimit  # noqa: E402
from tracker_project.monitoring.probes import Probes  # noqa: E402
from tracker_project.pages import Pages  # noqa: E402
from tracker_project.served_here import ServedHere  # noqa: E402

fire_and_forget = ChannelNameRouter({CHANNEL: FireAndForget.as_asgi()})
application = ServedHere(
    {
        "http": Probes(BodyLimit(Pages(InThisProcess(fire_and_forget).begin))),
        "websocket": LoggedOriginValidator(URLRouter(websocket_urlpatterns), settings.ALLOWED_ORIGINS),
        "channel": fire_and_forget,  # manage.py runworker
    }
)
if "channels.management.commands.runworker" not in sys.modules:  # this process serves pages
    clock.start()
    if settings.BACKGROUND == "threads":
        threads.start()

if "daphne.ws_protocol" in sys.modules:  # daphne serves this
    from tracker_project.daphne import connections, ready, requests, sockets, stop, turns

    connections.use()
    requests.use()
    sockets.use()
    stop.use()
    turns.use()
    if settings.READY_FOLDER:
        ready.use(settings.READY_FOLDER)
    if settings.LOG_FORMAT == "json":
        logs.silence_daphne()
    # A socket is a file; the usual 1,024 are full soon, and a process may raise its own number up to the hard limit.
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

# A thread that works on a page lets the event loop go on after so long; by default it is ten times that, for each step.
sys.setswitchinterval(0.0005)

# What is loaded now stays: the collector need not go through it again and again while messages are delivered.
gc.collect()
gc.freeze()
# A socket is a few hundred objects that stay. By default the collector looks after every 700th, and goes through all of
# them again and again while thousands of people come back: a third of the processor (docs/benchmarks.md, connections).
gc.set_threshold(50_000, 20, 10)
