"""Renders what infra/k8s says and reads what the code says, for the tests to hold one against the other.

Owns where things are found; refuses to judge them. Nothing is written into the checkout: overlays are rendered from a copy, whose development
secrets are made for it.
"""

import dataclasses
import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
OVERLAYS = ("dev", "staging", "prod")
# The base with the other way in, which no overlay has.
GATEWAY = "gateway-api"
PORT = 8080
NAME = "app.kubernetes.io/name"


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of the target table: what a service needs and whom it asks."""

    needs: frozenset[str]
    asks: frozenset[str]


def kebab(name: str) -> str:
    """Turns AiChatHost or aiChatHost into ai-chat-host."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


@functools.cache
def targets() -> dict[str, Row]:
    """Reads crates/aichat/src/target.rs: every service, without `all`."""
    text = (ROOT / "crates/aichat/src/target.rs").read_text()
    table = text[text.index("TARGETS: &[Row]") : text.index("impl Target")]
    rows = re.findall(r'row\(\w+, "([\w-]+)", "[^"]*", &\[([^\]]*)\],\s*&\[([^\]]*)\]\)', table)

    def words(text: str) -> frozenset[str]:
        return frozenset(kebab(word.strip()) for word in text.split(",") if word.strip())

    found = {name: Row(words(needs), words(asks)) for name, needs, asks in rows}
    assert len(found) == table.count("row("), "a row of the target table that this does not read"
    del found["all"]
    return found


@functools.cache
def copied() -> pathlib.Path:
    """Copies infra/k8s into a temporary folder, with secrets and an overlay for the Gateway API; removed at the end."""
    folder = tempfile.TemporaryDirectory(prefix="aichat-infra-")
    copied.folder = folder  # lives as long as we do
    home = pathlib.Path(folder.name) / "k8s"
    shutil.copytree(ROOT / "infra/k8s", home)
    subprocess.run([home / "overlays/dev/dev-secrets.sh"], check=True)
    other = home / "overlays" / GATEWAY
    other.mkdir()
    (other / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: aichat\n"
        "resources: [../../base]\ncomponents: [../../components/gateway-api, ../../components/network-policies]\n"
    )
    return home


def kustomize() -> list[str]:
    """Names the program that renders."""
    return ["kubectl", "kustomize"] if shutil.which("kubectl") else ["kustomize", "build"]


@functools.cache
def text(overlay: str) -> str:
    """Renders an overlay."""
    done = subprocess.run([*kustomize(), copied() / "overlays" / overlay], capture_output=True, text=True)
    assert done.returncode == 0, f"{overlay} does not render:\n{done.stderr}"
    return done.stdout


@functools.cache
def rendered(overlay: str) -> tuple[dict, ...]:
    """Renders an overlay and reads it."""
    return tuple(document for document in yaml.safe_load_all(text(overlay)) if document)


def of_kind(overlay: str, *kinds: str) -> list[dict]:
    """Lists the documents of these kinds."""
    return [document for document in rendered(overlay) if document["kind"] in kinds]


def name(document: dict) -> str:
    """Names a document."""
    return document["metadata"]["name"]


def named(overlay: str, kind: str) -> dict[str, dict]:
    """Lists the documents of a kind by name."""
    return {name(document): document for document in of_kind(overlay, kind)}


def services(overlay: str) -> dict[str, dict]:
    """Lists the Deployments of our services by name."""
    return named(overlay, "Deployment")


def pods(overlay: str) -> dict[str, dict]:
    """Lists all pod templates by the name of what makes them."""
    return {name(document): document["spec"]["template"] for document in of_kind(overlay, "Deployment", "StatefulSet")}


def labels(pod: dict) -> dict[str, str]:
    """Returns the labels of a pod template."""
    return pod["metadata"]["labels"]


def matches(selector: dict, wanted: dict[str, str]) -> bool:
    """Tells whether a label selector fits these labels."""
    plain = all(wanted.get(key) == value for key, value in selector.get("matchLabels", {}).items())

    def fits(expression: dict) -> bool:
        value = wanted.get(expression["key"])
        match expression["operator"]:
            case "In":
                return value in expression["values"]
            case "NotIn":
                return value not in expression["values"]
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
        raise AssertionError(f"an operator that this does not know: {expression}")

    return plain and all(map(fits, selector.get("matchExpressions", [])))


def container(pod: dict) -> dict:
    """Returns the only container of a pod template."""
    (only,) = pod["spec"]["containers"]
    return only


def environment(pod: dict) -> dict[str, dict]:
    """Returns the variables that a container names itself."""
    return {variable["name"]: variable for variable in container(pod).get("env", [])}


def rules() -> dict:
    """Returns the alert rules as Prometheus reads them."""
    return yaml.safe_load((ROOT / "infra/k8s/components/observability/alerts.yaml").read_text())["spec"]


def dashboard() -> dict:
    """Returns the dashboard."""
    return json.loads((ROOT / "infra/k8s/components/observability/dashboard.json").read_text())
