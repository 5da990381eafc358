//! Placing, reading, taking back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use contracts::ai_model_cards::{CardChange, CardEvent, ReservationChange};
use contracts::payments::PaymentChange;
use contracts::realtime::user_channel;
use ephemeral::Ephemeral as _;
use kernel::{ErrorCode, Fault, UserId};
use serde_json::{Value, json};

use crate::shop::{Shop, TTL, euros};

#[tokio::test]
async fn an_order_gets_its_hold_and_a_time_to_pay() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    let order = shop
        .buy(shop.ada, json!({ "cardId": card, "quantity": 2 }))
        .await
        .expect(201);
    assert_eq!(
        (order["status"].as_str(), &order["total"]),
        (Some("awaiting_payment"), &json!(euros(1000)))
    );
    assert_eq!(order["expiresAt"], json!(shop.ambient.now() + TTL));
    assert_eq!(
        (order["revision"].as_u64(), order["name"].as_str()),
        (Some(3), Some("Sage"))
    );
    let id = order["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(shop.kinds(id).await, ["created", "awaiting_payment"]);
    assert_eq!(
        shop.told(id).await.iter().map(|e| e.version).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(shop.cards.asked.lock()[0].order_id, id);
}

#[tokio::test]
async fn one_of_two_buyers_gets_the_single_edition_and_the_other_is_told() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    shop.order(card).await;
    let bob: UserId = shop.ambient.id();
    let refused = shop.buy(bob, json!({ "cardId": card })).await;
    assert_eq!(refused.expect_code(409), "orders.sold_out");
    let mine = shop.app.by(bob).get("/api/orders").await.expect(200);
    assert_eq!(
        (&mine["items"][0]["status"], &mine["items"][0]["rejection"]),
        (&json!("rejected"), &json!("sold_out"))
    );
}

#[tokio::test]
async fn of_five_hundred_buyers_at_once_one_gets_the_single_edition() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    let buyers = (0..500).map(|_| {
        let (by, shop) = (shop.ambient.id(), &shop);
        async move { shop.buy(by, json!({ "cardId": card })).await.status.as_u16() }
    });
    let answers = futures::future::join_all(buyers).await;
    assert_eq!(answers.iter().filter(|s| **s == 201).count(), 1);
    assert_eq!(answers.iter().filter(|s| **s == 409).count(), 499);
}

#[tokio::test]
async fn a_client_names_no_price_and_buys_nothing_strange() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    for (body, field) in [
        (json!({ "cardId": card, "price": euros(1) }), "price"),
        (json!({ "cardId": card, "total": 1 }), "total"),
        (json!({ "cardId": card, "quantity": 0 }), "quantity"),
        (json!({ "cardId": card, "quantity": 101 }), "quantity"),
        (json!({ "cardId": "x" }), "cardId"),
        (json!({ "cardId": card, "coupon": "NONE" }), "coupon"),
    ] {
        let wrong = shop.buy(shop.ada, body.clone()).await.expect(422);
        assert_eq!(wrong["errors"][0]["field"], field, "{body}");
    }
    let nothing = shop
        .buy(shop.ada, json!({ "cardId": shop.ambient.id::<kernel::CardId>() }))
        .await;
    assert_eq!(nothing.expect_code(404), "orders.card_not_found");
    let own = shop.buy(shop.seller, json!({ "cardId": card })).await.expect(422);
    assert_eq!(own["errors"][0]["field"], "cardId");
    shop.app
        .anonymous()
        .post("/api/orders", json!({ "cardId": card }))
        .await
        .expect(401);
}

#[tokio::test]
async fn a_sum_beyond_all_numbers_is_refused() {
    let shop = Shop::new().await;
    let card = shop.card(i64::MAX / 2, None);
    let wrong = shop
        .buy(shop.ada, json!({ "cardId": card, "quantity": 3 }))
        .await
        .expect(422);
    assert_eq!(wrong["errors"][0]["field"], "quantity");
}

#[tokio::test]
async fn a_free_card_needs_no_payment() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(0, None)).await;
    assert_eq!(shop.status(order).await, "paid");
    shop.reservation(order, ReservationChange::Committed).await;
    assert_eq!(shop.status(order).await, "completed");
    assert_eq!(shop.kinds(order).await, ["created", "paid", "completed"]);
    assert_eq!(shop.entitlements_told().await.len(), 1);
}

