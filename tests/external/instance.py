"""Starts one aichat server of its own for a test suite and stops it again.

Owns a free port, a temporary data directory, one signed-up person and one gateway key; with a model server, that too.
Refuses to know what the suite tests.

    with Instance() as server:                    # server.url, server.token, server.key
    python3 instance.py [OPTION]... COMMAND...    # the same, as AICHAT_URL, AICHAT_TOKEN, AICHAT_KEY, and its data as AICHAT_DATA
        --model                                   # beside the scripted demo the models of model.py, as AICHAT_MODEL_URL
        --app FOLDER                              # it serves this export of the app
        --set NAME=VALUE                          # a setting of the server, such as AICHAT_DEMO_DATA=true; may be repeated

The binary is $AICHAT_BIN, else target/debug/aichat of this checkout. Only the standard library is used.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from model import ModelServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Bounds, for a cluster of processes as well; one process needs a second or two.
READY_SECONDS = 120
DRAIN_SECONDS = 90
PASSWORD = "external-tests-1"
# A real provider's key in the developer's shell must not be spent by a test.
OUTSIDE = ("AICHAT_", "OPENAI_", "ANTHROPIC_", "GEMINI_", "OLLAMA_")


def binary() -> pathlib.Path:
    """Names the server's binary."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return pathlib.Path(os.environ.get("AICHAT_BIN", target / "debug" / "aichat"))


def free_port() -> int:
    """Asks the system for a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(url: str, body: object = None, token: str | None = None) -> dict:
    """Sends one JSON request (POST when there is a body) and returns the JSON answer; raises on a status of 400 or more."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return json.loads(answer.read() or b"null")


class Instance:
    """A running server with one person signed up in it; use as a context manager.

    `config` is the text of its configuration file, `app` the folder of the web app that it serves, `settings` are variables of its own.
    """

    def __init__(self, config: str = "", app: str = "", settings: dict[str, str] | None = None) -> None:
        self._config, self._app, self._settings = config, app, settings or {}

    def __enter__(self) -> "Instance":
        self._directory = tempfile.TemporaryDirectory(prefix="aichat-external-")
        home = pathlib.Path(self._directory.name)
        self.log = pathlib.Path(os.environ.get("AICHAT_SERVER_LOG", home / "server.log"))
        self.url = f"http://127.0.0.1:{free_port()}"
        self.data = home / "data"
        settings = {
            "AICHAT_LISTEN": self.url.removeprefix("http://"),
            "AICHAT_DATA_DIR": str(self.data),
            "AICHAT_LOG": "info",
            # Without a provider nothing can be paid.
            "AICHAT_PAYMENTS__TEST__ENABLED": "true",
        }
        if self._app:
            settings["AICHAT_GATEWAY__APP_DIR"] = str(pathlib.Path(self._app).resolve())
        if self._config:
            (home / "aichat.toml").write_text(self._config)
            settings["AICHAT_CONFIG"] = str(home / "aichat.toml")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [binary(), "run"], env=inherited | settings | self._settings, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self._wait_until_ready()
            self.token = self.sign_up("tester")["accessToken"]
            self.key = call(f"{self.url}/api/ai/keys", {"name": "external tests"}, self.token)["key"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Asks the server to drain, and ends it when it has not after DRAIN_SECONDS."""
        self.died = self.process.poll() is not None
        self.process.terminate()
        try:
            self.process.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._directory.cleanup()

    def sign_up(self, handle: str) -> dict:
        """Makes an account with PASSWORD and returns the Signed answer."""
        person = {"email": f"{handle}@example.com", "password": PASSWORD, "handle": handle, "displayName": handle.title()}
        return call(f"{self.url}/api/auth/signup", person)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        ended = self.process.poll()
        what = f"is not ready after {READY_SECONDS} s" if ended is None else f"ended with {ended} before it was ready"
        raise RuntimeError(f"the server {binary()} {what}:\n{tail}")


def main(command: list[str]) -> int:
    """Runs the command against a fresh server; its exit code, or 1 when the server ended by itself meanwhile."""
    # `timeout` ends a hanging suite with SIGTERM: leave through the context manager then.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(124))
    with contextlib.ExitStack() as stack:
        told, config, app, settings = {}, "", "", {}
        while command[:1] in (["--model"], ["--app"], ["--set"]):
            if command[0] == "--app":
                app, command = command[1], command[2:]
                continue
            if command[0] == "--set":
                name, _, value = command[1].partition("=")
                settings[name], command = value, command[2:]
                continue
            model = stack.enter_context(ModelServer())
            told, config, command = {"AICHAT_MODEL_URL": model.url}, model.config(), command[1:]
        server = stack.enter_context(Instance(config, app, settings))
        told |= {"AICHAT_URL": server.url, "AICHAT_TOKEN": server.token, "AICHAT_KEY": server.key, "AICHAT_DATA": str(server.data)}
        code = subprocess.run(command, env=os.environ | told).returncode
    if server.died:
        print(f"the server ended by itself with {server.process.returncode}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
