//! Owns buying as one buyer does it by hand, where nothing is broken: place, pay, look. It refuses to keep a journal.

use std::time::Duration;

use blackbox::{Actor, Field as _, unknown_id, within};
use serde_json::{Value, json};

use crate::market::Card;

/// How long an order may take to where it is going, when nothing is broken.
pub const PATIENCE: Duration = Duration::from_secs(30);
const OVER: [&str; 5] = ["completed", "rejected", "expired", "cancelled", "refunded"];

/// Says whether nothing leads out of a status.
pub fn is_over(status: &str) -> bool {
    OVER.contains(&status)
}

/// Places an order that can be paid at once.
pub async fn place(buyer: &Actor, card: &Card) -> Value {
    let placed = buyer
        .post_keyed("/api/orders", &unknown_id(), json!({"cardId": card.id}))
        .await;
    let id = placed.is(201).text("id");
    until(buyer, &id, |order| !order.has("status", "reserving")).await
}

/// Pays an order by a method of the built-in provider and expects that it is begun.
pub async fn pay(buyer: &Actor, order: &str, method: &str) -> Value {
    let body = json!({"orderId": order, "method": method});
    buyer.post_keyed("/api/payments", &unknown_id(), body).await.is(201)
}

/// Buys a card to the end, and gives the completed order.
pub async fn buy(buyer: &Actor, card: &Card) -> Value {
    let order = place(buyer, card).await;
    if card.price > 0 {
        pay(buyer, &order.text("id"), "test_success").await;
    }
    completed(buyer, &order.text("id")).await
}

/// Waits until an order is completed; fails when it ends otherwise.
pub async fn completed(buyer: &Actor, order: &str) -> Value {
    let over = over(buyer, order).await;
    assert!(over.has("status", "completed"), "{over:#}");
    over
}

/// Waits until an order is over.
pub async fn over(buyer: &Actor, order: &str) -> Value {
    until(buyer, order, |order| is_over(&order.text("status"))).await
}

/// Waits until an order is as wanted.
pub async fn until(buyer: &Actor, order: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/orders/{order}");
    within(PATIENCE, &format!("order {order} to move on"), async || {
        Some(buyer.get(&path).await.is(200)).filter(&wanted)
    })
    .await
}

/// Reads a payment.
pub async fn payment(buyer: &Actor, id: &str) -> Value {
    buyer.get(&format!("/api/payments/{id}")).await.is(200)
}

/// Asks for a completed order to be paid back, and waits until it is.
pub async fn refund(buyer: &Actor, order: &str) {
    let path = format!("/api/orders/{order}/refund");
    buyer.post_keyed(&path, &unknown_id(), json!({})).await.is(202);
    until(buyer, order, |order| order["refund"].has("status", "completed")).await;
}

/// Reads all pages of a list.
pub async fn all(reader: &Actor, path: &str) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = reader.get(&format!("{path}{mark}limit=100{cursor}")).await.is(200);
        items.extend(page.list("items"));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Finds the entitlement that an order has led to.
pub async fn entitlement(buyer: &Actor, order: &str) -> Option<Value> {
    let all = all(buyer, "/api/entitlements").await;
    all.into_iter().find(|one| one.has("orderId", order))
}

/// Says in which status an entitlement comes to be.
pub async fn entitlement_is(buyer: &Actor, order: &str, status: &str) {
    within(
        PATIENCE,
        &format!("the entitlement of {order} to be {status}"),
        async || entitlement(buyer, order).await.filter(|one| one.has("status", status)),
    )
    .await;
}