#[tokio::test]
async fn an_order_is_taken_while_the_cards_do_not_answer_for_holds() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let order = shop.order(shop.card(500, Some(1))).await;
    assert_eq!(shop.status(order).await, "reserving");
    shop.reservation(order, ReservationChange::Held).await;
    assert_eq!(shop.status(order).await, "awaiting_payment");
    let other = shop.order(shop.card(500, Some(1))).await;
    shop.refused(other).await;
    assert_eq!(shop.status(other).await, "rejected");
}

#[tokio::test]
async fn an_order_is_taken_at_the_price_last_seen_while_the_cards_are_away() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    shop.order(card).await;
    shop.cards.away.store(true, Ordering::SeqCst);
    let change = CardChange::Repriced { price: euros(700) };
    let card_event = |change| CardEvent {
        card_id: card,
        seller_id: shop.seller,
        version: 9,
        change,
    };
    shop.hear(&card_event(change)).await;
    let order = shop.buy(shop.ada, json!({ "cardId": card })).await.expect(201);
    assert_eq!(
        (&order["status"], &order["total"]),
        (&json!("reserving"), &json!(euros(700)))
    );
    shop.hear(&card_event(CardChange::Suspended { reason: "spam".into() }))
        .await;
    let refused = shop.buy(shop.ada, json!({ "cardId": card })).await;
    assert_eq!(refused.expect_code(503), "orders.cards_unavailable");
}

#[tokio::test]
async fn a_buyer_and_a_seller_see_an_order_and_nobody_else_does() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    let path = format!("/api/orders/{order}");
    shop.app.by(shop.seller).get(&path).await.expect(200);
    let stranger: UserId = shop.ambient.id();
    assert_eq!(
        shop.app.by(stranger).get(&path).await.expect_code(404),
        "orders.not_found"
    );
    shop.app.by(stranger).delete(&path).await.expect(404);
    shop.app.by(shop.seller).delete(&path).await.expect(404);
    shop.ask_refund(stranger, order).await.expect(404);
    shop.app.anonymous().get(&path).await.expect(401);
}

#[tokio::test]
async fn orders_and_sales_are_listed_newest_first_and_paged() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    let (first, second) = (shop.order(card).await, shop.order(card).await);
    let page = shop.app.by(shop.ada).get("/api/orders?limit=1").await.expect(200);
    assert_eq!(page["items"][0]["id"], json!(second));
    let next = format!("/api/orders?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
    let page = shop.app.by(shop.ada).get(&next).await.expect(200);
    assert_eq!(
        (&page["items"][0]["id"], &page["nextCursor"]),
        (&json!(first), &Value::Null)
    );
    let sales = shop
        .app
        .by(shop.seller)
        .get("/api/orders?role=seller")
        .await
        .expect(200);
    assert_eq!(sales["items"].as_array().unwrap().len(), 2);
    let none = shop.app.by(shop.seller).get("/api/orders").await.expect(200);
    assert!(none["items"].as_array().unwrap().is_empty());
    shop.app.by(shop.ada).get("/api/orders?role=admin").await.expect(422);
}

#[tokio::test]
async fn a_buyer_takes_an_order_back_until_it_is_paid() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    assert_eq!(shop.cancel(order).await.expect(200)["status"], "cancelled");
    assert_eq!(shop.cancel(order).await.expect(200)["status"], "cancelled");
    let done = shop.bought().await;
    assert_eq!(shop.cancel(done).await.expect_code(409), "orders.not_cancellable");
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let reserving = shop.order(shop.card(500, None)).await;
    assert_eq!(shop.cancel(reserving).await.expect(200)["status"], "cancelled");
    shop.reservation(reserving, ReservationChange::Held).await;
    assert_eq!(shop.kinds(reserving).await, ["created", "cancelled"]);
}

#[tokio::test]
async fn a_wish_that_the_cards_cannot_fulfil_is_a_refusal_and_one_that_they_are_too_busy_for_is_not() {
    let shop = Shop::new().await;
    for (fault, code) in [
        (Fault::invalid("quantity", "must be 1 to 5"), "orders.sold_out"),
        (
            Fault::new(ErrorCode::Conflict, "cards.other_hold", "x"),
            "orders.not_on_sale",
        ),
        (Fault::not_found("cards.not_found"), "orders.not_on_sale"),
    ] {
        *shop.cards.fault.lock() = Some(fault);
        let refused = shop.buy(shop.ada, json!({ "cardId": shop.card(500, None) })).await;
        assert_eq!(refused.expect_code(409), code);
    }
    for fault in [
        Fault::new(ErrorCode::Conflict, "store.conflict", "x"),
        Fault::unavailable("cards.too_many_holds", "x", TTL),
    ] {
        *shop.cards.fault.lock() = Some(fault);
        let placed = shop
            .buy(shop.ada, json!({ "cardId": shop.card(500, None) }))
            .await
            .expect(201);
        assert_eq!(placed["status"], "reserving");
    }
}

