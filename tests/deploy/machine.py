"""A throw-away machine: a file system of its own over the prepared root, a network address, processes of its own.

The test process lives in a network of its own (scripts/deploy_check.sh), in which a bridge joins the machines; it is
the world outside of them. All is gone with that process.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

BRIDGE, NETWORK, OUTSIDE = "br0", "10.77.0.{}", "10.77.0.254"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELL = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/root"}
CHECKOUT = "/srv/tracker"
SERVICES = ("postgresql", "redis-server", "supervisor", "nginx", "cron")  # as systemd would start them
# What a machine's kernel and systemd do before the first service starts.
INIT = """
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t sysfs sysfs "$1/sys" &&
mount -t tmpfs tmpfs "$1/run" && mkdir -m 1777 "$1/run/lock" && hostname "$2" && ip link set lo up &&
if [ -e "$1/etc/tmpfiles.d/tracker.conf" ]; then
    grep -v '^#' "$1/etc/tmpfiles.d/tracker.conf" | while read -r type path mode user group; do
        chroot "$1" install -d -m "$mode" -o "$user" -g "$group" "$path" || exit 1
    done
fi && exec chroot "$1" sleep infinity
"""


def sh(*command: str) -> None:
    subprocess.run(command, check=True)


def lay_network() -> None:
    """Once: the bridge, and this side of it."""
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "link", "add", BRIDGE, "type", "bridge")
    sh("ip", "address", "add", f"{OUTSIDE}/24", "dev", BRIDGE)
    sh("ip", "link", "set", BRIDGE, "up")


class Failed(AssertionError):
    """A command on the machine did not do what it should."""


class Machine:
    def __init__(self, name: str, number: int, base: Path, work: Path):
        """*base*: the prepared root; *number*: the last part of the address."""
        self.name, self.address = name, NETWORK.format(number)
        folders = {kind: work / name / kind for kind in ("upper", "work", "root")}
        for folder in folders.values():
            folder.mkdir(parents=True)
        options = f"lowerdir={base},upperdir={folders['upper']},workdir={folders['work']}"
        sh("mount", "-t", "overlay", "overlay", "-o", options, str(folders["root"]))
        self.root = folders["root"]
        sh("ip", "netns", "add", name)
        sh("ip", "link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
        sh("ip", "link", "set", f"{name}0", "master", BRIDGE, "up")
        sh("ip", "-n", name, "address", "add", f"{self.address}/24", "dev", "eth0")
        sh("ip", "-n", name, "link", "set", "eth0", "up")
        self.init: subprocess.Popen | None = None
        self.power_on()

    # --- power ---

    def power_on(self) -> None:
        """The kernel runs; no service does yet."""
        command = ["ip", "netns", "exec", self.name, "unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child"]
        self.init = subprocess.Popen([*command, "sh", "-c", INIT, "sh", str(self.root), self.name])
        end = time.monotonic() + 10
        while not self.is_up():
            assert self.init.poll() is None, f"{self.name} does not come up"
            assert time.monotonic() < end, f"{self.name} takes too long to come up"
            time.sleep(0.05)

    def is_up(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            return Path(f"/proc/{self.pid}/comm").read_text().strip() == "sleep"
        return False

    @property
    def pid(self) -> int:
        """The machine's first process, as it is numbered outside."""
        assert self.init is not None
        return int(Path(f"/proc/{self.init.pid}/task/{self.init.pid}/children").read_text())

    def boot(self) -> None:
        """As after a power cut: everything that is installed starts, in no particular hurry."""
        self.power_on()
        for service in SERVICES:
            if (self.root / "etc/init.d" / service).exists():
                self.run("service", service, "start")

    def cut_power(self) -> None:
        assert self.init is not None
        os.kill(self.pid, signal.SIGKILL)  # with the first process all others die
        self.init.wait(10)

    def unplug(self, is_out: bool = True) -> None:
        """Take its network cable out, or put it in again."""
        sh("ip", "link", "set", f"{self.name}0", "down" if is_out else "up")

    # --- commands ---

    def command(self, *command: str, **env: str) -> list[str]:
        pairs = [f"{key}={value}" for key, value in (SHELL | env).items()]
        enter = ["nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--uts", "--root"]
        return [*enter, "env", "-C", "/", "-i", *pairs, *command]

    def run(self, *command: str, check: bool = True, **env: str) -> str:
        """What root's command prints, errors too."""
        done = subprocess.run(
            self.command(*command, **env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        if check and done.returncode:
            raise Failed(f"{self.name}: {' '.join(command)} ended with {done.returncode}:\n{done.stdout[-6000:]}")
        return done.stdout

    def shell(self, script: str, check: bool = True) -> str:
        return self.run("sh", "-ec", script, check=check)

    def provision(self, checkout: str = CHECKOUT, **env: str) -> str:
        return self.run(f"{checkout}/deploy/provision.sh", check=True, **env)

    def manage(self, *command: str) -> str:
        return self.run("tracker-manage", *command)

    # --- what it holds ---

    def path(self, path: str) -> Path:
        """A file of the running machine, as it is reached from outside."""
        return Path(f"/proc/{self.pid}/root{path}")

    def settings(self) -> dict[str, str]:
        lines = self.path("/etc/tracker/tracker.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def change_settings(self, **values: str) -> None:
        """As an administrator does in an editor."""
        path = self.path("/etc/tracker/tracker.env")
        kept = [line for line in path.read_text().splitlines() if line.split("=")[0] not in values]
        path.write_text("\n".join([*kept, *(f"{key}={value}" for key, value in values.items())]) + "\n")

    def web_processes(self) -> dict[str, int]:
        """The site's web processes, by supervisor's names; their numbers on this machine."""
        lines = self.run("supervisorctl", "status", check=False).splitlines()
        return {
            line.split()[0]: int(line.split("pid ")[1].split(",")[0])
            for line in lines
            if "tracker-web:" in line and "pid" in line
        }

    def programs(self) -> dict[str, str]:
        """State by name, as supervisor says."""
        return {
            line.split()[0]: line.split()[1] for line in self.run("supervisorctl", "status", check=False).splitlines()
        }
