//! The service with its surroundings: fakes of orders, and shorthands.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ai_model_cards::{Config, Deps};
use async_trait::async_trait;
use bus::Handler;
use bus::embedded::EmbeddedBus;
use chassis::Service;
use contracts::Event;
use contracts::ai_model_cards::{HoldAnswer, HoldRequest, ModelCards};
use contracts::auth::AccountEvent;
use contracts::orders::{
    Entitlement, EntitlementEvent, EntitlementStatus, Entitlements, OrderChange, OrderEvent, OrderStatus, Orders,
    Standing,
};
use kernel::{AgentId, CardId, Currency, EntitlementId, ErrorCode, Fault, Money, OrderId, RoomId, RunId, UserId};
use serde_json::{Value, json};
use store::Store;
use testkit::{App, World};
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(60);

/// Orders that a test names.
#[derive(Default)]
pub struct FakeOrders {
    standings: std::sync::Mutex<HashMap<OrderId, OrderStatus>>,
    pub away: AtomicBool,
    /// No order keeps its hold any longer.
    pub keeps_none: AtomicBool,
}

impl FakeOrders {
    pub fn set(&self, order: OrderId, status: OrderStatus) {
        self.standings.lock().unwrap().insert(order, status);
    }
}

#[async_trait]
impl Orders for FakeOrders {
    async fn begin_payment(&self, _: UserId, _: OrderId) -> Result<contracts::orders::Payable, Fault> {
        Err(Fault::not_found("orders.not_found"))
    }
    async fn standing(&self, order: OrderId) -> Result<Option<Standing>, Fault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("orders.away", "Away.", Duration::from_secs(1)));
        }
        let status = self.standings.lock().unwrap().get(&order).copied();
        Ok(status.map(|status| Standing {
            status,
            attempt: 0,
            keeps_hold: !self.keeps_none.load(Ordering::SeqCst),
        }))
    }
}

/// Holders that a test names.
#[derive(Default)]
pub struct FakeHolders(std::sync::Mutex<HashSet<(UserId, CardId)>>);

impl FakeHolders {
    pub fn add(&self, user: UserId, card: CardId) {
        self.0.lock().unwrap().insert((user, card));
    }
    pub fn remove(&self, user: UserId, card: CardId) {
        self.0.lock().unwrap().remove(&(user, card));
    }
}

#[async_trait]
impl Entitlements for FakeHolders {
    async fn entitlement(&self, _: UserId, _: AgentId) -> Result<Option<Entitlement>, Fault> {
        Ok(None)
    }
    async fn agents_of(&self, _: UserId) -> Result<Vec<AgentId>, Fault> {
        Ok(Vec::new())
    }
    async fn holds(&self, user: UserId, card: CardId) -> Result<bool, Fault> {
        Ok(self.0.lock().unwrap().contains(&(user, card)))
    }
    async fn admit(&self, _: UserId, _: AgentId, _: RoomId) -> Result<Entitlement, Fault> {
        Err(Fault::new(ErrorCode::Forbidden, "entitlement.none", "None."))
    }
    async fn leave(&self, _: Option<AgentId>, _: RoomId) -> Result<(), Fault> {
        Ok(())
    }
    async fn used(&self, _: EntitlementId, _: RunId, _: u64) -> Result<(), Fault> {
        Ok(())
    }
}

/// One replica of the service.
pub struct Replica {
    pub app: App,
    pub cards: Arc<dyn ModelCards>,
    pub orders_heard: Arc<dyn Handler>,
    accounts_heard: Arc<dyn Handler>,
    workers: Vec<chassis::Worker>,
}

pub struct House {
    pub world: World,
    pub store: Arc<dyn Store>,
    pub bus: Arc<EmbeddedBus>,
    pub orders: Arc<FakeOrders>,
    pub holders: Arc<FakeHolders>,
    pub here: Replica,
    pub seller: UserId,
    pub admin: UserId,
}