#[tokio::test]
async fn a_buyer_has_a_few_open_orders_at_once() {
    let shop = Shop::with(orders::Config {
        open_orders_max: 3,
        ..orders::Config::default()
    })
    .await;
    let card = shop.card(500, None);
    let wishes = (0..12).map(|_| shop.buy(shop.ada, json!({ "cardId": card })));
    let answers = futures::future::join_all(wishes).await;
    let placed: Vec<_> = answers.iter().filter(|r| r.status == 201).collect();
    assert_eq!(placed.len(), 3);
    let refused = answers.iter().find(|r| r.status == 429).unwrap();
    assert_eq!(refused.json()["code"], "orders.too_many_open");
    assert!(refused.headers.contains_key("retry-after"));
    let id = placed[0].json()["id"].as_str().unwrap().parse().unwrap();
    shop.cancel(id).await.expect(200);
    shop.order(card).await;
}

#[tokio::test]
async fn who_lets_a_limited_card_go_three_times_waits_until_the_hour_is_over() {
    let shop = Shop::new().await;
    let (limited, endless) = (shop.card(500, Some(5)), shop.card(500, None));
    for card in [limited, endless] {
        for _ in 0..3 {
            let order = shop.order(card).await;
            shop.cancel(order).await.expect(200);
            shop.world.advance(Duration::from_secs(60));
        }
    }
    let refused = shop.buy(shop.ada, json!({ "cardId": limited })).await;
    assert_eq!(refused.expect_code(429), "orders.let_go_too_often");
    shop.buy(shop.ada, json!({ "cardId": endless })).await.expect(201);
    shop.buy(shop.ambient.id(), json!({ "cardId": limited }))
        .await
        .expect(201);
    shop.world.advance(Duration::from_secs(3_600 - 6 * 60));
    shop.buy(shop.ada, json!({ "cardId": limited })).await.expect(201);
}

#[tokio::test]
async fn a_purchase_goes_from_hold_to_entitlement_and_is_shown_live() {
    let shop = Shop::new().await;
    let mut socket = shop.world.ephemeral().subscriber().await.unwrap();
    socket.subscribe(&user_channel(shop.ada)).await.unwrap();
    let order = shop.order(shop.card(500, None)).await;
    let payable = shop.begin(order).await;
    assert_eq!(
        (payable.attempt, payable.total, &*payable.description),
        (1, euros(500), "1 × Sage")
    );
    shop.payment(order, 1, PaymentChange::IntentCreated).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.reservation(order, ReservationChange::Committed).await;
    let kinds = ["created", "awaiting_payment", "paying", "paid", "completed"];
    assert_eq!(shop.kinds(order).await, kinds);
    shop.show().await;
    let (_, frame): (String, Bytes) = socket.next().await.unwrap();
    let frame: Value = serde_json::from_slice(&frame).unwrap();
    assert_eq!((&frame["live"], &frame["t"]), (&json!("user_event"), &json!("order")));
    assert_eq!(
        (&frame["d"]["id"], &frame["d"]["status"]),
        (&json!(order), &json!("completed"))
    );
}

#[tokio::test]
async fn an_erased_buyer_leaves_orders_as_bookkeeping_and_nothing_open() {
    let shop = Shop::new().await;
    let (done, open) = (shop.bought().await, shop.order(shop.card(500, None)).await);
    let paying = shop.order(shop.card(500, None)).await;
    shop.begin(paying).await;
    shop.erase(shop.ada).await;
    shop.erase(shop.ada).await;
    assert_eq!(shop.status(open).await, "cancelled");
    assert_eq!(shop.status(paying).await, "expiring");
    assert_eq!(shop.status(done).await, "completed");
    let owned = shop.app.by(shop.ada).get("/api/entitlements").await.expect(200);
    assert_eq!(owned["items"][0]["status"], "revoked");
}
