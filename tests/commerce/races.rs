//! Races that need the whole product: whichever side wins, money, entitlement and edition say the same.

use std::time::Duration;

use blackbox::{Actor, Field as _, unknown_id, within};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::market::{Card, Market, Terms, Ware, euros};
use crate::till::{PATIENCE, buy, completed, entitlement, entitlement_is, over, pay, payment, place};
use crate::turns;

const TERMS: Terms = Terms {
    pay_within_ms: 5_000,
    slow_ms: 2_000,
};
/// Orders that race at once, a little apart from each other: from 1.2 s before the rival to 1.2 s after it.
const RACERS: u32 = 24;
const APART: Duration = Duration::from_millis(100);
const AHEAD: Duration = Duration::from_millis(1_200);

fn ware(price: u64, edition: Option<u64>) -> Ware {
    Ware {
        price,
        edition,
        message_price: None,
    }
}

/// A market with one card, its seller and a buyer.
async fn stall(terms: Terms, ware: Ware) -> Option<(Market, Actor, Actor, Card)> {
    let market = Market::in_one_process(terms).await?;
    let [seller, buyer] = blackbox::strangers(&market.product, ["seller", "buyer"]).await;
    let card = market.sell(&seller, ware).await;
    Some((market, seller, buyer, card))
}

/// Fails unless money, entitlement and invoice of an order that is over say the same; says whether it was bought.
async fn bought(buyer: &Actor, order: &Value, payments: &[String]) -> bool {
    let (id, status) = (order.text("id"), order.text("status"));
    let total = order.number("total.amount");
    let wanted = if status == "completed" { total } else { 0 };
    let net = async || {
        let mut net = 0;
        for id in payments {
            let payment = payment(buyer, id).await;
            if payment.has("status", "succeeded") {
                net += payment.number("amount.amount") - payment.number("refunded.amount");
            } else if !payment.has("status", "canceled") && !payment.has("status", "failed") {
                return None;
            }
        }
        (net == wanted).then_some(())
    };
    within(PATIENCE, &format!("{status} order {id} to have cost {wanted}"), net).await;
    let entitled = entitlement(buyer, &id).await.is_some();
    assert_eq!(entitled, status == "completed", "{order:#}");
    entitled
}

async fn is_well(market: &Market) {
    within(PATIENCE, "the books to balance", async || {
        let check = market.moderator.get("/api/payments/ledger/check").await.is(200);
        let escrow = check
            .list("accounts")
            .into_iter()
            .find(|of| of.has("account", "order_escrow"));
        let rests = escrow.is_some_and(|of| of["amount"] != 0);
        (check.flag("ok") && !rests).then_some(())
    })
    .await;
}

/// Lets each racer pay slowly and do `rival` about when the money comes, and proves that one of both has won.
async fn race(pay_at: impl Fn(u32) -> Duration, rival: impl AsyncFn(&Actor, &str, u32)) -> (usize, usize) {
    let Some((market, seller, buyer, card)) = stall(TERMS, ware(1_234, Some(RACERS.into()))).await else {
        return (1, 1);
    };
    let racers = (0..RACERS).map(|number| {
        let (buyer, card, rival, pay_at) = (&buyer, &card, &rival, pay_at(number));
        async move {
            let order = place(buyer, card).await.text("id");
            sleep(pay_at).await;
            let body = json!({"orderId": order, "method": "test_slow"});
            let begun = buyer.post_keyed("/api/payments", &unknown_id(), body).await;
            // On a busy machine the deadline may have come before.
            let mut payments = Vec::new();
            match begun.status {
                201 => payments.push(begun.json().text("id")),
                _ => begun.fails_with(409, "orders.not_payable"),
            }
            rival(buyer, &order, number).await;
            let order = over(buyer, &order).await;
            bought(buyer, &order, &payments).await
        }
    });
    let won = futures::future::join_all(racers).await;
    let sold = won.iter().filter(|won| **won).count();
    is_well(&market).await;
    let edition = seller.get(&format!("/api/model-cards/{}", card.id)).await.is(200)["edition"].clone();
    assert_eq!(
        (edition.number("sold"), edition.number("held")),
        (sold as u64, 0),
        "{edition}"
    );
    let (_, captured, refunded) = market.books().await;
    assert_eq!(captured - refunded, 1_234 * sold as u64);
    (sold, won.len() - sold)
}

#[tokio::test]
async fn a_payment_that_comes_about_the_deadline_buys_or_goes_back() {
    let _together = turns::together().await;
    let first = Duration::from_millis(TERMS.pay_within_ms - TERMS.slow_ms) - AHEAD;
    let (sold, expired) = race(|number| first + APART * number, async |_, _, _| {}).await;
    println!("about the deadline: {sold} bought, {expired} expired");
    assert!(sold > 0 && expired > 0, "no race: {sold} bought, {expired} expired");
}

#[tokio::test]
async fn a_payment_that_comes_while_the_order_is_taken_back_buys_or_goes_back() {
    let _together = turns::together().await;
    let first = Duration::from_millis(TERMS.slow_ms) - AHEAD;
    let (sold, cancelled) = race(
        |_| Duration::ZERO,
        async |buyer, order, number| {
            sleep(first + APART * number).await;
            let answer = buyer.delete(&format!("/api/orders/{order}")).await;
            assert!(matches!(answer.status, 200 | 409), "{}", answer.text);
        },
    )
    .await;
    println!("about a cancellation: {sold} bought, {cancelled} cancelled");
    assert!(
        sold > 0 && cancelled > 0,
        "no race: {sold} bought, {cancelled} cancelled"
    );
}

