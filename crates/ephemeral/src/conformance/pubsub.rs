//! Owns the cases of channels and subscribers.

use std::time::Duration;

use super::{DEADLINE, Subject, b, next};
use crate::Subscriber;

/// Most payloads that wait for one subscriber, by the port.
const QUEUE_MAX: usize = 4_096;

/// Asserts that nothing waits for the subscriber up to a marker published now on `channel`.
async fn assert_next_is_marker(s: &Subject, subscriber: &mut Box<dyn Subscriber>, channel: &str) {
    s.it.publish(channel, b("marker")).await.unwrap();
    assert_eq!(next(subscriber).await, (channel.to_owned(), b("marker")));
}

pub async fn subscribers_get_what_is_published_afterwards_in_order(s: Subject) {
    s.it.publish("room", b("before")).await.unwrap();
    let (mut one, mut two) = (s.it.subscriber().await.unwrap(), s.it.subscriber().await.unwrap());
    one.subscribe("room").await.unwrap();
    two.subscribe("room").await.unwrap();
    for n in 0..100 {
        s.it.publish("room", b(&n.to_string())).await.unwrap();
    }
    for subscriber in [&mut one, &mut two] {
        for n in 0..100 {
            assert_eq!(next(subscriber).await, ("room".to_owned(), b(&n.to_string())));
        }
    }
}

pub async fn other_channels_are_not_heard(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    s.it.publish("room", b("nobody listens yet")).await.unwrap();
    subscriber.subscribe("room").await.unwrap();
    s.it.publish("room2", b("x")).await.unwrap();
    s.it.publish("roo", b("x")).await.unwrap();
    assert_next_is_marker(&s, &mut subscriber, "room").await;
}

pub async fn one_subscriber_hears_many_channels(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    for n in 0..50 {
        subscriber.subscribe(&format!("c{n}")).await.unwrap();
    }
    for n in 0..50 {
        s.it.publish(&format!("c{n}"), b(&n.to_string())).await.unwrap();
    }
    let mut got = Vec::new();
    for _ in 0..50 {
        got.push(next(&mut subscriber).await);
    }
    got.sort_unstable();
    let mut want: Vec<_> = (0..50).map(|n| (format!("c{n}"), b(&n.to_string()))).collect();
    want.sort_unstable();
    assert_eq!(got, want);
}

pub async fn an_unsubscribed_channel_is_heard_no_more(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    subscriber.subscribe("a").await.unwrap();
    subscriber.subscribe("b").await.unwrap();
    subscriber.unsubscribe("a").await.unwrap();
    subscriber.unsubscribe("never").await.unwrap();
    s.it.publish("a", b("x")).await.unwrap();
    assert_next_is_marker(&s, &mut subscriber, "b").await;
    subscriber.subscribe("a").await.unwrap();
    assert_next_is_marker(&s, &mut subscriber, "a").await;
}

pub async fn subscribing_twice_is_once(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    subscriber.subscribe("a").await.unwrap();
    subscriber.subscribe("a").await.unwrap();
    s.it.publish("a", b("x")).await.unwrap();
    assert_eq!(next(&mut subscriber).await, ("a".to_owned(), b("x")));
    assert_next_is_marker(&s, &mut subscriber, "a").await;
    subscriber.subscribe("b").await.unwrap();
    subscriber.unsubscribe("a").await.unwrap();
    s.it.publish("a", b("x")).await.unwrap();
    assert_next_is_marker(&s, &mut subscriber, "b").await;
}

pub async fn a_slow_reader_loses_the_oldest(s: Subject) {
    let mut slow = s.it.subscriber().await.unwrap();
    slow.subscribe("room").await.unwrap();
    let mut quick = s.it.subscriber().await.unwrap();
    quick.subscribe("room").await.unwrap();
    let total = QUEUE_MAX + 100;
    for n in 0..total {
        s.it.publish("room", b(&n.to_string())).await.unwrap();
        assert_eq!(
            next(&mut quick).await.1,
            b(&n.to_string()),
            "one reader does not slow another"
        );
    }
    let first: usize = std::str::from_utf8(&next(&mut slow).await.1).unwrap().parse().unwrap();
    assert!(first >= total - QUEUE_MAX, "the oldest went: {first}");
    assert!(slow.missed() && !slow.missed() && !quick.missed(), "it is told, once");
    for n in first + 1..total {
        assert_eq!(next(&mut slow).await.1, b(&n.to_string()), "what is left has no hole");
    }
}

pub async fn waiting_can_be_given_up_without_loss(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    subscriber.subscribe("room").await.unwrap();
    for n in 0..100 {
        let waited = tokio::time::timeout(Duration::from_micros(200), subscriber.next()).await;
        assert!(waited.is_err(), "nothing was published");
        s.it.publish("room", b(&n.to_string())).await.unwrap();
        assert_eq!(next(&mut subscriber).await.1, b(&n.to_string()));
    }
}

pub async fn a_waiting_reader_is_woken(s: Subject) {
    let mut subscriber = s.it.subscriber().await.unwrap();
    subscriber.subscribe("room").await.unwrap();
    let reader = tokio::spawn(async move { next(&mut subscriber).await });
    tokio::task::yield_now().await;
    s.it.publish("room", b("x")).await.unwrap();
    assert_eq!(tokio::time::timeout(DEADLINE, reader).await.unwrap().unwrap().1, b("x"));
}

pub async fn a_subscriber_that_went_hinders_nobody(s: Subject) {
    let mut stays = s.it.subscriber().await.unwrap();
    stays.subscribe("room").await.unwrap();
    let mut goes = s.it.subscriber().await.unwrap();
    goes.subscribe("room").await.unwrap();
    drop(goes);
    s.it.publish("room", b("x")).await.unwrap();
    assert_eq!(next(&mut stays).await.1, b("x"));
}
