//! An account that is gone.

use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::payments::MessageCharge;
use serde_json::{Value, json};

use crate::wallet::{top_up, topped_up};
use crate::{Shop, eur};

#[tokio::test]
async fn an_erased_account_leaves_its_books_and_nothing_else() {
    let shop = Shop::new().await;
    let (order, id) = shop.bought(1000).await;
    topped_up(&shop, 500).await;
    let event = Event::new(&shop.world.ambient(), &AccountEvent::Deleted { user_id: shop.buyer }).unwrap();
    for _ in 0..2 {
        shop.hand("payments.erase", &event).await;
    }
    assert!(shop.store.scan("money_requests", None, 10).await.unwrap().is_empty());
    let payment: Value = serde_json::from_slice(&shop.store.get("payments", &[id]).await.unwrap()[0].body).unwrap();
    assert_eq!(
        (&payment["description"], &payment["request"]),
        (&json!("Erased"), &Value::Null)
    );
    let invoices = shop.seller().get("/api/invoices").await.expect(200);
    assert_eq!(invoices["items"][0]["orderId"], json!(order));
    assert_eq!(shop.account("wallet").await, -500);
    let ambient = shop.world.ambient();
    let charge = MessageCharge {
        run_id: ambient.id(),
        payer_id: shop.buyer,
        seller_id: shop.seller,
        card_id: ambient.id(),
        entitlement_id: ambient.id(),
        price: eur(1),
    };
    assert_eq!(
        shop.billing.authorise(charge).await.unwrap_err().code,
        "payments.no_credit"
    );
}

#[tokio::test]
async fn an_open_top_up_of_an_erased_account_is_cancelled_at_once() {
    let shop = Shop::new().await;
    let begun = top_up(&shop, 500, ("test_never", "k")).await.expect(201);
    let event = Event::new(&shop.world.ambient(), &AccountEvent::Deleted { user_id: shop.buyer }).unwrap();
    shop.hand("payments.erase", &event).await;
    shop.until(begun["id"].as_str().unwrap(), "canceled").await;
}
