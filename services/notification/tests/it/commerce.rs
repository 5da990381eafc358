//! Orders and cards.

use contracts::ai_model_cards::{CardChange, CardEvent};
use contracts::orders::{OrderChange, OrderEvent};
use kernel::{Currency, Money, UserId};

use crate::house::House;

async fn order(h: &House, (buyer_id, seller_id): (UserId, UserId), change: OrderChange) {
    let total = Money {
        amount: 500,
        currency: Currency::EUR,
    };
    h.hear(&OrderEvent {
        order_id: h.ambient.id(),
        buyer_id,
        seller_id,
        card_id: "0190c5a0-7b7e-7000-8000-000000000001".parse().unwrap(),
        revision: 1,
        quantity: 1,
        total,
        version: 5,
        change,
    })
    .await;
}

#[tokio::test]
async fn a_sale_is_told_to_both_and_names_no_buyer() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    for _ in 0..2 {
        let entitlement_id = h.ambient.id();
        order(
            &h,
            (ada, grace),
            OrderChange::Completed {
                attempt: 1,
                entitlement_id,
            },
        )
        .await;
    }
    assert_eq!(h.list(ada).await, ["Your order is complete"; 2]);
    let sold = h.page(grace).await;
    assert_eq!(sold["items"][0]["text"], "Your card was sold 2 times");
    assert!(sold["items"][0]["actors"].as_array().unwrap().is_empty());
    assert!(!sold.to_string().contains(&ada.to_string()));
}

#[tokio::test]
async fn what_became_of_an_order_is_told_to_its_buyer() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    order(&h, (ada, grace), OrderChange::Expired).await;
    order(&h, (ada, grace), OrderChange::Refunded).await;
    order(&h, (ada, grace), OrderChange::Cancelled).await;
    let mut list = h.list(ada).await;
    list.sort();
    assert_eq!(
        list,
        ["Your order expired: it was not paid in time", "Your order was refunded"]
    );
    assert!(h.list(grace).await.is_empty());
}

#[tokio::test]
async fn a_moderators_later_word_takes_the_earlier_back() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let card_id = h.ambient.id();
    let word = |version, change| CardEvent {
        card_id,
        seller_id: ada,
        version,
        change,
    };
    let reason = || CardChange::Rejected {
        reason: "too loud".into(),
    };
    h.hear(&word(2, reason())).await;
    assert_eq!(h.list(ada).await, ["Your card was sent back: too loud"]);
    h.hear(&word(4, CardChange::Approved)).await;
    assert_eq!(h.list(ada).await, ["Your card was approved"]);
    h.hear(&word(6, reason())).await;
    assert_eq!(h.list(ada).await, ["Your card was sent back: too loud"]);
}
