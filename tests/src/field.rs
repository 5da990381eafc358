//! Owns short, failing reads of JSON fields. It refuses to know which fields exist.

use serde_json::Value;

/// Reads a field or fails with the whole value.
pub trait Field {
    /// Reads a string.
    fn text(&self, name: &str) -> String;
    /// Reads a whole number.
    fn number(&self, name: &str) -> u64;
    /// Reads a boolean.
    fn flag(&self, name: &str) -> bool;
    /// Reads an array.
    fn list(&self, name: &str) -> Vec<Value>;
    /// Says whether the string field has this value.
    fn has(&self, name: &str, value: &str) -> bool;
}

impl Field for Value {
    #[track_caller]
    fn text(&self, name: &str) -> String {
        match at(self, name).as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no string `{name}` in {self}"),
        }
    }

    #[track_caller]
    fn number(&self, name: &str) -> u64 {
        at(self, name)
            .as_u64()
            .unwrap_or_else(|| panic!("no number `{name}` in {self}"))
    }

    #[track_caller]
    fn flag(&self, name: &str) -> bool {
        at(self, name)
            .as_bool()
            .unwrap_or_else(|| panic!("no boolean `{name}` in {self}"))
    }

    #[track_caller]
    fn list(&self, name: &str) -> Vec<Value> {
        match at(self, name).as_array() {
            Some(items) => items.clone(),
            None => panic!("no array `{name}` in {self}"),
        }
    }

    fn has(&self, name: &str, value: &str) -> bool {
        at(self, name).as_str() == Some(value)
    }
}

/// Finds `a.b.c` below `value`; null when it is not there.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .fold(value, |below, name| below.get(name).unwrap_or(&Value::Null))
}
