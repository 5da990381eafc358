//! Top-ups of wallets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Shop, config, eur};

/// Begins a top-up.
pub async fn top_up(shop: &Shop, amount: i64, (method, key): (&str, &str)) -> testkit::Reply {
    let body = json!({ "amount": eur(amount), "method": method });
    shop.buyer()
        .header("idempotency-key", key)
        .post("/api/wallet/topups", body)
        .await
}

async fn balance(shop: &Shop) -> i64 {
    shop.pump().await;
    let wallet = shop.buyer().get("/api/wallet").await.expect(200);
    wallet["balances"][0]["balance"].as_i64().unwrap_or_default()
}

/// Tops up and waits for the money.
pub async fn topped_up(shop: &Shop, amount: i64) {
    let before = balance(shop).await;
    top_up(shop, amount, ("test_success", &shop.key())).await.expect(201);
    shop.run_until(&["test provider"], async || balance(shop).await == before + amount)
        .await;
}

#[tokio::test]
async fn two_top_ups_are_two_and_the_same_twice_is_one() {
    let shop = Shop::new().await;
    assert_eq!(
        shop.buyer().get("/api/wallet").await.expect(200),
        json!({ "balances": [] })
    );
    let all =
        futures::future::join_all(["a", "b", "a", "b", "a"].map(|key| top_up(&shop, 500, ("test_success", key)))).await;
    assert!(all.iter().all(|r| r.status == 201 || r.status == 409));
    shop.run_until(&["test provider"], async || balance(&shop).await == 1000)
        .await;
    assert_eq!(
        (shop.books().await, shop.account("wallet").await),
        ([2, 1000, 0, 0], -1000)
    );
    let wallet = shop.buyer().get("/api/wallet").await.expect(200);
    assert_eq!(
        wallet["balances"],
        json!([{ "currency": "EUR", "balance": 1000, "held": 0, "available": 1000 }])
    );
    assert_eq!(
        shop.seller().get("/api/wallet").await.expect(200),
        json!({ "balances": [] })
    );
}

#[tokio::test]
async fn a_declined_top_up_leaves_the_wallet_as_it_was() {
    let shop = Shop::new().await;
    let payment = top_up(&shop, 500, ("test_decline", "k")).await.expect(201);
    assert_eq!(payment.get("orderId"), None::<&Value>);
    shop.until(payment["id"].as_str().unwrap(), "failed").await;
    assert_eq!((balance(&shop).await, shop.account("wallet").await), (0, 0));
}

#[tokio::test]
async fn a_lost_reply_of_a_top_up_is_one_charge() {
    let shop = Shop::new().await;
    shop.faults(json!({ "loseReplyPercent": 100 })).await;
    let payment = top_up(&shop, 500, ("test_success", "k")).await.expect(201);
    shop.until(payment["id"].as_str().unwrap(), "succeeded").await;
    assert_eq!((shop.books().await[0], balance(&shop).await), (1, 500));
}

#[tokio::test]
async fn a_wallet_is_capped() {
    let mut small = config();
    (small.wallet.top_up_max, small.wallet.balance_max) = (1000, 1500);
    let shop = Shop::with(small).await;
    for (amount, status) in [(99, 422), (1001, 422), (-500, 422), (0, 422)] {
        top_up(&shop, amount, ("test_success", &shop.key()))
            .await
            .expect(status);
    }
    topped_up(&shop, 1000).await;
    let more = top_up(&shop, 501, ("test_success", "k")).await;
    assert_eq!(more.expect_code(409), "payments.wallet_full");
    topped_up(&shop, 500).await;
}

#[tokio::test]
async fn a_top_up_that_is_left_open_is_cancelled_after_a_day() {
    let shop = Shop::new().await;
    let begun = top_up(&shop, 500, ("test_never", "k")).await.expect(201);
    shop.world.advance(Duration::from_secs(86_000));
    shop.run_until(&["reconcile"], async || true).await;
    let id = begun["id"].as_str().unwrap();
    assert_eq!(shop.status(id).await, "processing");
    shop.world.advance(Duration::from_secs(4_000));
    shop.until(id, "canceled").await;
}

#[tokio::test]
async fn open_top_ups_are_few_and_count_as_what_there_will_be() {
    let mut small = config();
    small.wallet.balance_max = 50_000;
    let shop = Shop::with(small).await;
    top_up(&shop, 40_000, ("test_never", "k0")).await.expect(201);
    let more = top_up(&shop, 10_001, ("test_never", "k")).await;
    assert_eq!(more.expect_code(409), "payments.wallet_full");
    for n in 1..10 {
        top_up(&shop, 100, ("test_never", &format!("k{n}"))).await.expect(201);
    }
    let more = top_up(&shop, 100, ("test_never", "k10")).await;
    assert_eq!(more.expect_code(409), "payments.too_many_topups");
}
