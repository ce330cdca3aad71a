"""A site that carries jobs out in one of the two ways, for the tests that must hold in both."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

from tests.live_site import Site
from tests.processes import free_port, start_python, wait_until


class CeleryWorker:
    """``celery -A tracker_project worker`` of a site, which can be killed and started again."""

    def __init__(self, site: Site):
        self.env = dict(site.env)
        self.log = site.home / f"celery-{free_port()}.log"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = ["-m", "celery", "-A", "tracker_project", "worker", "--concurrency=4"]
        command += ["--loglevel=INFO", "--without-mingle", "--without-gossip"]
        with self.log.open("ab") as log:
            self.process = start_python(*command, env=self.env, new_session=True, stdout=log, stderr=log)
        wait_until(lambda: b"ready." in self.log.read_bytes(), "celery is not ready", 60)

    def kill(self) -> None:
        """End the worker and its children as a power cut does."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


class JobSite:
    """A site, and what carries its jobs out: its own process, or a worker of Celery."""

    def __init__(self, site: Site, worker: CeleryWorker | None):
        self.site, self.worker = site, worker

    def kill_the_workers(self) -> None:
        """Whatever carries jobs out dies in the middle of it, and is started again."""
        if self.worker:
            self.worker.kill()
            self.worker.log.write_bytes(b"")
            self.worker.start()
        else:
            self.site.kill()
            self.site.start()


@contextlib.contextmanager
def on_celery(site: Site) -> Iterator[JobSite]:
    """While this lasts, the site leaves its jobs to a worker of Celery."""
    site.stop()
    site.env["BACKGROUND"] = "celery"
    worker = CeleryWorker(site)
    try:
        worker.start()
        yield JobSite(site, worker)
    finally:
        worker.end()
        site.stop()
        del site.env["BACKGROUND"]
