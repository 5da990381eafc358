//! Coupons of sellers.

use std::time::Duration;

use contracts::ai_model_cards::ReservationChange;
use contracts::payments::PaymentChange;
use kernel::{CardId, UserId};
use serde_json::{Value, json};

use crate::shop::{Shop, TTL, euros};

fn coupon(shop: &Shop, change: &Value) -> Value {
    let mut coupon = json!({
        "code": "Spring", "percentOff": 33, "redemptionsMax": 1, "expiresAt": shop.ambient.now() + Duration::from_secs(86_400),
    });
    let fields = coupon.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    fields.retain(|_, value| !value.is_null());
    coupon
}

async fn create(shop: &Shop, change: Value) -> Value {
    let body = coupon(shop, &change);
    shop.app.by(shop.seller).post("/api/coupons", body).await.expect(201)
}

async fn listed(shop: &Shop) -> (Value, Value) {
    let page = shop.app.by(shop.seller).get("/api/coupons").await.expect(200);
    (page["items"][0]["held"].clone(), page["items"][0]["redeemed"].clone())
}

fn wish(card: CardId) -> Value {
    json!({ "cardId": card, "coupon": "spring" })
}

#[tokio::test]
async fn a_coupon_takes_off_what_it_says_once_it_is_held() {
    let shop = Shop::new().await;
    assert_eq!(create(&shop, json!({})).await["code"], "SPRING");
    let card = shop.card(500, None);
    let order = shop.buy(shop.ada, wish(card)).await.expect(201);
    assert_eq!(
        (&order["discount"], &order["total"]),
        (&json!(euros(165)), &json!(euros(335)))
    );
    assert_eq!(listed(&shop).await, (json!(1), json!(0)));
    let bob: UserId = shop.ambient.id();
    assert_eq!(
        shop.buy(bob, wish(card)).await.expect_code(422),
        "orders.coupon_used_up"
    );
}

#[tokio::test]
async fn a_redemption_comes_back_when_the_order_is_over_and_counts_when_it_is_bought() {
    let shop = Shop::new().await;
    create(&shop, json!({})).await;
    let card = shop.card(500, None);
    shop.buy(shop.ada, wish(card)).await.expect(201);
    shop.world.advance(TTL + Duration::from_secs(5));
    shop.sweep().await;
    assert_eq!(listed(&shop).await, (json!(0), json!(0)));
    let order = shop.buy(shop.ada, wish(card)).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    shop.begin(order).await;
    shop.payment_of(order, 1, euros(335), PaymentChange::Succeeded).await;
    for _ in 0..2 {
        shop.reservation(order, ReservationChange::Committed).await;
    }
    assert_eq!(listed(&shop).await, (json!(0), json!(1)));
}

#[tokio::test]
async fn a_coupon_of_all_makes_an_order_free() {
    let shop = Shop::new().await;
    create(&shop, json!({ "percentOff": 100 })).await;
    let order = shop.buy(shop.ada, wish(shop.card(500, None))).await.expect(201);
    assert_eq!((&order["status"], &order["total"]), (&json!("paid"), &json!(euros(0))));
}

#[tokio::test]
async fn an_amount_takes_off_at_most_the_whole() {
    let shop = Shop::new().await;
    create(&shop, json!({ "percentOff": null, "amountOff": euros(900) })).await;
    let order = shop.buy(shop.ada, wish(shop.card(500, None))).await.expect(201);
    assert_eq!(
        (&order["discount"], &order["total"]),
        (&json!(euros(500)), &json!(euros(0)))
    );
}

#[tokio::test]
async fn a_coupon_is_for_its_card_its_currency_and_its_time() {
    let shop = Shop::new().await;
    let (card, other) = (shop.card(500, None), shop.card(500, None));
    create(&shop, json!({ "cardId": card, "redemptionsMax": 9 })).await;
    assert_eq!(
        shop.buy(shop.ada, wish(other)).await.expect_code(422),
        "orders.coupon_other_card"
    );
    shop.buy(shop.ada, wish(card)).await.expect(201);
    let dollars = json!({ "code": "USD", "percentOff": null, "amountOff": { "amount": 1, "currency": "USD" } });
    create(&shop, dollars).await;
    let refused = shop.buy(shop.ada, json!({ "cardId": card, "coupon": "USD" })).await;
    assert_eq!(refused.expect_code(422), "orders.coupon_other_currency");
    shop.world.advance(Duration::from_secs(86_400));
    assert_eq!(
        shop.buy(shop.ada, wish(card)).await.expect_code(422),
        "orders.coupon_over"
    );
}