#[tokio::test]
async fn of_two_tabs_one_pays_and_the_other_is_told_or_paid_back() {
    let _together = turns::together().await;
    let Some((market, _, buyer, card)) = stall(TERMS, ware(1_999, None)).await else {
        return;
    };
    for _ in 0..8 {
        let order = place(&buyer, &card).await.text("id");
        let tab = async || {
            let body = json!({"orderId": order, "method": "test_success"});
            let key = unknown_id();
            buyer.post_keyed("/api/payments", &key, body).await
        };
        let tabs: [_; 2] = futures::future::join(tab(), tab()).await.into();
        let mut payments = Vec::new();
        for reply in &tabs {
            match reply.status {
                201 => payments.push(reply.json().text("id")),
                409 => {
                    let code = reply.fails(409).text("code");
                    assert!(
                        ["orders.payment_under_way", "orders.not_payable"].contains(&code.as_str()),
                        "{code}"
                    );
                }
                other => panic!("{other}: {}", reply.text),
            }
        }
        assert!(!payments.is_empty(), "nobody could pay");
        let order = completed(&buyer, &order).await;
        assert!(bought(&buyer, &order, &payments).await);
    }
    is_well(&market).await;
}

#[tokio::test]
async fn lost_replies_and_repeated_webhooks_make_one_charge_each() {
    let _together = turns::together().await;
    let Some((market, _, buyer, card)) = stall(TERMS, ware(2_345, None)).await else {
        return;
    };
    let orders = [
        place(&buyer, &card).await.text("id"),
        place(&buyer, &card).await.text("id"),
    ];
    market.misbehave(json!({"seed": 7, "loseReplyPercent": 100})).await;
    let body = json!({"orderId": orders[0], "method": "test_success"});
    let (key, mut answers) = (unknown_id(), Vec::new());
    for _ in 0..3 {
        let reply = buyer.post_keyed("/api/payments", &key, body.clone()).await;
        answers.push(reply.is(201).text("id"));
    }
    assert!(answers.iter().all(|id| *id == answers[0]), "{answers:?}");
    market
        .misbehave(json!({"seed": 8, "duplicatePercent": 100, "reorderPercent": 100, "lateMs": 500}))
        .await;
    pay(&buyer, &orders[1], "test_success").await;
    for order in &orders {
        completed(&buyer, order).await;
    }
    market.misbehave(json!({})).await;
    // What comes twice may come a second later.
    sleep(Duration::from_millis(1_500)).await;
    is_well(&market).await;
    assert_eq!(market.books().await, (2, 2 * 2_345, 0));
}

#[tokio::test]
async fn a_key_is_one_purchase_and_with_another_body_it_is_refused() {
    let _together = turns::together().await;
    let Some((_market, _, buyer, card)) = stall(TERMS, ware(100, None)).await else {
        return;
    };
    let (key, body) = (unknown_id(), json!({"cardId": card.id}));
    buyer.post("/api/orders", body.clone()).await.fails(400);
    let first = buyer.post_keyed("/api/orders", &key, body.clone()).await;
    let again = buyer.post_keyed("/api/orders", &key, body).await;
    assert_eq!((first.status, &first.text), (201, &again.text));
    let other = json!({"cardId": card.id, "quantity": 2});
    buyer.post_keyed("/api/orders", &key, other).await.fails(422);
    assert_eq!(buyer.get("/api/orders").await.is(200).list("items").len(), 1);
}

#[tokio::test]
async fn what_is_held_keeps_its_price_and_is_bought_though_the_card_is_suspended() {
    let _together = turns::together().await;
    let Some((market, seller, buyer, card)) = stall(TERMS, ware(1_500, Some(5))).await else {
        return;
    };
    let held = place(&buyer, &card).await;
    let reprice = format!("/api/model-cards/{}/reprice", card.id);
    seller.post(&reprice, json!({"price": euros(9_900)})).await.is(200);
    let dearer = place(&buyer, &card).await;
    assert_eq!(
        (held.number("total.amount"), dearer.number("total.amount")),
        (1_500, 9_900)
    );
    let suspend = format!("/api/model-cards/{}/suspend", card.id);
    market
        .moderator
        .post(&suspend, json!({"reason": "a look at it"}))
        .await
        .is(200);
    let late = buyer
        .post_keyed("/api/orders", &unknown_id(), json!({"cardId": card.id}))
        .await;
    assert!(matches!(late.status, 404 | 409), "{}", late.text);
    let payment_of_held = pay(&buyer, &held.text("id"), "test_success").await.text("id");
    completed(&buyer, &held.text("id")).await;
    let paid = payment(&buyer, &payment_of_held).await;
    assert_eq!(paid.number("amount.amount"), 1_500, "{paid}");
    assert!(over(&buyer, &dearer.text("id")).await.has("status", "expired"));
}

#[tokio::test]
async fn a_refund_takes_the_entitlement_and_leaves_the_order_completed() {
    let _together = turns::together().await;
    let Some((market, _, buyer, card)) = stall(TERMS, ware(777, Some(1))).await else {
        return;
    };
    let order = buy(&buyer, &card).await.text("id");
    let path = format!("/api/orders/{order}/refund");
    let (key, other) = (unknown_id(), unknown_id());
    let first = buyer.post_keyed(&path, &key, json!({})).await;
    let again = buyer.post_keyed(&path, &key, json!({})).await;
    assert_eq!((first.status, &first.text), (202, &again.text));
    buyer.post_keyed(&path, &other, json!({})).await.fails(409);
    entitlement_is(&buyer, &order, "revoked").await;
    let order = completed(&buyer, &order).await;
    within(PATIENCE, "the money to be back", async || {
        (market.books().await == (1, 777, 777)).then_some(())
    })
    .await;
    is_well(&market).await;
    assert!(order.has("status", "completed"));
}
