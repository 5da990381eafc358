//! Owns the case of the whole way: at least once by the bus, one effect by the consumer's inbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use contracts::Event;
use kernel::Fault;
use serde::{Deserialize, Serialize};
use store::{Collection, Document, Index, Mark, Query, StoreError};

use super::{ALPHA, Bench, Member, Probe, Recorder, Rig, subscription, until_no_lag};
use crate::Handler;

/// One effect of one event.
#[derive(Serialize, Deserialize)]
struct Effect {
    id: String,
    key: String,
    number: u64,
}

impl Document for Effect {
    const COLLECTION: &'static str = "effects";
    const INDEXES: &'static [Index] = &[Index::plain("by_key", &["key", "number"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Adds an effect under the event's mark; until it is `well`, every third write commits and its ack is lost.
struct Effects {
    effects: Collection<Effect>,
    well: Arc<AtomicBool>,
    ambient: kernel::Ambient,
    seen: Arc<Recorder>,
}

#[async_trait]
impl Handler for Effects {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let probe: Probe = event.body()?;
        // A new id each time: nothing but the mark stands against a second effect.
        let id = self.ambient.id::<kernel::MessageId>().to_string();
        let number = probe.number;
        let effect = Effect {
            id,
            key: probe.key,
            number,
        };
        let mark = Mark {
            consumer: "effects",
            event: event.id,
        };
        match self.effects.insert_marked(&effect, Vec::new(), Some(mark)).await {
            Ok(()) | Err(StoreError::AlreadyProcessed) => {}
            Err(e) => return Err(e.into()),
        }
        self.seen.handle(event).await?;
        if number % 3 == 2 && !self.well.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

pub async fn an_effect_happens_once_by_the_inbox(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let store = bench.rig.store().await;
    let effects = Collection::<Effect>::open(&store).await.unwrap();
    let (well, seen) = (Arc::new(AtomicBool::new(false)), Recorder::new());
    let ambient = bench.rig.ambient();
    let handler = Arc::new(Effects {
        effects: effects.clone(),
        well: well.clone(),
        ambient,
        seen: seen.clone(),
    });
    for key in ["a", "b", "c"] {
        bench.publish(ALPHA, key, 0..9).await;
    }
    let start = |bench: &Bench| Member::start(bench.bus.clone(), subscription("effects", &[ALPHA]), handler.clone());
    let mut member = start(&bench);
    let mut acks = 9;
    for _ in 0..2 {
        seen.acked(acks).await;
        bench.crash().await;
        member.kill().await;
        // At least the three whose acks were lost come again.
        acks = seen.acks() + 3;
        member = start(&bench);
    }
    well.store(true, Ordering::SeqCst);
    // Whoever still waits for ever in the last member is given to the next.
    member.kill().await;
    let member = start(&bench);
    until_no_lag(&bench.bus, ALPHA, "effects").await;
    member.stop().await;
    assert!(seen.acks() > 27, "some were delivered again");
    for key in ["a", "b", "c"] {
        let found = effects.find(Query::on("by_key").eq(key)).await.unwrap();
        assert_eq!(
            found.iter().map(|e| e.number).collect::<Vec<_>>(),
            (0..9).collect::<Vec<_>>(),
            "each once"
        );
    }
}
