"""Runs an NGINX in front of a server, with the configuration of infra/nginx.

Owns the process, its folder and its ports. Refuses to know what is behind it.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

CONFIGURATION = pathlib.Path(__file__).resolve().parents[3] / "infra/nginx"
READY_SECONDS = 10
# What NGINX needs around our files: temporary folders of its own, nothing in the system's.
AROUND = """
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log notice;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/conf.d/*.conf;
}}
"""


def program() -> str | None:
    """Finds NGINX."""
    return os.environ.get("AICHAT_NGINX") or shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


def free_port() -> int:
    """Asks the system for a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Edge:
    """An NGINX in front of `door` (host:port), with HTTP and HTTPS; use as a context manager."""

    def __init__(self, door: str) -> None:
        self._door = door

    def __enter__(self) -> "Edge":
        self._directory = tempfile.TemporaryDirectory(prefix="aichat-nginx-")
        home = pathlib.Path(self._directory.name)
        self.log = home / "error.log"
        (home / "conf.d").mkdir()
        self.certificate = home / "tls.crt"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", home / "tls.key", "-out", self.certificate]
        subprocess.run(made, check=True, capture_output=True)
        ports = free_port(), free_port()
        values = {"AICHAT_DOOR": self._door, "AICHAT_PORT": f"127.0.0.1:{ports[0]}", "AICHAT_TLS_PORT": f"127.0.0.1:{ports[1]}", "AICHAT_NGINX": str(CONFIGURATION), "AICHAT_TLS": str(home)}
        for template in CONFIGURATION.glob("*.template"):
            text = template.read_text()
            for name, value in values.items():
                text = text.replace(f"${{{name}}}", value)
            (home / "conf.d" / template.stem).write_text(text)
        (home / "nginx.conf").write_text(AROUND.format(home=home))
        self.url, self.tls_url = f"http://127.0.0.1:{ports[0]}", f"https://127.0.0.1:{ports[1]}"
        command = [program(), "-p", home, "-c", home / "nginx.conf", "-e", self.log]
        subprocess.run([*command, "-t", "-q"], check=True)
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", ports[0])) == 0:
                    return self
            time.sleep(0.02)
        raise RuntimeError(f"NGINX does not listen: {self.log.read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._directory.cleanup()
