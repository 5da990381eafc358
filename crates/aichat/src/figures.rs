//! Owns the figures by which two instances, or an instance and its export, are known to be equal: how many documents
//! each collection has, and one sum over all of them. Refuses to know where the documents are kept.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use anyhow::{Context as _, bail};
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Stored;

/// The figures of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figure {
    /// Number of documents.
    pub(crate) count: u64,
    /// SHA-256 over the documents in the order of their ids, as hexadecimal.
    pub(crate) sha256: String,
}

/// The figures of everything, by `service/collection`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Figures(pub(crate) BTreeMap<String, Figure>);

impl Figures {
    /// Returns the number of all documents.
    pub(crate) fn documents(&self) -> u64 {
        self.0.values().map(|figure| figure.count).sum()
    }

    /// Fails unless `found` has the same, naming what differs. A collection that is absent counts as empty.
    pub(crate) fn check(&self, found: &Self) -> anyhow::Result<()> {
        let empty = Sum::new().end();
        let of = |figures: &Self, name: &str| figures.0.get(name).unwrap_or(&empty).clone();
        let mut words = String::new();
        for name in self
            .0
            .keys()
            .chain(found.0.keys().filter(|name| !self.0.contains_key(*name)))
        {
            let (wanted, is) = (of(self, name), of(found, name));
            if wanted.count != is.count {
                let _ = write!(words, "; {name} has {} documents, not {}", is.count, wanted.count);
            } else if wanted != is {
                let _ = write!(words, "; documents of {name} differ");
            }
        }
        match words.strip_prefix("; ") {
            Some(words) => bail!("{words}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, Figure { count, sha256 }) in &self.0 {
            writeln!(f, "{name:<24} {count:>10}  {sha256}")?;
        }
        Ok(())
    }
}

/// Figures in the making.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<String, Sum>);

impl Tally {
    /// Names a collection, so that it has figures even when it is empty.
    pub(crate) fn name(&mut self, collection: &str) {
        if !self.0.contains_key(collection) {
            self.0.insert(collection.to_owned(), Sum::new());
        }
    }

    /// Adds a document. Fails when it is no JSON, or does not come after the one before it in the order of ids.
    pub(crate) fn add(&mut self, collection: &str, document: &Stored) -> anyhow::Result<()> {
        self.name(collection);
        let sum = self.0.get_mut(collection).context("named above")?;
        sum.add(document)
            .with_context(|| format!("{collection}/{}", document.id))
    }

    /// Returns the figures.
    pub(crate) fn end(self) -> Figures {
        Figures(self.0.into_iter().map(|(name, sum)| (name, sum.end())).collect())
    }
}

struct Sum {
    count: u64,
    last: String,
    sum: digest::Context,
    line: Vec<u8>,
}

impl Sum {
    fn new() -> Self {
        Self {
            count: 0,
            last: String::new(),
            sum: digest::Context::new(&digest::SHA256),
            line: Vec::new(),
        }
    }

    fn add(&mut self, document: &Stored) -> anyhow::Result<()> {
        if document.id <= self.last {
            bail!("its id does not come after {}", self.last);
        }
        let body: Value = serde_json::from_slice(&document.body)?;
        self.line.clear();
        serde_json::to_writer(&mut self.line, &(&document.id, document.version))?;
        canonical(&body, &mut self.line)?;
        self.line.push(b'\n');
        self.sum.update(&self.line);
        self.last.clone_from(&document.id);
        self.count += 1;
        Ok(())
    }

    fn end(self) -> Figure {
        Figure {
            count: self.count,
            sha256: hex::encode(self.sum.finish()),
        }
    }
}

/// Writes JSON in its one form: no spaces, names sorted by their bytes. Backends may keep names in another order.
fn canonical(value: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            let mut before = b'{';
            for name in names {
                out.push(std::mem::replace(&mut before, b','));
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                canonical(fields.get(name).unwrap_or(&Value::Null), out)?;
            }
            out.extend_from_slice(if fields.is_empty() { b"{}" } else { b"}" });
        }
        Value::Array(items) => {
            let mut before = b'[';
            for item in items {
                out.push(std::mem::replace(&mut before, b','));
                canonical(item, out)?;
            }
            out.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
        }
        plain => serde_json::to_writer(out, plain)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(documents: &[(&str, u64, &'static str)]) -> Figures {
        let mut tally = Tally::default();
        for (id, version, body) in documents {
            let stored = Stored {
                id: (*id).to_owned(),
                version: *version,
                body: body.as_bytes().into(),
            };
            tally.add("a/b", &stored).unwrap();
        }
        tally.end()
    }

    #[test]
    fn the_order_of_names_does_not_count_and_everything_else_does() {
        let first = figures(&[("1", 1, r#"{"a":{"x":[1,0.7],"y":null},"b":"é\n"}"#)]);
        let same = figures(&[("1", 1, r#"{ "b": "\u00e9\n", "a": {"y": null, "x": [1, 0.70]} }"#)]);
        assert_eq!(first, same);
        for other in [
            figures(&[("1", 2, r#"{"a":{"x":[1,0.7],"y":null},"b":"é\n"}"#)]),
            figures(&[("2", 1, r#"{"a":{"x":[1,0.7],"y":null},"b":"é\n"}"#)]),
            figures(&[("1", 1, r#"{"a":{"x":[0.7,1],"y":null},"b":"é\n"}"#)]),
            figures(&[("1", 1, r#"{"a":{"x":[1,0.7]},"b":"é\n"}"#)]),
        ] {
            assert!(first.check(&other).unwrap_err().to_string().contains("differ"));
        }
    }

    #[test]
    fn an_absent_collection_is_an_empty_one() {
        let mut empty = Tally::default();
        empty.name("a/b");
        let empty = empty.end();
        Figures::default().check(&empty).unwrap();
        empty.check(&Figures::default()).unwrap();
        let full = figures(&[("1", 1, "{}")]);
        let words = full.check(&empty).unwrap_err().to_string();
        assert_eq!(words, "a/b has 0 documents, not 1");
        assert!(Figures::default().check(&full).is_err());
    }

    #[test]
    fn documents_out_of_order_are_refused() {
        let mut tally = Tally::default();
        let stored = |id: &str| Stored {
            id: id.to_owned(),
            version: 1,
            body: "{}".into(),
        };
        tally.add("a/b", &stored("2")).unwrap();
        assert!(tally.add("a/b", &stored("1")).is_err());
        assert!(tally.add("a/b", &stored("2")).is_err());
    }
}
