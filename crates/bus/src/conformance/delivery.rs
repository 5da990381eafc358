//! Owns the cases of publishing and being given events.

use std::time::Duration;

use contracts::Topic;
use contracts::event::EVENT_BYTES_MAX;
use tokio_util::sync::CancellationToken;

use super::{ALPHA, BETA, Bench, Recorder, Rig, SINGLE, subscription};
use crate::{BusError, PUBLISH_EVENTS_MAX, Subscription};

pub async fn published_events_are_handled_as_they_were(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let sent = bench.event(ALPHA, "käse \"quoted\"\n", 7);
    bench.bus.publish(std::slice::from_ref(&sent)).await.unwrap();
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(1).await;
    let got = handler.events().remove(0);
    assert_eq!(
        (got.id, &got.topic, &got.kind, &got.key),
        (sent.id, &sent.topic, &sent.kind, &sent.key)
    );
    assert_eq!((got.time, &got.bytes), (sent.time, &sent.bytes));
    member.stop().await;
}

pub async fn a_new_group_gets_what_was_published_before(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    for key in ["a", "b", "c"] {
        bench.publish(ALPHA, key, 0..20).await;
    }
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(60).await;
    for key in ["a", "b", "c"] {
        assert_eq!(handler.numbers(key), (0..20).collect::<Vec<_>>());
    }
    member.stop().await;
}

pub async fn an_event_wakes_a_waiting_consumer(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    for n in 0..50 {
        bench.publish(ALPHA, &format!("k{}", n % 7), [n]).await;
        handler.acked(usize::try_from(n).unwrap() + 1).await;
    }
    member.stop().await;
}

pub async fn one_subscription_may_name_many_topics(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA, BETA, SINGLE]), &handler);
    let events: Vec<_> = [ALPHA, BETA, SINGLE]
        .iter()
        .flat_map(|t| (0..5).map(|n| bench.event(*t, t.name, n)))
        .collect();
    bench.bus.publish(&events).await.unwrap();
    handler.acked(15).await;
    for topic in [ALPHA, BETA, SINGLE] {
        assert_eq!(handler.numbers(topic.name), [0, 1, 2, 3, 4]);
    }
    member.stop().await;
}

pub async fn other_topics_are_not_given(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[BETA]), &handler);
    bench.publish(ALPHA, "a", 0..5).await;
    bench.publish(BETA, "a", 5..6).await;
    handler.acked(1).await;
    assert_eq!(handler.numbers("a"), [5]);
    member.stop().await;
    assert_eq!(handler.acks(), 1);
}

pub async fn a_big_event_arrives_whole(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let big: Vec<_> = (0..8)
        .map(|n| bench.padded(ALPHA, "big", n, EVENT_BYTES_MAX - 1024))
        .collect();
    let handler = Recorder::new();
    bench.bus.publish(&big).await.unwrap();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(8).await;
    for (sent, got) in big.iter().zip(handler.events()) {
        assert_eq!((got.id, got.bytes.len()), (sent.id, sent.bytes.len()));
        assert!(got.bytes == sent.bytes);
    }
    member.stop().await;
}

pub async fn an_event_over_the_limit_is_refused(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let mut big = bench.event(ALPHA, "a", 1);
    big.bytes = vec![b' '; EVENT_BYTES_MAX + 1].into();
    assert!(matches!(bench.bus.publish(&[big]).await, Err(BusError::Refused(_))));
}

pub async fn an_unknown_topic_is_refused(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let unknown = Topic {
        name: "test.unknown.v1",
        partitions: 8,
    };
    let event = bench.event(unknown, "a", 1);
    assert!(matches!(bench.bus.publish(&[event]).await, Err(BusError::Refused(_))));
    let consumed = bench.bus.consume(
        subscription("g", &[ALPHA, unknown]),
        Recorder::new(),
        CancellationToken::new(),
    );
    assert!(matches!(consumed.await, Err(BusError::Refused(_))));
    assert!(matches!(bench.bus.tail(&[unknown]).await, Err(BusError::Refused(_))));
    assert!(matches!(bench.bus.lag(unknown, "g").await, Err(BusError::Refused(_))));
    assert!(matches!(
        bench.bus.release(unknown, "g", "k").await,
        Err(BusError::Refused(_))
    ));
}

