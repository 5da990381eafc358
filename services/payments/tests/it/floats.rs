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

/// Leaves out what stands in quotes, and a comment at the end.
fn code_of(line: &str) -> String {
    let line = line.replace("'\"'", " ");
    let (mut code, mut quoted, mut escaped) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted => code.push(c),
            _ => {}
        }
    }
    code.split("//").next().unwrap_or_default().to_owned()
}

/// Tells whether a word is a number with a point or an exponent.
fn is_float_literal(word: &str) -> bool {
    let digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit()) && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    let (mantissa, exponent) = word.split_once(['e', 'E']).map_or((word, None), |(m, e)| (m, Some(e)));
    let parts: Vec<&str> = mantissa.split('.').collect();
    let whole = parts.len() <= 2 && parts.iter().all(|p| digits(p));
    // `1e-3` is cut at the minus.
    whole && exponent.map_or(parts.len() == 2, |e| e.is_empty() || digits(e))
}

/// Tells whether a line of code has a float: its type, or a number that is one.
fn has_float(line: &str) -> bool {
    let code = code_of(line);
    let mut words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    words.any(|w| w.ends_with("f32") || w.ends_with("f64") || is_float_literal(w))
}

#[test]
fn no_float_is_anywhere_near_money() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![
        root.join("crates/kernel/src/money.rs"),
        root.join("crates/contracts/src/payments.rs"),
        root.join("crates/contracts/src/orders.rs"),
        root.join("crates/contracts/src/ai_model_cards.rs"),
        root.join("services/ai-chat-host/src/app/bill_run.rs"),
    ];
    for service in ["payments", "orders", "ai-model-cards", "expiration"] {
        let folder = root.join("services").join(service).join("src");
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        for (n, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            // How often a property's generator draws something, and how much a pause varies, is no money.
            let is_chance = ["prop::bool::weighted(", ".jitter("].iter().any(|of| line.contains(of));
            let is_float = has_float(line) && !is_chance;
            assert!(!is_float, "{}:{}: {line}", file.display(), n + 1);
        }
    }
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
        "let rate = 1e3;",
        "1.5e-3",
        "1e-3",
        "fee(\"of all\", 0.5)",
        "x == '\"' && y > 1.5",
    ] {
        assert!(has_float(float), "{float}");
    }
    for whole in [
        "pair.0",
        "self.0.1",
        "0..32",
        "// 1.5",
        "let v = \"1.0\";",
        "list[0..=2]",
        "1..2",
        "buf32x",
        "0x1e3",
        "\"half: \\\"1.5\\\"\"",
        "f(\"1.5\", \"http://x/2.5\")",
    ] {
        assert!(!has_float(whole), "{whole}");
    }
}
