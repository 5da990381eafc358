"""Asks other people's tools whether each document is well formed and prudent.

Owns which tool is asked about what, and the complaints that we do not follow, each with its reason. Refuses to install anything.
"""

import functools
import json
import re
import shutil
import tomllib
import warnings

import kubernetes_validate
import pytest
import yaml

from manifests import GATEWAY, OVERLAYS, ROOT, copied, name, rendered, targets, text

# The oldest that has what we use, and the newest whose schemas are at hand.
KUBERNETES = ("1.30", "1.37")
# Kinds that Kubernetes does not know by itself. Their schemas belong to operators and are not at hand: not checked, and said so.
CUSTOM = {"ExternalSecret", "PodMonitor", "PrometheusRule", "Gateway", "HTTPRoute", "ClientSettingsPolicy"}
# Reading a schema is most of the work: once is enough.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)
# Advice that is not followed.
UNFOLLOWED = {
    "CKV_K8S_11": "no limit of processor time: it only makes pauses",
    "CKV_K8S_14": "the development tag is `dev`",
    "CKV_K8S_15": "a tag is pushed once, so there is nothing to pull again",
    "CKV_K8S_35": "addresses of servers are variables; everything else that is secret is a file",
    "CKV_K8S_43": "digests are the registry's to give; releases are attested",
    "CKV_K8S_21": "false where the namespace comes from the overlay",
    "CKV2_K8S_6": "policies select by labels that it does not follow; test_manifests.py does",
    "CKV_DOCKER_7": "the base is an argument, whose tag it does not see",
    "CKV_DOCKER_2": "Kubernetes asks /healthz; the image has no shell to ask with",
    "CKV_K8S_49": "there are no roles",
}


@pytest.mark.parametrize("overlay", [*OVERLAYS, GATEWAY])
@pytest.mark.parametrize("version", KUBERNETES)
def test_every_manifest_fits_the_schema_strictly(overlay, version):
    custom = set()
    for document in rendered(overlay):
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an unknown kind is more than a warning to us
            if document["kind"] in CUSTOM:
                custom.add(document["kind"])
                continue
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except Exception as error:
                raise AssertionError(f"{overlay}: {document['kind']} {name(document)}: {error}") from None
    print(f"{overlay} {version}: {len(rendered(overlay))} documents; without a schema: {sorted(custom)}")


def test_policies_find_nothing(tool, tmp_path):
    """In the manifests and the Dockerfile, all in one run, whose start costs more than its work. Staging is prod."""
    for overlay in ("dev", "prod"):
        (tmp_path / f"{overlay}.yaml").write_text(text(overlay))
    shutil.copy(ROOT / "infra/image/Dockerfile", tmp_path)
    said = tool("checkov", "--directory", tmp_path, "--framework", "kubernetes", "dockerfile", "--skip-check", ",".join(UNFOLLOWED), "--skip-download", "--quiet", "--compact", "--output", "json", ok=(0, 1))
    reports = {report["check_type"]: report for report in json.loads(said)}
    failed = [(check["check_id"], check["check_name"], check["file_path"], check["resource"]) for report in reports.values() for check in report["results"]["failed_checks"]]
    assert not failed, "\n".join(map(str, failed))
    assert not [report["summary"] for report in reports.values() if report["summary"]["parsing_errors"]]
    assert reports["kubernetes"]["summary"]["passed"] > 1000 and reports["dockerfile"]["summary"]["passed"] > 10


def test_the_dockerfile_is_clean(tool):
    tool("hadolint", ROOT / "infra/image/Dockerfile")


def yamls() -> list:
    """Lists our YAML files."""
    return [*sorted((ROOT / "infra").rglob("*.y*ml")), *sorted((ROOT / ".github").rglob("*.y*ml")), ROOT / "skaffold.yaml", ROOT / "mkdocs.yml"]


def test_yaml_is_tidy(tool):
    rules = "{extends: default, rules: {line-length: {max: 240}, document-start: disable, braces: {max-spaces-inside: 1}, truthy: {check-keys: false}, octal-values: disable, comments: {min-spaces-from-content: 1}, comments-indentation: disable}}"
    tool("yamllint", "--strict", "--config-data", rules, *yamls())