pub async fn a_batch_over_the_limit_is_refused(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let many: Vec<_> = (0..=PUBLISH_EVENTS_MAX as u64)
        .map(|n| bench.event(SINGLE, "a", n))
        .collect();
    assert!(matches!(bench.bus.publish(&many).await, Err(BusError::Refused(_))));
    bench.bus.publish(&many[1..]).await.unwrap();
    assert_eq!(bench.bus.lag(SINGLE, "g").await.unwrap(), PUBLISH_EVENTS_MAX as u64);
}

pub async fn publishing_nothing_is_no_failure(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    bench.bus.publish(&[]).await.unwrap();
    bench.bus.ping().await.unwrap();
}

pub async fn a_refused_batch_leaves_nothing(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let unknown = Topic {
        name: "test.unknown.v1",
        partitions: 8,
    };
    let batch = [
        bench.event(ALPHA, "a", 1),
        bench.event(unknown, "a", 2),
        bench.event(ALPHA, "a", 3),
    ];
    bench.bus.publish(&batch).await.unwrap_err();
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 0);
}

pub async fn concurrent_publishers_lose_nothing(rig: Box<dyn Rig>) {
    let bench = std::sync::Arc::new(Bench::new(rig).await);
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    let publishers = (0..8).map(|p| {
        let bench = bench.clone();
        tokio::spawn(async move {
            for batch in 0..20 {
                bench
                    .publish(ALPHA, &format!("p{p}"), batch * 16..(batch + 1) * 16)
                    .await;
            }
        })
    });
    futures::future::try_join_all(publishers).await.unwrap();
    handler.acked(8 * 20 * 16).await;
    for p in 0..8 {
        assert_eq!(handler.numbers(&format!("p{p}")), (0..320).collect::<Vec<_>>());
    }
    member.stop().await;
    assert_eq!(handler.acks(), 8 * 20 * 16, "none twice");
}

pub async fn a_long_backlog_is_worked_off(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    for batch in 0..16 {
        let events: Vec<_> = (0..512)
            .map(|n| bench.padded(SINGLE, &format!("k{}", n % 5), batch * 512 + n, 200))
            .collect();
        bench.bus.publish(&events).await.unwrap();
    }
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[SINGLE]), &handler);
    handler.acked(16 * 512).await;
    for key in 0..5u64 {
        let numbers = handler.numbers(&format!("k{key}"));
        assert!(numbers.is_sorted(), "in order");
    }
    member.stop().await;
    assert_eq!(handler.acks(), 16 * 512);
}

pub async fn a_closed_bus_accepts_nothing(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let event = bench.event(ALPHA, "a", 1);
    bench.bus.close().await;
    assert!(matches!(
        bench.bus.publish(&[event]).await,
        Err(BusError::Unavailable(_))
    ));
    assert!(bench.bus.ping().await.is_err());
    let consumed = bench
        .bus
        .consume(subscription("g", &[ALPHA]), Recorder::new(), CancellationToken::new());
    let consumed = tokio::time::timeout(Duration::from_secs(5), consumed).await.unwrap();
    assert!(matches!(consumed, Err(BusError::Unavailable(_))));
    bench.bus.close().await;
}

pub async fn a_subscription_that_cannot_work_is_refused(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let wrong = Topic {
        name: ALPHA.name,
        partitions: 3,
    };
    let cases = [
        subscription("g", &[]),
        subscription("", &[ALPHA]),
        subscription("g", &[wrong]),
        Subscription {
            in_flight_max: 0,
            ..subscription("g", &[ALPHA])
        },
    ];
    for case in cases {
        let consumed = bench.bus.consume(case, Recorder::new(), CancellationToken::new()).await;
        assert!(matches!(consumed, Err(BusError::Refused(_))), "{consumed:?}");
    }
}
