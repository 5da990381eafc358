//! Owns the proof that several processes may write one database. Each opens it for itself and shares nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Ambient, Fault};
use serde::{Deserialize, Serialize};
use store::mongodb::MongoOptions;
use store::{Change, Collection, Document, Index, Mark, Op, Query, RawDocument, Store, StoreError, Write};

use super::MongoHome;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub room: String,
    pub number: u64,
    pub author: String,
}

impl Document for Line {
    const COLLECTION: &'static str = "lines";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_number", &["room", "number"]),
        Index::plain("by_author", &["author"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

pub fn line(id: impl ToString, room: &str, number: u64) -> Line {
    Line {
        id: id.to_string(),
        room: room.into(),
        number,
        author: "ada".into(),
    }
}

/// One process: its store and its lines.
pub async fn process(home: &MongoHome) -> (Arc<dyn Store>, Collection<Line>) {
    let store: Arc<dyn Store> = home.open_with(MongoOptions::default(), Ambient::system()).await;
    let lines = Collection::open(&store).await.unwrap();
    (store, lines)
}

async fn append(lines: &Collection<Line>, room: &str, id: String) -> Result<u64, StoreError> {
    let of = room.to_owned();
    let build = move |number| Ok::<_, Fault>((line(&id, &of, number), vec![]));
    lines.append("by_number", room, build).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_that_append_to_the_same_rooms_leave_no_gap() {
    let Some(home) = MongoHome::new() else { return };
    let mut writers = Vec::new();
    let mut reader = None;
    for process_number in 0..3 {
        let (_, lines) = process(&home).await;
        for writer in 0..6 {
            let lines = lines.clone();
            writers.push(tokio::spawn(async move {
                let room = format!("room{}", writer % 2);
                let mut mine = Vec::new();
                for i in 0..15 {
                    mine.push(
                        append(&lines, &room, format!("{process_number}-{writer}-{i}"))
                            .await
                            .unwrap(),
                    );
                }
                assert!(mine.is_sorted(), "numbers fell: {mine:?}");
                (room, mine)
            }));
        }
        reader = Some(lines);
    }
    let mut given: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for writer in writers {
        let (room, mine) = writer.await.unwrap();
        given.entry(room).or_default().extend(mine);
    }
    for (room, mut given) in given {
        given.sort_unstable();
        let expected: Vec<u64> = (1..=given.len() as u64).collect();
        assert_eq!(given, expected, "{room}");
        let all = Query::on("by_number").eq(room.as_str()).limit(1000);
        let found = reader.as_ref().unwrap().find(all).await.unwrap();
        assert_eq!(found.iter().map(|l| l.number).collect::<Vec<_>>(), expected, "{room}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_of_two_processes_lose_nothing() {
    let Some(home) = MongoHome::new() else { return };
    let (_, first) = process(&home).await;
    let (_, second) = process(&home).await;
    first.insert(&line("1", "r", 0), vec![]).await.unwrap();
    let writers = [first.clone(), second.clone(), first, second].map(|lines| {
        tokio::spawn(async move {
            let mut done = 0;
            while done < 20 {
                let added: Result<_, StoreError> = lines
                    .update("1", |l| {
                        Ok(Change::Put(
                            Line {
                                number: l.number + 1,
                                ..l
                            },
                            vec![],
                            (),
                        ))
                    })
                    .await;
                match added {
                    Ok(found) => done += u64::from(found.is_some()),
                    Err(e) => assert_eq!(e, StoreError::Busy),
                }
            }
        })
    });
    futures::future::try_join_all(writers).await.unwrap();
    let (_, third) = process(&home).await;
    let (last, version) = third.get_versioned("1").await.unwrap().unwrap();
    assert_eq!((last.number, version), (80, 81));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_dealt_with_once_by_two_processes() {
    let Some(home) = MongoHome::new() else { return };
    let (first, _) = process(&home).await;
    let (second, lines) = process(&home).await;
    let ambient = Ambient::system();
    for round in 0..10 {
        let mark = Mark {
            consumer: "test",
            event: ambient.id(),
        };
        let write = |id: String| Write {
            op: Op::Insert(RawDocument::of(&line(id, "r", round)).unwrap()),
            events: vec![],
            mark: Some(mark.clone()),
        };
        let (a, b) = tokio::join!(
            first.write(write(format!("{round}a"))),
            second.write(write(format!("{round}b")))
        );
        let both = [a, b];
        assert!(
            both.contains(&Ok(1)) && both.contains(&Err(StoreError::AlreadyProcessed)),
            "{both:?}"
        );
    }
    assert_eq!(lines.count(Query::on("by_author"), 99).await, Ok(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_with_a_mark_is_numbered_once() {
    let Some(home) = MongoHome::new() else { return };
    let (store, lines) = process(&home).await;
    assert_eq!(append(&lines, "r", "before".into()).await, Ok(1));
    let mark = Some(Mark {
        consumer: "test",
        event: Ambient::system().id(),
    });
    let marked = |id: &'static str| Write {
        op: Op::Append(store::Append {
            collection: "lines",
            index: "by_number",
            scope: "r".into(),
            build: Arc::new(move |number| Ok((RawDocument::of(&line(id, "r", number)).unwrap(), vec![]))),
        }),
        events: vec![],
        mark: mark.clone(),
    };
    assert_eq!(store.write(marked("once")).await, Ok(2));
    assert_eq!(store.write(marked("twice")).await, Err(StoreError::AlreadyProcessed));
    assert_eq!(append(&lines, "r", "after".into()).await, Ok(3));
    assert_eq!(lines.get("twice").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_declare_new_indexes_at_once() {
    let Some(home) = MongoHome::new() else { return };
    const BARE: store::Spec = store::Spec {
        collection: "lines",
        indexes: &[],
    };
    let old = home.open_with(MongoOptions::default(), Ambient::system()).await;
    old.declare(BARE).await.unwrap();
    let lines = (1..=700).map(|i| RawDocument::of(&line(format!("{i:03}"), "r", i)).unwrap());
    old.write(Op::InsertMany(lines.collect()).into()).await.unwrap();
    old.close().await;
    let ((_, first), (_, second)) = tokio::join!(process(&home), process(&home));
    for lines in [&first, &second] {
        assert_eq!(lines.count(Query::on("by_number").eq("r"), 999).await, Ok(700));
        assert_eq!(lines.count(Query::on("by_author").eq("ada"), 999).await, Ok(700));
    }
    assert_eq!(append(&second, "r", "next".into()).await, Ok(701));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_unavailable_within_the_deadline() {
    let options = MongoOptions {
        deadline: std::time::Duration::from_millis(300),
        ..MongoOptions::default()
    };
    // Nobody listens on port 1.
    let opened = store::mongodb::MongoStore::open("mongodb://127.0.0.1:1", "test", options, Ambient::system()).await;
    assert!(matches!(opened, Err(StoreError::Unavailable(_))));
    let named = store::mongodb::MongoStore::open(
        "mongodb://127.0.0.1:1",
        "a.b",
        MongoOptions::default(),
        Ambient::system(),
    );
    assert!(matches!(named.await, Err(StoreError::Backend(_))));
}
