//! Statements and payouts of sellers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Shop, eur};

async fn pay_out(shop: &Shop, amount: i64, key: &str) -> testkit::Reply {
    shop.seller()
        .header("idempotency-key", key)
        .post("/api/payouts", json!({ "amount": eur(amount) }))
        .await
}

async fn balance(shop: &Shop) -> Value {
    shop.pump().await;
    shop.seller().get("/api/statements/balance").await.expect(200)["items"][0].clone()
}

#[tokio::test]
async fn a_seller_is_paid_out_what_is_owed_and_no_more() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    assert_eq!(
        balance(&shop).await,
        json!({ "currency": "EUR", "payable": 900, "held": 0, "available": 900 })
    );
    assert_eq!(
        pay_out(&shop, 901, "a").await.expect_code(409),
        "payments.insufficient_balance"
    );
    pay_out(&shop, 99, "b").await.expect(422);
    pay_out(&shop, -5, "c").await.expect(422);
    let paid = pay_out(&shop, 900, "d").await.expect(201);
    assert_eq!((&paid["status"], &paid["amount"]), (&json!("paid"), &json!(eur(900))));
    let nothing = json!({ "currency": "EUR", "payable": 0, "held": 0, "available": 0 });
    assert_eq!(balance(&shop).await, nothing);
    assert_eq!(
        (shop.books().await[3], shop.account("seller_paid_out").await),
        (900, -900)
    );
    assert_eq!(
        shop.seller().get("/api/payouts").await.expect(200)["items"],
        json!([paid])
    );
}

#[tokio::test]
async fn payouts_at_once_never_take_more_than_there_is() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    let keys: Vec<String> = (0..12).map(|n| format!("k{n}")).collect();
    let all = futures::future::join_all(keys.iter().map(|key| pay_out(&shop, 250, key))).await;
    let (paid, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| r.status == 201);
    assert_eq!((paid.len(), refused.len()), (3, 9));
    assert!(
        refused
            .into_iter()
            .all(|r| r.expect_code(409) == "payments.insufficient_balance")
    );
    assert_eq!(
        (balance(&shop).await["payable"].clone(), shop.books().await[3]),
        (json!(150), 750)
    );
    shop.account("seller_payable").await;
}

#[tokio::test]
async fn the_same_payout_at_once_is_one() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    let all = futures::future::join_all((0..8).map(|_| pay_out(&shop, 200, "k"))).await;
    assert!(all.iter().all(|r| r.status == 201 || r.status == 409));
    let again = pay_out(&shop, 200, "k").await;
    assert_eq!(again.expect(201)["status"], "paid");
    assert_eq!(
        (balance(&shop).await["payable"].clone(), shop.books().await[3]),
        (json!(700), 200)
    );
}

#[tokio::test]
async fn a_payout_whose_reply_is_lost_is_paid_once() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    shop.faults(json!({ "loseReplyPercent": 100 })).await;
    let sent = pay_out(&shop, 900, "k").await.expect(201);
    assert_eq!(sent["status"], "sending");
    let waits = balance(&shop).await;
    assert_eq!((&waits["held"], &waits["available"]), (&json!(900), &json!(0)));
    shop.faults(json!({})).await;
    shop.world.advance(Duration::from_secs(61));
    let paid = async || shop.seller().get("/api/payouts").await.expect(200)["items"][0]["status"] == "paid";
    shop.run_until(&["reconcile"], paid).await;
    assert_eq!(
        (balance(&shop).await["payable"].clone(), shop.books().await[3]),
        (json!(0), 900)
    );
    shop.account("seller_payable").await;
}

#[tokio::test]
async fn a_payout_that_is_refused_gives_the_money_back() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    let body = json!({ "amount": eur(900), "destination": "test_refuse" });
    let failed = shop
        .seller()
        .header("idempotency-key", "k")
        .post("/api/payouts", body)
        .await
        .expect(201);
    assert_eq!(failed["status"], "failed");
    assert_eq!(balance(&shop).await["available"], 900);
    assert_eq!(shop.books().await[3], 0);
    pay_out(&shop, 900, "again").await.expect(201);
}

#[tokio::test]
async fn a_statement_has_the_months_lines_and_sums() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    shop.world.advance(Duration::from_secs(1));
    shop.bought(2000).await;
    shop.world.advance(Duration::from_secs(1));
    pay_out(&shop, 500, "k").await.expect(201);
    let january = shop
        .seller()
        .get("/api/statements?month=2026-01&limit=2")
        .await
        .expect(200);
    assert_eq!(
        january["totals"],
        json!([{ "currency": "EUR", "earned": 2700, "refunded": 0, "paidOut": -500, "change": 2200 }])
    );
    let kinds = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["kind"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (kinds(&january), &january["complete"]),
        (vec![json!("payout"), json!("complete")], &json!(true))
    );
    let rest = format!(
        "/api/statements?limit=2&cursor={}",
        january["nextCursor"].as_str().unwrap()
    );
    assert_eq!(kinds(&shop.seller().get(&rest).await.expect(200)), ["complete"]);
    let february = shop.seller().get("/api/statements?month=2026-02").await.expect(200);
    assert_eq!((&february["items"], &february["totals"]), (&json!([]), &json!([])));
    assert_eq!(
        shop.buyer().get("/api/statements").await.expect(200)["items"],
        json!([])
    );
    for wrong in ["2026-13", "2026-1", "x", "2026-01-01"] {
        shop.seller()
            .get(&format!("/api/statements?month={wrong}"))
            .await
            .expect(422);
    }
}

#[tokio::test]
async fn a_ledger_that_is_told_again_to_somebody_without_memory_changes_no_balance() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    shop.bought(2000).await;
    crate::wallet::topped_up(&shop, 500).await;
    crate::wallet::topped_up(&shop, 300).await;
    for stored in shop.store.scan("ledger_transactions", None, 100).await.unwrap() {
        let mut told: Value = serde_json::from_slice(&stored.body).unwrap();
        told["transactionId"] = told["id"].clone();
        let told: contracts::payments::LedgerEvent = serde_json::from_value(told).unwrap();
        // Another event id: what was marked by it is gone.
        let event = contracts::Event::new(&shop.world.ambient(), &told).unwrap();
        shop.hand("payments.balances", &event).await;
    }
    assert_eq!(
        (shop.account("seller_payable").await, shop.account("wallet").await),
        (-2700, -800)
    );
}
