//! Owns the proof that readers see each row exactly once while index entries move from memory into the tables.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kernel::Ambient;
use serde::{Deserialize, Serialize};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Change, Collection, Document, Index, Query, Store, StoreError};

const SEATS: usize = 40;
const MOVES: usize = 12;
const ROUNDS: usize = 20;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    id: String,
    hall: String,
    at: i64,
    code: String,
}

impl Document for Seat {
    const COLLECTION: &'static str = "seats";
    const INDEXES: &'static [Index] = &[
        Index::plain("by_hall", &["hall", "at"]),
        Index::unique("by_code", &["code"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

fn seat(id: impl ToString, hall: &str, at: i64) -> Seat {
    Seat {
        id: id.to_string(),
        hall: hall.into(),
        at,
        code: format!("{}-{at}", id.to_string()),
    }
}

/// Reads the newest hall again and again; returns how often.
async fn keep_reading(seats: Collection<Seat>, newest: Arc<AtomicUsize>) -> u32 {
    let mut reads = 0;
    loop {
        let round = newest.load(Ordering::SeqCst);
        if round > ROUNDS {
            return reads;
        }
        let hall = || Query::on("by_hall").eq(format!("hall{round}")).limit(200);
        assert_eq!(seats.count(hall(), 200).await, Ok(SEATS as u64));
        let found = seats.find(hall()).await.unwrap();
        assert!(found.is_sorted_by(|a, b| (a.at, &a.id) < (b.at, &b.id)), "out of order");
        let different: BTreeSet<&str> = found.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(
            (found.len(), different.len()),
            (SEATS, SEATS),
            "a seat was missed or came twice"
        );
        reads += 1;
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_move_while_entries_are_settled_are_found_exactly_once() {
    let home = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        SqliteStore::open(&home.path().join("a.db"), SqliteOptions::default(), Ambient::system()).unwrap();
    let seats = Collection::<Seat>::open(&store).await.unwrap();
    let newest = Arc::new(AtomicUsize::new(0));
    let mut readers = Vec::new();
    for round in 0..=ROUNDS {
        let new: Vec<Seat> = (0..SEATS)
            .map(|i| seat(format!("{round}-{i}"), &format!("hall{round}"), 0))
            .collect();
        seats.insert_many(&new).await.unwrap();
        newest.store(round, Ordering::SeqCst);
        if readers.is_empty() {
            readers = (0..2)
                .map(|_| tokio::spawn(keep_reading(seats.clone(), newest.clone())))
                .collect();
        }
        for at in 1..=MOVES {
            let moves = new.iter().enumerate().map(|(i, s)| {
                let at = i64::try_from((i * 7 + at * 5) % 13).unwrap();
                seats.update(&s.id, move |s| {
                    Ok::<_, StoreError>(Change::Put(Seat { at, ..s }, vec![], ()))
                })
            });
            assert!(
                futures::future::join_all(moves)
                    .await
                    .iter()
                    .all(|moved| *moved == Ok(Some(())))
            );
        }
    }
    newest.store(ROUNDS + 1, Ordering::SeqCst);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
}