def test_every_file_says_what_it_owns():
    """Its first line, in every folder of ours; JSON has no room for it."""
    files = [*yamls(), ROOT / "infra/image/Dockerfile", *(ROOT / "infra/nginx").iterdir(), *(ROOT / "infra").rglob("*.sh"), *(ROOT / "infra").rglob("*.toml"), *(ROOT / "infra").rglob("*.properties")]
    silent = [str(file.relative_to(ROOT)) for file in files if "Owns" not in " ".join(file.read_text().splitlines()[:3])]
    assert not silent


def test_shell_scripts_are_clean(tool):
    scripts = [*sorted((ROOT / "scripts").glob("*.sh")), *sorted((ROOT / "infra").rglob("*.sh")), *sorted((ROOT / "tests/external").glob("*/*.sh"))]
    tool("shellcheck", "--severity", "warning", *scripts)


# --- workflows ------------------------------------------------------------------------------------------------------


def workflows() -> list:
    """Lists the workflows."""
    return sorted((ROOT / ".github/workflows").iterdir())


def test_workflows_are_sound(tool):
    tool("actionlint", *workflows(), cwd=ROOT)
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows())
    tool("check-jsonschema", "--builtin-schema", "vendor.dependabot", ROOT / ".github/dependabot.yml")


def test_workflows_are_hard_to_abuse(tool):
    tool("zizmor", "--offline", "--pedantic", "--no-progress", *workflows())


def steps() -> list[dict]:
    """Lists all steps of all workflows."""
    return [step for file in workflows() for job in yaml.safe_load(file.read_text())["jobs"].values() for step in job["steps"]]


def test_actions_are_few_and_pinned_by_hash():
    used = {step["uses"] for step in steps() if "uses" in step}
    assert used and all(action.startswith("actions/") and len(action.partition("@")[2]) == 40 for action in used)
    # One version of each.
    assert len({action.partition("@")[0] for action in used}) == len(used)


def test_workflows_run_what_is_there():
    """Every script and target of make that a workflow names exists, and every suite."""
    runs = "\n".join(step["run"] for step in steps() if "run" in step)
    suites = (ROOT / "scripts/test.sh").read_text()
    matrix = [suite for file in workflows() for job in yaml.safe_load(file.read_text())["jobs"].values() for suite in job.get("strategy", {}).get("matrix", {}).get("suites", [])]
    named = [word for line in runs.splitlines() if line.strip().startswith("scripts/test.sh ") and "$" not in line for word in line.split()[1:]] + " ".join(matrix).split()
    assert named and not [suite for suite in named if f"suite_{suite}()" not in suites]
    listed = suites.split("readonly SUITES=(")[1].split(")")[0].split()
    assert set(listed) <= set(named), "a suite that no workflow runs"
    make = (ROOT / "Makefile").read_text()
    for target in (word for line in runs.splitlines() if line.startswith("make ") for word in line.split()[1:]):
        assert f"\n{target}:" in make


# --- Skaffold and compose -------------------------------------------------------------------------------------------


def skaffold() -> dict:
    """Reads skaffold.yaml."""
    return yaml.safe_load((ROOT / "skaffold.yaml").read_text())


def test_skaffold_builds_the_image_that_manifests_run():
    config = skaffold()
    assert config["apiVersion"] == "skaffold/v4beta13" and config["kind"] == "Config"
    (artifact,) = config["build"]["artifacts"]
    for overlay in OVERLAYS:
        assert f"image: {artifact['image']}:" in text(overlay)
    dockerfile = ROOT / artifact["context"] / artifact["docker"]["dockerfile"]
    assert f" AS {artifact['docker']['target']}\n" in dockerfile.read_text()
    for hook in artifact["hooks"]["before"]:
        assert (ROOT / hook["command"][0]).stat().st_mode & 0o100


def test_every_profile_of_skaffold_renders_its_overlay():
    config = skaffold()
    paths = {profile["name"]: profile.get("manifests", config["manifests"])["kustomize"]["paths"] for profile in config["profiles"]}
    assert paths == {overlay: [f"infra/k8s/overlays/{overlay}"] for overlay in OVERLAYS}
    assert all((copied() / "overlays" / overlay / "kustomization.yaml").exists() for overlay in paths)


