//! Owns what is there in the end, read through the same doors that everybody has: orders, payments, entitlements, invoices,
//! statements, editions, the books. It refuses to judge it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blackbox::{Actor, Field as _};
use serde_json::Value;

use crate::journal::{Answer, Case, Deed};
use crate::load::Shop;
use crate::market::Market;
use crate::till::{all, payment};

/// Everything, by order where it is of one.
#[derive(Clone, Default)]
pub struct World {
    /// As their buyers see them.
    pub orders: BTreeMap<String, Value>,
    /// As their sellers see them.
    pub sales: BTreeMap<String, Value>,
    pub entitlements: BTreeMap<String, Vec<Value>>,
    pub payments: BTreeMap<String, Vec<Value>>,
    pub invoices: BTreeMap<String, Vec<Value>>,
    /// Lines of the ledger that concern a seller.
    pub lines: BTreeMap<String, Vec<Value>>,
    /// All that each seller wrote, in their order.
    pub written: Vec<Vec<Value>>,
    /// Each seller's statement of the month: its sums.
    pub totals: Vec<Value>,
    pub balances: Vec<Value>,
    /// In the order of the shop.
    pub cards: Vec<Value>,
    /// The same as the search finds them.
    pub found: BTreeMap<String, Value>,
    pub coupons: BTreeMap<String, Value>,
    pub ledger: Value,
    /// The provider's: charges, captured, refunded.
    pub books: (u64, u64, u64),
}

impl World {
    /// Reads everything; the product is healthy.
    pub async fn read(market: &Market, shop: &Shop, cases: &[Arc<Case>]) -> Self {
        let mut world = Self::default();
        for buyer in &shop.buyers {
            world.read_buyer(buyer).await;
        }
        for seller in &shop.sellers {
            world.read_seller(seller).await;
        }
        for card in &shop.cards {
            let path = format!("/api/model-cards/{}", card.id);
            world.cards.push(market.moderator.get(&path).await.is(200));
        }
        for case in cases {
            for id in payments_of(case) {
                let payment = payment(&shop.buyers[case.buyer], &id).await;
                let of_order = world.payments.entry(payment.text("orderId")).or_default();
                of_order.push(payment);
            }
        }
        world.books = market.books().await;
        world.ledger = market.moderator.get("/api/payments/ledger/check").await.is(200);
        world
    }

    async fn read_buyer(&mut self, buyer: &Actor) {
        for order in all(buyer, "/api/orders").await {
            self.orders.insert(order.text("id"), order);
        }
        by_order(&mut self.entitlements, all(buyer, "/api/entitlements").await);
        by_order(&mut self.invoices, all(buyer, "/api/invoices").await);
    }

    async fn read_seller(&mut self, seller: &Actor) {
        for order in all(seller, "/api/orders?role=seller").await {
            self.sales.insert(order.text("id"), order);
        }
        let written = all(seller, "/api/invoices").await.into_iter();
        self.written
            .push(written.filter(|invoice| invoice.has("sellerId", &seller.id)).collect());
        let statement = seller.get("/api/statements?limit=1").await.is(200);
        assert!(statement.flag("complete"), "{statement}");
        self.totals.push(statement["totals"].clone());
        by_order(&mut self.lines, all(seller, "/api/statements").await);
        self.balances
            .push(seller.get("/api/statements/balance").await.is(200)["items"].clone());
        for card in all(seller, &format!("/api/model-cards?seller={}", seller.id)).await {
            self.found.insert(card.text("id"), card);
        }
        for coupon in all(seller, "/api/coupons").await {
            self.coupons.insert(coupon.text("code"), coupon);
        }
    }
}

/// Lists the payments that a journal knows of.
fn payments_of(case: &Case) -> BTreeSet<String> {
    let notes = case.notes();
    let paid = notes.tries.iter().filter(|one| one.deed == Deed::Pay);
    let ids = paid.filter_map(|one| match &one.answer {
        Answer::Ok { text, .. } => Some(serde_json::from_str::<Value>(text).ok()?.text("id")),
        _ => None,
    });
    ids.collect()
}

fn by_order(into: &mut BTreeMap<String, Vec<Value>>, items: Vec<Value>) {
    for item in items {
        if let Some(order) = item["orderId"].as_str() {
            into.entry(order.to_owned()).or_default().push(item.clone());
        }
    }
}
