//! Messages that are paid from a wallet.

use std::time::Duration;

use contracts::payments::MessageCharge;
use kernel::RunId;
use serde_json::{Value, json};
use store::{Op, RawDocument};

use crate::wallet::topped_up;
use crate::{Shop, eur};

fn charge(shop: &Shop, price: i64) -> MessageCharge {
    let ambient = shop.world.ambient();
    MessageCharge {
        run_id: ambient.id(),
        payer_id: shop.buyer,
        seller_id: shop.seller,
        card_id: ambient.id(),
        entitlement_id: ambient.id(),
        price: eur(price),
    }
}

async fn wallet(shop: &Shop) -> [i64; 3] {
    let wallet = shop.buyer().get("/api/wallet").await.expect(200);
    ["balance", "held", "available"].map(|name| wallet["balances"][0][name].as_i64().unwrap())
}

#[tokio::test]
async fn a_message_is_put_aside_for_then_taken_once_with_a_receipt() {
    let shop = Shop::new().await;
    topped_up(&shop, 500).await;
    let charge = charge(&shop, 100);
    for _ in 0..2 {
        shop.billing.authorise(charge.clone()).await.unwrap();
    }
    assert_eq!(wallet(&shop).await, [500, 100, 400]);
    for _ in 0..2 {
        shop.billing.capture(shop.buyer, charge.run_id).await.unwrap();
    }
    // Again after it was taken: nothing more is put aside.
    shop.billing.authorise(charge.clone()).await.unwrap();
    assert_eq!(wallet(&shop).await, [400, 0, 400]);
    let receipts = shop.buyer().get("/api/receipts").await.expect(200)["items"].clone();
    assert_eq!(
        (
            receipts.as_array().unwrap().len(),
            &receipts[0]["runId"],
            &receipts[0]["price"]
        ),
        (1, &json!(charge.run_id), &json!(eur(100)))
    );
    assert_eq!(
        (
            shop.account("wallet").await,
            shop.account("seller_payable").await,
            shop.account("platform_fee").await
        ),
        (-400, -90, -10)
    );
    assert_eq!(shop.seller().get("/api/receipts").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn messages_at_once_never_spend_more_than_there_is() {
    let shop = Shop::new().await;
    topped_up(&shop, 500).await;
    let charges: Vec<_> = (0..20).map(|_| charge(&shop, 120)).collect();
    let all = futures::future::join_all(charges.iter().map(|c| shop.billing.authorise(c.clone()))).await;
    let held: Vec<_> = charges
        .iter()
        .zip(&all)
        .filter(|(_, r)| r.is_ok())
        .map(|(c, _)| c.run_id)
        .collect();
    assert_eq!(held.len(), 4);
    assert!(
        all.iter()
            .filter_map(|r| r.as_ref().err())
            .all(|fault| fault.code == "payments.no_credit" && fault.kind.status() == 403)
    );
    let twice = held
        .iter()
        .chain(&held)
        .map(|run| shop.billing.capture(shop.buyer, *run));
    assert!(futures::future::join_all(twice).await.iter().all(Result::is_ok));
    assert_eq!(wallet(&shop).await, [20, 0, 20]);
    assert_eq!(shop.account("wallet").await, -20);
}

#[tokio::test]
async fn what_is_given_back_is_free_and_cannot_be_taken() {
    let shop = Shop::new().await;
    topped_up(&shop, 100).await;
    let first = charge(&shop, 100);
    shop.billing.authorise(first.clone()).await.unwrap();
    for _ in 0..2 {
        shop.billing.release(shop.buyer, first.run_id).await.unwrap();
    }
    assert_eq!(
        shop.billing.capture(shop.buyer, first.run_id).await.unwrap_err().code,
        "payments.not_authorised"
    );
    let second = charge(&shop, 100);
    shop.billing.authorise(second.clone()).await.unwrap();
    shop.billing.capture(shop.buyer, second.run_id).await.unwrap();
    assert_eq!(
        shop.billing.release(shop.buyer, second.run_id).await.unwrap_err().code,
        "payments.captured"
    );
    shop.billing.release(shop.seller, second.run_id).await.unwrap_err();
    let unknown: RunId = shop.world.ambient().id();
    shop.billing.release(shop.seller, unknown).await.unwrap();
}

#[tokio::test]
async fn what_was_put_aside_is_free_again_after_an_hour() {
    let shop = Shop::new().await;
    topped_up(&shop, 100).await;
    shop.billing.authorise(charge(&shop, 100)).await.unwrap();
    shop.world.advance(Duration::from_secs(3599));
    shop.billing.authorise(charge(&shop, 1)).await.unwrap_err();
    shop.world.advance(Duration::from_secs(2));
    shop.run_until(&["reconcile"], async || wallet(&shop).await == [100, 0, 100])
        .await;
}

#[tokio::test]
async fn a_taking_that_broke_off_is_finished_and_not_given_back() {
    let shop = Shop::new().await;
    topped_up(&shop, 500).await;
    let charge = charge(&shop, 100);
    shop.billing.authorise(charge.clone()).await.unwrap();
    break_off(&shop).await;
    shop.world.advance(Duration::from_secs(3601));
    shop.run_until(&["reconcile"], async || wallet(&shop).await == [400, 0, 400])
        .await;
    shop.billing.capture(shop.buyer, charge.run_id).await.unwrap();
    assert_eq!(
        (wallet(&shop).await, shop.account("wallet").await),
        ([400, 0, 400], -400)
    );
}

/// Leaves the wallet as a process does that dies after its first write of a taking.
async fn break_off(shop: &Shop) {
    let stored = shop
        .store
        .get("wallets", &[shop.buyer.to_string()])
        .await
        .unwrap()
        .remove(0);
    let mut wallet: Value = serde_json::from_slice(&stored.body).unwrap();
    wallet["holds"][0]["capturing"] = json!(true);
    let spec = payments::COLLECTIONS
        .iter()
        .find(|spec| spec.collection == "wallets")
        .unwrap();
    let raw = RawDocument::from_json(spec, stored.id, wallet.to_string().into()).unwrap();
    shop.store.write(Op::Replace(raw, stored.version).into()).await.unwrap();
}

#[tokio::test]
async fn a_message_for_nothing_has_a_receipt_and_a_negative_price_is_refused() {
    let shop = Shop::new().await;
    let free = charge(&shop, 0);
    shop.billing.authorise(free.clone()).await.unwrap();
    shop.billing.capture(shop.buyer, free.run_id).await.unwrap();
    assert_eq!(
        shop.buyer().get("/api/receipts").await.expect(200)["items"][0]["price"],
        json!(eur(0))
    );
    assert_eq!(
        shop.billing
            .authorise(charge(&shop, -1))
            .await
            .unwrap_err()
            .kind
            .status(),
        422
    );
    shop.account("wallet").await;
}

/// Puts 100 of 100 aside and lets them be freed.
async fn freed(shop: &Shop) -> MessageCharge {
    topped_up(shop, 100).await;
    let charge = charge(shop, 100);
    shop.billing.authorise(charge.clone()).await.unwrap();
    shop.world.advance(Duration::from_secs(3601));
    shop.run_until(&["reconcile"], async || wallet(shop).await == [100, 0, 100])
        .await;
    charge
}

#[tokio::test]
async fn a_message_that_comes_after_its_money_was_freed_is_paid_once_from_what_there_is() {
    let shop = Shop::new().await;
    let late = freed(&shop).await;
    for _ in 0..2 {
        shop.billing.capture(shop.buyer, late.run_id).await.unwrap();
    }
    assert_eq!((wallet(&shop).await, shop.account("wallet").await), ([0, 0, 0], 0));
}

#[tokio::test]
async fn a_message_whose_freed_money_is_spent_gets_no_credit_until_there_is_some_and_none_after_a_day() {
    let shop = Shop::new().await;
    let late = freed(&shop).await;
    let other = charge(&shop, 50);
    shop.billing.authorise(other.clone()).await.unwrap();
    shop.billing.capture(shop.buyer, other.run_id).await.unwrap();
    let code = async || shop.billing.capture(shop.buyer, late.run_id).await.unwrap_err().code;
    assert_eq!(code().await, "payments.no_credit");
    assert_eq!(wallet(&shop).await, [50, 0, 50]);
    shop.world.advance(Duration::from_secs(86_401));
    shop.run_until(&["reconcile"], async || code().await == "payments.not_authorised")
        .await;
}
