//! Owns how words are indexed and asked for (FTS5). Refuses to let anything a user types be syntax.

use rusqlite::{Connection, params};

use crate::sqlite::plan::Text;
use crate::{Fields, words};

/// What one document gives to one text index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    scope: String,
    words: String,
}

impl Words {
    /// Reads them; nothing when the scope or one of the fields is absent.
    pub fn of(text: &Text, fields: &Fields) -> Option<Self> {
        let scope = match text.scope {
            Some(name) => scope_token(&words::scope(name, fields)?),
            None => String::new(),
        };
        let words = words::of(&text.index, fields)?.join(" ");
        Some(Self { scope, words })
    }
}

/// Returns the SQL that makes the table of a text index. It holds no text of its own (the document does), and forgets
/// a row by its number alone. Its tokenizer parts at spaces only, since the words that it is given are cut and folded.
pub fn create_table(text: &Text) -> String {
    format!(
        "CREATE VIRTUAL TABLE {} USING fts5(scope, words, content = '', contentless_delete = 1, prefix = '2 3', \
         tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cn Co'\")",
        text.table
    )
}

/// Adds a document's words.
pub fn add(conn: &Connection, text: &Text, n: i64, words: &Words) -> rusqlite::Result<()> {
    conn.prepare_cached(&text.add)?
        .execute(params![n, words.scope, words.words])?;
    Ok(())
}

/// Forgets a document's words; nothing when there are none.
pub fn remove(conn: &Connection, text: &Text, n: i64) -> rusqlite::Result<()> {
    conn.prepare_cached(&text.remove)?.execute([n])?;
    Ok(())
}

/// Writes a user's words, and the scopes, as a question to FTS5; nothing when no word is left that could be found.
/// Each word stands in quotes, where FTS5 knows no operator, and is a prefix.
pub fn question(text: &Text, scopes: &[String], words: &str) -> Option<String> {
    let wanted: Vec<String> = words::asked(words).iter().map(|word| format!("\"{word}\" *")).collect();
    if wanted.is_empty() || (text.scope.is_some() && scopes.is_empty()) {
        return None;
    }
    let words = format!("words : ({})", wanted.join(" AND "));
    if text.scope.is_none() {
        return Some(words);
    }
    let scopes: Vec<String> = scopes
        .iter()
        .map(|scope| format!("\"{}\"", scope_token(scope)))
        .collect();
    Some(format!("scope : ({}) AND {words}", scopes.join(" OR ")))
}

/// Writes a scope as one word that the tokenizer leaves whole and that no other scope shares: small letters but `x`
/// and digits as they are, other bytes as `x` and two hexadecimal digits.
fn scope_token(scope: &str) -> String {
    use std::fmt::Write as _;
    let mut token = String::with_capacity(scope.len() + 12);
    for byte in scope.bytes() {
        if byte.is_ascii_digit() || (byte.is_ascii_lowercase() && byte != b'x') {
            token.push(char::from(byte));
        } else {
            let _ = write!(token, "x{byte:02x}");
        }
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::plan::Plan;
    use crate::{Index, Spec};

    #[test]
    fn words_are_quoted_prefixes_and_nothing_is_syntax() {
        const INDEXES: &[Index] = &[Index::text("t", Some("room"), &["text"])];
        let plan = Plan::of(Spec {
            collection: "c",
            indexes: INDEXES,
        })
        .unwrap();
        let text = &plan.texts[0];
        let asked = question(text, &["A-1".into(), "x".into()], "foo\" OR  NEAR(bar)* !!").unwrap();
        assert_eq!(
            asked,
            r#"scope : ("x41x2d1" OR "x78") AND words : ("foo" * AND "or" * AND "near" * AND "bar" *)"#
        );
        assert_eq!(question(text, &["a".into()], " \" - !! "), None);
        assert_eq!(question(text, &[], "word"), None);
    }
}