pub fn euro(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

impl House {
    pub async fn new() -> Self {
        let world = World::new().await;
        let store = world.store("ai-model-cards").await;
        Self::on(world, store).await
    }

    pub async fn on(world: World, store: Arc<dyn Store>) -> Self {
        let bus = world.bus().await;
        let (orders, holders): (Arc<FakeOrders>, Arc<FakeHolders>) = Default::default();
        let (seller, admin) = (world.users().add("seller"), world.users().add("boss"));
        let here = replica(&world, &store, &bus, (&orders, &holders)).await;
        Self {
            world,
            store,
            bus,
            orders,
            holders,
            here,
            seller,
            admin,
        }
    }

    /// Starts another replica on the same store.
    pub async fn another(&self) -> Replica {
        replica(&self.world, &self.store, &self.bus, (&self.orders, &self.holders)).await
    }

    pub fn id<T: kernel::Id>(&self) -> T {
        self.world.ambient().id()
    }

    /// Begins a card of the seller's with these fields besides the usual ones.
    pub async fn draft(&self, handle: &str, fields: Value) -> CardId {
        let mut body = json!({
            "name": "Tutor", "handle": handle, "description": "Explains things", "category": "education",
            "persona": "You explain.", "price": euro(1_299),
        });
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        let card = self
            .here
            .app
            .by(self.seller)
            .post("/api/model-cards", body)
            .await
            .expect(201);
        card["id"].as_str().unwrap().parse().unwrap()
    }

    /// Takes a draft through moderation to a sale.
    pub async fn publish(&self, card: CardId) -> Value {
        let path = |step: &str| format!("/api/model-cards/{card}/{step}");
        self.here
            .app
            .by(self.seller)
            .post_empty(&path("submit"))
            .await
            .expect(200);
        self.here
            .app
            .by_admin(self.admin)
            .post_empty(&path("approve"))
            .await
            .expect(200);
        self.here
            .app
            .by(self.seller)
            .post_empty(&path("publish"))
            .await
            .expect(200)
    }

    pub async fn on_sale(&self, handle: &str, fields: Value) -> CardId {
        let card = self.draft(handle, fields).await;
        self.publish(card).await;
        card
    }

    pub async fn read(&self, card: CardId) -> Value {
        self.here
            .app
            .by(self.seller)
            .get(&format!("/api/model-cards/{card}"))
            .await
            .expect(200)
    }

    pub async fn edit(&self, card: CardId, edit: Value) -> testkit::Reply {
        self.here
            .app
            .by(self.seller)
            .patch(&format!("/api/model-cards/{card}"), edit)
            .await
    }

    /// Returns available, held and sold, whose sum is the size.
    pub async fn counts(&self, card: CardId) -> (u64, u64, u64) {
        let edition = self.read(card).await["edition"].clone();
        let of = |field: &str| edition[field].as_u64().unwrap();
        assert_eq!(of("available") + of("held") + of("sold"), of("size"), "{edition}");
        (of("available"), of("held"), of("sold"))
    }

    pub fn wish(&self, card: CardId, order_id: OrderId) -> HoldRequest {
        HoldRequest {
            order_id,
            card_id: card,
            buyer_id: self.admin,
            quantity: 1,
            until: self.world.ambient().now() + Duration::from_secs(60),
        }
    }

    pub async fn hold(&self, card: CardId, order: OrderId) -> HoldAnswer {
        self.here.cards.hold(self.wish(card, order)).await.unwrap()
    }

    /// Lets the service hear of an order.
    pub async fn hear(&self, card: CardId, order: OrderId, change: OrderChange) {
        self.try_hear(card, order, change).await.unwrap();
    }

    pub async fn try_hear(&self, card: CardId, order_id: OrderId, change: OrderChange) -> Result<(), Fault> {
        let event = OrderEvent {
            order_id,
            buyer_id: self.admin,
            seller_id: self.seller,
            card_id: card,
            revision: 1,
            quantity: 1,
            total: euro(1_299),
            version: 1,
            change,
        };
        let event = Event::new(&self.world.ambient(), &event).unwrap();
        self.here.orders_heard.handle(&event).await
    }

    /// Lets the service hear that a buyer has no right to a card any more.
    pub async fn hear_revoked(&self, card_id: CardId, buyer_id: UserId) {
        let event = EntitlementEvent {
            entitlement_id: self.id(),
            buyer_id,
            order_id: self.id(),
            card_id,
            revision: 1,
            agent_id: self.id(),
            version: 2,
            status: EntitlementStatus::Revoked,
        };
        let event = Event::new(&self.world.ambient(), &event).unwrap();
        self.here.orders_heard.handle(&event).await.unwrap();
    }

    pub async fn hear_deleted(&self, user_id: UserId) {
        self.try_hear_deleted(user_id).await.unwrap();
    }

    pub async fn try_hear_deleted(&self, user_id: UserId) -> Result<(), Fault> {
        let event = Event::new(&self.world.ambient(), &AccountEvent::Deleted { user_id }).unwrap();
        self.here.accounts_heard.handle(&event).await
    }

    pub async fn hear_banned(&self, user_id: UserId) {
        let reason = "x".into();
        let event = Event::new(&self.world.ambient(), &AccountEvent::Banned { user_id, reason }).unwrap();
        self.here.accounts_heard.handle(&event).await.unwrap();
    }

    /// Returns what others heard so far, of one topic: kinds without the topic's word.
    pub async fn told(&self, topic: &str) -> Vec<String> {
        let told = self.world.pending(&self.store).await;
        let kind = |event: &Event| event.kind.split('.').nth(2).unwrap().to_owned();
        told.iter().filter(|event| *event.topic == *topic).map(kind).collect()
    }
}

async fn replica(
    world: &World,
    store: &Arc<dyn Store>,
    bus: &Arc<EmbeddedBus>,
    (orders, holders): (&Arc<FakeOrders>, &Arc<FakeHolders>),
) -> Replica {
    let config = Config {
        sweep_ms: 10,
        ..Config::default()
    };
    let cards = ai_model_cards::local(store, world.ambient(), world.relationships(), config.clone())
        .await
        .unwrap();
    let deps = Deps {
        ambient: world.ambient(),
        store: store.clone(),
        bus: bus.clone(),
        users: world.users(),
        relationships: world.relationships(),
        orders: orders.clone(),
        entitlements: holders.clone(),
        config,
    };
    let mut service: Service = ai_model_cards::service(deps).await.unwrap();
    let workers = std::mem::take(&mut service.workers);
    let mut heard = std::mem::take(&mut service.consumers)
        .into_iter()
        .map(|consumer| consumer.handler);
    Replica {
        cards,
        orders_heard: heard.next().unwrap(),
        accounts_heard: heard.next().unwrap(),
        workers,
        app: world.app(service),
    }
}

/// A worker at work, until it is dropped.
pub struct Working(CancellationToken);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Replica {
    pub fn work(&self, name: &str) -> Working {
        let stop = CancellationToken::new();
        let run = self
            .workers
            .iter()
            .find(|worker| worker.name == name)
            .unwrap()
            .run
            .clone();
        let until = stop.clone();
        tokio::spawn(async move {
            // As the supervisor does: again when it fails.
            while !until.is_cancelled() {
                let _ = run(until.clone()).await;
            }
        });
        Working(stop)
    }

    /// Counts the stars and sales that are to be counted.
    pub async fn count(&self) {
        // A stop that was said before ends the work after its first round.
        let stop = CancellationToken::new();
        stop.cancel();
        let counts = self.workers.iter().find(|worker| worker.name == "counts").unwrap();
        (counts.run)(stop).await.unwrap();
    }

    /// Returns the names of what a search finds, in its order.
    pub async fn find(&self, by: UserId, query: &str) -> Vec<String> {
        let found = self
            .app
            .by(by)
            .get(&format!("/api/model-cards?{query}"))
            .await
            .expect(200);
        names(&found)
    }
}

pub fn names(page: &Value) -> Vec<String> {
    let name = |card: &Value| card["name"].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(name).collect()
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(DEADLINE, wait).await;
    waited.unwrap_or_else(|_| panic!("not within {DEADLINE:?}: {what}"));
}
