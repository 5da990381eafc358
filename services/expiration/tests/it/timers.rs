//! One timer and what may happen to it.

use std::sync::Arc;
use std::time::Duration;

use contracts::expiration::TimerEvent;
use contracts::orders::OrderChange;
use ephemeral::Ephemeral;
use ephemeral::memory::MemoryEphemeral;
use kernel::{Ambient, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Collection, Document, Index, Store};
use testkit::{AbsentEphemeral, World};

use crate::rig::{Instance, fired, news, payable};

const TTL: Duration = Duration::from_secs(900);

struct Setup {
    world: World,
    ambient: Ambient,
    store: Arc<dyn Store>,
    order: OrderId,
    deadline: Timestamp,
}

impl Setup {
    async fn new() -> Self {
        let world = World::new().await;
        let ambient = world.ambient();
        Self {
            store: world.store("expiration").await,
            order: ambient.id(),
            deadline: ambient.now() + TTL,
            ambient,
            world,
        }
    }

    async fn start(&self) -> Instance {
        self.start_on(self.world.ephemeral()).await
    }

    async fn start_on(&self, ephemeral: Arc<dyn Ephemeral>) -> Instance {
        Instance::start(self.ambient.clone(), self.store.clone(), ephemeral).await
    }

    /// Sets the timer while the ephemeral store is away, and sees it fire.
    async fn fires_by_documents_alone(&self) {
        let absent = AbsentEphemeral::new(self.world.ambient());
        absent.go_away(true);
        let instance = self.start_on(absent).await;
        let event = payable(&self.ambient, self.order, 2, self.deadline);
        instance.handler.handle(&event).await.unwrap();
        self.world.advance(TTL);
        assert_eq!(fired(&self.store, 1).await, [self.due()]);
        instance.stop().await;
    }

    fn due(&self) -> TimerEvent {
        TimerEvent {
            order_id: self.order,
            due: self.deadline,
        }
    }

    /// Lets a second order's timer fire, and returns all that fired until then.
    async fn fired_besides_another(&self, instance: &Instance, count: usize) -> Vec<TimerEvent> {
        let now = self.ambient.now();
        let other = payable(&self.ambient, self.ambient.id(), 2, now);
        instance.handler.handle(&other).await.unwrap();
        fired(&self.store, count + 1).await
    }
}

#[tokio::test]
async fn a_timer_fires_at_the_deadline_and_not_before() {
    let s = Setup::new().await;
    let instance = s.start().await;
    let event = payable(&s.ambient, s.order, 2, s.deadline);
    instance.handler.handle(&event).await.unwrap();
    s.world.advance(TTL - Duration::from_millis(1));
    let early = s.fired_besides_another(&instance, 0).await;
    assert!(early.iter().all(|e| e.order_id != s.order));
    s.world.advance(Duration::from_millis(1));
    assert_eq!(fired(&s.store, 2).await[1], s.due());
    instance.stop().await;
}

#[tokio::test]
async fn a_paid_order_has_no_timer() {
    let s = Setup::new().await;
    let instance = s.start().await;
    for event in [
        payable(&s.ambient, s.order, 2, s.deadline),
        news(&s.ambient, s.order, 4, OrderChange::Paid { attempt: 1 }),
    ] {
        instance.handler.handle(&event).await.unwrap();
    }
    s.world.advance(TTL);
    let all = s.fired_besides_another(&instance, 0).await;
    assert!(all.iter().all(|e| e.order_id != s.order));
    instance.stop().await;
}

#[tokio::test]
async fn news_that_come_twice_or_out_of_order_set_one_timer() {
    let s = Setup::new().await;
    let instance = s.start().await;
    let first = payable(&s.ambient, s.order, 2, s.deadline);
    let again = payable(&s.ambient, s.order, 5, s.deadline);
    let old = news(&s.ambient, s.order, 3, OrderChange::Paid { attempt: 1 });
    for event in [&first, &again, &first, &old, &first] {
        instance.handler.handle(event).await.unwrap();
    }
    s.world.advance(TTL);
    fired(&s.store, 1).await;
    instance.handler.handle(&again).await.unwrap();
    let all = s.fired_besides_another(&instance, 1).await;
    assert_eq!(all.iter().filter(|e| e.order_id == s.order).count(), 1);
    instance.stop().await;
}

#[tokio::test]
async fn a_timer_whose_hint_was_flushed_fires_all_the_same() {
    let s = Setup::new().await;
    let instance = s.start().await;
    let event = payable(&s.ambient, s.order, 2, s.deadline);
    instance.handler.handle(&event).await.unwrap();
    instance.stop().await;
    let instance = s.start_on(MemoryEphemeral::new(s.ambient.clone())).await;
    s.world.advance(TTL);
    assert_eq!(fired(&s.store, 1).await, [s.due()]);
    instance.stop().await;
}

#[tokio::test]
async fn timers_are_set_and_fire_while_the_ephemeral_store_is_away() {
    let s = Setup::new().await;
    s.fires_by_documents_alone().await;
}

/// What a damaged disk or hand left of a timer: due, and nobody knows whose.
#[derive(Serialize, Deserialize)]
struct Damaged {
    due: Timestamp,
}

impl Document for Damaged {
    const COLLECTION: &'static str = "timers";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["due"]), Index::plain("over", &["overSince"])];
    fn id(&self) -> String {
        "damaged".into()
    }
}

#[tokio::test]
async fn a_timer_that_cannot_be_read_holds_up_no_other() {
    let s = Setup::new().await;
    let damaged = Damaged { due: s.ambient.now() };
    let timers = Collection::open(&s.store).await.unwrap();
    timers.insert(&damaged, Vec::new()).await.unwrap();
    s.fires_by_documents_alone().await;
}

#[tokio::test]
async fn two_replicas_fire_each_timer_once() {
    let s = Setup::new().await;
    let (one, two) = (s.start().await, s.start().await);
    let orders: Vec<OrderId> = (0..300).map(|_| s.ambient.id()).collect();
    for order in &orders {
        let event = payable(&s.ambient, *order, 2, s.deadline);
        one.handler.handle(&event).await.unwrap();
    }
    s.world.advance(TTL);
    fired(&s.store, orders.len()).await;
    let all = s.fired_besides_another(&two, orders.len()).await;
    assert_eq!(all.len(), orders.len() + 1, "each once, and the one besides");
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn settings_that_make_no_sense_stop_the_start() {
    let s = Setup::new().await;
    let config = expiration::Config {
        batch_max: 0,
        ..expiration::Config::default()
    };
    assert_eq!(config.check().unwrap_err().fields[0].field, "expiration.batchMax");
    assert!(toml_like(r#"{"sweepEach": 5}"#).is_err());
    drop(s);
}

fn toml_like(json: &str) -> Result<expiration::Config, serde_json::Error> {
    serde_json::from_str(json)
}
