"""Those on watch: an open live map, an operator who loads pages, and incidents that alert."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time

from benchmarks.cores import REST, pinned_to

ALERTS_EVERY_S, PAGES_EVERY_S = 0.1, 0.25
PLACE = (10.0, 50.0)


class Watch:
    """``measure(seconds)`` returns ``alerts`` and ``pages``: how long each took, in ms."""

    def __init__(self, scheme: str, port: int, cookie: str):
        self.command = [sys.executable, "-m", "benchmarks.strangers.watch", scheme, str(port), cookie]

    def __enter__(self) -> "Watch":
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned_to(REST)
        )
        return self

    def measure(self, seconds: float) -> dict[str, list[float]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


def main(scheme: str, port: str, cookie: str) -> None:
    import django

    django.setup()
    import requests
    import urllib3
    from django.contrib.gis.geos import Point, Polygon
    from websockets.sync.client import connect
    from websockets.typing import Origin

    from benchmarks.strangers.nginx import unverified
    from tracker.incidents.bulk import close_incidents
    from tracker.models import AreaOfInterest, Incident

    urllib3.disable_warnings()
    if not AreaOfInterest.objects.exists():
        box = Polygon.from_bbox((9.9, 49.9, 10.1, 50.1))
        AreaOfInterest(name="Harbour", severity="IN", polygon=box).save()
    session = requests.Session()
    session.verify, session.trust_env = False, False  # the certificate is this run's own
    session.headers["Cookie"] = cookie
    site = f"{scheme}://127.0.0.1:{port}"
    page = f"{site}/tracker/incident/"
    session.get(f"{site}/tracker/place/nearest/?latitude=50&longitude=10", timeout=30)  # the town names are loaded once
    socket = connect(
        f"{scheme.replace('http', 'ws')}://127.0.0.1:{port}/notifications/",
        origin=Origin(os.environ["BASE_URL"]),
        additional_headers={"Cookie": cookie},
        ssl=unverified() if scheme == "https" else None,
        ping_interval=None,
    )
    came: dict[str, float] = {}

    def listen() -> None:
        for frame in socket:
            at = time.monotonic()
            for line in str(frame).split("\n"):
                message = json.loads(line)
                if message["type"] == "alert":
                    came[message["feature"]["properties"]["name"]] = at
                if message.get("seq"):
                    newest[0] = message["seq"]

    newest = [0]
    threading.Thread(target=listen, daemon=True).start()

    def acknowledge() -> None:
        while True:
            time.sleep(2)
            socket.send(json.dumps({"type": "ack", "seq": newest[0]}))

    threading.Thread(target=acknowledge, daemon=True).start()
    count = 0
    for line in sys.stdin:
        until = time.monotonic() + float(line)
        sent: dict[str, float] = {}
        pages: list[float] = []

        def load_pages(until=until, pages=pages) -> None:
            while time.monotonic() < until:
                begun = time.monotonic()
                answer = session.get(page, timeout=60)
                assert answer.status_code == 200, answer.status_code
                pages.append((time.monotonic() - begun) * 1000)
                time.sleep(max(0.0, PAGES_EVERY_S - (time.monotonic() - begun)))

        loader = threading.Thread(target=load_pages)
        loader.start()
        while time.monotonic() < until:
            count += 1
            begun = time.monotonic()
            sent[f"{count}"] = begun
            Incident(name=f"{count}", severity="UR", location=Point(*PLACE, srid=4326)).save()
            time.sleep(max(0.0, ALERTS_EVERY_S - (time.monotonic() - begun)))
        loader.join()
        give_up = time.monotonic() + 30
        while sent.keys() - came.keys() and time.monotonic() < give_up:
            time.sleep(0.05)
        lost = sent.keys() - came.keys()
        assert not lost, f"{len(lost)} alerts did not come"
        alerts = [(came[name] - at) * 1000 for name, at in sent.items()]
        close_incidents(Incident.objects.filter(name__in=sent).values_list("pk", flat=True))
        print(json.dumps({"alerts": alerts, "pages": pages}), flush=True)
        assert statistics.median(alerts) > 0


if __name__ == "__main__":
    main(*sys.argv[1:])
