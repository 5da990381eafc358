//! Owns the proof that events lie in their documents and leave them in order, whoever wrote them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::event::topic;
use contracts::{Event, EventBody, Topic};
use kernel::{Ambient, Fault, HeldClock, SeededRandom, Timestamp};
use mongodb::bson::{Document as Object, doc};
use serde::{Deserialize, Serialize};
use store::mongodb::MongoOptions;
use store::{Change, Collection, Op, Query, RawDocument, Store, StoreError, Write};

use super::MongoHome;
use super::processes::{Line, line, process};

#[derive(Serialize, Deserialize)]
pub struct Said {
    pub room: String,
    pub number: u64,
}

impl EventBody for Said {
    const TOPIC: Topic = topic::MESSAGE;
    const SOURCE: &'static str = "test";
    fn kind(&self) -> &'static str {
        "said"
    }
    fn key(&self) -> String {
        self.room.clone()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.number)
    }
}

pub fn said(ambient: &Ambient, room: &str, number: u64) -> Event {
    let room = room.to_owned();
    Event::new(ambient, &Said { room, number }).unwrap()
}

async fn waiting(store: &Arc<dyn Store>) -> Vec<u64> {
    let events = store.pending_events(1000).await.unwrap();
    events.iter().map(|e| e.body::<Said>().unwrap().number).collect()
}

async fn raw(home: &MongoHome, id: &str) -> Option<Object> {
    let on = home.behind().await.collection::<Object>("lines");
    on.find_one(doc! { "_id": id }).await.unwrap()
}

/// A process whose clock is wrong by `minutes`.
async fn skewed(home: &MongoHome, minutes: u64) -> (Arc<dyn Store>, Collection<Line>, Ambient) {
    let clock = HeldClock::new(Timestamp::from_millis(1_800_000_000_000) - Duration::from_secs(60 * minutes));
    let ambient = Ambient::new(clock, SeededRandom::new(minutes));
    let store: Arc<dyn Store> = home.open_with(MongoOptions::default(), ambient.clone()).await;
    let lines = Collection::open(&store).await.unwrap();
    (store, lines, ambient)
}

