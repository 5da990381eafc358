//! Owns a shop: the service, a card, people, and what the other services tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bus::Handler;
use chassis::Worker;
use contracts::ai_model_cards::{Offer, Refusal, ReservationChange, ReservationEvent, Scope};
use contracts::auth::AccountEvent;
use contracts::expiration::TimerEvent;
use contracts::orders::{EntitlementEvent, OrderChange, OrderEvent, Payable};
use contracts::payments::{PaymentChange, PaymentEvent};
use contracts::{Event, EventBody};
use kernel::{Ambient, CardId, Currency, Money, OrderId, RefundId, UserId};
use serde_json::{Value, json};
use store::{Op, RawDocument, Store};
use testkit::{App, Reply, World};
use tokio_util::sync::CancellationToken;

use crate::cards::FakeCards;

pub const TTL: Duration = Duration::from_secs(900);

pub fn euros(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

pub struct Shop {
    pub world: World,
    pub ambient: Ambient,
    pub store: Arc<dyn Store>,
    pub cards: Arc<FakeCards>,
    pub app: App,
    pub asked: orders::Asked,
    pub seller: UserId,
    pub ada: UserId,
    handler: Arc<dyn Handler>,
    live: Arc<dyn Handler>,
    sweeps: Vec<Worker>,
    keys: AtomicU64,
}

impl Shop {
    pub async fn new() -> Self {
        Self::with(orders::Config::default()).await
    }

    pub async fn with(config: orders::Config) -> Self {
        let world = World::new().await;
        let (ambient, store) = (world.ambient(), world.store("orders").await);
        let cards = Arc::new(FakeCards::default());
        let deps = orders::Deps {
            ambient: ambient.clone(),
            store: store.clone(),
            ephemeral: world.ephemeral(),
            cards: cards.clone(),
            config: config.clone(),
        };
        let mut service = orders::service(deps).await.unwrap();
        Self {
            asked: orders::local(&store, ambient.clone(), config).await.unwrap(),
            handler: service.consumers[0].handler.clone(),
            live: service.consumers[1].handler.clone(),
            sweeps: std::mem::take(&mut service.workers),
            app: world.app(service),
            seller: ambient.id(),
            ada: ambient.id(),
            keys: AtomicU64::new(0),
            ambient,
            store,
            cards,
            world,
        }
    }

    /// Puts a card on sale: its price in cents, and how many there are.
    pub fn card(&self, price: i64, available: Option<u32>) -> CardId {
        let card_id = self.ambient.id();
        self.cards.offer_is(Offer {
            card_id,
            revision: 3,
            agent_id: self.ambient.id(),
            seller_id: self.seller,
            name: "Sage".into(),
            price: euros(price),
            message_price: None,
            scope: Scope {
                rooms_max: Some(2),
                tokens_per_day_max: Some(1_000),
            },
            available,
        });
        card_id
    }

    pub fn key(&self) -> String {
        format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst))
    }

    pub async fn post(&self, by: UserId, path: &str, key: &str, body: Value) -> Reply {
        self.app.by(by).header("idempotency-key", key).post(path, body).await
    }

    pub async fn buy(&self, by: UserId, body: Value) -> Reply {
        self.post(by, "/api/orders", &self.key(), body).await
    }

    /// Places an order by Ada and returns its id.
    pub async fn order(&self, card: CardId) -> OrderId {
        let placed = self.buy(self.ada, json!({ "cardId": card })).await.expect(201);
        placed["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn read(&self, order: OrderId) -> Value {
        self.app
            .by(self.ada)
            .get(&format!("/api/orders/{order}"))
            .await
            .expect(200)
    }

    pub async fn status(&self, order: OrderId) -> String {
        self.read(order).await["status"].as_str().unwrap().to_owned()
    }

    pub async fn cancel(&self, order: OrderId) -> Reply {
        self.app.by(self.ada).delete(&format!("/api/orders/{order}")).await
    }

    pub async fn begin(&self, order: OrderId) -> Payable {
        self.asked.orders.begin_payment(self.ada, order).await.unwrap()
    }

    /// Lets another service tell something.
    pub async fn hear<B: EventBody>(&self, body: &B) {
        self.try_hear(body).await.unwrap();
    }

    pub async fn try_hear<B: EventBody>(&self, body: &B) -> Result<(), kernel::Fault> {
        self.handler.handle(&Event::new(&self.ambient, body).unwrap()).await
    }

    pub async fn payment(&self, order_id: OrderId, attempt: u32, change: PaymentChange) {
        self.payment_of(order_id, attempt, euros(500), change).await;
    }

    pub async fn payment_of(&self, order_id: OrderId, attempt: u32, amount: Money, change: PaymentChange) {
        let payment_id = self.ambient.id();
        self.hear(&PaymentEvent {
            order_id,
            payment_id,
            attempt,
            amount,
            change,
        })
        .await;
    }

    pub async fn reservation(&self, order_id: OrderId, change: ReservationChange) {
        let card_id = self.ambient.id();
        self.hear(&ReservationEvent {
            card_id,
            order_id,
            quantity: 1,
            change,
        })
        .await;
    }

    pub async fn refused(&self, order: OrderId) {
        let reason = Refusal::SoldOut;
        self.reservation(order, ReservationChange::Refused { reason }).await;
    }

    pub async fn timer(&self, order_id: OrderId) {
        let due = self.ambient.now();
        self.hear(&TimerEvent { order_id, due }).await;
    }

    pub async fn erase(&self, user_id: UserId) {
        self.hear(&AccountEvent::Deleted { user_id }).await;
    }

    /// Buys a card for 5 euros, to the end.
    pub async fn bought(&self) -> OrderId {
        let order = self.order(self.card(500, None)).await;
        self.begin(order).await;
        self.payment(order, 1, PaymentChange::Succeeded).await;
        self.reservation(order, ReservationChange::Committed).await;
        order
    }

    pub async fn ask_refund(&self, by: UserId, order: OrderId) -> Reply {
        let path = format!("/api/orders/{order}/refund");
        self.post(by, &path, &self.key(), json!({})).await
    }

    pub async fn refund_paid(&self, order: OrderId, id: &Value) {
        let refund_id: RefundId = id.as_str().unwrap().parse().unwrap();
        let change = PaymentChange::RefundSucceeded {
            refund_id: Some(refund_id),
        };
        self.payment(order, 1, change).await;
    }

    /// Writes what a crash would have left behind.
    pub async fn leave_behind(&self, collection: &'static str, id: String, change: impl FnOnce(&mut Value)) {
        let found = self.store.get(collection, std::slice::from_ref(&id)).await.unwrap();
        let mut body: Value = serde_json::from_slice(&found[0].body).unwrap();
        change(&mut body);
        let spec = orders::COLLECTIONS.iter().find(|s| s.collection == collection).unwrap();
        let raw = RawDocument::from_json(spec, id, body.to_string().into()).unwrap();
        self.store
            .write(Op::Replace(raw, found[0].version).into())
            .await
            .unwrap();
    }

    /// Lets the sweep look once.
    pub async fn sweep(&self) {
        self.sweep_by("sweep").await;
        self.sweep_by("holds").await;
    }

    /// Lets one of its two workers do what there is to do.
    pub async fn sweep_by(&self, name: &str) {
        // A stop that was said before ends the loop after its first round.
        let stop = CancellationToken::new();
        stop.cancel();
        let worker = self.sweeps.iter().find(|worker| worker.name == name).unwrap();
        (worker.run)(stop).await.unwrap();
    }

    /// What was told of an order, in order.
    pub async fn told(&self, order: OrderId) -> Vec<OrderEvent> {
        let events = self.world.pending(&self.store).await;
        let orders = events.iter().filter(|e| &*e.topic == OrderEvent::TOPIC.name);
        let bodies = orders.map(|e| e.body::<OrderEvent>().unwrap());
        bodies.filter(|e| e.order_id == order).collect()
    }

    pub async fn kinds(&self, order: OrderId) -> Vec<String> {
        let told = self.told(order).await;
        told.iter()
            .map(|e| e.kind().trim_start_matches("order.").to_owned())
            .collect()
    }

    /// Attempts whose money was told to go back.
    pub async fn back(&self, order: OrderId) -> Vec<u32> {
        let told = self.told(order).await;
        told.iter()
            .filter_map(|e| match e.change {
                OrderChange::RefundDue { attempt } | OrderChange::Refunding { attempt } => Some(attempt),
                _ => None,
            })
            .collect()
    }

    pub async fn entitlements_told(&self) -> Vec<EntitlementEvent> {
        let events = self.world.pending(&self.store).await;
        let told = events.iter().filter(|e| &*e.topic == EntitlementEvent::TOPIC.name);
        told.map(|e| e.body().unwrap()).collect()
    }

    /// Shows what was told to the sockets, as the service hears itself.
    pub async fn show(&self) {
        for event in self.world.pending(&self.store).await {
            if &*event.topic == OrderEvent::TOPIC.name {
                self.live.handle(&event).await.unwrap();
            }
        }
    }
}
