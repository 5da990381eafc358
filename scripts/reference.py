#!/usr/bin/env python3
"""Writes the reference of the API and of events out of what the code says.

    reference.py           writes docs/reference/api.md and events.md
    reference.py --check   fails when they are not what would be written

The API is packages/shared/openapi.json (which a test holds against `aichat openapi`), events are crates/contracts/src and its samples. Owns the form of the
two pages; refuses to say anything that is not there.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs/reference"
METHODS = ("get", "post", "put", "patch", "delete")
WRITTEN = "<!-- Written by scripts/reference.py; change the code instead. -->"


def cell(text: str) -> str:
    """Makes a text fit into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def schema(node: dict | None) -> str:
    """Names a schema in a few letters."""
    if not node:
        return ""
    if "$ref" in node:
        return f"`{node['$ref'].rpartition('/')[2]}`"
    if node.get("type") == "array":
        return f"{schema(node['items'])}[]"
    for word in ("oneOf", "anyOf", "allOf"):
        if word in node:
            return " or ".join(filter(None, (schema(part) for part in node[word] if part.get("type") != "null")))
    kind = node.get("type", "")
    kinds = [kind] if isinstance(kind, str) else [word for word in kind if word != "null"]
    return " or ".join(kinds)


def body(content: dict | None) -> str:
    """Names the schema of a body, and its type where that is not JSON."""
    if not content:
        return ""
    media, node = next(iter(content.items()))
    named = schema(node.get("schema"))
    return named if media == "application/json" else f"{named} ({media})".strip()


def api() -> str:
    """Returns the page of all routes."""
    document = json.loads((ROOT / "packages/shared/openapi.json").read_text())
    of: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if not (operation := item.get(method)):
                continue
            asked = body(operation.get("requestBody", {}).get("content"))
            status, answer = next(((s, a) for s, a in operation["responses"].items() if s.startswith(("1", "2", "3"))), ("", {}))
            given = " ".join(filter(None, (status, body(answer.get("content")))))
            words = cell(operation.get("summary", ""))
            row = f"| {method.upper()} | `{path}` | {words} | {asked} | {given} |"
            of.setdefault(operation["tags"][0], []).append(row)
    lines = [
        "# All routes",
        "",
        WRITTEN,
        "",
        f"{sum(map(len, of.values()))} operations of version {document['info']['version']}. What holds for all of them (errors, pages, idempotency, limits) is in [the wire](../api-design.md). A running",
        "product has a reader with every schema at `/api/docs` and the document at `/api/openapi.json`.",
    ]
    for tag in sorted(of):
        lines += ["", f"## {tag}", "", "| method | path | what it does | body | answer |", "|---|---|---|---|---|", *of[tag]]
    return "\n".join(lines) + "\n"


def words_of(comment: str) -> str:
    """Joins the lines of a doc comment."""
    return cell(re.sub(r"^\s*/// ?", "", comment, flags=re.M))


def sample(topic: str) -> str:
    """Returns one payload of a topic, if there is a sample."""
    file = ROOT / "crates/contracts/samples" / f"{topic}.json"
    if not file.exists():
        return ""
    samples = json.loads(file.read_text())
    return json.dumps(samples[0] if isinstance(samples, list) else samples, indent=2, ensure_ascii=False)


def listeners(text_of: dict[str, str], body: str, topic: str, source: str) -> list[str]:
    """Names the services whose consumers read this body or topic."""
    return sorted(
        service
        for service, text in text_of.items()
        if service != source and re.search(rf"\b{body}\b|\btopic::{topic}\b", text)
    )


def events() -> str:
    """Returns the page of all topics."""
    names = dict(re.findall(r'([A-Z]+) = "([a-z.0-9]+)"', (ROOT / "crates/contracts/src/event.rs").read_text()))
    text_of = {
        folder.name: "\n".join(file.read_text() for file in sorted((folder / "src").rglob("*.rs")) if file.name != "tests.rs")
        for folder in sorted((ROOT / "services").iterdir())
        if folder.is_dir()
    }
    lines = [
        "# All events",
        "",
        WRITTEN,
        "",
        "CloudEvents 1.0 in structured JSON: what stands below is their `data`, `type` is `aichat.<name>.v1`, `partitionkey` and `subject` the key. Topics that begin with `commerce.` travel on NATS",
        "JetStream, all others on Kafka (`natsTopics` says otherwise); in one process all are in a durable log. At least once, in order per key. `traceparent`, where there is one,",
        "is the W3C trace context of what caused the event (CloudEvents' extension for distributed tracing).",
    ]
    found = {}
    for file in sorted((ROOT / "crates/contracts/src").glob("*.rs")):
        text = file.read_text()
        for body in re.finditer(r"^impl EventBody for (\w+) \{\n(.*?)^\}", text, re.S | re.M):
            name, inside = body.groups()
            topic, source = re.search(r"topic::(\w+)", inside)[1], re.search(r'SOURCE: &\'static str = "([\w-]+)"', inside)[1]
            kinds = re.findall(r'"([a-z_]+\.[a-z_]+)"', inside)
            declared = re.search(rf"((?:^\s*///.*\n)+)(?:^#\[.*\n)*^pub (?:struct|enum) {name}\b", text, re.M)
            found[topic] = (name, source, kinds, words_of(declared[1]) if declared else "")
    assert set(found) == set(names), f"topics without a body: {set(names) ^ set(found)}"
    for topic, wire in names.items():
        name, source, kinds, about = found[topic]
        heard = listeners(text_of, name, topic, source)
        lines += ["", f"## {wire}", "", about, "", f"- said by {source}; read by {', '.join(heard) or 'nobody of ours'}"]
        lines += [f"- names: {', '.join(f'`{kind}`' for kind in kinds)}"] if kinds else []
        if example := sample(wire):
            lines += ["", "```json", example, "```"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    wanted = {"api.md": api(), "events.md": events()}
    if arguments == ["--check"]:
        old = [page for page, text in wanted.items() if not (PAGES / page).exists() or (PAGES / page).read_text() != text]
        if old:
            print(f"not what the code says: docs/reference/{', '.join(old)}; scripts/reference.py writes them", file=sys.stderr)
        return 1 if old else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    PAGES.mkdir(exist_ok=True)
    for page, text in wanted.items():
        (PAGES / page).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
