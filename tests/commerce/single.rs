//! Many want what is one of its kind: each is sold once, and everybody else is told so.

use std::collections::BTreeMap;

use blackbox::{Actor, Field as _, unknown_id};
use futures::StreamExt as _;
use serde_json::json;

use crate::market::{Card, Market, Terms, Ware};
use crate::till::{completed, entitlement, pay, until};
use crate::turns;

const CARDS: usize = 100;
const BUYERS: usize = 500;
/// Buyers who want something at once.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_buyers_of_a_hundred_single_editions_make_a_hundred_sales() {
    let _alone = turns::alone().await;
    let terms = Terms {
        pay_within_ms: 60_000,
        slow_ms: 1_000,
    };
    if let Some(market) = Market::in_one_process(terms).await {
        sell_out(&market).await;
    }
}

/// Lets everybody buy one of the cards, and proves that each was sold once.
pub async fn sell_out(market: &Market) {
    let seller = Actor::signup(&market.product, "seller").await;
    let buyers = market.people("buyer", BUYERS).await;
    let mut cards = Vec::with_capacity(CARDS);
    for _ in 0..CARDS {
        let ware = Ware {
            price: 500,
            edition: Some(1),
            message_price: None,
        };
        cards.push(market.sell(&seller, ware).await);
    }
    let wishes = buyers.iter().enumerate().map(|(number, buyer)| {
        let card = &cards[number % CARDS];
        async move { (card, buyer, try_to_buy(buyer, card).await) }
    });
    let came: Vec<_> = futures::stream::iter(wishes).buffer_unordered(AT_ONCE).collect().await;
    let mut sales: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (card, buyer, order) in &came {
        if let Some(order) = order {
            sales
                .entry(&card.id)
                .or_default()
                .push(format!("{order} of {}", buyer.handle));
            assert!(
                entitlement(buyer, order).await.is_some(),
                "order {order} entitles to nothing"
            );
        }
    }
    let twice: Vec<_> = sales.iter().filter(|(_, orders)| orders.len() > 1).collect();
    assert!(twice.is_empty(), "sold more than once: {twice:#?}");
    assert_eq!(sales.len(), CARDS, "cards that were sold");
    for card in &cards {
        let edition = seller.get(&format!("/api/model-cards/{}", card.id)).await.is(200)["edition"].clone();
        assert_eq!(edition, json!({"size": 1, "available": 0, "held": 0, "sold": 1}));
    }
}

/// Gives the completed order; none when the edition is sold out, which must be said cleanly.
async fn try_to_buy(buyer: &Actor, card: &Card) -> Option<String> {
    let placed = buyer
        .post_keyed("/api/orders", &unknown_id(), json!({"cardId": card.id}))
        .await;
    if placed.status == 409 {
        placed.fails_with(409, "orders.sold_out");
        return None;
    }
    let id = placed.is(201).text("id");
    // `reserving` may still turn out to be too late.
    let order = until(buyer, &id, |order| !order.has("status", "reserving")).await;
    if order.has("status", "rejected") {
        assert_eq!(order.text("rejection"), "sold_out");
        return None;
    }
    pay(buyer, &id, "test_success").await;
    completed(buyer, &id).await;
    Some(id)
}
