"""Holds the pages against the code and each other: the reference is what the code says, and every link leads somewhere.

Owns links and what is generated. What a page says is for people to judge.
"""

import json
import re
import sys

import pytest

from manifests import ROOT

PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not {"node_modules", "target", "data", ".git"} & set(page.relative_to(ROOT).parts)
)


def anchors(page) -> set[str]:
    """Lists the anchors of a page's headings, as GitHub and the site make them."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading).lower()
        found.add(re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", plain).strip()))
    return found


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page):
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.S | re.M)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), f"{link} of {page.relative_to(ROOT)}"
        assert not anchor or to.suffix != ".md" or anchor in anchors(to), f"{link} of {page.relative_to(ROOT)}"


def test_the_reference_is_what_the_code_says(tool):
    tool(sys.executable, ROOT / "scripts/reference.py", "--check")


def test_every_path_that_a_page_names_in_the_repository_exists():
    """Only those of this chapter of the work, which name many."""
    for page in ("docs/deploying.md", "docs/quick-start.md", "docs/metrics.md"):
        for path in re.findall(r"(?:infra|scripts|crates|docs|bench)/[\w./-]*\w", (ROOT / page).read_text()):
            assert (ROOT / path).exists() or path in MADE, f"{path} of {page}"


# What a command of the page makes.
MADE = {"infra/compose/secrets"}


def test_the_site_builds_without_a_warning(tool, tmp_path):
    tool(ROOT / "scripts/docs.sh", tmp_path / "site", cwd=ROOT)
    for page in ("index.html", "quick-start.html", "operations.html", "reference/api.html", "reference/events.html"):
        assert (tmp_path / "site" / page).stat().st_size > 1000
    assert "http" not in json.dumps([line for line in (tmp_path / "site/index.html").read_text().splitlines() if "<script" in line or "stylesheet" in line])


def test_the_list_of_parts_is_a_sound_document(tool, tmp_path):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    said = tool(sys.executable, ROOT / "scripts/parts.py", "sbom")
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(said)
    assert error is None, error
    parts = json.loads(said)["components"]
    kinds = {part["purl"].partition("/")[0] for part in parts}
    assert kinds == {"pkg:cargo", "pkg:npm"} and len(parts) > 500
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    # The binary has tokio in it, and nothing that only tests use.
    names = {part["name"] for part in parts}
    assert {"tokio", "axum", "react-native", "expo"} <= names and not {"proptest", "insta", "jest"} & names


def test_the_list_of_licences_is_what_the_lock_files_say(tool):
    tool(sys.executable, ROOT / "scripts/parts.py", "licences", "--check")


def test_no_secret_is_in_the_checkout(tool, tmp_path):
    """Keys of well-known makers and private keys, in every file that git knows; words that look random are too many here."""
    plugins = ["ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "GitHubTokenDetector", "GitLabTokenDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SlackDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector"]
    files = tool("git", "ls-files", "-z", cwd=ROOT).split("\0")
    # One that is there is found, also in the middle of a file.
    (tmp_path / "leak.toml").write_text(f"# a key\nkey = 'AKIA{'QYLPMN5HFIQR7XYA'}'\n")
    found = scan([tmp_path / "leak.toml", *(ROOT / file for file in files if file)], plugins)
    assert {(tmp_path.name, line) for file, line, _ in found if str(tmp_path) in file} == {(tmp_path.name, 2)}
    unknown = {place for place in found if str(tmp_path) not in place[0]}
    assert not unknown, "\n".join(f"{file}:{line} {kind}" for file, line, kind in sorted(unknown))


def scan(files, plugins) -> set:
    """Looks for secrets; returns file, line and kind of each."""
    from detect_secrets.core.scan import get_plugins, scan_file
    from detect_secrets.settings import transient_settings

    found = set()
    with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
        patterns = [pattern for plugin in get_plugins() for pattern in plugin.denylist]
        for file in files:
            # Whole files first: few have anything, and line by line takes a minute.
            if file.is_file() and any(pattern.search(file.read_text(errors="replace")) for pattern in patterns):
                found |= {(str(file), secret.line_number, secret.type) for secret in scan_file(str(file))}
    return found