#[tokio::test]
async fn of_many_who_redeem_at_once_as_many_do_as_there_are() {
    let shop = Shop::new().await;
    create(&shop, json!({ "redemptionsMax": 3 })).await;
    let card = shop.card(500, None);
    let buyers = (0..20).map(|_| shop.buy(shop.ambient.id(), wish(card)));
    let answers = futures::future::join_all(buyers).await;
    assert_eq!(answers.iter().filter(|r| r.status == 201).count(), 3);
    assert_eq!(listed(&shop).await, (json!(3), json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_hundred_buyers_redeem_one_code_at_once_and_none_is_refused() {
    let shop = Shop::new().await;
    create(&shop, json!({ "redemptionsMax": 300 })).await;
    let card = shop.card(500, None);
    let mut buyers = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let (by, body) = (shop.app.by(shop.ambient.id()), wish(card));
        let key = shop.key();
        buyers.spawn(async move {
            by.header("idempotency-key", &key)
                .post("/api/orders", body)
                .await
                .status
        });
    }
    let answers = buyers.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 300);
    assert_eq!(listed(&shop).await, (json!(300), json!(0)));
}

#[tokio::test]
async fn a_redemption_whose_order_was_refused_is_given_back_at_once() {
    let shop = Shop::with(orders::Config {
        open_orders_max: 1,
        ..orders::Config::default()
    })
    .await;
    create(&shop, json!({})).await;
    let card = shop.card(500, None);
    shop.order(card).await;
    shop.buy(shop.ada, wish(card)).await.expect(429);
    assert_eq!(listed(&shop).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn a_coupon_that_makes_no_sense_is_refused() {
    let shop = Shop::new().await;
    for (change, field) in [
        (json!({ "percentOff": 0 }), "percentOff"),
        (json!({ "percentOff": 101 }), "percentOff"),
        (json!({ "percentOff": null }), "percentOff"),
        (json!({ "amountOff": euros(5) }), "percentOff"),
        (json!({ "percentOff": null, "amountOff": euros(0) }), "amountOff"),
        (json!({ "code": "a b c" }), "code"),
        (json!({ "redemptionsMax": 0 }), "redemptionsMax"),
        (json!({ "expiresAt": shop.ambient.now() }), "expiresAt"),
        (json!({ "seller": shop.ada }), "seller"),
    ] {
        let wrong = shop
            .app
            .by(shop.seller)
            .post("/api/coupons", coupon(&shop, &change))
            .await
            .expect(422);
        assert_eq!(wrong["errors"][0]["field"], field, "{change}");
    }
    create(&shop, json!({})).await;
    let taken = shop
        .app
        .by(shop.seller)
        .post("/api/coupons", coupon(&shop, &json!({ "code": "SPRING" })))
        .await;
    assert_eq!(taken.expect_code(409), "orders.coupon_code_taken");
}

#[tokio::test]
async fn a_deleted_coupon_serves_only_those_who_hold_it() {
    let shop = Shop::new().await;
    create(&shop, json!({ "redemptionsMax": 5 })).await;
    let card = shop.card(500, None);
    let held = shop.buy(shop.ada, wish(card)).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    shop.app.by(shop.ada).delete("/api/coupons/SPRING").await.expect(404);
    shop.app.by(shop.seller).delete("/api/coupons/spring").await.expect(204);
    assert_eq!(
        shop.buy(shop.ada, wish(card)).await.expect_code(422),
        "orders.coupon_over"
    );
    assert_eq!(shop.read(held).await["total"], json!(euros(335)));
    shop.cancel(held).await.expect(200);
    let page = shop.app.by(shop.seller).get("/api/coupons").await.expect(200);
    assert!(page["items"].as_array().unwrap().is_empty());
}
