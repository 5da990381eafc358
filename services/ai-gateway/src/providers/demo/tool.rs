//! Owns the arguments of a scripted tool call: the smallest JSON that fits the tool's schema (JSON Schema, the part that
//! tools use). Pure. Refuses to follow references for ever.

use std::cell::Cell;

use serde_json::{Map, Value, json};

/// How deep a schema is followed.
const DEPTH_MAX: usize = 8;
/// Most elements or characters that a schema's minimum may ask for.
const FILL_MAX: u64 = 64;
/// Most that all arguments together may weigh, about their bytes; what comes beyond is null or left out. Nested arrays and references
/// to the whole schema would grow without end otherwise.
const WEIGHT_MAX: usize = 16 * 1024;

/// Makes arguments that fit `schema`; texts are `hint` where it is not empty.
pub(super) fn arguments(schema: &Value, hint: &str) -> Value {
    let left = Cell::new(WEIGHT_MAX);
    let value = Filler {
        root: schema,
        hint,
        left,
    }
    .fill(schema, "", 0);
    if value.is_object() { value } else { json!({}) }
}

struct Filler<'a> {
    root: &'a Value,
    hint: &'a str,
    left: Cell<usize>,
}

impl Filler<'_> {
    fn fill(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if !self.take(name.len() + 4) || depth > DEPTH_MAX {
            return Value::Null;
        }
        let schema = self.resolved(schema);
        for given in ["const", "default"] {
            if let Some(value) = schema.get(given) {
                return self.copied(value);
            }
        }
        let first_of = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|all| all.first());
        if let Some(value) = first_of("enum") {
            return self.copied(value);
        }
        if let Some(choice) = first_of("anyOf")
            .or_else(|| first_of("oneOf"))
            .or_else(|| first_of("allOf"))
        {
            return self.fill(choice, name, depth + 1);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => {
                let item = schema
                    .get("items")
                    .map_or(Value::Null, |items| self.fill(items, name, depth + 1));
                let count = schema
                    .get("minItems")
                    .and_then(Value::as_u64)
                    .unwrap_or(1)
                    .min(FILL_MAX);
                (0..count)
                    .take_while(|_| self.left.get() > 0)
                    .map(|_| self.copied(&item))
                    .collect()
            }
            "integer" => json!(least(schema, 1.0).ceil() as i64),
            "number" => json!(least(schema, 1.0)),
            "boolean" => json!(true),
            "null" => Value::Null,
            _ => json!(self.text(schema, name)),
        }
    }

    /// Takes from what may still be filled; `false` when it is not enough.
    fn take(&self, weight: usize) -> bool {
        let left = self.left.get().checked_sub(weight);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    fn copied(&self, value: &Value) -> Value {
        if self.take(weight(value, self.left.get())) {
            value.clone()
        } else {
            Value::Null
        }
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let path = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| r.strip_prefix('#'));
        path.and_then(|p| self.root.pointer(p)).unwrap_or(schema)
    }

    /// Fills what is required, or everything when nothing is.
    fn object(&self, schema: &Value, depth: usize) -> Value {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return json!({});
        };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let wanted = properties
            .iter()
            .filter(|(name, _)| required.is_empty() || required.contains(&name.as_str()));
        let filled: Map<String, Value> = wanted
            .take_while(|_| self.left.get() > 0)
            .map(|(name, s)| (name.clone(), self.fill(s, name, depth + 1)))
            .collect();
        Value::Object(filled)
    }

    fn text(&self, schema: &Value, name: &str) -> String {
        let formatted = match schema.get("format").and_then(Value::as_str) {
            Some("date") => "2026-01-01",
            Some("date-time") => "2026-01-01T00:00:00Z",
            Some("time") => "12:00:00Z",
            Some("email") => "ada@example.org",
            Some("uri" | "url") => "https://example.org/",
            Some("uuid") => "00000000-0000-4000-8000-000000000000",
            _ => "",
        };
        if !formatted.is_empty() {
            return formatted.to_owned();
        }
        let words = if !self.hint.is_empty() {
            self.hint
        } else if matches!(name, "city" | "location" | "place") {
            "Paris"
        } else {
            "demo"
        };
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        let (least, most) = (
            limit("minLength").unwrap_or(0).min(FILL_MAX),
            limit("maxLength").unwrap_or(u64::MAX),
        );
        let mut text: String = words
            .chars()
            .take(usize::try_from(most).unwrap_or(usize::MAX))
            .collect();
        while u64::try_from(text.chars().count()).unwrap_or(u64::MAX) < least {
            text.push('x');
        }
        text
    }
}

/// Weighs a value, about its bytes, no further than just over `most`.
fn weight(value: &Value, most: usize) -> usize {
    let sum = |parts: &mut dyn Iterator<Item = usize>| {
        let mut total = 1usize;
        for part in parts {
            total = total.saturating_add(part);
            if total > most {
                break;
            }
        }
        total
    };
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(all) => sum(&mut all.iter().map(|v| weight(v, most))),
        Value::Object(map) => sum(&mut map.iter().map(|(k, v)| k.len().saturating_add(weight(v, most)))),
        _ => 4,
    }
}

/// Returns the type that a schema asks for, the first that is not null.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|k| *k != "null")
            .unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    }
}

/// Returns a number within the schema's bounds, `preferred` if it is one.
fn least(schema: &Value, preferred: f64) -> f64 {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let step = bound("multipleOf").filter(|s| *s > 0.0);
    let low = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|b| b + step.unwrap_or(1.0)));
    let high = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|b| b - step.unwrap_or(1.0)));
    let value = preferred.max(low.unwrap_or(f64::MIN)).min(high.unwrap_or(f64::MAX));
    step.map_or(value, |step| (value / step).ceil() * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_grows_without_end_is_cut() {
        let nested = (0..8).fold(
            json!({"type": "string"}),
            |inner, _| json!({"type": "array", "minItems": 64, "items": inner}),
        );
        let names: Map<String, Value> = (0..64).map(|n| (format!("p{n}"), json!({"$ref": "#"}))).collect();
        for schema in [json!({"properties": {"a": nested}}), json!({"properties": names})] {
            assert!(arguments(&schema, "").to_string().len() < 64 * WEIGHT_MAX);
        }
    }

    #[test]
    fn the_arguments_fit_the_schema() {
        let schema = json!({
            "type": "object", "required": ["city", "days", "unit", "at", "tags", "where", "note", "share"],
            "properties": {
                "city": {"type": "string"}, "days": {"type": "integer", "minimum": 3, "maximum": 7}, "unit": {"enum": ["C", "F"]},
                "at": {"type": "string", "format": "date"}, "tags": {"type": "array", "minItems": 2, "items": {"type": "boolean"}},
                "where": {"$ref": "#/$defs/place"}, "note": {"type": ["null", "string"], "minLength": 6}, "share": {"type": "number", "exclusiveMaximum": 0.5},
                "optional": {"type": "string"},
            },
            "$defs": {"place": {"type": "object", "properties": {"lat": {"type": "number"}, "next": {"$ref": "#/$defs/place"}}, "required": ["lat"]}},
        });
        let expected = json!({
            "city": "Paris", "days": 3, "unit": "C", "at": "2026-01-01", "tags": [true, true],
            "where": {"lat": 1.0}, "note": "demoxx", "share": -0.5,
        });
        assert_eq!(arguments(&schema, ""), expected);
        assert_eq!(arguments(&schema, "Oslo")["city"], "Oslo");
        assert_eq!(arguments(&json!(null), "x"), json!({}));
        assert_eq!(arguments(&json!({"$ref": "#"}), "x"), json!({}));
    }
}
