//! Owns what any adapter asks of a declaration, a question and a numbered insert before it looks at data. Refuses to
//! know where data is kept.

use crate::{Append, Index, IndexKind, Key, Query, RawDocument, Spec, StoreError};

/// Answers in one read, at most (a page of 1,000 and one to see whether there are more).
pub const LIMIT_MAX: usize = 1001;
/// Scopes in one search, at most.
pub const SCOPES_MAX: usize = 500;
/// The longest name of a collection or an index, in bytes.
const NAME_BYTES_MAX: usize = 48;

/// Fails when nobody may ask for so many.
pub fn limit(limit: usize) -> Result<(), StoreError> {
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(());
    }
    Err(StoreError::Unindexed(format!(
        "a limit is 1 to {LIMIT_MAX}, not {limit}"
    )))
}

/// Fails when nobody may remove so many at once.
pub fn deletes(count: usize) -> Result<(), StoreError> {
    if count <= LIMIT_MAX {
        return Ok(());
    }
    Err(StoreError::Unindexed(format!(
        "at most {LIMIT_MAX} are removed at once, not {count}"
    )))
}

/// Says that a collection was not declared.
pub fn undeclared(collection: &str) -> StoreError {
    StoreError::Unindexed(format!("the collection {collection} is not declared"))
}

/// Says that the store was closed.
pub fn closed() -> StoreError {
    StoreError::Backend("the store is closed".into())
}

/// Fails when a name is not `[a-z0-9_]` or an index has no fields.
pub fn declaration(spec: &Spec) -> Result<(), StoreError> {
    for name in spec.indexes.iter().map(|i| i.name).chain([spec.collection]) {
        let letters = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        // Two underscores part collection and index in names that adapters make.
        if !letters || name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains("__") {
            return Err(StoreError::Unindexed(format!(
                "{name:?} is not a name of [a-z0-9_] without __, 1 to {NAME_BYTES_MAX} bytes"
            )));
        }
    }
    let top_level = |field: &&str| field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if let Some(index) = spec.indexes.iter().find(|i| !i.fields.iter().all(top_level)) {
        return Err(StoreError::Unindexed(format!(
            "{}.{} names a field that is none of the document's own",
            spec.collection, index.name
        )));
    }
    match spec.indexes.iter().find(|i| i.fields.is_empty()) {
        Some(index) => Err(StoreError::Unindexed(format!(
            "{}.{} has no fields",
            spec.collection, index.name
        ))),
        None => Ok(()),
    }
}

/// Fails when `index`, the one that `query` names, does not serve it.
pub fn serves(collection: &str, index: Option<&Index>, query: &Query) -> Result<(), StoreError> {
    let refuse = |why: &str| Err(StoreError::Unindexed(format!("{collection}.{}: {why}", query.index)));
    let Some(index) = index else {
        return refuse("no such plain, unique or multi index");
    };
    let fields = index.fields.len();
    let ranged = usize::from(query.low.is_some() || query.high.is_some());
    if query.eq.len() + ranged > fields {
        return refuse("it has fewer fields");
    }
    if index.kind == IndexKind::Multi && query.eq.is_empty() {
        return refuse("a multi index is asked for one element by equality, else a document would be answered twice");
    }
    if query
        .after
        .as_ref()
        .is_some_and(|place| place.keys.len() + query.eq.len() != fields)
    {
        return refuse("the place does not name every field after the equalities");
    }
    Ok(())
}

/// Fails when `index`, the one that `append` names, does not number a scope.
pub fn numbers(index: Option<&Index>, append: &Append) -> Result<(), StoreError> {
    if index.is_some_and(|i| i.kind == IndexKind::Unique && i.fields.len() == 2) {
        return Ok(());
    }
    Err(StoreError::Unindexed(format!(
        "{}.{} is no unique index of scope and number",
        append.collection, append.index
    )))
}

/// Fails when a document that was built does not carry its scope and number in the two fields of the index.
pub fn carries(index: &Index, append: &Append, document: &RawDocument, number: u64) -> Result<(), StoreError> {
    let carries = match index.fields {
        [scope, place] => {
            document.collection == append.collection
                && document.fields.get(scope) == std::slice::from_ref(&append.scope)
                && document.fields.get(place) == [Key::from(number)]
        }
        _ => false,
    };
    if carries {
        return Ok(());
    }
    Err(StoreError::Backend(format!(
        "the document for {}.{} does not carry its scope and number",
        append.collection, append.index
    )))
}
