//! Owns the cases about outbox and inbox: with the write or not at all, in order, once.

use super::*;
use crate::{Change, Mark, Op, RawDocument, Write};

async fn insert(desk: &Desk, id: impl ToString, events: Vec<Event>) -> Result<(), StoreError> {
    desk.notes.insert(&note(id, "ada", 0), events).await
}

/// Events are pending when the write is acknowledged: of insert, update, delete and append.
pub async fn events_commit_with_their_write(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let make = |count| event(&desk.ambient, "k", count);
    insert(&desk, 1, vec![make(1), make(2)]).await.unwrap();
    let put = make(3);
    let done: Result<_, StoreError> = desk
        .notes
        .update("1", |n| Ok(Change::Put(n, vec![put.clone()], ())))
        .await;
    done.unwrap();
    let delete = Write {
        op: Op::Delete("notes", "1".into(), None),
        events: vec![make(4)],
        mark: None,
    };
    desk.store.write(delete).await.unwrap();
    let built = make(5);
    let build = move |number| {
        Ok((
            Note {
                room: "a".into(),
                number: Some(number),
                ..note("2", "ada", 0)
            },
            vec![built.clone()],
        ))
    };
    desk.notes.append("by_number", "a", build).await.unwrap();
    assert_eq!(
        desk.waiting().await,
        (1..=5).map(|c| ("k".to_owned(), c)).collect::<Vec<_>>()
    );
    assert_eq!(desk.store.outbox_depth().await, Ok(5));
}

/// Where nothing was written, nothing is told.
pub async fn a_failed_write_leaves_no_event(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let make = || vec![event(&desk.ambient, "k", 1)];
    desk.add(&[Note {
        tag: Some("t".into()),
        ..note(1, "ada", 0)
    }])
    .await;
    assert_eq!(insert(&desk, 1, make()).await, Err(unique("id")));
    let put = Op::Replace(RawDocument::of(&note("1", "ada", 0)).unwrap(), 9);
    assert_eq!(
        desk.store
            .write(Write {
                op: put,
                events: make(),
                mark: None
            })
            .await,
        Err(StoreError::Conflict)
    );
    let delete = Op::Delete("notes", "1".into(), Some(9));
    assert_eq!(
        desk.store
            .write(Write {
                op: delete,
                events: make(),
                mark: None
            })
            .await,
        Err(StoreError::Conflict)
    );
    let built = event(&desk.ambient, "k", 2);
    let build = move |number| {
        let taken = Note {
            room: "a".into(),
            number: Some(number),
            tag: Some("t".into()),
            ..note("2", "ada", 0)
        };
        Ok((taken, vec![built.clone()]))
    };
    assert_eq!(desk.notes.append("by_number", "a", build).await, Err(unique("by_tag")));
    assert_eq!(desk.store.outbox_depth().await, Ok(0));
    assert!(desk.waiting().await.is_empty());
}

