//! What comes in at the webhook's door, with Stripe's signatures.

use std::time::Duration;

use contracts::payments::PaymentChange::{self, Disputed, IntentCreated, Succeeded};
use http::Method;
use serde_json::{Value, json};

use crate::Shop;
use crate::fake_stripe::{FakeStripe, WEBHOOK_SECRET, event, signature};

const PATH: &str = "/api/payments/webhooks/stripe";

struct Door {
    stripe: FakeStripe,
    shop: Shop,
    order: kernel::OrderId,
    id: String,
}

impl Door {
    /// A card payment under way.
    async fn new() -> Self {
        let stripe = FakeStripe::start().await;
        let shop = Shop::with(stripe.config()).await;
        let order = shop.order(500);
        let id = shop.pay(order, "card").await;
        Self {
            stripe,
            shop,
            order,
            id,
        }
    }

    async fn send(&self, body: &str, header: &str) -> u16 {
        let asker = self.shop.app.anonymous().header("stripe-signature", header);
        asker
            .open(Method::POST, PATH, Some(body.to_owned()))
            .await
            .status()
            .as_u16()
    }

    fn sign(&self, body: &str) -> String {
        signature(WEBHOOK_SECRET, self.shop.world.ambient().now().seconds(), body)
    }

    async fn tell(&self, event: &Value) -> u16 {
        let body = event.to_string();
        self.send(&body, &self.sign(&body)).await
    }

    fn paid(&self) -> Value {
        self.stripe.intent_event(
            "payment_intent.succeeded",
            json!({ "status": "succeeded", "amount_received": 500 }),
        )
    }

    async fn facts(&self) -> Vec<PaymentChange> {
        self.shop.facts(self.order).await
    }
}

#[tokio::test]
async fn a_webhook_five_times_and_out_of_order_has_one_effect() {
    let door = Door::new().await;
    let old = door
        .stripe
        .intent_event("payment_intent.processing", json!({ "status": "processing" }));
    let failed = door.stripe.intent_event(
        "payment_intent.payment_failed",
        json!({ "status": "requires_payment_method", "last_payment_error": { "code": "card_declined" } }),
    );
    let paid = door.paid();
    for told in [&paid, &paid, &old, &failed, &paid, &old, &paid, &paid] {
        assert_eq!(door.tell(told).await, 200);
    }
    assert_eq!(door.facts().await, [IntentCreated, Succeeded]);
    assert_eq!(
        (
            door.shop.status(&door.id).await,
            door.shop.account("order_escrow").await
        ),
        ("succeeded".into(), -500)
    );
}

#[tokio::test]
async fn five_at_once_have_one_effect() {
    let door = Door::new().await;
    let paid = door.paid();
    let all = futures::future::join_all((0..5).map(|_| door.tell(&paid))).await;
    assert_eq!(all, [200; 5]);
    assert_eq!(door.facts().await, [IntentCreated, Succeeded]);
    assert_eq!(door.shop.account("order_escrow").await, -500);
}

#[tokio::test]
async fn what_is_not_signed_rightly_is_refused_before_it_is_read() {
    let door = Door::new().await;
    let body = door.paid().to_string();
    let now = door.shop.world.ambient().now().seconds();
    let tampered = body.replace("500", "501");
    let good = door.sign(&body);
    for (what, sent, header) in [
        ("another secret", &body, signature("whsec_other", now, &body)),
        ("too old", &body, signature(WEBHOOK_SECRET, now - 301, &body)),
        ("from the future", &body, signature(WEBHOOK_SECRET, now + 301, &body)),
        ("tampered", &tampered, good.clone()),
        ("no signature", &body, String::new()),
        (
            "another time",
            &body,
            good.replace(&format!("t={now}"), &format!("t={}", now + 1)),
        ),
        ("no JSON either", &"{".to_owned(), good),
    ] {
        assert_eq!(door.send(sent, &header).await, 400, "{what}");
    }
    assert_eq!(
        (door.shop.status(&door.id).await, door.facts().await),
        ("requires_action".into(), vec![IntentCreated])
    );
}

