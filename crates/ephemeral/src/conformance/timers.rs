//! Owns the cases of timers.

use super::{Subject, T};

pub async fn timers_are_claimed_when_due_the_oldest_first(s: Subject) {
    let now = (s.now)();
    s.it.schedule("set", "late", now + T * 50).await.unwrap();
    s.it.schedule("set", "second", now + T).await.unwrap();
    s.it.schedule("set", "first", now).await.unwrap();
    s.it.schedule("other", "not ours", now).await.unwrap();
    s.advance(T * 2).await;
    assert_eq!(s.it.claim_due("set", 10, T * 50).await.unwrap(), ["first", "second"]);
    assert!(s.it.claim_due("set", 10, T * 50).await.unwrap().is_empty());
    assert!(s.it.claim_due("nothing", 10, T).await.unwrap().is_empty());
}

pub async fn a_claimed_timer_is_due_again_after_its_lease(s: Subject) {
    s.it.schedule("set", "t", (s.now)()).await.unwrap();
    assert_eq!(s.it.claim_due("set", 10, T * 2).await.unwrap(), ["t"]);
    assert!(s.it.claim_due("set", 10, T * 2).await.unwrap().is_empty());
    s.advance(T * 3).await;
    assert_eq!(s.it.claim_due("set", 10, T * 50).await.unwrap(), ["t"]);
}

pub async fn setting_a_timer_again_moves_it(s: Subject) {
    let now = (s.now)();
    s.it.schedule("set", "t", now).await.unwrap();
    s.it.schedule("set", "t", now + T * 50).await.unwrap();
    assert!(s.it.claim_due("set", 10, T).await.unwrap().is_empty());
    s.it.schedule("set", "t", now).await.unwrap();
    assert_eq!(s.it.claim_due("set", 10, T * 50).await.unwrap(), ["t"]);
    s.it.schedule("set", "t", now).await.unwrap();
    assert_eq!(
        s.it.claim_due("set", 10, T * 50).await.unwrap(),
        ["t"],
        "a claimed one too"
    );
}

pub async fn timers_that_are_done_are_gone(s: Subject) {
    let now = (s.now)();
    s.it.schedule("set", "claimed", now).await.unwrap();
    s.it.claim_due("set", 10, T).await.unwrap();
    s.it.done("set", "claimed").await.unwrap();
    s.it.schedule("set", "cancelled", now + T).await.unwrap();
    s.it.done("set", "cancelled").await.unwrap();
    s.it.done("set", "unknown").await.unwrap();
    s.advance(T * 3).await;
    assert!(s.it.claim_due("set", 10, T).await.unwrap().is_empty());
}

pub async fn of_many_claimers_each_timer_has_one(s: Subject) {
    let now = (s.now)();
    for n in 0..200 {
        s.it.schedule("set", &format!("t{n:03}"), now).await.unwrap();
    }
    let claimers = (0..8).map(|_| {
        let it = s.it.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let some = it.claim_due("set", 7, T * 500).await.unwrap();
                assert!(some.len() <= 7);
                if some.is_empty() {
                    return mine;
                }
                mine.extend(some);
            }
        })
    });
    let mut all: Vec<String> = futures::future::join_all(claimers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    all.sort_unstable();
    assert_eq!(all, (0..200).map(|n| format!("t{n:03}")).collect::<Vec<_>>());
}
