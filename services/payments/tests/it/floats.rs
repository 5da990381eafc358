//! No float near money.

use std::path::{Path, PathBuf};

fn sources(at: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().is_some_and(|e| e == "rs") {
            true => found.push(path),
            false if path.is_dir() => sources(&path, found),
            false => {}
        }
    }
}

/// Tells whether a line of code has a float: its type, or a number with a point.
fn has_float(line: &str) -> bool {
    let code = without_text(line);
    let words: Vec<&str> = code
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
        .collect();
    let literal = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 2
            && parts
                .iter()
                .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit() || b == b'_'))
    };
    words
        .iter()
        .any(|w| w.ends_with("f32") || w.ends_with("f64") || literal(w))
}

/// Takes what stands in quotes, and a comment, out of a line of code.
fn without_text(line: &str) -> String {
    let (mut code, mut quoted, mut before) = (String::new(), false, ' ');
    for c in line.chars() {
        match c {
            '/' if before == '/' && !quoted => break,
            // Neither an escaped quote nor the character itself.
            '"' if !['\\', '\''].contains(&before) => quoted = !quoted,
            _ if !quoted => code.push(c),
            _ => {}
        }
        before = c;
    }
    code
}

#[test]
fn no_float_is_anywhere_near_money() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![
        root.join("crates/kernel/src/money.rs"),
        root.join("services/ai-chat-host/src/app/bill_run.rs"),
    ];
    for contract in ["payments", "orders", "ai_model_cards", "expiration"] {
        files.push(root.join("crates/contracts/src").join(contract).with_extension("rs"));
    }
    for service in ["payments", "orders", "ai-model-cards", "expiration"] {
        let folder = root.join("services").join(service).join("src");
        sources(&folder, &mut files);
    }
    assert!(files.len() > 40, "{} files", files.len());
    let mut floats = Vec::new();
    for file in files {
        for (n, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            // The exceptions, by their names: by how much a pause is drawn longer or shorter, and how a test's dice fall.
            let excepted = ["ambient.jitter(PAUSE, 0.5)", "prop::bool::weighted(0.1)"];
            if has_float(line) && !excepted.iter().any(|one| line.contains(one)) {
                floats.push(format!("{}:{}: {line}", file.display(), n + 1));
            }
        }
    }
    assert!(floats.is_empty(), "{floats:#?}");
}

#[test]
fn a_float_is_seen_and_what_only_looks_like_one_is_not() {
    for float in [
        "let x: f64 = y;",
        "a as f32",
        "x * 1.5",
        "Vec<f64>",
        "let half = 0.5;",
        "1_f64",
        "charge(\"of\", 1.5)",
        "let share = 0.5; // \"half\"",
        "'\"' => 1.5,",
    ] {
        assert!(has_float(float), "{float}");
    }
    for whole in [
        "pair.0",
        "self.0.1",
        "0..32",
        "// 1.5",
        "let v = \"1.0\";",
        "let v = \"http://1.5 f64\";",
        "let v = \"say \\\"1.5\\\"\"; pair.0",
        "list[0..=2]",
        "1..2",
        "buf32x",
    ] {
        assert!(!has_float(whole), "{whole}");
    }
}
