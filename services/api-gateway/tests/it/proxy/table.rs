//! The table of routes, held against the routes that the services document in their handlers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use api_gateway::ROUTES;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Finds the owner of a path: the longest prefix by whole segments.
fn owner(path: &str) -> Option<&'static str> {
    let under = |prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let found = ROUTES.iter().filter(|route| under(route.prefix));
    found.max_by_key(|route| route.prefix.len()).map(|route| route.service)
}

/// Every path that the handlers of a service document.
fn paths(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for attribute in text.split("#[utoipa::path(").skip(1) {
                let literal = attribute.split("path = \"").nth(1).unwrap().split('"').next().unwrap();
                found.insert(literal.to_owned());
            }
        }
    }
}

#[test]
fn every_route_that_a_service_documents_is_its_own_and_every_prefix_has_one() {
    let mut used = BTreeSet::new();
    let mut routes = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("services")).unwrap() {
        let entry = entry.unwrap();
        let service = entry.file_name().into_string().unwrap();
        let mut found = BTreeSet::new();
        paths(&entry.path().join("src"), &mut found);
        for path in found {
            assert_eq!(owner(&path), Some(service.as_str()), "{path}");
            used.extend(ROUTES.iter().filter(|r| path.starts_with(r.prefix)).map(|r| r.prefix));
            routes.insert(path, service.clone());
        }
    }
    assert!(routes.len() >= 50, "only {} routes were found", routes.len());
    let unused: Vec<_> = ROUTES.iter().filter(|route| !used.contains(route.prefix)).collect();
    assert!(unused.is_empty(), "{unused:?} own nothing");
}

#[test]
fn every_route_of_the_wire_has_an_owner() {
    let wire = std::fs::read_to_string(root().join("tests/it/wire.txt")).unwrap();
    for line in wire.lines() {
        let path = line.split_once(' ').unwrap().1;
        assert!(owner(path).is_some(), "{line}");
    }
}
