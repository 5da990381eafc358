//! Owns the cases of keys, counters and limits.

use super::{Subject, T, b};
use crate::{KEY_BYTES_MAX, VALUE_BYTES_MAX};

pub async fn a_key_that_was_set_is_read_back(s: Subject) {
    assert_eq!(s.it.get("k").await.unwrap(), None);
    s.it.set("k", b("v"), T * 10).await.unwrap();
    assert_eq!(s.it.get("k").await.unwrap(), Some(b("v")));
    assert_eq!(s.it.get("k2").await.unwrap(), None);
    s.it.set("empty", b(""), T * 10).await.unwrap();
    assert_eq!(s.it.get("empty").await.unwrap(), Some(b("")));
    let big = bytes::Bytes::from(vec![7; VALUE_BYTES_MAX]);
    s.it.set(&"k".repeat(KEY_BYTES_MAX), big.clone(), T * 10).await.unwrap();
    assert_eq!(s.it.get(&"k".repeat(KEY_BYTES_MAX)).await.unwrap(), Some(big));
}

pub async fn a_key_ends_with_its_ttl(s: Subject) {
    s.it.set("short", b("v"), T).await.unwrap();
    s.it.set("long", b("v"), T * 20).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(s.it.get("short").await.unwrap(), None);
    assert_eq!(s.it.take("short").await.unwrap(), None);
    assert!(!s.it.any_exists(&["short"]).await.unwrap());
    assert_eq!(s.it.get("long").await.unwrap(), Some(b("v")));
}

pub async fn setting_again_replaces_value_and_ttl(s: Subject) {
    s.it.set("k", b("1"), T).await.unwrap();
    s.it.set("k", b("2"), T * 20).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(s.it.get("k").await.unwrap(), Some(b("2")));
    s.it.set("k", b("3"), T).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(s.it.get("k").await.unwrap(), None);
}

pub async fn of_many_set_if_absent_one_wins(s: Subject) {
    let tries = (0..32).map(|n| {
        let it = s.it.clone();
        tokio::spawn(async move { it.set_if_absent("k", b(&n.to_string()), T * 20).await.unwrap() })
    });
    let won: Vec<bool> = futures::future::join_all(tries)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(won.iter().filter(|w| **w).count(), 1);
    let winner = won.iter().position(|w| *w).unwrap();
    assert_eq!(s.it.get("k").await.unwrap(), Some(b(&winner.to_string())));
}

pub async fn set_if_absent_wins_again_after_the_end(s: Subject) {
    assert!(s.it.set_if_absent("k", b("1"), T).await.unwrap());
    assert!(!s.it.set_if_absent("k", b("2"), T * 20).await.unwrap());
    s.advance(T * 2).await;
    assert!(s.it.set_if_absent("k", b("3"), T * 20).await.unwrap());
    s.it.delete("k").await.unwrap();
    assert!(s.it.set_if_absent("k", b("4"), T * 20).await.unwrap());
    assert_eq!(s.it.get("k").await.unwrap(), Some(b("4")));
}

pub async fn any_exists_finds_one_among_many(s: Subject) {
    assert!(!s.it.any_exists(&[]).await.unwrap());
    assert!(!s.it.any_exists(&["a", "b", "c"]).await.unwrap());
    s.it.set("c", b("1"), T * 20).await.unwrap();
    assert!(s.it.any_exists(&["a", "b", "c"]).await.unwrap());
    assert!(!s.it.any_exists(&["a", "b"]).await.unwrap());
    s.it.delete("c").await.unwrap();
    assert!(!s.it.any_exists(&["a", "b", "c"]).await.unwrap());
}

pub async fn of_many_takers_one_gets_the_value(s: Subject) {
    s.it.set("k", b("v"), T * 20).await.unwrap();
    let takers = (0..32).map(|_| {
        let it = s.it.clone();
        tokio::spawn(async move { it.take("k").await.unwrap() })
    });
    let got: Vec<_> = futures::future::join_all(takers)
        .await
        .into_iter()
        .filter_map(Result::unwrap)
        .collect();
    assert_eq!(got, [b("v")]);
    assert_eq!(s.it.get("k").await.unwrap(), None);
}

pub async fn deleting_is_no_failure_when_nothing_is_there(s: Subject) {
    s.it.delete("k").await.unwrap();
    s.it.set("k", b("v"), T * 20).await.unwrap();
    s.it.delete("k").await.unwrap();
    s.it.delete("k").await.unwrap();
    assert_eq!(s.it.get("k").await.unwrap(), None);
}

pub async fn a_counter_adds_and_ends_with_its_first_ttl(s: Subject) {
    assert_eq!(s.it.add("n", 5, T * 3).await.unwrap(), 5);
    assert_eq!(s.it.add("n", -7, T * 100).await.unwrap(), -2);
    s.advance(T * 4).await;
    assert_eq!(
        s.it.add("n", 1, T * 20).await.unwrap(),
        1,
        "the later TTL did not prolong it"
    );
}

pub async fn counters_lose_no_addition(s: Subject) {
    let adders = (0..50).map(|_| {
        let it = s.it.clone();
        tokio::spawn(async move { it.add("n", 2, T * 50).await.unwrap() })
    });
    let mut seen: Vec<i64> = futures::future::join_all(adders)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        (1..=50).map(|n| n * 2).collect::<Vec<_>>(),
        "each caller saw its own sum"
    );
}

pub async fn a_counter_is_a_key(s: Subject) {
    s.it.add("n", 41, T * 20).await.unwrap();
    s.it.add("n", 1, T * 20).await.unwrap();
    assert_eq!(s.it.get("n").await.unwrap(), Some(b("42")));
    assert!(s.it.any_exists(&["n"]).await.unwrap());
    s.it.delete("n").await.unwrap();
    assert_eq!(s.it.add("n", 1, T * 20).await.unwrap(), 1);
    s.it.set("text", b("words"), T * 20).await.unwrap();
    s.it.add("text", 1, T * 20).await.unwrap_err();
    assert_eq!(s.it.get("text").await.unwrap(), Some(b("words")));
}

pub async fn limits_of_keys_and_values_are_refused(s: Subject) {
    s.it.set("", b("v"), T).await.unwrap_err();
    s.it.set(&"k".repeat(KEY_BYTES_MAX + 1), b("v"), T).await.unwrap_err();
    let big = bytes::Bytes::from(vec![7; VALUE_BYTES_MAX + 1]);
    s.it.set("k", big.clone(), T).await.unwrap_err();
    s.it.set_if_absent("k", big.clone(), T).await.unwrap_err();
    s.it.push("log", big.clone(), T).await.unwrap_err();
    s.it.publish("channel", big).await.unwrap_err();
    assert_eq!(s.it.get("k").await.unwrap(), None);
    assert!(s.it.entries("log").await.unwrap().is_empty());
}

pub async fn it_answers_a_ping(s: Subject) {
    s.it.ping().await.unwrap();
}
