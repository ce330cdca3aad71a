"""The others, while somebody sends anything: people at their maps, and people who open one. They notice nothing."""

import contextlib
import threading

from django.contrib.auth import get_user_model
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import make
from tests.faults.clients import Client
from tests.faults.fault_site import FaultSite
from tests.faults.fuzz.verdict import of_message
from tests.faults.scenario import Scenario
from tracker.models import Alert, AreaOfInterest, Notification

HEARD_S = 60.0  # within which a map is told of an alert; generous, for a machine that does other things as well
EVERY_S = 0.25
SMALL_NUMBERS = 30  # somebody may hit upon these by chance, and an administrator delete the account of that number


class Map(Client):
    """An open map, which also looks where the links lead that it is given."""

    def take(self, frame):
        assert isinstance(frame, str)
        for line in frame.split("\n"):
            self.wrong += [finding for finding in of_message(line, self.hosts()[0]) if finding not in self.wrong]
        super().take(frame)


class Newcomer:
    """Opens a map again and again, as people do all day: whatever others send, each is let in."""

    def __init__(self, site: FaultSite, cookie: str):
        self.site, self.cookie = site, cookie
        self.refused: list[str] = []
        self.count = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.come_and_go, daemon=True)
        self.thread.start()

    def come_and_go(self) -> None:
        while not self.stopping.wait(EVERY_S):
            self.count += 1
            try:
                with connect(
                    f"ws://{self.site.hosts()[0]}/notifications/",
                    origin=Origin(self.site.url),
                    additional_headers={"Cookie": f"sessionid={self.cookie}"},
                    open_timeout=HEARD_S,
                    proxy=None,
                ) as socket:
                    socket.recv(HEARD_S)
            except (OSError, TimeoutError, WebSocketException) as error:
                self.refused.append(repr(error))

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(2 * HEARD_S)


class OpenMaps:
    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.maps = scenario.crowd.join(scenario.vera, kind=Map) + scenario.crowd.join(scenario.olga, kind=Map)
        self.newcomer = Newcomer(scenario.site, scenario.vera.cookie)

    def notice(self) -> list[str]:
        """What they have noticed, once each has been told of one more alert."""
        if not AreaOfInterest.objects.filter(name="Town", severity="ME", pk__gt=0).exists():
            make.area("Town", severity="ME")  # an operator's form has deleted it, or changed it
        incident = make.incident("Something real")
        assert Alert.objects.filter(incident=incident).exists()
        self.scenario.site.log_position()
        newest = Notification.objects.filter(audience=None, type="alert").exclude(seq=None).latest("seq").seq or 0
        told: list[str] = []
        try:
            self.scenario.crowd.wait(
                lambda: all(each.position >= newest for each in self.maps), "nothing comes", HEARD_S
            )
        except AssertionError:
            told.append("an open map is not told of an alert")
        told += [f"an open map was closed with {code}" for each in self.maps for code in each.close_codes]
        told += [f"an open map {wrong}" for each in self.maps for wrong in each.wrong]
        told += [f"somebody was not let in: {error}" for error in self.newcomer.refused]
        for each in self.maps:
            each.close_codes.clear()
            each.wrong.clear()
        self.newcomer.refused.clear()
        return told

    def leave(self) -> None:
        self.newcomer.stop()


def use_up_small_numbers() -> None:
    """The people at the maps get accounts with larger ones."""
    accounts = get_user_model().objects
    accounts.bulk_create([accounts.model(username=f"nobody-{n}") for n in range(SMALL_NUMBERS)])
    with contextlib.suppress(accounts.model.DoesNotExist):
        accounts.filter(username__startswith="nobody-")._raw_delete(using="default")
