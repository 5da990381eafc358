//! payments over HTTP, orders faked, providers scripted.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod billing;
mod crashes;
mod erasure;
mod fake_stripe;
mod floats;
mod idempotency;
mod invoices;
mod orders;
mod paying;
mod payouts;
mod refunds;
mod stripe;
mod wallet;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use contracts::event::topic;
use contracts::orders::{OrderChange, OrderEvent};
use contracts::payments::{Billing, PaymentChange, PaymentEvent};
use kernel::{Currency, Money, OrderId, UserId};
use parking_lot::Mutex;
use serde_json::{Value, json};
use store::Store;
use testkit::{App, Asker, Reply, World};
use tokio_util::sync::CancellationToken;

use orders::FakeOrders;

/// How long a test waits for something that must happen.
const DEADLINE: Duration = Duration::from_secs(20);

struct Shop {
    world: World,
    store: Arc<dyn Store>,
    app: App,
    orders: Arc<FakeOrders>,
    billing: Arc<dyn Billing>,
    consumers: Vec<chassis::Consumer>,
    workers: Vec<chassis::Worker>,
    told: Mutex<Vec<PaymentEvent>>,
    buyer: UserId,
    seller: UserId,
}

fn eur(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

/// The built-in provider, and looks at what is due as often as can be.
fn config() -> payments::Config {
    let mut config = payments::Config::default();
    config.reconcile.every_ms = 5;
    config.test.enabled = Some(true);
    config
}

impl Shop {
    async fn new() -> Self {
        Self::with(config()).await
    }

    async fn with(config: payments::Config) -> Self {
        Self::over(config, |store| store).await
    }

    /// The same over a store that `wrap` makes of the usual one.
    async fn over(config: payments::Config, wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let world = World::new().await;
        let store = wrap(world.store("payments").await);
        let orders = Arc::new(FakeOrders::new(world.ambient()));
        let billing = payments::local(&store, world.ambient(), &config).await.unwrap();
        let deps = payments::Deps {
            ambient: world.ambient(),
            store: store.clone(),
            orders: orders.clone(),
            config,
        };
        let mut service = payments::service(deps).await.unwrap();
        let (consumers, workers) = (
            std::mem::take(&mut service.consumers),
            std::mem::take(&mut service.workers),
        );
        let [buyer, seller] = ["buyer", "seller"].map(|handle| world.users().add(handle));
        Self {
            app: world.app(service),
            world,
            store,
            orders,
            billing,
            consumers,
            workers,
            told: Mutex::default(),
            buyer,
            seller,
        }
    }

    fn order(&self, total: i64) -> OrderId {
        self.orders.place(self.buyer, self.seller, eur(total))
    }

    fn buyer(&self) -> Asker {
        self.app.by(self.buyer)
    }

    fn seller(&self) -> Asker {
        self.app.by(self.seller)
    }

    fn admin(&self) -> Asker {
        self.app.by_admin(self.world.ambient().id())
    }

    fn key(&self) -> String {
        self.world.ambient().id::<OrderId>().to_string()
    }

    async fn pay_with(&self, order: OrderId, (method, key): (&str, &str)) -> Reply {
        let body = json!({ "orderId": order, "method": method });
        self.buyer()
            .header("idempotency-key", key)
            .post("/api/payments", body)
            .await
    }

    /// Begins to pay; returns the payment's id.
    async fn pay(&self, order: OrderId, method: &str) -> String {
        let payment = self.pay_with(order, (method, &self.key())).await.expect(201);
        payment["id"].as_str().unwrap().to_owned()
    }

    async fn payment(&self, id: &str) -> Value {
        self.buyer().get(&format!("/api/payments/{id}")).await.expect(200)
    }

    async fn status(&self, id: &str) -> String {
        self.payment(id).await["status"].as_str().unwrap().to_owned()
    }

    /// Runs the workers of these names until a payment has this status.
    async fn until(&self, id: &str, status: &str) {
        self.run_until(&["reconcile", "test provider"], async || {
            self.status(id).await == status
        })
        .await;
    }

    /// Runs workers, and hands events on, until a condition holds.
    async fn run_until(&self, names: &[&str], holds: impl AsyncFn() -> bool) {
        let stop = CancellationToken::new();
        let named = self.workers.iter().filter(|w| names.contains(&w.name));
        let running: Vec<_> = named.map(|w| tokio::spawn((w.run)(stop.clone()))).collect();
        let waited = tokio::time::timeout(DEADLINE, async {
            loop {
                self.pump().await;
                if holds().await {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let waited = waited.await;
        stop.cancel();
        for worker in running {
            worker.await.unwrap().unwrap();
        }
        assert!(waited.is_ok(), "it did not come to be");
        self.pump().await;
    }

    /// Hands the outbox's events on, as the bus does.
    async fn pump(&self) {
        loop {
            let events = self.world.pending(&self.store).await;
            if events.is_empty() {
                return;
            }
            for event in &events {
                if *event.topic == *topic::LEDGER.name {
                    self.hand("payments.balances", event).await;
                    // At least once.
                    self.hand("payments.balances", event).await;
                } else {
                    self.told.lock().push(event.body().unwrap());
                }
            }
            let ids: Vec<_> = events.iter().map(|e| e.id).collect();
            self.store.mark_sent(&ids).await.unwrap();
        }
    }

    async fn hand(&self, group: &str, event: &Event) {
        let consumer = self.consumers.iter().find(|c| c.subscription.group == group).unwrap();
        consumer.handler.handle(event).await.unwrap();
    }

    /// Tells what happened to an order, twice, as a bus may.
    async fn happens(&self, order: OrderId, change: OrderChange) {
        let event = Event::new(&self.world.ambient(), &self.order_event(order, change)).unwrap();
        self.hand("payments", &event).await;
        self.hand("payments", &event).await;
        self.pump().await;
    }

    fn order_event(&self, order: OrderId, change: OrderChange) -> OrderEvent {
        self.orders.event(order, change)
    }

    /// Buys and completes an order of `total`.
    async fn bought(&self, total: i64) -> (OrderId, String) {
        let order = self.order(total);
        let id = self.pay(order, "test_success").await;
        self.until(&id, "succeeded").await;
        self.complete(order).await;
        (order, id)
    }

    async fn complete(&self, order: OrderId) {
        let entitlement_id = self.world.ambient().id();
        self.happens(
            order,
            OrderChange::Completed {
                attempt: 1,
                entitlement_id,
            },
        )
        .await;
    }

    /// Returns what others heard about an order.
    async fn facts(&self, order: OrderId) -> Vec<PaymentChange> {
        self.pump().await;
        let told = self.told.lock();
        told.iter()
            .filter(|e| e.order_id == order)
            .map(|e| e.change.clone())
            .collect()
    }

    async fn faults(&self, plan: Value) {
        self.admin().put("/api/payments/test/faults", plan).await.expect(200);
    }

    /// Returns the provider's own books in euros: charges, captured, refunded, paid out.
    async fn books(&self) -> [i64; 4] {
        let books = self.admin().get("/api/payments/test/books").await.expect(200);
        let of = |name: &str| books["totals"][0][name].as_i64().unwrap_or_default();
        ["charges", "captured", "refunded", "paidOut"].map(of)
    }

    /// Checks that the books hold, and returns the sum of an account.
    async fn account(&self, name: &str) -> i64 {
        self.pump().await;
        let check = self.admin().get("/api/payments/ledger/check").await.expect(200);
        assert_eq!(check["ok"], true, "{check:#}");
        let accounts = check["accounts"].as_array().unwrap().clone();
        let sums = accounts.iter().filter(|a| a["account"] == name);
        sums.map(|a| a["amount"].as_i64().unwrap()).sum()
    }
}
