"""Gives the binary the configuration that each container would have: it has to understand every key and lack nothing.

Owns the question whether a process would start; servers are not asked. The binary is $AICHAT_BIN, and without one all of this skips.
"""

import base64
import os
import pathlib
import re
import socket
import subprocess

import pytest
import yaml

from manifests import OVERLAYS, ROOT, container, name, of_kind, services

BINARY = pathlib.Path(os.environ.get("AICHAT_BIN", ROOT / "target/debug/aichat"))
# What secrets hold that are in no checkout, by the end of their name or else 32 bytes.
SECRETS = {"mongodb": "mongodb://elsewhere/", "redis": "redis://elsewhere/", "kafka": "elsewhere:9092", "nats": "nats://elsewhere:4222"}
LONG = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")

if not BINARY.exists():
    pytest.skip("no binary of the product is here", allow_module_level=True)


def refusal(home: pathlib.Path, arguments: list[str], variables: dict[str, str], files: dict[str, str]) -> str:
    """Starts a process as in a container, but at a port that is taken; returns why it ends before it gets so far, or nothing."""

    def at_home(text: str) -> str:
        return re.sub(r"/(?:etc/aichat|run/secrets|var/lib|tmp)/", lambda found: f"{home}{found[0]}", text)

    for path, content in files.items():
        file = home / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(at_home(content))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        own = {variable: at_home(value) for variable, value in variables.items()}
        own |= {"AICHAT_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}", "AICHAT_DATA_DIR": str(home / "data"), "PATH": os.environ["PATH"]}
        done = subprocess.run([BINARY, *arguments], env=own, capture_output=True, text=True, timeout=60)
    return "" if "cannot listen on" in done.stderr else f"ends with {done.returncode}: {done.stderr or done.stdout}"


def kept(overlay: str) -> dict[str, dict[str, str]]:
    """Lists what ConfigMaps and Secrets hold, made up where it comes from outside."""
    found = {name(document): dict(document["data"]) for document in of_kind(overlay, "ConfigMap")}
    for secret in of_kind(overlay, "Secret"):
        found[name(secret)] = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    for secret in of_kind(overlay, "ExternalSecret"):
        made_up = SECRETS.get(name(secret).removeprefix("aichat-"), LONG)
        found[name(secret)] = {item["secretKey"]: made_up for item in secret["spec"].get("data", [])}
    return found


def of_pod(overlay: str, pod: dict) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the variables and the files of a pod's container."""
    holds, variables, files = kept(overlay), {}, {}
    for source in container(pod).get("envFrom", []):
        variables |= holds[next(iter(source.values()))["name"]]
    for variable in container(pod)["env"]:
        wanted = variable.get("valueFrom", {}).get("secretKeyRef")
        variables[variable["name"]] = holds[wanted["name"]][wanted["key"]] if wanted else variable["value"]
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    for mount in container(pod)["volumeMounts"]:
        volume = volumes[mount["name"]]
        of = volume.get("configMap", {}).get("name") or volume.get("secret", {}).get("secretName")
        files |= {f"{mount['mountPath']}/{key}": content for key, content in holds.get(of, {}).items()}
    return variables, files


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_understands_its_configuration(overlay, tmp_path):
    refused = {}
    for service, deployment in services(overlay).items():
        pod = deployment["spec"]["template"]
        refused[service] = refusal(tmp_path / service, container(pod)["args"], *of_pod(overlay, pod))
    assert not any(refused.values()), "\n".join(f"{service} {why}" for service, why in refused.items() if why)


@pytest.mark.parametrize("file", ["compose.yaml", "cluster.yaml"])
def test_every_container_of_compose_understands_its_configuration(file, tmp_path):
    refused = {}
    for service, spec in yaml.safe_load((ROOT / "infra/compose" / file).read_text())["services"].items():
        if not spec["image"].startswith("ghcr.io/aichatwar/"):
            continue
        files = {}
        for mount in spec["volumes"]:
            source, _, target = mount.removesuffix(":ro").partition(":")
            if target.startswith(("/etc/", "/run/")):
                files[target] = (ROOT / "infra/compose" / source).read_text() if source.startswith("../") else LONG
        # Nobody has set the variables of compose, so that their defaults count.
        variables = {key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for key, value in spec["environment"].items()}
        refused[service] = refusal(tmp_path / service, spec.get("command", ["run"]), variables, files)
    assert refused and not any(refused.values()), "\n".join(f"{service} {why}" for service, why in refused.items() if why)


def test_what_is_not_understood_is_refused(tmp_path):
    """So that the tests above would see it."""
    pod = services("prod")["auth"]["spec"]["template"]
    variables, files = of_pod("prod", pod)
    assert "mial" in refusal(tmp_path, container(pod)["args"], variables | {"AICHAT_MIAL__FROM": "x"}, files)
    del variables["AICHAT_REDIS_URL"]
    assert "AICHAT_REDIS_URL" in refusal(tmp_path, container(pod)["args"], variables, files)