#[tokio::test]
async fn one_of_several_signatures_is_enough_while_a_secret_is_replaced() {
    let door = Door::new().await;
    let body = door.paid().to_string();
    let (good, now) = (door.sign(&body), door.shop.world.ambient().now().seconds());
    let other = signature("whsec_old", now, &body);
    let both = format!("{other},{}", good.split(',').nth(1).unwrap());
    assert_eq!(door.send(&body, &both).await, 200);
    assert_eq!(door.shop.status(&door.id).await, "succeeded");
}

#[tokio::test]
async fn what_is_signed_and_not_ours_is_taken_and_changes_nothing() {
    let door = Door::new().await;
    let mut strange = door.stripe.intent();
    strange["metadata"] = json!({ "paymentId": "0190c5a0-7b7e-7000-8000-000000000001" });
    let mut impostor = door.paid()["data"]["object"].clone();
    impostor["id"] = json!("pi_other");
    for told in [
        event("payment_intent.succeeded", strange),
        event("payment_intent.succeeded", impostor),
        event("payment_intent.succeeded", json!({ "id": "pi_9" })),
        event("customer.created", json!({ "id": "cus_1" })),
        event(
            "charge.dispute.created",
            json!({ "id": "dp", "amount": 1, "currency": "eur", "status": "lost", "payment_intent": "pi_9" }),
        ),
    ] {
        assert_eq!(door.tell(&told).await, 200, "{told}");
    }
    assert_eq!(door.facts().await, [IntentCreated]);
    // Signed, and no event at all.
    assert_eq!(door.tell(&json!([1])).await, 400);
}

#[tokio::test]
async fn a_provider_that_is_not_there_and_a_body_that_is_too_large_are_refused() {
    let door = Door::new().await;
    door.shop
        .app
        .anonymous()
        .post("/api/payments/webhooks/gold", json!({}))
        .await
        .expect(404);
    let large = "x".repeat(256 * 1024 + 1);
    assert_eq!(door.send(&large, &door.sign(&large)).await, 413);
}

#[tokio::test]
async fn a_webhook_before_the_reply_of_its_intent_is_believed() {
    let stripe = FakeStripe::start().await;
    let shop = Shop::with(stripe.config()).await;
    let order = shop.order(500);
    stripe.trouble([crate::fake_stripe::Trouble::Silence; 3]);
    let id = shop.pay(order, "card").await;
    let door = Door {
        stripe,
        shop,
        order,
        id,
    };
    assert_eq!(door.tell(&door.paid()).await, 200);
    assert_eq!(door.facts().await, [IntentCreated, Succeeded]);
    assert_eq!(door.shop.status(&door.id).await, "succeeded");
}

#[tokio::test]
async fn money_that_comes_after_an_attempt_failed_or_was_cancelled_is_told_too() {
    let door = Door::new().await;
    let cancelled = door
        .stripe
        .intent_event("payment_intent.canceled", json!({ "status": "canceled" }));
    assert_eq!(door.tell(&cancelled).await, 200);
    assert_eq!(door.tell(&door.paid()).await, 200);
    assert_eq!(door.facts().await, [IntentCreated, PaymentChange::Canceled, Succeeded]);
    assert_eq!(door.shop.account("provider_clearing").await, 500);
}

#[tokio::test]
async fn a_lost_dispute_takes_from_each_what_it_had() {
    let door = Door::new().await;
    door.tell(&door.paid()).await;
    door.shop.complete(door.order).await;
    let dispute = |kind: &str, status: &str| {
        event(
            kind,
            json!({ "id": "dp_1", "amount": 500, "currency": "eur", "status": status, "payment_intent": "pi_0" }),
        )
    };
    assert_eq!(
        door.tell(&dispute("charge.dispute.created", "needs_response")).await,
        200
    );
    assert_eq!(door.shop.account("seller_payable").await, -450);
    for _ in 0..3 {
        assert_eq!(door.tell(&dispute("charge.dispute.closed", "lost")).await, 200);
    }
    door.shop.world.advance(Duration::from_secs(1));
    let decided = [
        IntentCreated,
        Succeeded,
        Disputed { won: None },
        Disputed { won: Some(false) },
    ];
    assert_eq!(door.facts().await, decided);
    let papers = door.shop.buyer().get("/api/invoices").await.expect(200)["items"].clone();
    let notes: Vec<&Value> = papers
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["kind"] == "credit_note")
        .collect();
    assert_eq!(
        (notes.len(), &notes[0]["gross"], notes[0].get("refundId")),
        (1, &json!(-500), None)
    );
    for account in ["provider_clearing", "seller_payable", "platform_fee"] {
        assert_eq!(door.shop.account(account).await, 0, "{account}");
    }
}

