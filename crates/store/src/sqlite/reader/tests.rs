//! Owns the proof that a page is whole although rows change while it is read. Refuses to know how they are written.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use futures::FutureExt;
use kernel::Ambient;
use serde::{Deserialize, Serialize};

use super::*;
use crate::sqlite::SqliteStore;
use crate::{Collection, Document, Index, Store};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    id: String,
    at: i64,
}

impl Document for Seat {
    const COLLECTION: &'static str = "seats";
    const INDEXES: &'static [Index] = &[Index::plain("by_at", &["at"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

fn seats(places: std::ops::Range<i64>) -> Vec<Seat> {
    places.map(|at| Seat { id: at.to_string(), at }).collect()
}

/// Two seats a page, in order.
fn page() -> Query {
    Query::on("by_at").limit(2)
}

struct Hall {
    home: tempfile::TempDir,
    store: Arc<SqliteStore>,
    seats: Collection<Seat>,
}

impl Hall {
    /// Has seats 90 and 91 in the table of the index.
    async fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&home.path().join("a.db"), SqliteOptions::default(), Ambient::system()).unwrap();
        let port: Arc<dyn Store> = store.clone();
        let hall = Self {
            seats: Collection::open(&port).await.unwrap(),
            home,
            store,
        };
        hall.seats.insert_many(&seats(90..92)).await.unwrap();
        hall.store.settle().await.unwrap();
        hall
    }

    fn ready(&self) -> Ready {
        Ready::of(self.store.shelf("seats").unwrap(), &page()).unwrap()
    }
}

fn ids(found: &[Stored]) -> Vec<&str> {
    found.iter().map(|s| s.id.as_str()).collect()
}

#[tokio::test]
async fn a_page_whose_waiting_rows_were_deleted_meanwhile_is_read_again() {
    let hall = Hall::open().await;
    let conn = schema::open_reader(&hall.home.path().join("a.db"), &SqliteOptions::default()).unwrap();
    let ready = hall.ready();
    let seen = loop {
        hall.seats.insert_many(&seats(1..5)).await.unwrap();
        let seen = ready.late();
        if seen.1.len() == 3 {
            break seen;
        }
        // They were settled already: once more.
        for seat in seats(1..5) {
            hall.seats.delete(seat.id).await.unwrap();
        }
    };
    for id in ["1", "2"] {
        hall.seats.delete(id).await.unwrap();
    }
    let (found, sound) = ready.merge(&conn, seen).unwrap();
    assert!(!sound, "a page without seat 4 was taken for whole: {:?}", ids(&found));
    assert_eq!(ids(&ready.find_still(&conn).unwrap()), ["3", "4"]);
    assert_eq!(ids(&hall.store.find("seats", page()).await.unwrap()), ["3", "4"]);
}

/// Holds the gate as a writer in a long sync does, until `open` is dropped or five seconds are over.
fn hold(gate: &Mutex<()>, held: &Sender<()>, open: &Receiver<()>) -> RecvTimeoutError {
    let _shut = gate.lock();
    held.send(()).unwrap();
    open.recv_timeout(Duration::from_secs(5)).unwrap_err()
}

#[tokio::test]
async fn a_page_that_must_be_read_again_does_not_hold_up_the_calling_thread() {
    let hall = Hall::open().await;
    let ready = hall.ready();
    let file = schema::open_checkpointer(&hall.home.path().join("a.db")).unwrap();
    for round in 1.. {
        hall.seats.insert_many(&seats(round..round + 1)).await.unwrap();
        let ((held, is_held), (opener, open)) = (channel(), channel());
        let gate = ready.shelf.gate.clone();
        let holder = std::thread::spawn(move || hold(&gate, &held, &open));
        is_held.recv().unwrap();
        // While the gate is shut nothing is settled; before, it may have been.
        if ready.late().1.is_empty() {
            drop(opener);
            holder.join().unwrap();
            continue;
        }
        // The file is ahead of the memory, as between a commit and its publishing.
        file.execute("DELETE FROM c_seats WHERE n > ?1", [ready.late().0])
            .unwrap();
        let mut find = hall.store.find("seats", page());
        assert!((&mut find).now_or_never().is_none(), "it waited for the writer");
        drop(opener);
        find.await.unwrap();
        assert_eq!(holder.join().unwrap(), RecvTimeoutError::Disconnected);
        return;
    }
}
