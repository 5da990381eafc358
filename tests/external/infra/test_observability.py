"""Holds metrics, alerts, dashboard and runbooks against the code and each other.

Owns that a name on a screen is a name in the code. What a metric should be is said in docs/metrics.md.
"""

import pathlib
import re
import shutil

import pytest
import yaml

from manifests import ROOT, dashboard, rules

# What Prometheus adds: the scrape, and the pod's service (pod-monitor.yaml).
ADDED_LABELS = {"process", "job", "instance", "le"}
ADDED_METRICS = {"up"}
SUFFIXES = ("_bucket", "_sum", "_count")


def code_metrics() -> dict[str, tuple[str, set[str]]]:
    """Reads every metric that the code names: its kind and its labels."""
    found: dict[str, tuple[str, set[str]]] = {}
    for file in [*(ROOT / "crates").rglob("*.rs"), *(ROOT / "services").rglob("*.rs")]:
        if "tests" in file.parts or file.name == "tests.rs":
            continue
        pattern = r'\b(counter|gauge|histogram)!\(\s*"([a-z0-9_]+)"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)'
        for kind, metric, rest in re.findall(pattern, file.read_text()):
            labels = set(re.findall(r'"([a-z0-9_]+)"\s*=>', rest))
            kind, known = found.get(metric, (kind, set()))
            found[metric] = (kind, known | labels)
    # Those of the process itself are written as text.
    process = (ROOT / "crates/chassis/src/process.rs").read_text()
    found |= {metric: (kind, set()) for metric, kind in re.findall(r'write\(text, "(\w+)", "(\w+)"', process)}
    return found


def documented() -> dict[str, tuple[str, set[str]]]:
    """Reads docs/metrics.md in the same form."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", (ROOT / "docs/metrics.md").read_text(), re.M)
    assert len({row[0] for row in rows}) == len(rows)
    return {metric: (kind, {label.strip() for label in labels.split(",") if label.strip()}) for metric, kind, labels in rows}


def test_every_metric_of_the_code_is_documented_and_no_other():
    assert set(documented()) == set(code_metrics())


def test_kinds_and_labels_are_documented_as_they_are():
    for metric, (kind, labels) in code_metrics().items():
        told, told_labels = documented()[metric]
        assert told == kind or (told, kind) == ("summary", "histogram"), metric
        # Those of models are put together in a list that the macro does not show.
        assert told_labels == labels or metric.startswith("gen_ai_"), f"{metric}: {labels}"


def test_what_begins_at_zero_is_counted_by_that_service_with_that_word():
    """A word of the table that no code says would be a series that never moves."""
    rows = re.findall(r'\(Target::(\w+), "(\w+)", "(\w*)",\s*&\[([^\]]*)\]\)', (ROOT / "crates/aichat/src/shown.rs").read_text())
    assert len(rows) > 10
    for service, metric, label, words in rows:
        kind, labels = code_metrics()[metric]
        assert kind == "counter" and labels == ({label} if label else set()), metric
        folder = ROOT / "services" / re.sub(r"(?<!^)(?=[A-Z])", "-", service).lower()
        code = "".join(file.read_text() for file in (folder / "src").rglob("*.rs"))
        assert f'"{metric}"' in code, f"{service} counts no {metric}"
        for word in re.findall(r'"(\w+)"', words):
            assert f'"{word}"' in code, f"{metric}: no {word} in {service}"


def test_what_is_called_a_histogram_has_buckets():
    """The exporter makes a summary of what no matcher names."""
    telemetry = (ROOT / "crates/chassis/src/telemetry.rs").read_text()
    bucketed = set(re.findall(r'"(gen_ai_\w+)"', telemetry))
    assert 'Matcher::Suffix("_seconds".into())' in telemetry
    for metric, (kind, _) in documented().items():
        has = metric.endswith("_seconds") or metric in bucketed
        assert kind not in {"histogram", "summary"} or (kind == "histogram") == has, metric


def selectors(expression: str) -> list[tuple[str, set[str]]]:
    """Lists the metrics of an expression with the labels that it asks them for; those of `by` go to all of them."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression)
    by = {label.strip() for group in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", plain) for label in group.split(",") if label.strip()}
    plain = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", plain)
    plain = re.sub(r"\[[^\]]*\]|\boffset\s+\w+", " ", plain)
    found = []
    for metric, matchers in re.findall(r"([a-z][a-z0-9_]*)\s*(\{[^}]*\})?(?!\s*\(|[a-z0-9_])", plain):
        if metric not in {"and", "or", "unless", "bool"}:
            found.append((metric, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) | by))
    return found