/// With many writers, the events of each key are pending in the order in which their writes were acknowledged.
pub async fn events_of_a_key_keep_their_order(home: &dyn Home) {
    let desk = Arc::new(Desk::open(home).await);
    let writers = (0..8u64).map(|writer| {
        let desk = desk.clone();
        tokio::spawn(async move {
            for i in 0..25 {
                let told = event(&desk.ambient, &format!("key{writer}"), i);
                insert(&desk, format!("{writer}-{i}"), vec![told]).await.unwrap();
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    let waiting = desk.waiting().await;
    for writer in 0..8 {
        let counts: Vec<u64> = waiting
            .iter()
            .filter(|(key, _)| *key == format!("key{writer}"))
            .map(|(_, c)| *c)
            .collect();
        assert_eq!(counts, (0..25).collect::<Vec<_>>());
    }
    let first: Vec<Event> = desk.store.pending_events(3).await.unwrap();
    assert_eq!(first.len(), 3);
}

/// What is marked sent is not pending; the rest is, in order; marking again or marking the unknown is no failure.
pub async fn a_sent_event_is_pending_no_more(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let events: Vec<Event> = (0..5).map(|count| event(&desk.ambient, "k", count)).collect();
    insert(&desk, 1, events.clone()).await.unwrap();
    let stranger = event(&desk.ambient, "k", 9);
    for _ in 0..2 {
        desk.store
            .mark_sent(&[events[1].id, events[3].id, stranger.id])
            .await
            .unwrap();
        assert_eq!(
            desk.waiting().await.iter().map(|(_, c)| *c).collect::<Vec<_>>(),
            [0, 2, 4]
        );
        assert_eq!(desk.store.outbox_depth().await, Ok(3));
    }
    desk.store
        .mark_sent(&events.iter().map(|e| e.id).collect::<Vec<_>>())
        .await
        .unwrap();
    assert_eq!(desk.store.outbox_depth().await, Ok(0));
}

/// With a retention, sent events come back from a time on, oldest first, and not those that are still pending.
pub async fn sent_events_can_be_asked_for_again(home: &dyn Home) {
    let clock = HeldClock::new(NOON);
    let kept = Duration::from_secs(600);
    let desk = Desk::with(
        home,
        Settings {
            sent_kept: kept,
            ..Settings::at(clock.clone())
        },
    )
    .await;
    let events: Vec<Event> = (0..4).map(|count| event(&desk.ambient, "k", count)).collect();
    insert(&desk, 1, events.clone()).await.unwrap();
    desk.store.mark_sent(&[events[0].id]).await.unwrap();
    clock.advance(Duration::from_secs(60));
    desk.store.mark_sent(&[events[1].id, events[2].id]).await.unwrap();
    let again = async |since, limit| {
        let events: Vec<Event> = desk.store.sent_since(since, limit).await.unwrap();
        events
            .iter()
            .map(|e| e.body::<Noted>().unwrap().count)
            .collect::<Vec<_>>()
    };
    assert_eq!(again(NOON, 10).await, [0, 1, 2]);
    assert_eq!(again(NOON, 2).await, [0, 1]);
    assert_eq!(again(NOON + Duration::from_secs(1), 10).await, [1, 2]);
    assert!(again(NOON + Duration::from_secs(61), 10).await.is_empty());
    assert_eq!(desk.waiting().await.len(), 1);
}

/// With a retention of zero there is nothing to come back to.
pub async fn sent_events_are_not_kept_by_default(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let told = event(&desk.ambient, "k", 1);
    insert(&desk, 1, vec![told.clone()]).await.unwrap();
    desk.store.mark_sent(&[told.id]).await.unwrap();
    assert!(
        desk.store
            .sent_since(Timestamp::from_millis(0), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Over the limit, writes with events are `Busy` and leave nothing; writes without go on; room made is used.
pub async fn a_full_outbox_refuses_writes_with_events(home: &dyn Home) {
    let desk = Desk::with(
        home,
        Settings {
            outbox_max: 3,
            ..Settings::held()
        },
    )
    .await;
    let make = |count| event(&desk.ambient, "k", count);
    let first = make(1);
    insert(&desk, 1, vec![first.clone(), make(2)]).await.unwrap();
    assert_eq!(insert(&desk, 2, vec![make(3), make(4)]).await, Err(StoreError::Busy));
    assert_eq!(desk.notes.get("2").await.unwrap(), None);
    insert(&desk, 2, vec![make(3)]).await.unwrap();
    let built = make(4);
    let build = move |number| {
        Ok((
            Note {
                room: "a".into(),
                number: Some(number),
                ..note("3", "ada", 0)
            },
            vec![built.clone()],
        ))
    };
    assert_eq!(
        desk.notes.append("by_number", "a", build.clone()).await,
        Err(StoreError::Busy)
    );
    assert_eq!(desk.append("a", "4").await, Ok(1));
    desk.store.mark_sent(&[first.id]).await.unwrap();
    assert_eq!(desk.notes.append("by_number", "a", build).await, Ok(2));
}

/// A relay that waits for the signal is woken by each commit with events, also by one that came before it waited.
pub async fn the_signal_comes_after_a_commit_with_events(home: &dyn Home) {
    let desk = Arc::new(Desk::open(home).await);
    let signal = desk.store.outbox_signal();
    insert(&desk, "before", vec![event(&desk.ambient, "k", 0)])
        .await
        .unwrap();
    tokio::time::timeout(DEADLINE, signal.notified()).await.unwrap();
    for count in 1..4 {
        let waits = {
            let signal = signal.clone();
            tokio::spawn(async move { signal.notified().await })
        };
        insert(&desk, count, vec![event(&desk.ambient, "k", count)])
            .await
            .unwrap();
        tokio::time::timeout(DEADLINE, waits).await.unwrap().unwrap();
        assert_eq!(desk.store.outbox_depth().await, Ok(count + 1));
    }
}

fn marked(id: &str, mark: &Mark, ambient: &Ambient) -> Write {
    let op = Op::Insert(RawDocument::of(&note(id, "ada", 0)).unwrap());
    Write {
        op,
        events: vec![event(ambient, id, 1)],
        mark: Some(mark.clone()),
    }
}

/// The second time nothing is written and nothing told, whatever the operation.
pub async fn a_second_mark_is_already_processed(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let mark = Mark {
        consumer: "suite",
        event: desk.ambient.id(),
    };
    assert_eq!(desk.store.write(marked("1", &mark, &desk.ambient)).await, Ok(1));
    assert_eq!(
        desk.store.write(marked("2", &mark, &desk.ambient)).await,
        Err(StoreError::AlreadyProcessed)
    );
    assert_eq!(desk.notes.get("2").await.unwrap(), None);
    assert_eq!(desk.store.outbox_depth().await, Ok(1));
    let again: Result<Option<()>, StoreError> = desk
        .notes
        .update_marked("1", Some(mark.clone()), |n| {
            Ok(Change::Put(Note { at: 9, ..n }, vec![], ()))
        })
        .await;
    assert_eq!(again, Err(StoreError::AlreadyProcessed));
    assert_eq!(
        desk.notes.get_versioned("1").await.unwrap(),
        Some((note("1", "ada", 0), 1))
    );
    let other = Mark {
        event: desk.ambient.id(),
        ..mark
    };
    let first: Result<Option<()>, StoreError> = desk
        .notes
        .update_marked("1", Some(other.clone()), |n| {
            Ok(Change::Put(Note { at: 9, ..n }, vec![], ()))
        })
        .await;
    assert_eq!(first, Ok(Some(())));
    let racers = (0..8).map(|i| desk.store.write(marked(&format!("r{i}"), &other, &desk.ambient)));
    assert!(
        futures::future::join_all(racers)
            .await
            .iter()
            .all(|r| *r == Err(StoreError::AlreadyProcessed))
    );
    let fresh = Mark {
        event: desk.ambient.id(),
        ..other
    };
    let racers = (0..8).map(|i| desk.store.write(marked(&format!("s{i}"), &fresh, &desk.ambient)));
    assert_eq!(
        futures::future::join_all(racers)
            .await
            .iter()
            .filter(|r| r.is_ok())
            .count(),
        1
    );
}

/// A write that failed may be tried again with its mark.
pub async fn a_failed_write_leaves_no_mark(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let mark = Mark {
        consumer: "suite",
        event: desk.ambient.id(),
    };
    assert_eq!(
        desk.store.write(marked("1", &mark, &desk.ambient)).await,
        Err(unique("id"))
    );
    assert_eq!(desk.store.write(marked("2", &mark, &desk.ambient)).await, Ok(1));
}

/// Two consumers each deal with the same event.
pub async fn a_mark_belongs_to_its_consumer(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let mark = Mark {
        consumer: "one",
        event: desk.ambient.id(),
    };
    assert_eq!(desk.store.write(marked("1", &mark, &desk.ambient)).await, Ok(1));
    let other = Mark {
        consumer: "two",
        ..mark
    };
    assert_eq!(desk.store.write(marked("2", &other, &desk.ambient)).await, Ok(1));
}

/// After seven days and many other writes the mark still stands.
pub async fn a_mark_is_kept_for_days(home: &dyn Home) {
    let clock = HeldClock::new(NOON);
    let desk = Desk::with(home, Settings::at(clock.clone())).await;
    let mark = Mark {
        consumer: "suite",
        event: desk.ambient.id(),
    };
    assert_eq!(desk.store.write(marked("1", &mark, &desk.ambient)).await, Ok(1));
    for day in 0..7 {
        clock.advance(Duration::from_secs(24 * 3600));
        desk.add(&[note(format!("day{day}"), "ada", 0)]).await;
    }
    assert_eq!(
        desk.store.write(marked("2", &mark, &desk.ambient)).await,
        Err(StoreError::AlreadyProcessed)
    );
}

/// Id, topic, kind, key, time and the very bytes are what was written.
pub async fn an_event_is_read_back_byte_for_byte(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let told = event(&desk.ambient, "sch\u{f6}n \"quoted\"", 7);
    insert(&desk, 1, vec![told.clone()]).await.unwrap();
    desk.store.close().await;
    let desk = Desk::open(home).await;
    let [back] = &desk.store.pending_events(2).await.unwrap()[..] else {
        unreachable!("one event")
    };
    assert_eq!(
        (back.id, &back.topic, &back.kind, &back.key, back.time),
        (told.id, &told.topic, &told.kind, &told.key, told.time)
    );
    assert_eq!(back.bytes, told.bytes);
}

/// More events than fit into any memory cap come back complete and in order.
pub async fn many_pending_events_come_in_order(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let long = "x".repeat(50_000);
    for i in 0..100u64 {
        insert(&desk, i, vec![event(&desk.ambient, &format!("{i}{long}"), i)])
            .await
            .unwrap();
    }
    let mut seen = Vec::new();
    loop {
        let events: Vec<Event> = desk.store.pending_events(30).await.unwrap();
        if events.is_empty() {
            break;
        }
        seen.extend(events.iter().map(|e| e.body::<Noted>().unwrap().count));
        desk.store
            .mark_sent(&events.iter().map(|e| e.id).collect::<Vec<_>>())
            .await
            .unwrap();
    }
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
}
