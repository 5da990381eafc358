//! Owns the proof that searches and marks of sent events do not part a batch. Refuses to measure time.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use kernel::Ambient;
use serde::{Deserialize, Serialize};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Index, Search, Store};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    id: String,
    room: String,
    seq: u64,
    text: String,
}

impl Document for Line {
    const COLLECTION: &'static str = "lines";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_seq", &["room", "seq"]),
        Index::text("words", Some("room"), &["text"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

fn line(id: &str, seq: u64) -> Line {
    Line {
        id: id.into(),
        room: "r".into(),
        seq,
        text: "hello".into(),
    }
}

fn search() -> Search {
    Search {
        index: "words",
        scopes: vec!["r".into()],
        words: "hello".into(),
        limit: 10,
        before: None,
    }
}

#[tokio::test]
async fn a_search_between_two_writes_does_not_part_their_batch() {
    let home = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        SqliteStore::open(&home.path().join("a.db"), SqliteOptions::default(), Ambient::system()).unwrap();
    let lines = Collection::<Line>::open(&store).await.unwrap();
    let (go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let mut first = Box::pin(lines.append("by_seq", "r", move |seq| {
        // Holds up the writer until the others wait behind it.
        let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(10));
        Ok((line("first", seq), vec![]))
    }));
    assert!((&mut first).now_or_never().is_none());
    let mut searches: Vec<_> = (0..3).map(|_| store.search("lines", search())).collect();
    for search in &mut searches {
        assert!(search.now_or_never().is_none());
    }
    let (reader, (tell, told)) = (lines.clone(), channel());
    let mut last = Box::pin(lines.append("by_seq", "r", move |seq| {
        // A small read is answered at once, on this thread.
        drop(tell.send(reader.get("first").now_or_never()));
        Ok((line("last", seq), vec![]))
    }));
    assert!((&mut last).now_or_never().is_none());
    go.send(()).unwrap();
    assert_eq!((first.await, last.await), (Ok(1), Ok(2)));
    assert_eq!(
        told.recv().unwrap(),
        Some(Ok(None)),
        "the first write was committed before the last was taken"
    );
    for search in searches {
        assert_eq!(search.await.unwrap().len(), 2);
    }
}
