#!/usr/bin/env python3
"""Says what the product is made of: the crates in the binary and the npm packages in the app, with versions, licences and checksums.

    parts.py sbom                  prints a CycloneDX 1.6 document
    parts.py licences              prints docs/licences.md
    parts.py licences --check      fails when the file is not what would be printed

Owns the reading of the two lock files; refuses to judge licences, which is cargo-deny's (deny.toml). What only tests and builds use is left out.
The same lock files give the same bytes. Only the standard library is used, and cargo.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tomllib
import uuid
from urllib.parse import quote

ROOT = pathlib.Path(__file__).resolve().parents[1]
LICENCES = ROOT / "docs/licences.md"
# Where a package says nothing that can be read, what its repository says.
UNSAID = "not said"


def crates() -> list[dict]:
    """Lists the crates that the binary is compiled from, without our own."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    read = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    packages = {package["id"]: package for package in read["packages"]}
    edges = {node["id"]: node["deps"] for node in read["resolve"]["nodes"]}
    sums = {
        (package["name"], package["version"]): package.get("checksum")
        for package in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    }
    found: set[str] = set()
    waiting = [id for id, package in packages.items() if package["name"] == "aichat"]
    while waiting:
        id = waiting.pop()
        if id in found:
            continue
        found.add(id)
        waiting += [edge["pkg"] for edge in edges[id] if any(kind["kind"] is None for kind in edge["dep_kinds"])]
    return [
        {
            "name": package["name"],
            "version": package["version"],
            "licence": (package["license"] or UNSAID).replace("/", " OR "),
            "purl": f"pkg:cargo/{package['name']}@{package['version']}",
            "hash": ("SHA-256", sums[package["name"], package["version"]]),
        }
        for package in (packages[id] for id in found)
        if package["source"]
    ]


def packages() -> list[dict]:
    """Lists the npm packages that the app is made of, without our own."""
    read = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    parts = {}
    for path, package in read.items():
        if "node_modules/" not in path or package.get("link") or package.get("dev") or package.get("devOptional"):
            continue
        name = package.get("name", path.rpartition("node_modules/")[2])
        hash = package.get("integrity", "").removeprefix("sha512-")
        licence = package.get("license", UNSAID)
        parts[name, package["version"]] = {
            "name": name,
            "version": package["version"],
            "licence": licence if isinstance(licence, str) else UNSAID,
            "purl": f"pkg:npm/{quote(name, safe='/')}@{package['version']}",
            "hash": ("SHA-512", base64.b64decode(hash).hex()),
        }
    return list(parts.values())


def sbom() -> str:
    """Returns the CycloneDX document."""
    components = [
        {
            "type": "library",
            "bom-ref": part["purl"],
            "name": part["name"],
            "version": part["version"],
            "purl": part["purl"],
            "licenses": [{"expression": part["licence"]}] if part["licence"] != UNSAID else [],
            "hashes": [{"alg": part["hash"][0], "content": part["hash"][1]}] if part["hash"][1] else [],
        }
        for part in sorted(crates() + packages(), key=lambda part: part["purl"])
    ]
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    product = {"type": "application", "bom-ref": "aichat", "name": "aichat", "version": version, "licenses": [{"expression": "Apache-2.0"}]}
    # Named by what is in it, so that the same parts have the same name.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components))
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": product},
        "components": components,
        "dependencies": [{"ref": "aichat", "dependsOn": [component["bom-ref"] for component in components]}],
    }
    return json.dumps(document, indent=1) + "\n"


def licences() -> str:
    """Returns the page of licences: each with the parts that have it."""
    lines = [
        "# Licences of what is inside",
        "",
        "Written by `scripts/parts.py licences` from the lock files; `make lint` holds it against them. Which licences may come in at all says `deny.toml`.",
        "",
    ]
    for title, parts in (("Crates in the binary", crates()), ("npm packages of the app", packages())):
        of: dict[str, set[str]] = {}
        for part in parts:
            of.setdefault(part["licence"], set()).add(part["name"])
        lines += [f"## {title}", "", "| licence | number | names |", "|---|---|---|"]
        rows = sorted(of.items(), key=lambda row: (-len(row[1]), row[0]))
        lines += [f"| {licence} | {len(names)} | {', '.join(sorted(names))} |" for licence, names in rows]
        lines.append("")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["sbom"]:
            print(sbom(), end="")
        case ["licences"]:
            print(licences(), end="")
        case ["licences", "--check"]:
            if LICENCES.read_text() != licences():
                print("docs/licences.md is not what the lock files say: scripts/parts.py licences >docs/licences.md", file=sys.stderr)
                return 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
