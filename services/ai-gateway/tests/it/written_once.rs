//! A store that fails just after it has written: what it has written must not be written again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use serde_json::json;
use store::{Store, StoreError, Stored, Write};
use testkit::{Front, World, fronted};

use super::limits::asked;
use super::{Config, Setup};

struct Shaky {
    behind: Arc<dyn Store>,
    /// Whether looks at who is gone fail once sums and usage have looked before their writes: those after them.
    forgets: AtomicBool,
    looks: AtomicUsize,
    /// Whether the answer to the next write with an event is lost.
    loses: AtomicBool,
    /// Whether the next write with an event is not done.
    refuses: AtomicBool,
}

fn away() -> StoreError {
    StoreError::Unavailable("as told".into())
}

#[async_trait]
impl Front for Shaky {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.behind
    }

    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        let is_after = collection == "gone" && self.looks.fetch_add(1, SeqCst) >= 2;
        if is_after && self.forgets.load(SeqCst) {
            return Err(away());
        }
        self.behind.get(collection, ids).await
    }

    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        if !write.events.is_empty() && self.refuses.swap(false, SeqCst) {
            return Err(away());
        }
        let loses = !write.events.is_empty() && self.loses.swap(false, SeqCst);
        let done = self.behind.write(write).await;
        if loses { Err(away()) } else { done }
    }
}

async fn on_shaky() -> (Setup, Arc<Shaky>) {
    let world = World::new().await;
    let shaky = Arc::new(Shaky {
        behind: world.store("ai-gateway").await,
        forgets: AtomicBool::new(false),
        looks: AtomicUsize::new(0),
        loses: AtomicBool::new(false),
        refuses: AtomicBool::new(false),
    });
    let s = Setup::on(fronted(shaky.clone()), world, Config::default(), None).await;
    (s, shaky)
}

#[tokio::test]
async fn usage_is_counted_once_although_the_look_after_the_write_fails() {
    let (s, shaky) = on_shaky().await;
    asked(&s.ada(), 10).await.expect(200);
    shaky.looks.store(0, SeqCst);
    shaky.forgets.store(true, SeqCst);
    s.flush().await;
    shaky.forgets.store(false, SeqCst);
    assert_eq!(
        shaky.looks.load(SeqCst),
        4,
        "the sum's and the usage's, before and after"
    );
    s.flush().await;
    assert_eq!(shaky.looks.load(SeqCst), 6, "only the look that failed is done again");
    let metered = s.metered().await;
    assert_eq!(metered.len(), 1);
    let usage = s.ada().get("/api/ai/usage").await.expect(200);
    assert_eq!(usage["items"][0]["calls"], json!(1));
    for by in ["day", "model", "user"] {
        let path = format!("/api/ai/usage/all?by={by}&limit=2");
        let all = s.admin().get(&path).await.expect(200);
        assert_eq!(all["items"][0]["calls"], json!(1), "{by}: {all}");
    }
}

#[tokio::test]
async fn a_write_that_fails_keeps_nobody_elses_from_being_done_once() {
    let (s, shaky) = on_shaky().await;
    let people = [s.ada(), s.app.by(s.world.users().add("grace"))];
    for person in &people {
        asked(person, 10).await.expect(200);
    }
    shaky.refuses.store(true, SeqCst);
    s.flush().await;
    let written = s.world.pending(&s.store).await;
    assert_eq!(written.len(), 1, "one is not done, the other is");
    s.flush().await;
    for person in &people {
        let usage = person.get("/api/ai/usage").await.expect(200);
        assert_eq!(usage["items"][0]["calls"], json!(1));
    }
    assert_eq!(s.metered().await.len(), 2, "each call is told once");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_neither_told_nor_added_again() {
    let (s, shaky) = on_shaky().await;
    asked(&s.ada(), 10).await.expect(200);
    shaky.loses.store(true, SeqCst);
    s.flush().await;
    asked(&s.ada(), 10).await.expect(200);
    s.flush().await;
    let events = s.world.pending(&s.store).await;
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    let usage = s.ada().get("/api/ai/usage").await.expect(200);
    assert_eq!(usage["items"][0]["calls"], 2, "{usage}");
}
