//! What is committed and held against what is: the crate graph, and the document of the API. And whole instances on the move between real servers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod mongodb;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One line a crate of ours: its name and the crates of ours that it needs (`?` before one that only its tests need).
fn graph() -> String {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    let mut lines = BTreeMap::new();
    for package in packages {
        let mut needs: Vec<String> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|d| ours.contains(&d["name"].as_str().unwrap()))
            .map(|d| {
                format!(
                    "{}{}",
                    if d["kind"] == "dev" { "?" } else { "" },
                    d["name"].as_str().unwrap()
                )
            })
            .collect();
        needs.sort();
        needs.dedup();
        lines.insert(package["name"].as_str().unwrap(), needs.join(" "));
    }
    lines
        .iter()
        .map(|(name, needs)| format!("{name}: {needs}").trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn the_crate_graph_is_the_committed_one() {
    let path = root().join("docs/crate-graph.txt");
    let now = graph();
    if std::env::var_os("AICHAT_UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        now, committed,
        "a new edge is a decision: AICHAT_UPDATE=1 cargo test -p aichat writes docs/crate-graph.txt anew"
    );
}

#[test]
fn no_service_needs_another_and_arrows_only_go_down() {
    const FLOORS: &[&[&str]] = &[
        &["kernel"],
        &["contracts"],
        &["store", "ephemeral", "mail"],
        &["bus"],
        &["chassis"],
        &["testkit"],
    ];
    let services: Vec<String> = std::fs::read_dir(root().join("services"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    let floor = |name: &str| {
        let crates = FLOORS.iter().position(|f| f.contains(&name));
        crates.unwrap_or(if services.iter().any(|s| s == name) {
            FLOORS.len()
        } else {
            FLOORS.len() + 1
        })
    };
    for line in graph().lines() {
        let (name, needs) = line.split_once(':').unwrap();
        for need in needs.split_whitespace().filter(|n| !n.starts_with('?')) {
            assert!(floor(need) < floor(name), "{name} needs {need}");
        }
    }
}

#[test]
fn the_kept_document_of_the_api_is_the_product_s() {
    let printed = Command::new(env!("CARGO_BIN_EXE_aichat"))
        .arg("openapi")
        .output()
        .unwrap();
    let now: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let kept = std::fs::read(root().join("packages/shared/openapi.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    for part in ["/paths", "/components/schemas"] {
        let [now, kept] = [&now, &kept].map(|document| document.pointer(part).unwrap().as_object().unwrap());
        let names = now.keys().chain(kept.keys());
        let other: Vec<&String> = names.filter(|name| now.get(*name) != kept.get(*name)).collect();
        assert!(
            other.is_empty(),
            "packages/shared/openapi.json is not what `aichat openapi` prints at {other:?}; see packages/shared/README.md"
        );
    }
    assert!(now == kept);
}