fn dispute(kind: &str, amount: i64, status: &str) -> Value {
    let object =
        json!({ "id": "dp_1", "amount": amount, "currency": "eur", "status": status, "payment_intent": "pi_0" });
    event(&format!("charge.dispute.{kind}"), object)
}

#[tokio::test]
async fn an_inquiry_is_no_dispute_before_it_becomes_one() {
    let door = Door::new().await;
    door.tell(&door.paid()).await;
    for (kind, status) in [("created", "warning_needs_response"), ("closed", "warning_closed")] {
        assert_eq!(door.tell(&dispute(kind, 500, status)).await, 200);
    }
    assert_eq!(door.facts().await, [IntentCreated, Succeeded]);
    let mut wanted = vec![IntentCreated, Succeeded, Disputed { won: None }];
    for _ in 0..2 {
        door.tell(&dispute("updated", 500, "needs_response")).await;
    }
    assert_eq!(door.facts().await, wanted);
    for _ in 0..2 {
        door.tell(&dispute("closed", 500, "won")).await;
    }
    wanted.push(Disputed { won: Some(true) });
    assert_eq!(door.facts().await, wanted);
    assert_eq!(door.shop.account("provider_clearing").await, 500);
}

#[tokio::test]
async fn a_dispute_whose_opening_comes_after_it_was_won_is_told_to_nobody() {
    let door = Door::new().await;
    door.tell(&door.paid()).await;
    for (kind, status) in [("closed", "won"), ("created", "needs_response"), ("closed", "won")] {
        assert_eq!(door.tell(&dispute(kind, 500, status)).await, 200);
    }
    assert_eq!(door.facts().await, [IntentCreated, Succeeded]);
}

#[tokio::test]
async fn a_dispute_above_what_is_left_is_taken_in_and_moves_nothing() {
    let door = Door::new().await;
    door.tell(&door.paid()).await;
    door.shop.complete(door.order).await;
    assert_eq!(door.tell(&dispute("closed", 501, "lost")).await, 200);
    assert_eq!(door.facts().await.last(), Some(&Disputed { won: Some(false) }));
    assert_eq!(door.shop.account("provider_clearing").await, 500);
}

#[tokio::test]
async fn a_refund_that_fails_after_it_was_done_is_made_again_and_booked_once() {
    let door = Door::new().await;
    door.tell(&door.paid()).await;
    door.shop
        .happens(door.order, contracts::orders::OrderChange::Refunding { attempt: 1 })
        .await;
    let mut failed = door.stripe.books.lock().refunds[0].clone();
    failed["status"] = json!("failed");
    for _ in 0..2 {
        assert_eq!(door.tell(&event("charge.refund.updated", failed.clone())).await, 200);
    }
    assert_eq!(door.shop.payment(&door.id).await["refunded"]["amount"], 0);
    let again = async || {
        door.shop.world.advance(Duration::from_secs(120));
        door.shop.payment(&door.id).await["refunded"]["amount"] == 500
    };
    door.shop.run_until(&["reconcile"], again).await;
    assert_eq!(
        (door.stripe.refunds(), door.shop.account("provider_clearing").await),
        (2, 0)
    );
    assert!(
        !door
            .facts()
            .await
            .iter()
            .any(|f| matches!(f, PaymentChange::RefundFailed { .. }))
    );
}
