//! A process that publishes and consumes is killed with SIGKILL: what it was told to be durable is there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use bus::conformance::{ALPHA, Probe, Recorder, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus, Subscription};
use contracts::Event;
use kernel::Ambient;
use tokio_util::sync::CancellationToken;

/// Names the directory to the process that is to be killed.
const CHILD: &str = "BUS_TEST_KILL_DIR";

/// The process that is killed; runs only when it is started by the test below.
#[tokio::test]
async fn child_that_publishes_until_it_is_killed() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let ambient = Ambient::system();
    let path = std::path::Path::new(&dir).join("bus.db");
    let bus = EmbeddedBus::open(path, Options::default(), ambient.clone(), TOPICS).unwrap();
    let consumed = bus.clone();
    tokio::spawn(async move {
        let subscription = Subscription::new("child", &[ALPHA]);
        consumed
            .consume(subscription, Recorder::new(), CancellationToken::new())
            .await
    });
    for number in 0.. {
        let probe = Probe {
            key: format!("k{}", number % 5),
            number,
            pad: String::new(),
        };
        bus.publish(&[Event::new(&ambient, &probe).unwrap()]).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "published {number}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_keeps_what_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "kill::child_that_publishes_until_it_is_killed",
            "--nocapture",
        ])
        .env(CHILD, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BTreeSet::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while told.len() < 200 {
        let line = lines.next().unwrap().unwrap();
        told.extend(line.strip_prefix("published ").map(|n| n.parse::<u64>().unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        told.extend(line.strip_prefix("published ").and_then(|n| n.parse::<u64>().ok()));
    }
    let bus = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), Ambient::system(), TOPICS).unwrap();
    let (handler, stop) = (Recorder::new(), CancellationToken::new());
    let (consumed, given, stopped) = (bus.clone(), handler.clone(), stop.clone());
    let member = tokio::spawn(async move {
        consumed
            .consume(Subscription::new("after", &[ALPHA]), given, stopped)
            .await
    });
    handler.acked(told.len()).await;
    stop.cancel();
    member.await.unwrap().unwrap();
    let all = handler.first_numbers();
    assert!(all.values().all(|numbers| numbers.is_sorted()));
    let kept: BTreeSet<u64> = all.into_values().flatten().collect();
    assert!(
        told.is_subset(&kept),
        "lost: {:?}",
        told.difference(&kept).collect::<Vec<_>>()
    );
    bus.close().await;
}
