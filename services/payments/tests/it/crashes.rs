//! A process that dies at any of its writes, and another that goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use contracts::Event;
use contracts::orders::OrderChange::{Completed, Paying};
use contracts::payments::MessageCharge;
use kernel::OrderId;
use serde_json::json;
use std::time::Duration;
use store::{Store, StoreError, Write};
use testkit::{Front, fronted};

use crate::{Shop, config, eur};

/// Writes of one step that are tried: more than any step has.
const WRITES: i64 = 9;

/// A store whose writes fail from a given one on, before or after their effect.
struct DyingStore {
    inner: Arc<dyn Store>,
    left: AtomicI64,
    /// Whether the write at which it dies is done.
    done: bool,
}

impl DyingStore {
    fn die_after(&self, writes: i64) {
        self.left.store(writes, Ordering::SeqCst);
    }
    fn revive(&self) {
        self.die_after(i64::MAX);
    }
}

#[async_trait]
impl Front for DyingStore {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.inner
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let dead = || StoreError::Unavailable("it died".into());
        if left == 0 && self.done {
            let _ = self.inner.write(write).await;
            return Err(dead());
        }
        if left <= 0 {
            Err(dead())
        } else {
            self.inner.write(write).await
        }
    }
}

struct Crash {
    shop: Shop,
    store: Arc<DyingStore>,
    at: i64,
}

impl Crash {
    async fn at(at: i64, done: bool) -> Self {
        let mut dying = None;
        let shop = Shop::over(config(), |inner| {
            let left = AtomicI64::new(i64::MAX);
            let store = Arc::new(DyingStore { inner, left, done });
            dying = Some(store.clone());
            fronted(store)
        });
        let shop = shop.await;
        Self {
            shop,
            store: dying.unwrap(),
            at,
        }
    }

    /// Does something while the process dies, and then until it is done.
    async fn through(&self, step: impl AsyncFn() -> bool) {
        self.store.die_after(self.at);
        step().await;
        self.store.revive();
        let workers = ["reconcile", "test provider"];
        let again = async || {
            self.shop.world.advance(Duration::from_secs(61));
            step().await
        };
        self.shop.run_until(&workers, again).await;
    }

    async fn tell(&self, order: OrderId, change: contracts::orders::OrderChange) -> bool {
        let event = Event::new(&self.shop.world.ambient(), &self.shop.order_event(order, change)).unwrap();
        let consumer = self
            .shop
            .consumers
            .iter()
            .find(|c| c.subscription.group == "payments")
            .unwrap();
        consumer.handler.handle(&event).await.is_ok()
    }
}

/// Pays, completes, pays out, tops up and pays a message, dying at write `at` of each.
async fn everything_once(at: i64, done: bool) {
    let crash = Crash::at(at, done).await;
    let shop = &crash.shop;
    let order = shop.order(1000);
    let paid = async || {
        let reply = shop.pay_with(order, ("test_success", "k")).await;
        let told = reply.status != 404 && crash.tell(order, Paying { attempt: 1 }).await;
        let begun = reply.json();
        told && reply.status == 201 && shop.status(begun["id"].as_str().unwrap()).await == "succeeded"
    };
    crash.through(paid).await;
    let entitlement_id = shop.world.ambient().id();
    crash
        .through(async || {
            crash
                .tell(
                    order,
                    Completed {
                        attempt: 1,
                        entitlement_id,
                    },
                )
                .await
        })
        .await;
    let paid_out = async || {
        let asker = shop.seller().header("idempotency-key", "k");
        let reply = asker.post("/api/payouts", json!({ "amount": eur(300) })).await;
        let payouts = shop.seller().get("/api/payouts").await.expect(200);
        reply.status == 201 && payouts["items"][0]["status"] == "paid"
    };
    crash.through(paid_out).await;
    let topped_up = async || {
        let asker = shop.buyer().header("idempotency-key", "k");
        let reply = asker
            .post(
                "/api/wallet/topups",
                json!({ "amount": eur(500), "method": "test_success" }),
            )
            .await;
        let wallet = shop.buyer().get("/api/wallet").await.expect(200);
        reply.status == 201 && wallet["balances"][0]["available"] == 500
    };
    crash.through(topped_up).await;
    let ambient = shop.world.ambient();
    let charge = MessageCharge {
        run_id: ambient.id(),
        payer_id: shop.buyer,
        seller_id: shop.seller,
        card_id: ambient.id(),
        entitlement_id: ambient.id(),
        price: eur(100),
    };
    let billed = async || {
        let held = shop.billing.authorise(charge.clone()).await.is_ok();
        held && shop.billing.capture(shop.buyer, charge.run_id).await.is_ok()
    };
    crash.through(billed).await;
    assert_eq!(shop.books().await, [2, 1500, 0, 300], "dying at {at}, done {done}");
    assert_eq!(shop.account("seller_payable").await, -(900 - 300 + 90));
    assert_eq!(
        (shop.account("wallet").await, shop.account("order_escrow").await),
        (-400, 0)
    );
    let invoices = shop.seller().get("/api/invoices").await.expect(200);
    assert_eq!(
        (
            invoices["items"].as_array().unwrap().len(),
            &invoices["items"][0]["number"]
        ),
        (1, &json!("2026-1"))
    );
    let succeeded = |c: &&contracts::payments::PaymentChange| **c == contracts::payments::PaymentChange::Succeeded;
    assert_eq!(shop.facts(order).await.iter().filter(succeeded).count(), 1);
}

#[tokio::test]
async fn a_process_that_dies_before_any_of_its_writes_leaves_nothing_double_and_nothing_undone() {
    for at in 0..WRITES {
        everything_once(at, false).await;
    }
}

#[tokio::test]
async fn a_process_that_dies_after_any_of_its_writes_leaves_nothing_double_and_nothing_undone() {
    for at in 0..WRITES {
        everything_once(at, true).await;
    }
}
