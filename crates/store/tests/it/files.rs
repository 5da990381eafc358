//! Owns the cases about the file itself: foreign, damaged, later, locked and full ones, and what is swept from it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};
use serde::{Deserialize, Serialize};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Index, Mark, Op, Query, RawDocument, Store, StoreError, Write};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Page {
    id: String,
    text: String,
}

impl Document for Page {
    const COLLECTION: &'static str = "pages";
    const INDEXES: &'static [Index] = &[Index::plain("by_id", &["id"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

fn page(id: usize, bytes: usize) -> Page {
    Page {
        id: id.to_string(),
        text: "x".repeat(bytes),
    }
}

fn open_with(path: &Path, options: SqliteOptions) -> Result<Arc<SqliteStore>, StoreError> {
    SqliteStore::open(path, options, Ambient::system())
}

fn refusal(path: &Path) -> String {
    match open_with(path, SqliteOptions::default()) {
        Ok(_) => String::from("opened"),
        Err(e) => e.to_string(),
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.db");
    std::fs::write(
        &path,
        "this is a letter, not a database, and it is long enough to have a header".repeat(100),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(
        refusal(&path).contains("cannot be opened as a store"),
        "{}",
        refusal(&path)
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn another_programs_database_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE cats(name)")
        .unwrap();
    assert!(refusal(&path).contains("another program"), "{}", refusal(&path));
}

#[tokio::test]
async fn a_later_layout_is_refused_with_both_numbers() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.db");
    drop(open_with(&path, SqliteOptions::default()).unwrap());
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA user_version = 9")
        .unwrap();
    assert!(
        refusal(&path).contains("layout 9; this program knows 1"),
        "{}",
        refusal(&path)
    );
}

#[tokio::test]
async fn an_open_file_cannot_be_opened_twice() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("deep/er/a.db");
    let store = open_with(&path, SqliteOptions::default()).unwrap();
    assert!(refusal(&path).contains("is open"), "{}", refusal(&path));
    store.close().await;
    assert_eq!(refusal(&path), "opened");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_writes_and_not_reads_and_ends_when_there_is_room() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.db");
    let full = SqliteOptions {
        bytes_max: Some(2 << 20),
        ..SqliteOptions::default()
    };
    let store: Arc<dyn Store> = open_with(&path, full).unwrap();
    let pages = Collection::<Page>::open(&store).await.unwrap();
    let mut kept = 0;
    let failed = loop {
        let together = (kept..kept + 8).map(|id| page(id, 50_000)).collect::<Vec<_>>();
        let done = futures::future::join_all(together.iter().map(|p| pages.insert(p, vec![]))).await;
        if let Some(failed) = done.into_iter().find_map(Result::err) {
            break failed;
        }
        kept += 8;
    };
    assert!(
        matches!(&failed, StoreError::Backend(why) if why.contains("full")),
        "{failed}"
    );
    assert!(kept > 0);
    for id in 0..kept {
        assert_eq!(pages.get(id).await.unwrap().unwrap(), page(id, 50_000));
    }
    assert!(pages.count(Query::on("by_id"), 999).await.unwrap() >= kept as u64);
    assert_eq!(store.ping().await, Ok(()));
    for id in 0..kept {
        pages.delete(id).await.unwrap();
    }
    pages.insert(&page(10_000, 50_000), vec![]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_panics_fails_alone() {
    let home = tempfile::tempdir().unwrap();
    let store = open_with(&home.path().join("a.db"), SqliteOptions::default()).unwrap();
    const SPEC: store::Spec = store::Spec {
        collection: "n",
        indexes: &[Index::unique("by_n", &["s", "n"])],
    };
    store.declare(SPEC).await.unwrap();
    let append = |build| {
        let append = store::Append {
            collection: "n",
            index: "by_n",
            scope: "s".into(),
            build,
        };
        store.write(Op::Append(append).into())
    };
    assert!(
        append(Arc::new(|_| unreachable!("a defect of the caller")))
            .await
            .is_err()
    );
    let sound = |n: u64| {
        let fields = store::Fields::new().with("s", "s").with("n", n);
        Ok((
            RawDocument {
                collection: "n",
                id: n.to_string(),
                body: "{}".into(),
                fields,
            },
            vec![],
        ))
    };
    assert_eq!(append(Arc::new(sound)).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_older_than_eight_days_is_swept() {
    let home = tempfile::tempdir().unwrap();
    let clock = HeldClock::new(Timestamp::from_millis(1_767_268_800_000));
    let ambient = Ambient::new(clock.clone(), SeededRandom::new(1));
    let store = SqliteStore::open(&home.path().join("a.db"), SqliteOptions::default(), ambient.clone()).unwrap();
    store.declare(Page::spec()).await.unwrap();
    let mark = Mark {
        consumer: "c",
        event: ambient.id(),
    };
    let write = |id| Write {
        op: Op::Insert(RawDocument::of(&page(id, 1)).unwrap()),
        events: vec![],
        mark: Some(mark.clone()),
    };
    store.write(write(1)).await.unwrap();
    assert_eq!(store.write(write(2)).await, Err(StoreError::AlreadyProcessed));
    clock.advance(Duration::from_secs(8 * 24 * 3600 + 1));
    let deadline = Instant::now() + Duration::from_secs(30);
    // The sweep comes after a batch; the next write finds the mark gone.
    while store.write(write(2)).await.is_err() {
        assert!(Instant::now() < deadline, "the mark was not swept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_stays_full_is_busy() {
    let home = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        queue_max: 1,
        ..SqliteOptions::default()
    };
    let store = open_with(&home.path().join("a.db"), options).unwrap();
    const SPEC: store::Spec = store::Spec {
        collection: "n",
        indexes: &[Index::unique("by_n", &["s", "n"])],
    };
    store.declare(SPEC).await.unwrap();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let build = Arc::new(move |n: u64| {
        gate.lock().unwrap().recv().unwrap();
        let fields = store::Fields::new().with("s", "s").with("n", n);
        Ok((
            RawDocument {
                collection: "n",
                id: n.to_string(),
                body: "{}".into(),
                fields,
            },
            vec![],
        ))
    });
    let append = store::Append {
        collection: "n",
        index: "by_n",
        scope: "s".into(),
        build,
    };
    let slow = {
        let (store, append) = (store.clone(), append.clone());
        tokio::spawn(async move { store.write(Op::Append(append).into()).await })
    };
    let delete = || store.write(Op::Delete("n", "x".into(), None).into());
    // Until the slow write is in the queue the others pass.
    let deadline = Instant::now() + Duration::from_secs(30);
    while delete().await.is_ok() {
        assert!(Instant::now() < deadline);
    }
    assert_eq!(delete().await, Err(StoreError::Busy));
    go.send(()).unwrap();
    assert_eq!(slow.await.unwrap(), Ok(1));
    assert_eq!(delete().await, Ok(0));
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: String,
    room: String,
    text: String,
}

impl Document for Line {
    const COLLECTION: &'static str = "lines";
    const INDEXES: &'static [Index] = &[Index::text("words", Some("room"), &["text"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

#[tokio::test]
async fn words_that_an_earlier_version_cut_otherwise_are_cut_anew() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.db");
    let open = async || {
        let store: Arc<dyn Store> = open_with(&path, SqliteOptions::default()).unwrap();
        (Collection::<Line>::open(&store).await.unwrap(), store)
    };
    let (lines, store) = open().await;
    let (id, room, text) = ("1".to_owned(), "r".to_owned(), "私は東京に行く".to_owned());
    lines.insert(&Line { id, room, text }, vec![]).await.unwrap();
    store.close().await;
    drop((lines, store));
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "DROP TABLE f_lines__words;
             CREATE VIRTUAL TABLE f_lines__words USING fts5(scope, words, content = '', contentless_delete = 1,
                 prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
             INSERT INTO f_lines__words(rowid, scope, words) VALUES (1, 'r', '私は東京に行く ');
             UPDATE store_index SET signature = 'text text room' WHERE name = 'words';",
        )
        .unwrap();
    let (lines, store) = open().await;
    let search = store::Search {
        index: "words",
        scopes: vec!["r".into()],
        words: "東京".into(),
        limit: 9,
        before: None,
    };
    assert_eq!(lines.search_page(search, None).await.unwrap().items.len(), 1);
    store.close().await;
}
