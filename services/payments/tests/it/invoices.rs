//! Invoices and credit notes.

use std::collections::BTreeSet;

use contracts::Event;
use contracts::orders::OrderChange::{Completed, RefundRequested};
use serde_json::json;

use crate::{Shop, config, eur};

#[tokio::test]
async fn a_completed_order_has_an_invoice_for_its_two_and_the_fee_is_for_the_seller() {
    let mut taxed = config();
    taxed.tax_bps = 1900;
    let shop = Shop::with(taxed).await;
    let (order, _) = shop.bought(1190).await;
    let invoice = shop.buyer().get("/api/invoices").await.expect(200)["items"][0].clone();
    assert_eq!(
        (
            &invoice["number"],
            &invoice["net"],
            &invoice["tax"],
            &invoice["gross"],
            &invoice["orderId"]
        ),
        (&json!("2026-1"), &json!(1000), &json!(190), &json!(1190), &json!(order))
    );
    assert_eq!(
        invoice["lines"],
        json!([{ "description": "Ada, an agent", "quantity": 1, "gross": 1190 }])
    );
    assert!(invoice.get("fee").is_none());
    let path = format!("/api/invoices/{}", invoice["id"].as_str().unwrap());
    assert_eq!(shop.seller().get(&path).await.expect(200)["fee"], 100);
    shop.admin().get(&path).await.expect(404);
    shop.app.anonymous().get(&path).await.expect(401);
}

#[tokio::test]
async fn numbers_have_no_gaps_and_no_doubles_however_many_complete_at_once_and_again() {
    let shop = Shop::new().await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        let order = shop.order(500);
        let id = shop.pay(order, "test_success").await;
        shop.until(&id, "succeeded").await;
        orders.push(order);
    }
    let event = |order| {
        let entitlement_id = shop.world.ambient().id();
        Event::new(
            &shop.world.ambient(),
            &shop.order_event(
                order,
                Completed {
                    attempt: 1,
                    entitlement_id,
                },
            ),
        )
        .unwrap()
    };
    let events: Vec<Event> = orders.iter().chain(&orders).map(|order| event(*order)).collect();
    futures::future::join_all(events.iter().map(|event| shop.hand("payments", event))).await;
    let page = shop.seller().get("/api/invoices").await.expect(200);
    let numbers: BTreeSet<u32> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["number"].as_str().unwrap()[5..].parse().unwrap())
        .collect();
    assert_eq!(
        (page["items"].as_array().unwrap().len(), numbers),
        (12, (1..=12).collect())
    );
    assert_eq!(shop.account("seller_payable").await, -12 * 450);
}

#[tokio::test]
async fn a_refund_has_a_credit_note_under_the_next_number() {
    let shop = Shop::new().await;
    let (order, _) = shop.bought(1000).await;
    let refund_id = shop.world.ambient().id();
    let amount = eur(400);
    shop.happens(
        order,
        RefundRequested {
            refund_id,
            attempt: 1,
            amount,
        },
    )
    .await;
    let papers = shop.seller().get("/api/invoices").await.expect(200)["items"].clone();
    let note = papers
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["kind"] == "credit_note")
        .unwrap();
    assert_eq!(
        (&note["number"], &note["gross"], &note["fee"], &note["refundId"]),
        (&json!("2026-2"), &json!(-400), &json!(-40), &json!(refund_id))
    );
    assert!(papers.as_array().unwrap().iter().any(|i| i["id"] == note["corrects"]));
}

#[tokio::test]
async fn a_free_order_leaves_nothing_in_the_books() {
    let shop = Shop::new().await;
    let order = shop.order(0);
    let entitlement_id = shop.world.ambient().id();
    shop.happens(
        order,
        Completed {
            attempt: 0,
            entitlement_id,
        },
    )
    .await;
    assert_eq!(shop.seller().get("/api/invoices").await.expect(200)["items"], json!([]));
    assert_eq!(shop.account("seller_payable").await, 0);
}
