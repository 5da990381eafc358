"""The image as it runs: without rights, on a root that nobody can write to, gentle at its end.

Owns what an operator may rely on of a container. Builds nothing (run.sh does); what the product does inside is other suites'.
"""

import contextlib
import json
import os
import shlex
import socket
import subprocess
import time
import urllib.request
import uuid

import pytest

PODMAN = shlex.split(os.environ["PODMAN"])
IMAGE, CHAT = os.environ["AICHAT_IMAGE"], os.environ["AICHAT_IMAGE_CHAT"]
PATIENCE_SECONDS = 60
BARE = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]


def podman(*arguments, ok=(0,)) -> subprocess.CompletedProcess:
    """Calls podman."""
    done = subprocess.run([*PODMAN, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode in ok, f"podman {' '.join(arguments)}: {done.stderr}"
    return done


def free_port() -> int:
    """Asks the system for a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(*options, image=IMAGE, command=()):
    """Runs a container without rights, and removes it; gives its name and URL."""
    name, port = f"aichat-{uuid.uuid4().hex[:8]}", free_port()
    podman("run", "--detach", "--name", name, *BARE, "--publish", f"127.0.0.1:{port}:8080", *options, image, *command)
    try:
        yield name, f"http://127.0.0.1:{port}"
    finally:
        podman("rm", "--force", "--time", "1", name)


def get(url: str, body: dict | None = None) -> tuple[int, bytes]:
    """Asks for a page."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read()


def await_ready(name: str, url: str) -> None:
    """Waits until the product says that it is ready."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return get(f"{url}/readyz")
        except OSError:
            said = podman("logs", name)
            assert time.monotonic() < deadline, said.stdout + said.stderr
            time.sleep(0.1)


def inspect(kind: str, name: str) -> dict:
    """Returns what podman knows."""
    return json.loads(podman(kind, "inspect", name).stdout)[0]


def test_the_image_says_what_it_is_and_who_runs_it():
    config = inspect("image", IMAGE)["Config"]
    assert config["User"] == "65532:65532" and config["Entrypoint"] == ["/usr/local/bin/aichat"] and config["Cmd"] == ["run"]
    assert config["StopSignal"] in {"SIGTERM", "15"} and "8080/tcp" in config["ExposedPorts"]
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_it_runs_without_rights_on_a_root_that_cannot_be_written():
    with running() as (name, url):
        await_ready(name, url)
        state = inspect("container", name)
        status = open(f"/proc/{state['State']['Pid']}/status").read()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert fields["Uid"].split()[0] == "65532" and int(fields["CapEff"], 16) == 0 and fields["NoNewPrivs"] == "1"
        assert state["HostConfig"]["ReadonlyRootfs"]
        assert get(f"{url}/")[0] == 200 and b"<html" in get(f"{url}/")[1].lower() or b"<title" in get(f"{url}/")[1].lower()
        person = {"email": "ada@example.com", "password": "in a container 1", "handle": "ada", "displayName": "Ada"}
        assert get(f"{url}/api/auth/signup", person)[0] == 201


def test_asked_to_stop_it_ends_by_itself_and_its_data_stay():
    person = {"email": "ada@example.com", "password": "in a container 1", "handle": "ada", "displayName": "Ada"}
    volume = f"data-{uuid.uuid4().hex[:8]}"
    with running("--volume", f"{volume}:/var/lib/aichat") as (name, url):
        await_ready(name, url)
        get(f"{url}/api/auth/signup", person)
        begun = time.monotonic()
        podman("stop", "--time", "20", name)
        assert time.monotonic() - begun < 15
        assert inspect("container", name)["State"]["ExitCode"] == 0
    with running("--volume", f"{volume}:/var/lib/aichat") as (name, url):
        await_ready(name, url)
        assert get(f"{url}/api/auth/signin", {"login": "ada", "password": person["password"]})[0] == 200
    podman("volume", "rm", volume)


@pytest.mark.parametrize("image, command", [(CHAT, ()), (IMAGE, ("run", "--target", "chat"))], ids=["an image of one service", "an argument"])
def test_one_service_says_all_that_it_lacks(image, command):
    name = f"aichat-{uuid.uuid4().hex[:8]}"
    done = podman("run", "--name", name, *BARE, image, *command, ok=(1,))
    podman("rm", name)
    for missing in ("AICHAT_MONGODB_URL", "AICHAT_LINKS__USER", "AICHAT_CLUSTER_SECRET"):
        assert missing in done.stdout + done.stderr


def test_it_resolves_names_of_other_containers():
    """By the name server of a network, as in a cluster: the door looks for services that are there by name."""
    network = f"net-{uuid.uuid4().hex[:8]}"
    podman("network", "create", network)
    try:
        with running("--network", network, "--network-alias", "auth") as (other, other_url):
            await_ready(other, other_url)
            links = [f"AICHAT_LINKS__{service}=http://auth:8080" for service in ("AUTH", "USER", "FRIENDSHIP", "CHAT", "REALTIME_GATEWAY", "AI_GATEWAY", "AI_CHAT_HOST", "AI_MODEL_CARDS", "ORDERS", "PAYMENTS", "POST", "FEED", "MEDIA", "NOTIFICATION")]
            settings = [*links, "AICHAT_CLUSTER_SECRET=0123456789abcdef0123456789abcdef", "AICHAT_REDIS_URL=redis://auth:1/"]
            with running("--network", network, *(word for setting in settings for word in ("--env", setting)), command=("run", "--target", "api-gateway")) as (name, _):
                deadline = time.monotonic() + PATIENCE_SECONDS
                # Redis is not there; that it is looked for at an address says that the name was found.
                while True:
                    said = podman("logs", name)
                    text = said.stdout + said.stderr
                    if "refused" in text.lower():
                        break
                    assert "resolve" not in text.lower() and "name or service" not in text.lower(), text
                    assert time.monotonic() < deadline, text
                    time.sleep(0.2)
    finally:
        podman("network", "rm", "--force", network)