def expressions() -> list[tuple[str, str]]:
    """Lists every expression of alerts and dashboard with where it stands."""
    alerts = [(rule["alert"], rule["expr"]) for group in rules()["groups"] for rule in group["rules"]]
    panels = [(panel["title"], target["expr"]) for panel in dashboard()["panels"] for target in panel.get("targets", [])]
    variables = [(variable["name"], f"{found[1]}{{{found[2]}=\"\"}}") for variable in dashboard()["templating"]["list"] if (found := re.match(r"label_values\((\w+), (\w+)\)", variable["query"]))]
    return alerts + panels + variables


@pytest.mark.parametrize("place, expression", expressions(), ids=[place for place, _ in expressions()])
def test_every_metric_and_label_that_is_asked_for_exists(place, expression):
    known = documented()
    asked = selectors(expression.replace("$__rate_interval", "5m"))
    assert asked
    for metric, labels in asked:
        if metric in ADDED_METRICS:
            assert labels <= ADDED_LABELS
            continue
        base = next((metric.removesuffix(suffix) for suffix in SUFFIXES if metric.endswith(suffix) and metric.removesuffix(suffix) in known), metric)
        assert base in known, f"{place}: there is no metric {metric}"
        kind, own = known[base]
        assert (base != metric) == (kind == "histogram"), f"{place}: {metric} of a {kind}"
        assert labels <= own | ADDED_LABELS, f"{place}: {metric} has no label {labels - own - ADDED_LABELS}"


def test_every_service_readme_names_metrics_that_exist():
    known = documented()
    for readme in (ROOT / "services").glob("*/README.md"):
        for metric in re.findall(r"`([a-z0-9_]+_(?:total|seconds|connections|sockets|depth))(?:\{[^}]*\})?`", readme.read_text()):
            assert metric in known, f"{readme.parent.name}: {metric}"


# --- alerts ---------------------------------------------------------------------------------------------------------


def promtool() -> str:
    """Finds promtool, or skips."""
    found = shutil.which("promtool")
    if not found:
        pytest.skip("there is no promtool here")
    return found


def rule_file(folder: pathlib.Path) -> pathlib.Path:
    """Writes the rules as Prometheus reads them."""
    file = folder / "alerts.yaml"
    file.write_text(yaml.safe_dump(rules(), allow_unicode=True))
    return file


def test_prometheus_takes_the_alerts(tool, tmp_path):
    said = tool(promtool(), "check", "rules", rule_file(tmp_path))
    assert f"{sum(len(group['rules']) for group in rules()['groups'])} rules found" in said


def test_alerts_fire_when_they_should_and_not_before(tool, tmp_path):
    rule_file(tmp_path)
    cases = pathlib.Path(__file__).with_name("alerts_test.yaml")
    (tmp_path / cases.name).write_text(cases.read_text())
    tool(promtool(), "test", "rules", tmp_path / cases.name)


def test_every_alert_is_tested():
    cases = yaml.safe_load(pathlib.Path(__file__).with_name("alerts_test.yaml").read_text())
    fired = {case["alertname"] for test in cases["tests"] for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert fired == {rule["alert"] for group in rules()["groups"] for rule in group["rules"]}


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    chapter = (ROOT / "docs/operations.md").read_text().split("\n## Alerts\n")[1].split("\n## ")[0]
    assert re.findall(r"^### (\w+)$", chapter, re.M) == [rule["alert"] for group in rules()["groups"] for rule in group["rules"]]


def test_every_alert_says_how_bad_it_is_and_what_is_wrong():
    for group in rules()["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"} and rule["annotations"]["summary"], rule["alert"]


# --- dashboard ------------------------------------------------------------------------------------------------------


def test_the_dashboard_is_one_that_grafana_opens():
    board = dashboard()
    panels = board["panels"]
    assert board["uid"] and board["schemaVersion"] >= 36
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, f"{panel['title']} lies over another"
        taken |= cells
        assert panel["type"] == "row" or (panel["description"] and panel["targets"]), panel["title"]


def test_a_panel_that_names_an_alert_names_one_that_exists():
    alerts = {rule["alert"] for group in rules()["groups"] for rule in group["rules"]}
    named = set(re.findall(r"\bAichat[A-Z]\w+", " ".join(panel.get("description", "") for panel in dashboard()["panels"])))
    assert named and named <= alerts


def test_prometheus_reads_the_dashboards_expressions(tool, tmp_path):
    """As rules that record, since that is what promtool checks."""
    texts = [(place, text.replace("$__rate_interval", "5m").replace("$process", ".*")) for place, text in expressions()]
    recorded = [{"record": f"checked:{number}", "expr": text} for number, (_, text) in enumerate(texts)]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    tool(promtool(), "check", "rules", tmp_path / "panels.yaml")
