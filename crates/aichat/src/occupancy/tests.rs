//! Who is let in beside whom. The store is a file: signs are documents like any others.

use store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

use super::*;

struct Desk {
    store: Arc<dyn Store>,
    _dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signs.db");
        let store = SqliteStore::open(&path, SqliteOptions::default(), Ambient::system()).unwrap();
        Self { store, _dir: dir }
    }

    async fn occupancy(&self) -> Occupancy {
        let mut occupancy = Occupancy::open(&self.store, "test", &Ambient::system()).await.unwrap();
        (occupancy.beat, occupancy.silent) = (Duration::from_millis(50), Duration::from_secs(2));
        occupancy
    }

    async fn enter(&self) -> anyhow::Result<Presence> {
        self.occupancy().await.enter("aichat run").await
    }

    async fn claim(&self, what: &str) -> anyhow::Result<Mover> {
        self.occupancy().await.claim(what).await
    }

    async fn signs(&self) -> usize {
        self.store.scan(Sign::COLLECTION, None, 100).await.unwrap().len()
    }
}

fn words<T>(result: anyhow::Result<T>) -> String {
    match result {
        Ok(_) => panic!("it was let in"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_what_somebody_works_on_and_the_other_way_round() {
    let desk = Desk::new();
    let one = desk.enter().await.unwrap();
    let two = desk.enter().await.unwrap();
    assert!(words(desk.claim("aichat export").await).contains("`aichat run` runs since"));
    one.leave().await;
    assert!(words(desk.claim("aichat export").await).contains("stop it first"));
    two.leave().await;
    let mover = desk.claim("aichat export").await.unwrap();
    assert!(words(desk.enter().await).contains("`aichat export` works on the instance test"));
    assert!(words(desk.claim("aichat verify").await).contains("`aichat export` works on"));
    mover.require_held().await.unwrap();
    mover.leave().await;
    assert_eq!(desk.signs().await, 0, "who goes takes the sign along");
    desk.enter().await.unwrap().leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dead_are_found_silent() {
    let desk = Desk::new();
    // Dropped without a word, as by a kill.
    drop(desk.enter().await.unwrap());
    drop(desk.enter().await.unwrap());
    let mover = desk.claim("aichat export").await.unwrap();
    assert_eq!(desk.signs().await, 1);
    drop(mover);
    let process = desk.enter().await.unwrap();
    assert_eq!(desk.signs().await, 1);
    process.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_broken_off_keeps_everybody_out_but_its_own_kind() {
    let desk = Desk::new();
    let mover = desk.claim("aichat import").await.unwrap();
    mover.note(Some("sum".into())).await.unwrap();
    drop(mover);
    assert!(words(desk.enter().await).contains("was broken off"));
    let again = desk.claim("aichat import").await.unwrap();
    assert_eq!(again.unfinished().await.as_deref(), Some("sum"));
    // A failure that was told leaves the same behind.
    again.leave().await;
    assert!(words(desk.enter().await).contains("was broken off"));
    let again = desk.claim("aichat import").await.unwrap();
    again.note(None).await.unwrap();
    again.leave().await;
    desk.enter().await.unwrap().leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_taken_for_dead_ends_when_the_instance_is_moved_and_else_goes_on() {
    let desk = Desk::new();
    let process = desk.enter().await.unwrap();
    let take_away = async || {
        let (sign, version) = process.kept.inner.at.lock().await.clone();
        // A beat may come in between.
        let mut at = version;
        while let Err(error) = desk
            .store
            .write(Op::Delete(Sign::COLLECTION, sign.id.clone(), Some(at)).into())
            .await
        {
            assert_eq!(error, StoreError::Conflict);
            at += 1;
        }
    };
    take_away().await;
    while desk.signs().await == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!process.kept.inner.lost.is_cancelled(), "nobody moves anything");
    // The mover's sign first, as `claim` does.
    let mover = desk.occupancy().await.sign(Some(MOVER), "aichat export");
    desk.occupancy().await.signs.insert(&mover, Vec::new()).await.unwrap();
    take_away().await;
    tokio::time::timeout(Duration::from_secs(20), process.lost())
        .await
        .unwrap();
}
