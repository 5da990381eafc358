//! Owns the cases of member sets.

use super::{Subject, T};
use crate::MEMBERS_MAX;

async fn members(s: &Subject, set: &str) -> Vec<String> {
    let mut members = s.it.members(set).await.unwrap();
    members.sort_unstable();
    members
}

pub async fn members_join_and_leave(s: Subject) {
    assert!(s.it.join("set", "a", T * 20).await.unwrap());
    assert!(s.it.join("set", "b", T * 20).await.unwrap());
    assert!(!s.it.join("set", "a", T * 20).await.unwrap(), "was there");
    assert_eq!(members(&s, "set").await, ["a", "b"]);
    assert!(s.it.leave("set", "a").await.unwrap());
    assert!(!s.it.leave("set", "a").await.unwrap());
    assert!(!s.it.leave("nothing", "a").await.unwrap());
    assert_eq!(members(&s, "set").await, ["b"]);
    assert!(s.it.leave("set", "b").await.unwrap());
    assert!(members(&s, "set").await.is_empty());
}

pub async fn members_end_one_by_one(s: Subject) {
    s.it.join("set", "long", T * 50).await.unwrap();
    s.it.join("set", "short", T).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(members(&s, "set").await, ["long"]);
    assert!(!s.it.leave("set", "short").await.unwrap(), "it was gone");
    assert!(s.it.join("set", "short", T).await.unwrap(), "it is new again");
    assert_eq!(members(&s, "set").await, ["long", "short"]);
}

pub async fn joining_again_prolongs(s: Subject) {
    s.it.join("set", "a", T * 3).await.unwrap();
    s.advance(T * 2).await;
    assert!(!s.it.join("set", "a", T * 3).await.unwrap());
    s.advance(T * 2).await;
    assert_eq!(members(&s, "set").await, ["a"]);
    s.advance(T * 2).await;
    assert!(members(&s, "set").await.is_empty());
}

pub async fn members_are_cut_at_their_limit(s: Subject) {
    for n in 0..MEMBERS_MAX + 5 {
        s.it.join("set", &n.to_string(), T * 500).await.unwrap();
    }
    assert_eq!(s.it.members("set").await.unwrap().len(), MEMBERS_MAX);
}
