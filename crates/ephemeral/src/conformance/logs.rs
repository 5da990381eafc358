//! Owns the cases of short logs.

use super::{Subject, T, b};
use crate::LOG_ENTRIES_MAX;

pub async fn a_log_keeps_its_order(s: Subject) {
    assert!(s.it.entries("log").await.unwrap().is_empty());
    for n in 1..=5u64 {
        assert_eq!(s.it.push("log", b(&n.to_string()), T * 50).await.unwrap(), n);
    }
    assert_eq!(s.it.entries("log").await.unwrap(), ["1", "2", "3", "4", "5"].map(b));
    assert!(s.it.entries("other").await.unwrap().is_empty());
}

pub async fn a_log_is_cut_at_its_limit(s: Subject) {
    for n in 0..LOG_ENTRIES_MAX + 3 {
        s.it.push("log", b(&n.to_string()), T * 500).await.unwrap();
    }
    let entries = s.it.entries("log").await.unwrap();
    assert_eq!(entries.len(), LOG_ENTRIES_MAX);
    assert_eq!(entries[0], b("3"), "the oldest went");
    assert_eq!(s.it.push("log", b("x"), T * 500).await.unwrap(), LOG_ENTRIES_MAX as u64);
}

pub async fn a_log_lives_from_its_last_entry(s: Subject) {
    s.it.push("log", b("1"), T * 3).await.unwrap();
    s.advance(T * 2).await;
    s.it.push("log", b("2"), T * 3).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(s.it.entries("log").await.unwrap(), ["1", "2"].map(b));
    s.advance(T * 2).await;
    assert!(s.it.entries("log").await.unwrap().is_empty());
    assert_eq!(s.it.push("log", b("3"), T * 20).await.unwrap(), 1, "it began anew");
}