def test_a_profile_of_skaffold_changes_something():
    """What is empty in a profile leaves what is outside of it as it is; images for other machines can only be pushed."""

    def empty(value) -> bool:
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return value in ([], {}, "") or any(map(empty, below))

    config = skaffold()
    assert not [profile["name"] for profile in config["profiles"] if empty(profile)]
    for of in [config, *config["profiles"]]:
        assert of.get("build", {}).get("local", {}).get("push", False) == ("platforms" in of.get("build", {}))


def test_skaffold_forwards_a_service_that_exists():
    forwarded = [forward for of in [skaffold(), *skaffold()["profiles"]] for forward in of.get("portForward", [])]
    assert forwarded
    for forward in forwarded:
        service = next(document for document in rendered("dev") if document["kind"] == "Service" and name(document) == forward["resourceName"])
        assert forward["port"] in {port["port"] for port in service["spec"]["ports"]} and service["metadata"]["namespace"] == forward["namespace"]


@pytest.mark.parametrize("file", ["compose.yaml", "cluster.yaml"])
def test_compose_files_fit_the_specification(tool, file):
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "infra/compose" / file)
    if shutil.which("podman"):
        tool("podman-compose", "--file", ROOT / "infra/compose" / file, "config")
    merged = yaml.safe_load((ROOT / "infra/compose" / file).read_text())
    for service, spec in merged["services"].items():
        for mount in spec.get("volumes", []):
            source = mount.split(":")[0] if isinstance(mount, str) else mount.get("source", "")
            # Secrets are made by dev-secrets.sh. What is not there is made by root, and nobody else can write to it.
            if source.startswith(".") and not source.startswith("./secrets/"):
                assert (ROOT / "infra/compose" / source).exists(), f"{service}: {source}"


def test_the_compose_cluster_has_every_service_and_nothing_that_kubernetes_lacks():
    spec = yaml.safe_load((ROOT / "infra/compose/cluster.yaml").read_text())["services"]
    ours = {service: of["command"] for service, of in spec.items() if of["image"].startswith("ghcr.io/aichatwar/")}
    assert ours == {service: ["run", "--target", service] for service in targets()}
    images = {spec["image"] for spec in spec.values()} - {spec[service]["image"] for service in ours}
    stateful = {document["spec"]["template"]["spec"]["containers"][0]["image"] for document in rendered("dev") if document["kind"] == "StatefulSet"}
    assert stateful <= images, "the development servers are the same programs"


def ignored(path: str) -> bool:
    """Tells whether .dockerignore keeps a file of the repository out of the build: the last rule that fits it, or a folder above it, counts."""
    out = False
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!").removeprefix("**/")
            parts = path.split("/")
            above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
            fits = set(parts) if "**/" in rule else set(above)
            if pattern == "*" or pattern in fits:
                out = not rule.startswith("!")
    return out


def test_all_that_the_compiler_reads_goes_into_the_build(tool):
    """Sources, manifests and what they include outside of their own tests; and nothing that changes often without being compiled."""
    files = tool("git", "ls-files", cwd=ROOT).splitlines()
    wanted = {file for file in files if file.endswith((".rs", "Cargo.toml", "Cargo.lock"))}
    for file in sorted(wanted):
        if file.endswith(".rs"):
            for included in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', (ROOT / file).read_text().split("#[cfg(test)]")[0]):
                wanted.add(str((ROOT / file).parent.joinpath(included).resolve().relative_to(ROOT)))
    assert len(wanted) > 500 and not [file for file in wanted if ignored(file)]
    assert all(map(ignored, ("README.md", "docs/aichat.toml", "infra/k8s/base/auth.yaml", "tests/external/instance.py", "client/mobile-app/node_modules/expo/package.json", "target/release/aichat")))


def test_the_image_is_built_by_the_compiler_of_the_workspace():
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]
    dockerfile = (ROOT / "infra/image/Dockerfile").read_text()
    assert f"docker.io/library/rust:{version['rust-version']}-" in dockerfile and f"ARG VERSION={version['version']}\n" in dockerfile
