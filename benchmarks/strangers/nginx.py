"""nginx with the settings of deploy/nginx, in a folder and on a port of its own."""

import re
import shutil
import signal
import ssl
import subprocess
import time
from pathlib import Path

from benchmarks.cores import REST, pinned_to
from benchmarks.environment import free_port

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy" / "nginx"
FRAME = """
pid {home}/pid;
error_log {home}/error.log;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    types {{ text/html html; }}
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/tracker.conf;
}}
"""


def unverified() -> ssl.SSLContext:
    """The certificate is this run's own."""
    return ssl._create_unverified_context()


class Nginx:
    def __init__(self, home: Path, upstream: int):
        self.home, self.upstream, self.port = home, upstream, free_port()

    def __enter__(self) -> "Nginx":
        self.home.mkdir()
        self.home.chmod(0o755)
        self.home.parent.chmod(0o755)
        certificate, key = self.home / "certificate.pem", self.home / "key.pem"
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        make += ["-days", "2", "-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"]
        subprocess.run(make, check=True, capture_output=True)
        text = (DEPLOY / "tracker.conf").read_text()
        for name, value in {
            "@HOSTS@": "127.0.0.1",
            "@BASE_URL@": f"https://127.0.0.1:{self.port}",
            "@PROTOCOL@": "",
            "@CERTIFICATE@": str(certificate),
            "@KEY@": str(key),
            "@UPLOAD_MB@": "205",
            "@NO_IPV6@": "#",
            "server 127.0.0.1:8001;": f"server 127.0.0.1:{self.upstream};",
            "/var/log/nginx": str(self.home),
            "root /etc/nginx;": f"root {self.home};",
            "include tracker-proxy.conf;": f"include {self.home}/proxy.conf;",
        }.items():
            text = text.replace(name, value)
        text = re.sub(r"listen 443", f"listen {self.port}", text)
        text = re.sub(r"listen 80 ", f"listen {free_port()} ", text)
        (self.home / "tracker.conf").write_text(text)
        # The server that is measured is told that it serves plain http, as at its own door.
        proxy = (DEPLOY / "proxy.conf").read_text().replace("X-Forwarded-Proto $scheme", "X-Forwarded-Proto http")
        (self.home / "proxy.conf").write_text(proxy)
        for page in DEPLOY.glob("*.html"):
            shutil.copy(page, self.home / f"tracker-{page.name}")
        (self.home / "nginx.conf").write_text(FRAME.format(home=self.home))
        command = ["nginx", "-c", str(self.home / "nginx.conf"), "-p", str(self.home), "-g", "daemon off; user root;"]
        self.process = subprocess.Popen(command, preexec_fn=pinned_to(REST))
        time.sleep(1)
        if self.process.poll() is not None:
            raise RuntimeError((self.home / "error.log").read_text())
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
