//! What goes with an account, and what stays for those who have bought it. That a dead process is made up for: `crashes.rs`.

use contracts::orders::OrderChange;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_deleted_account_takes_its_cards_with_it_but_those_that_others_have_stay_off_sale() {
    let h = House::new().await;
    let draft = h.draft("draft", json!({})).await;
    let unsold = h.on_sale("unsold", json!({})).await;
    h.edit(unsold, json!({"name": "Second"})).await.expect(200);
    h.publish(unsold).await;
    let retired = h.on_sale("retired", json!({})).await;
    let retire = format!("/api/model-cards/{retired}/retire");
    h.here.app.by(h.seller).post_empty(&retire).await.expect(200);
    let (sold, limited) = (
        h.on_sale("sold", json!({})).await,
        h.on_sale("limited", json!({"editionSize": 2})).await,
    );
    h.edit(sold, json!({"name": "Next"})).await.expect(200);
    let (held, given_back) = (
        h.on_sale("held", json!({})).await,
        h.on_sale("given_back", json!({})).await,
    );
    for card in [sold, limited] {
        let order = h.id();
        h.hold(card, order).await;
        h.hear(card, order, OrderChange::Paid { attempt: 1 }).await;
    }
    h.hold(held, h.id()).await;
    let order = h.id();
    h.hold(given_back, order).await;
    h.hear(given_back, order, OrderChange::Cancelled).await;
    for _ in 0..2 {
        h.hear_deleted(h.seller).await;
    }
    let by = h.here.app.by_admin(h.admin);
    for gone in [draft, unsold, retired, given_back] {
        by.get(&format!("/api/model-cards/{gone}")).await.expect(404);
        assert_eq!(h.here.cards.revision(gone, 1).await.unwrap_err().kind.status(), 404);
    }
    let told = h.told("commerce.card.v1").await;
    assert_eq!(
        told.iter().filter(|kind| *kind == "removed").count(),
        3,
        "of what was published"
    );
    for kept in [sold, limited, held] {
        let left = by.get(&format!("/api/model-cards/{kept}")).await.expect(200);
        assert_eq!((&left["status"], &left["draft"]), (&json!("retired"), &Value::Null));
        assert_eq!(h.here.cards.revision(kept, 1).await.unwrap().persona, "You explain.");
    }
    for handle in ["draft", "unsold", "unsold_v2"] {
        h.draft(handle, json!({})).await;
    }
}