async fn say(lines: &Collection<Line>, ambient: &Ambient, room: &str, id: String) -> u64 {
    let (of, ambient) = (room.to_owned(), ambient.clone());
    let build = move |number| Ok::<_, Fault>((line(&id, &of, number), vec![said(&ambient, &of, number)]));
    lines.append("by_number", room, build).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_a_room_leave_in_order_though_clocks_differ() {
    let Some(home) = MongoHome::new() else { return };
    let (right, first, clock) = skewed(&home, 0).await;
    let (wrong, second, slow) = skewed(&home, 90).await;
    for i in 0..10 {
        say(&first, &clock, "r", format!("a{i}")).await;
        say(&second, &slow, "r", format!("b{i}")).await;
        say(&second, &slow, "r", format!("c{i}")).await;
    }
    let expected: Vec<u64> = (1..=30).collect();
    assert_eq!(waiting(&right).await, expected);
    assert_eq!(waiting(&wrong).await, expected);
    assert_eq!(wrong.outbox_depth().await, Ok(30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_sees_no_message_before_its_predecessor() {
    let Some(home) = MongoHome::new() else { return };
    let (relay, _) = process(&home).await;
    let ambient = Ambient::system();
    let mut writers = Vec::new();
    for process_number in 0..2 {
        let (_, lines) = process(&home).await;
        for writer in 0..4 {
            let (lines, ambient) = (lines.clone(), ambient.clone());
            writers.push(tokio::spawn(async move {
                for i in 0..25 {
                    say(&lines, &ambient, "r", format!("{process_number}-{writer}-{i}")).await;
                }
            }));
        }
    }
    let mut sent = 0;
    while sent < 200 {
        let events = relay.pending_events(17).await.unwrap();
        for event in &events {
            let number = event.body::<Said>().unwrap().number;
            assert_eq!(number, sent + 1, "in order, without a gap");
            sent = number;
        }
        let ids: Vec<_> = events.iter().map(|e| e.id).collect();
        relay.mark_sent(&ids).await.unwrap();
    }
    futures::future::try_join_all(writers).await.unwrap();
    assert_eq!(relay.outbox_depth().await, Ok(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_another_process_are_found_and_taken_out_by_either() {
    let Some(home) = MongoHome::new() else { return };
    let (first, lines) = process(&home).await;
    let (second, _) = process(&home).await;
    let ambient = Ambient::system();
    let events: Vec<Event> = (1..=4).map(|n| said(&ambient, "r", n)).collect();
    lines.insert(&line("1", "r", 1), events.clone()).await.unwrap();
    assert_eq!(waiting(&second).await, [1, 2, 3, 4]);
    // Both relays have sent some of the same.
    let (some, others) = ([events[0].id, events[1].id], [events[1].id, events[3].id]);
    let (a, b) = tokio::join!(first.mark_sent(&some), second.mark_sent(&others));
    assert_eq!((a, b), (Ok(()), Ok(())));
    assert_eq!((waiting(&first).await, waiting(&second).await), (vec![3], vec![3]));
    second.mark_sent(&[events[2].id]).await.unwrap();
    assert_eq!(first.outbox_depth().await, Ok(0));
    let left = raw(&home, "1").await.unwrap();
    assert!(!left.contains_key("pending") && !left.contains_key("due"), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_document_is_a_tombstone_until_its_events_are_sent() {
    let Some(home) = MongoHome::new() else { return };
    let (store, lines) = process(&home).await;
    let ambient = Ambient::system();
    let (first, second) = (said(&ambient, "r", 1), said(&ambient, "r", 2));
    lines.insert(&line("1", "r", 1), vec![first.clone()]).await.unwrap();
    // Its own events wait, and the delete brings none.
    lines.delete("1").await.unwrap();
    assert_eq!(lines.get("1").await.unwrap(), None);
    assert!(store.scan("lines", None, 10).await.unwrap().is_empty());
    assert_eq!(lines.count(Query::on("by_author"), 9).await, Ok(0));
    assert_eq!(waiting(&store).await, [1]);
    // The id can be used again, as if nothing were there.
    lines.insert(&line("1", "r", 2), vec![second.clone()]).await.unwrap();
    assert_eq!(lines.get_versioned("1").await.unwrap().unwrap().1, 1);
    let taken = lines.insert(&line("1", "r", 3), vec![]).await;
    assert_eq!(taken, Err(StoreError::Unique { index: "id".into() }));
    assert_eq!(waiting(&store).await, [1, 2]);
    let gone: Result<_, StoreError> = lines.update("1", |_| Ok(Change::Remove(vec![], ()))).await;
    gone.unwrap();
    store.mark_sent(&[first.id]).await.unwrap();
    assert!(raw(&home, "1").await.is_some(), "an event waits");
    store.mark_sent(&[second.id]).await.unwrap();
    assert_eq!(raw(&home, "1").await, None);
    assert_eq!(store.outbox_depth().await, Ok(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_waiting_events_of_one_document_are_busy() {
    let Some(home) = MongoHome::new() else { return };
    let (store, lines) = process(&home).await;
    let ambient = Ambient::system();
    lines.insert(&line("1", "r", 0), vec![]).await.unwrap();
    let full = store::mongodb::DOCUMENT_EVENTS_MAX as u64;
    let put = |version: u64| Write {
        op: Op::Replace(RawDocument::of(&line("1", "r", version)).unwrap(), version),
        events: vec![said(&ambient, "r", version)],
        mark: None,
    };
    for version in 1..=full {
        assert_eq!(store.write(put(version)).await, Ok(version + 1));
    }
    assert_eq!(store.write(put(full + 1)).await, Err(StoreError::Busy));
    assert_eq!(store.write(put(full)).await, Err(StoreError::Conflict));
    let waiting = store.pending_events(1000).await.unwrap();
    assert_eq!(waiting.len() as u64, full);
    let different: BTreeSet<_> = waiting.iter().map(|e| e.id).collect();
    store
        .mark_sent(&different.into_iter().collect::<Vec<_>>())
        .await
        .unwrap();
    assert_eq!(store.write(put(full + 1)).await, Ok(full + 2));
}
