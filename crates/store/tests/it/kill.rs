//! Owns the proof that an acknowledged append survives `kill -9` at any instant, and that numbers have no gap after it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use kernel::{Ambient, Fault};
use serde::{Deserialize, Serialize};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Index, Query, Search, Store};

const FILE: &str = "AICHAT_STORE_KILL_FILE";
const ROOMS: u64 = 4;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    id: String,
    room: String,
    number: u64,
    text: String,
}

impl Document for Line {
    const COLLECTION: &'static str = "lines";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_number", &["room", "number"]),
        Index::text("words", Some("room"), &["text"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

async fn open(path: &Path) -> (Arc<dyn Store>, Collection<Line>) {
    let store: Arc<dyn Store> = SqliteStore::open(path, SqliteOptions::default(), Ambient::system()).unwrap();
    let lines = Collection::open(&store).await.unwrap();
    (store, lines)
}

/// The child: appends for ever and prints each number after its acknowledgement. Does nothing when run as a test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_appends_until_it_is_killed() {
    let Ok(file) = std::env::var(FILE) else { return };
    let (_store, lines) = open(Path::new(&file)).await;
    let run = std::process::id();
    let writers = (0..16u64).map(|writer| {
        let lines = lines.clone();
        tokio::spawn(async move {
            let room = format!("room{}", writer % ROOMS);
            for i in 0.. {
                let (of, id) = (room.clone(), format!("{run}-{writer}-{i}"));
                let build = move |number| {
                    Ok::<_, Fault>((
                        Line {
                            id: id.clone(),
                            room: of.clone(),
                            number,
                            text: format!("word{number}x"),
                        },
                        vec![],
                    ))
                };
                let number = lines.append("by_number", room.as_str(), build).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "acked {room} {number}").unwrap();
                out.flush().unwrap();
            }
        })
    });
    futures::future::join_all(writers).await;
}

/// Starts the child, kills it after `count` acknowledgements, returns all that it printed.
fn run_and_kill(file: &Path, count: usize) -> Vec<(String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "kill::child_that_appends_until_it_is_killed",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acked = Vec::new();
    let mut killed = false;
    // What stands in the pipe after the kill was acknowledged too.
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        if words.next() == Some("acked")
            && let (Some(room), Some(Ok(number))) = (words.next(), words.next().map(str::parse))
        {
            acked.push((room.to_owned(), number));
        }
        if acked.len() >= count && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(!child.wait().unwrap().success(), "the child ended by itself");
    acked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_append_survives_kill_9_without_a_gap() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("lines.db");
    let mut acked = Vec::new();
    for count in [1, 150, 700] {
        let path = file.clone();
        acked.extend(
            tokio::task::spawn_blocking(move || run_and_kill(&path, count))
                .await
                .unwrap(),
        );
        let (store, lines) = open(&file).await;
        for room in (0..ROOMS).map(|r| format!("room{r}")) {
            let mut numbers: Vec<u64> = Vec::new();
            loop {
                let after = numbers.last().copied().unwrap_or(0);
                let more = lines
                    .find(Query::on("by_number").eq(room.as_str()).more_than(after).limit(1000))
                    .await
                    .unwrap();
                if more.is_empty() {
                    break;
                }
                numbers.extend(more.iter().map(|l| l.number));
            }
            assert_eq!(
                numbers,
                (1..=numbers.len() as u64).collect::<Vec<_>>(),
                "{room} has a gap"
            );
            let last = acked
                .iter()
                .filter(|(r, _)| *r == room)
                .map(|(_, n)| *n)
                .max()
                .unwrap_or(0);
            assert!(
                last <= numbers.len() as u64,
                "{room}: {last} was acknowledged, {} are there",
                numbers.len()
            );
            if let Some(last) = numbers.last() {
                let scopes = vec![room.clone()];
                let search = Search {
                    index: "words",
                    scopes,
                    words: format!("word{last}x"),
                    limit: 9,
                    before: None,
                };
                assert_eq!(
                    store.search("lines", search).await.unwrap().len(),
                    1,
                    "the words of the last are found"
                );
            }
        }
        store.close().await;
    }
    assert!(acked.len() >= 851);
}
