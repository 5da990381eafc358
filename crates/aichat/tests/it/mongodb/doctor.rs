//! What `aichat doctor` says of real servers: before the first start, of an instance that is well, and of one that is not.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bus::kafka::{KafkaBus, KafkaOptions};
use bus::{Bus, Handler, Retry, Subscription};
use contracts::Event;
use contracts::event::topic;
use kernel::{Ambient, Fault};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desk::{DEADLINE, Desk, Place, Running, ok, printed, refused};

/// Fails on every event.
struct Sick;

#[async_trait]
impl Handler for Sick {
    async fn handle(&self, _: &Event) -> Result<(), Fault> {
        Err(Fault::internal("as told"))
    }
}

/// Publishes an event of key `k` for the agents' host, which cannot handle it.
async fn park(desk: &Desk, place: &Place) {
    // The topic of dead letters is made with the first of them.
    let options = KafkaOptions {
        prefix: format!("{}.", place.namespace()),
        ..KafkaOptions::default()
    };
    let bus = KafkaBus::open(desk.url("KAFKA"), options, Ambient::system(), &[topic::MESSAGE]);
    let bus = bus.await.unwrap();
    let ambient = Ambient::system();
    let (id, time) = (ambient.id::<kernel::EventId>(), ambient.now());
    let body = json!({"specversion": "1.0", "id": id, "source": "tests", "type": "aichat.test.made.v1", "subject": "k",
        "time": time, "partitionkey": "k", "data": {}});
    let event = Event::parse(topic::MESSAGE.name, body.to_string().into()).unwrap();
    let subscription = Subscription {
        retry: Retry {
            retries_max: 0,
            ..Retry::default()
        },
        ..Subscription::new("ai-chat-host", &[topic::MESSAGE])
    };
    let stop = CancellationToken::new();
    let (consuming, stopped) = (bus.clone(), stop.clone());
    let consumed = tokio::spawn(async move { consuming.consume(subscription, Arc::new(Sick), stopped).await });
    bus.publish(&[event]).await.unwrap();
    let began = Instant::now();
    while bus.parked(1).await.unwrap().is_empty() {
        assert!(began.elapsed() < DEADLINE, "the key is not parked");
    }
    stop.cancel();
    consumed.await.unwrap().unwrap();
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_servers_that_are_well_from_those_that_are_not() {
    let Some(desk) = Desk::new() else { return };
    let mut place = desk.servers("doctor").await;

    let before = ok(place.run(&["doctor"]));
    for words in [
        "transactions work",
        "evicts nothing",
        "nothing is there under",
        "ok     Kafka: answers; there is no topic",
        "ok     NATS: answers; there is no stream",
        "All is well.",
    ] {
        assert!(before.contains(words), "{words} is not in: {before}");
    }

    Running::start(&place, false).stop();
    let after = ok(place.run(&["doctor"]));
    for words in [
        "documents on servers are not looked into",
        "no key is parked",
        "All is well.",
    ] {
        assert!(after.contains(words), "{words} is not in: {after}");
    }

    park(&desk, &place).await;
    let sick = place.run(&["doctor"]);
    assert!(
        printed(&sick).contains("1 wait: k of chat.message.v1 for ai-chat-host"),
        "{}",
        printed(&sick)
    );
    refused(sick, "1 thing(s) to mend");
    let mended = ok(place.run(&["doctor", "--release"]));
    assert!(mended.contains("1 parked keys are handed out again"), "{mended}");
    ok(place.run(&["doctor"]));

    // Deleted behind its back.
    let options = KafkaOptions {
        prefix: format!("{}.", place.namespace()),
        ..KafkaOptions::default()
    };
    KafkaBus::remove_topics(desk.url("KAFKA"), options).await.unwrap();
    place.set("AICHAT_REDIS_URL", "redis://127.0.0.1:1/");
    let broken = place.run(&["doctor"]);
    for words in [
        "WRONG  Redis: ",
        "does redisUrl name it",
        "WRONG  Kafka: there is no topic",
        "somebody deleted it",
    ] {
        assert!(
            printed(&broken).contains(words),
            "{words} is not in: {}",
            printed(&broken)
        );
    }
    refused(broken, "2 thing(s) to mend");
}
