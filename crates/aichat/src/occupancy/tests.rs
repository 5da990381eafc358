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
        self.beating(Duration::from_millis(400)).await
    }

    async fn beating(&self, beat: Duration) -> Occupancy {
        Occupancy::open(&self.store, "test", beat, &Ambient::system())
            .await
            .unwrap()
    }

    async fn enter(&self) -> anyhow::Result<Presence> {
        self.occupancy().await.enter("aichat run").await
    }

    async fn claim(&self, what: &str) -> anyhow::Result<Mover> {
        self.occupancy().await.claim(what, None).await
    }

    async fn import(&self, sum: &str) -> anyhow::Result<Mover> {
        self.occupancy().await.claim("aichat import", Some(sum)).await
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
    let mover = desk.import("sum").await.unwrap();
    mover.note(Some("sum".into())).await.unwrap();
    assert!(words(desk.import("sum").await).contains("`aichat import` works on the instance test already"));
    drop(mover);
    let told = desk.occupancy().await.unfinished().await.unwrap();
    assert!(told.unwrap().contains("was broken off"));
    assert!(words(desk.enter().await).contains("was broken off"));
    assert!(words(desk.claim("aichat export").await).contains("was broken off"));
    assert!(words(desk.import("another").await).contains("another file"));
    let again = desk.import("sum").await.unwrap();
    assert_eq!(again.unfinished().await.as_deref(), Some("sum"));
    // A failure that was told leaves the same behind.
    again.leave().await;
    assert!(words(desk.enter().await).contains("was broken off"));
    assert!(words(desk.claim("aichat verify").await).contains("was broken off"));
    assert!(words(desk.import("another").await).contains("another file"));
    let again = desk.import("sum").await.unwrap();
    again.note(None).await.unwrap();
    again.leave().await;
    assert_eq!(desk.occupancy().await.unfinished().await.unwrap(), None);
    desk.enter().await.unwrap().leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_at_once_with_one_that_has_ended_by_itself() {
    let desk = Desk::new();
    // So slow that nobody sees it silent.
    let slow = desk.beating(Duration::from_secs(600)).await;
    let mover = slow.claim("aichat import", Some("sum")).await.unwrap();
    mover.note(Some("sum".into())).await.unwrap();
    mover.leave().await;
    let again = tokio::time::timeout(Duration::from_secs(60), desk.import("sum"));
    let again = again.await.unwrap().unwrap();
    assert_eq!(again.unfinished().await.as_deref(), Some("sum"));
    // And it counts as working from then on.
    assert!(words(desk.import("sum").await).contains("works on the instance test already"));
    again.note(None).await.unwrap();
    again.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_is_judged_by_its_own_pace() {
    let desk = Desk::new();
    let slow = desk.beating(Duration::from_secs(600)).await;
    let process = slow.enter("aichat run").await.unwrap();
    // Who is quick itself does not take it for dead.
    let quick = desk.beating(Duration::from_millis(1)).await;
    let claimed = tokio::time::timeout(Duration::from_secs(2), quick.claim("aichat export", None));
    assert!(claimed.await.is_err(), "it is still watched");
    assert!(!process.kept.inner.lost.is_cancelled());
    process.leave().await;
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
