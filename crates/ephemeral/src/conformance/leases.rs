//! Owns the cases of leases, fences and token buckets.

use std::time::Duration;

use super::{Subject, T};
use crate::{Bucket, Fence};

pub async fn a_lease_has_one_holder(s: Subject) {
    let fence = s.it.lease("floor", T * 20).await.unwrap().unwrap();
    assert_eq!(s.it.lease("floor", T * 20).await.unwrap(), None);
    assert!(s.it.lease("other", T * 20).await.unwrap().is_some());
    s.it.release("floor", fence).await.unwrap();
    assert!(s.it.lease("floor", T * 20).await.unwrap().is_some());
}

pub async fn an_ended_lease_can_be_taken(s: Subject) {
    let old = s.it.lease("floor", T).await.unwrap().unwrap();
    s.advance(T * 2).await;
    let new = s.it.lease("floor", T * 20).await.unwrap().unwrap();
    assert!(new > old);
    assert!(
        !s.it.renew("floor", old, T * 20).await.unwrap(),
        "the old holder is out"
    );
}

pub async fn fences_grow_with_every_holder(s: Subject) {
    let mut last = Fence(0);
    for round in 0..20 {
        let fence = s.it.lease("floor", T).await.unwrap().unwrap();
        assert!(fence > last);
        last = fence;
        if round == 10 {
            s.advance(T * 2).await;
        } else {
            s.it.release("floor", fence).await.unwrap();
        }
    }
}

pub async fn renewing_prolongs_only_ones_own(s: Subject) {
    let fence = s.it.lease("floor", T * 2).await.unwrap().unwrap();
    assert!(!s.it.renew("floor", Fence(fence.0 + 1), T * 20).await.unwrap());
    assert!(!s.it.renew("nobodys", fence, T * 20).await.unwrap());
    assert!(s.it.renew("floor", fence, T * 20).await.unwrap());
    s.advance(T * 4).await;
    assert_eq!(s.it.lease("floor", T).await.unwrap(), None, "it was prolonged");
    assert!(s.it.renew("floor", fence, T).await.unwrap());
    s.advance(T * 2).await;
    assert!(
        !s.it.renew("floor", fence, T).await.unwrap(),
        "an ended lease cannot be prolonged"
    );
}

pub async fn giving_back_anothers_lease_does_nothing(s: Subject) {
    let old = s.it.lease("floor", T).await.unwrap().unwrap();
    s.advance(T * 2).await;
    let new = s.it.lease("floor", T * 20).await.unwrap().unwrap();
    s.it.release("floor", old).await.unwrap();
    assert_eq!(s.it.lease("floor", T).await.unwrap(), None);
    assert!(s.it.renew("floor", new, T * 20).await.unwrap());
}

pub async fn of_many_leasers_one_wins(s: Subject) {
    let tries = (0..32).map(|_| {
        let it = s.it.clone();
        tokio::spawn(async move { it.lease("floor", T * 50).await.unwrap() })
    });
    let won = futures::future::join_all(tries)
        .await
        .into_iter()
        .filter_map(Result::unwrap)
        .count();
    assert_eq!(won, 1);
}

/// Ten at once, then one each `T`.
fn bucket() -> Bucket {
    Bucket {
        capacity: 10.0,
        per_second: 1.0 / T.as_secs_f64(),
    }
}

pub async fn a_bucket_gives_its_burst_and_then_tells_the_wait(s: Subject) {
    for _ in 0..10 {
        assert_eq!(s.it.spend("k", bucket(), 1.0).await.unwrap(), Ok(()));
    }
    let wait = s.it.spend("k", bucket(), 3.0).await.unwrap().unwrap_err();
    assert!(wait > T && wait <= T * 3 + Duration::from_millis(1), "{wait:?}");
    s.advance(wait).await;
    assert_eq!(
        s.it.spend("k", bucket(), 3.0).await.unwrap(),
        Ok(()),
        "after the wait there is enough"
    );
}

pub async fn a_bucket_refills_up_to_its_capacity(s: Subject) {
    assert_eq!(s.it.spend("k", bucket(), 10.0).await.unwrap(), Ok(()));
    s.it.spend("k", bucket(), 5.0).await.unwrap().unwrap_err();
    s.advance(T * 15).await;
    assert_eq!(s.it.spend("k", bucket(), 10.0).await.unwrap(), Ok(()));
    s.it.spend("k", bucket(), 5.0).await.unwrap().unwrap_err();
}

pub async fn a_cost_over_the_capacity_is_never_granted(s: Subject) {
    assert_eq!(s.it.spend("k", bucket(), 10.5).await.unwrap(), Err(Duration::MAX));
    assert_eq!(
        s.it.spend("k", bucket(), 10.0).await.unwrap(),
        Ok(()),
        "and costs nothing"
    );
}

pub async fn what_is_given_back_can_be_taken_again_up_to_the_capacity(s: Subject) {
    assert_eq!(s.it.spend("k", bucket(), 10.0).await.unwrap(), Ok(()));
    assert_eq!(s.it.spend("k", bucket(), -4.0).await.unwrap(), Ok(()));
    assert_eq!(s.it.spend("k", bucket(), 4.0).await.unwrap(), Ok(()));
    s.it.spend("k", bucket(), 3.0).await.unwrap().unwrap_err();
    assert_eq!(s.it.spend("k", bucket(), -50.0).await.unwrap(), Ok(()));
    assert_eq!(s.it.spend("k", bucket(), 10.0).await.unwrap(), Ok(()));
    s.it.spend("k", bucket(), 5.0).await.unwrap().unwrap_err();
}

pub async fn buckets_are_apart(s: Subject) {
    assert_eq!(s.it.spend("a", bucket(), 10.0).await.unwrap(), Ok(()));
    assert_eq!(s.it.spend("b", bucket(), 10.0).await.unwrap(), Ok(()));
}
