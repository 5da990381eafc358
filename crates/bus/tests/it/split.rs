//! Two embedded logs as one bus: the port's suite, and what only the split has to see to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::conformance::{ALPHA, BETA, Probe, Recorder, Rig, SINGLE};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus, BusError, SplitBus, Subscription};
use contracts::{Event, Topic};
use futures::StreamExt as _;
use kernel::Ambient;
use parking_lot::Mutex;
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::rig::image;

const ONE: &[Topic] = &[ALPHA];
const OTHER: &[Topic] = &[BETA, SINGLE];

/// Directories of the two logs, the last of which are in use.
struct SplitRig {
    dirs: Mutex<Vec<[TempDir; 2]>>,
    ambient: Ambient,
}

fn two_dirs() -> [TempDir; 2] {
    [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()]
}

async fn rig() -> Box<dyn Rig> {
    Box::new(SplitRig {
        dirs: Mutex::new(vec![two_dirs()]),
        ambient: Ambient::system(),
    })
}

fn log(dir: &TempDir, topics: &[Topic]) -> Arc<EmbeddedBus> {
    EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), Ambient::system(), topics).unwrap()
}

fn split(dirs: &[TempDir; 2]) -> Arc<SplitBus> {
    SplitBus::new(vec![
        (log(&dirs[0], ONE), ONE.to_vec()),
        (log(&dirs[1], OTHER), OTHER.to_vec()),
    ])
}

#[async_trait]
impl Rig for SplitRig {
    async fn open(&self) -> Arc<dyn Bus> {
        split(self.dirs.lock().last().unwrap())
    }

    async fn crash(&self) {
        let next = two_dirs();
        let mut dirs = self.dirs.lock();
        for (of, to) in dirs.last().unwrap().iter().zip(&next) {
            image(of.path(), to.path());
        }
        dirs.push(next);
    }

    async fn store(&self) -> Arc<dyn Store> {
        let path = self.dirs.lock()[0][0].path().join("store.db");
        SqliteStore::open(&path, SqliteOptions::default(), self.ambient.clone()).unwrap()
    }

    fn dedupes(&self) -> bool {
        true
    }

    fn ambient(&self) -> Ambient {
        self.ambient.clone()
    }
}

bus::conformance_tests!(crate::split::rig);

fn event(topic: Topic, number: u64) -> Event {
    let probe = Probe {
        key: "a".into(),
        number,
        pad: String::new(),
    };
    let mut event = Event::new(&Ambient::system(), &probe).unwrap();
    event.topic = topic.name.into();
    event
}

#[tokio::test]
async fn each_topic_is_on_its_own_bus() {
    let dirs = two_dirs();
    let (one, other) = (log(&dirs[0], ONE), log(&dirs[1], OTHER));
    let both = SplitBus::new(vec![(one.clone(), ONE.to_vec()), (other.clone(), OTHER.to_vec())]);
    let events = [event(ALPHA, 1), event(BETA, 2), event(ALPHA, 3)];
    both.publish(&events).await.unwrap();
    assert_eq!(one.lag(ALPHA, "g").await.unwrap(), 2);
    assert_eq!(other.lag(BETA, "g").await.unwrap(), 1);
    assert_eq!(both.lag(BETA, "g").await.unwrap(), 1);
    assert!(both.generations().is_empty(), "neither loses anything");
    both.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_one_bus_is_away_its_part_fails_and_tail_and_consumer_end() {
    let dirs = two_dirs();
    let (one, other) = (log(&dirs[0], ONE), log(&dirs[1], OTHER));
    let both = SplitBus::new(vec![(one.clone(), ONE.to_vec()), (other.clone(), OTHER.to_vec())]);
    let mut tail = both.tail(&[ALPHA, BETA]).await.unwrap();
    let (bus, handler) = (both.clone(), Recorder::new());
    let given = handler.clone();
    let member = tokio::spawn(async move {
        let subscription = Subscription::new("g", &[ALPHA, BETA]);
        bus.consume(subscription, given, CancellationToken::new()).await
    });
    both.publish(&[event(ALPHA, 1), event(BETA, 2)]).await.unwrap();
    handler.acked(2).await;
    other.close().await;
    let failed = both.publish(&[event(ALPHA, 3), event(BETA, 4)]).await;
    assert!(matches!(failed, Err(BusError::Unavailable(_))));
    both.publish(&[event(ALPHA, 5)]).await.unwrap();
    assert!(both.ping().await.is_err());
    let deadline = Duration::from_secs(20);
    tokio::time::timeout(deadline, member).await.unwrap().unwrap().unwrap();
    let ends = async { while tail.next().await.is_some() {} };
    tokio::time::timeout(deadline, ends).await.unwrap();
    both.close().await;
}
