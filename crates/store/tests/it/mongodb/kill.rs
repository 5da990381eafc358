//! Owns the proof that an acknowledged append and its event survive `kill -9` of the process that wrote them, beside
//! another process that goes on: no number is missing, and every message has its event, once and in order.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use kernel::{Ambient, Fault};
use store::mongodb::{MongoOptions, MongoStore};
use store::{Collection, Query, Store};

use super::MongoHome;
use super::outbox::{Said, said};
use super::processes::{Line, line};

const PLACE: &str = "AICHAT_STORE_KILL_DATABASE";
const ROOMS: u64 = 3;
const ACKNOWLEDGED: usize = 150;

async fn open(url: &str, database: &str) -> (Arc<dyn Store>, Collection<Line>) {
    let options = MongoOptions::default();
    let store: Arc<dyn Store> = MongoStore::open(url, database, options, Ambient::system())
        .await
        .unwrap();
    let lines = Collection::open(&store).await.unwrap();
    (store, lines)
}

async fn say(lines: &Collection<Line>, ambient: &Ambient, room: u64, id: String) -> u64 {
    let (room, ambient) = (format!("room{room}"), ambient.clone());
    let scope = room.clone();
    let build = move |number| Ok::<_, Fault>((line(&id, &room, number), vec![said(&ambient, &room, number)]));
    lines.append("by_number", scope, build).await.unwrap()
}

/// The child: appends for ever and prints each number after its acknowledgement. Does nothing when run as a test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_appends_until_it_is_killed() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let (url, database) = place.split_once(' ').unwrap();
    let (_store, lines) = open(url, database).await;
    let ambient = Ambient::system();
    let writers = (0..9u64).map(|writer| {
        let (lines, ambient) = (lines.clone(), ambient.clone());
        tokio::spawn(async move {
            for i in 0.. {
                let room = writer % ROOMS;
                let number = say(&lines, &ambient, room, format!("child-{writer}-{i}")).await;
                let mut out = std::io::stdout().lock();
                writeln!(out, "acked {room} {number}").unwrap();
                out.flush().unwrap();
            }
        })
    });
    futures::future::join_all(writers).await;
}

/// Starts the child, kills it after enough acknowledgements, returns all that it printed.
fn run_and_kill(place: &str) -> Vec<(u64, u64)> {
    let test = "mongodb::kill::child_that_appends_until_it_is_killed";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut acked, mut killed) = (Vec::new(), false);
    // What stands in the pipe after the kill was acknowledged too.
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        if words.next() == Some("acked")
            && let (Some(Ok(room)), Some(Ok(number))) = (words.next().map(str::parse), words.next().map(str::parse))
        {
            acked.push((room, number));
        }
        if acked.len() >= ACKNOWLEDGED && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(!child.wait().unwrap().success(), "the child ended by itself");
    acked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_append_and_its_event_survive_a_killed_process() {
    let Some(home) = MongoHome::new() else { return };
    let (url, database) = home.place();
    let (store, lines) = open(url, database).await;
    let (place, ambient) = (format!("{url} {database}"), Ambient::system());
    let child = tokio::task::spawn_blocking(move || run_and_kill(&place));
    let mut acked = Vec::new();
    for i in 0.. {
        let room = i % ROOMS;
        acked.push((room, say(&lines, &ambient, room, format!("beside-{i}")).await));
        if child.is_finished() {
            break;
        }
    }
    acked.extend(child.await.unwrap());
    let mut lasts = Vec::new();
    for room in 0..ROOMS {
        lasts.push(say(&lines, &ambient, room, format!("last-{room}")).await);
    }
    let told = store.pending_events(100_000).await.unwrap();
    for (room, last) in (0..ROOMS).zip(lasts) {
        let key = format!("room{room}");
        let greatest = acked.iter().filter(|(of, _)| *of == room).map(|(_, n)| *n).max();
        assert!(greatest.unwrap_or(0) < last, "{key}: an acknowledged message is lost");
        let numbers = told.iter().filter(|e| &*e.key == key.as_str());
        let numbers: Vec<u64> = numbers.map(|e| e.body::<Said>().unwrap().number).collect();
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "{key}: events");
        let count = lines.count(Query::on("by_number").eq(key.as_str()), u64::MAX).await;
        assert_eq!(count, Ok(last), "{key} has a gap");
    }
}
