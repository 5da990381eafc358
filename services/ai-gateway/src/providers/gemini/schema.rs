//! Owns the translation of a JSON Schema to Gemini's `Schema`, a part of OpenAPI 3.0's. Pure. Refuses to lose a rule: what the
//! part has no words for is `None`, and then travels as the JSON Schema that it is.

use serde_json::{Map, Value, json};

/// How deep schemas may lie in one another; deeper ones travel as they are.
const DEPTH_MAX: usize = 32;

/// Keywords that both have, with the same meaning.
const SAME: [&str; 15] = [
    "title",
    "description",
    "nullable",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "pattern",
    "required",
    "default",
    "propertyOrdering",
];
/// Keywords that say nothing about what is valid.
const SILENT: [&str; 5] = ["$schema", "$id", "$comment", "examples", "example"];

const FORMATS_OF_TEXT: [&str; 2] = ["enum", "date-time"];
const FORMATS_OF_NUMBERS: [&str; 4] = ["float", "double", "int32", "int64"];

/// Translates `schema`; `None` when a rule of it would get lost.
pub(super) fn translated(schema: &Value) -> Option<Value> {
    at_depth(schema, DEPTH_MAX)
}

fn at_depth(schema: &Value, depth: usize) -> Option<Value> {
    let schema = schema.as_object()?;
    let deeper = |schema: &Value| at_depth(schema, depth.checked_sub(1)?);
    let mut out = Map::new();
    for (word, rule) in schema {
        match word.as_str() {
            word if SAME.contains(&word) => drop(out.insert(word.into(), rule.clone())),
            word if SILENT.contains(&word) => {}
            // Another one is a 400 there; to JSON Schema it is a remark, and no rule.
            "format" if is_known_format(rule, schema.get("type")) => drop(out.insert("format".into(), rule.clone())),
            "format" => {}
            "type" => kind(rule, &mut out)?,
            "items" => drop(out.insert("items".into(), deeper(rule)?)),
            "anyOf" => {
                let all = rule.as_array()?.iter().map(deeper).collect::<Option<Vec<_>>>()?;
                out.insert("anyOf".into(), all.into());
            }
            "properties" => {
                let rules = rule.as_object()?;
                let all = rules.iter().map(|(name, rule)| Some((name.clone(), deeper(rule)?)));
                out.insert("properties".into(), Value::Object(all.collect::<Option<_>>()?));
                // Google's properties have no order of their own, and OpenAI's models write in the schema's.
                if rules.len() > 1 && !schema.contains_key("propertyOrdering") {
                    out.insert("propertyOrdering".into(), rules.keys().cloned().collect());
                }
            }
            "enum" if rule.as_array()?.iter().all(Value::is_string) => drop(out.insert("enum".into(), rule.clone())),
            "const" if rule.is_string() => drop(out.insert("enum".into(), json!([rule]))),
            // Only what the schema names is ever written.
            "additionalProperties" if *rule == Value::Bool(false) => {}
            _ => return None,
        }
    }
    Some(Value::Object(out))
}

/// Tells whether Gemini knows a format: of a string there are two.
fn is_known_format(format: &Value, kind: Option<&Value>) -> bool {
    let format = format.as_str().unwrap_or_default();
    let of_text =
        kind.is_some_and(|kind| kind == "string" || kind.as_array().is_some_and(|all| all.contains(&json!("string"))));
    FORMATS_OF_TEXT.contains(&format) || !of_text && FORMATS_OF_NUMBERS.contains(&format)
}

/// `["string", "null"]` is a string that may be null.
fn kind(rule: &Value, out: &mut Map<String, Value>) -> Option<()> {
    let kind = match rule {
        Value::String(_) => rule,
        Value::Array(kinds) => {
            let mut real = kinds.iter().filter(|kind| *kind != "null");
            let kind = real.next()?;
            if real.next().is_some() {
                return None;
            }
            if kinds.len() > 1 {
                out.insert("nullable".into(), json!(true));
            }
            kind
        }
        _ => return None,
    };
    let kind = kind.as_str()?;
    if kind == "null" {
        return None;
    }
    out.insert("type".into(), json!(kind.to_ascii_uppercase()));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_words_for_is_translated_and_properties_keep_their_order() {
        let schema = json!({
            "$schema": "x", "type": "object", "additionalProperties": false, "required": ["zeta"], "properties": {
                "zeta": {"type": ["string", "null"], "description": "d"},
                "alpha": {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 3},
                "beta": {"anyOf": [{"const": "x"}, {"type": "string", "enum": ["y"]}]},
            },
        });
        let out = translated(&schema).unwrap();
        let expected = json!({
            "type": "OBJECT", "required": ["zeta"], "propertyOrdering": ["zeta", "alpha", "beta"], "properties": {
                "zeta": {"nullable": true, "type": "STRING", "description": "d"},
                "alpha": {"type": "ARRAY", "items": {"type": "INTEGER", "minimum": 1}, "maxItems": 3},
                "beta": {"anyOf": [{"enum": ["x"]}, {"type": "STRING", "enum": ["y"]}]},
            },
        });
        assert_eq!(out, expected);
    }

    #[test]
    fn a_format_that_gemini_does_not_know_is_left_out() {
        for (kind, format, kept) in [
            (json!("string"), "email", false),
            (json!("string"), "uri", false),
            (json!(["string", "null"]), "int32", false),
            (json!("string"), "date-time", true),
            (json!("integer"), "int32", true),
            (json!("number"), "decimal", false),
        ] {
            let out = translated(&json!({"type": kind, "format": format})).unwrap();
            assert_eq!(out.get("format").is_some(), kept, "{kind} {format}");
        }
    }

    #[test]
    fn a_rule_that_would_get_lost_is_not_translated() {
        let mut deep = json!({"type": "string"});
        for _ in 0..40 {
            deep = json!({"type": "array", "items": deep});
        }
        for schema in [
            json!({"$ref": "#/$defs/a"}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "properties": {"a": {"not": {}}}}),
            json!({"type": ["string", "integer"]}),
            json!({"enum": [1, 2]}),
            json!({"oneOf": []}),
            json!(true),
            deep,
        ] {
            assert_eq!(translated(&schema), None, "{schema}");
        }
    }
}
