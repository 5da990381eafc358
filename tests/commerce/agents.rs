//! What is bought is an agent: it answers who holds it, for as long as they do, and is paid for by the message where that was
//! agreed.

use blackbox::{Actor, Field as _, eventually, unknown_id};
use serde_json::{Value, json};

use crate::market::{Card, Market, Terms, Ware, euros};
use crate::till::{all, buy, entitlement_is, refund};
use crate::turns;

const TERMS: Terms = Terms {
    pay_within_ms: 30_000,
    slow_ms: 1_000,
};

/// A market with a card, and a buyer in a room.
async fn room(ware: Ware) -> Option<(Market, Card, Actor, String)> {
    let market = Market::in_one_process(TERMS).await?;
    let [seller, buyer] = blackbox::strangers(&market.product, ["seller", "buyer"]).await;
    let card = market.sell(&seller, ware).await;
    let room = buyer.group(&[]).await;
    Some((market, card, buyer, room))
}

/// Brings the card's agent into the room, as soon as ai-chat-host has heard of it.
async fn bring(buyer: &Actor, card: &Card, room: &str) {
    let path = format!("/api/chat/rooms/{room}/agents/{}", card.agent);
    eventually("the agent in the room", async || {
        let reply = buyer.put_empty(&path).await;
        (200..300).contains(&reply.status).then_some(())
    })
    .await;
}

/// Asks the agent and gives its answer.
async fn ask(buyer: &Actor, card: &Card, room: &str) -> Value {
    let asked = buyer.say(room, &format!("@{} what do you advise?", card.handle)).await;
    eventually("the agent's answer", async || {
        let history = buyer.history(room).await;
        history
            .into_iter()
            .find(|message| message.has("author.kind", "agent") && message.number("seq") > asked.number("seq"))
    })
    .await
}

fn is_refusal(answer: &Value) -> bool {
    answer.has("ai.state", "failed")
}

#[tokio::test]
async fn a_cards_agent_answers_who_holds_it_and_not_after_the_refund() {
    let _together = turns::together().await;
    let ware = Ware {
        price: 900,
        edition: None,
        message_price: None,
    };
    let Some((_market, card, buyer, room)) = room(ware).await else {
        return;
    };
    let path = format!("/api/chat/rooms/{room}/agents/{}", card.agent);
    assert!(
        matches!(buyer.put_empty(&path).await.status, 403 | 404),
        "nobody has bought it"
    );
    let order = buy(&buyer, &card).await.text("id");
    bring(&buyer, &card, &room).await;
    let answer = ask(&buyer, &card, &room).await;
    assert!(!is_refusal(&answer) && !answer.text("text").is_empty(), "{answer:#}");
    assert_eq!(answer.text("author.id"), card.agent);
    refund(&buyer, &order).await;
    entitlement_is(&buyer, &order, "revoked").await;
    let refusal = ask(&buyer, &card, &room).await;
    assert!(is_refusal(&refusal), "{refusal:#}");
    let elsewhere = buyer.group(&[]).await;
    let path = format!("/api/chat/rooms/{elsewhere}/agents/{}", card.agent);
    assert!(
        matches!(buyer.put_empty(&path).await.status, 403 | 404),
        "it was paid back"
    );
}

#[tokio::test]
async fn a_message_with_a_price_is_paid_once_from_the_wallet_with_a_receipt() {
    let _together = turns::together().await;
    let ware = Ware {
        price: 0,
        edition: None,
        message_price: Some(7),
    };
    let Some((market, card, buyer, room)) = room(ware).await else {
        return;
    };
    buy(&buyer, &card).await;
    bring(&buyer, &card, &room).await;
    assert!(is_refusal(&ask(&buyer, &card, &room).await), "there is no credit");
    let (key, top_up) = (unknown_id(), json!({"amount": euros(500), "method": "test_success"}));
    let first = buyer.post_keyed("/api/wallet/topups", &key, top_up.clone()).await;
    let again = buyer.post_keyed("/api/wallet/topups", &key, top_up).await;
    assert_eq!((first.status, &first.text), (201, &again.text));
    wallet_is(&buyer, (500, 0)).await;
    let answer = ask(&buyer, &card, &room).await;
    assert!(!is_refusal(&answer), "{answer:#}");
    wallet_is(&buyer, (493, 0)).await;
    let receipts = all(&buyer, "/api/receipts").await;
    let paid: Vec<_> = receipts.iter().map(|receipt| receipt.text("runId")).collect();
    assert_eq!(paid, [answer.text("ai.runId")], "{receipts:#?}");
    assert_eq!(
        (receipts[0].number("price.amount"), receipts[0].text("cardId")),
        (7, card.id)
    );
    assert_eq!(market.books().await, (1, 500, 0));
    eventually("the books to balance", async || {
        let check = market.moderator.get("/api/payments/ledger/check").await.is(200);
        check.flag("ok").then_some(())
    })
    .await;
}

/// Waits until the wallet holds this, and so much of it is put aside.
async fn wallet_is(buyer: &Actor, (balance, held): (u64, u64)) {
    eventually(&format!("{balance} in the wallet, {held} put aside"), async || {
        let wallet = buyer.get("/api/wallet").await.is(200).list("balances");
        let euros = wallet.into_iter().find(|of| of.has("currency", "EUR"))?;
        (euros.number("balance") == balance && euros.number("held") == held).then_some(())
    })
    .await;
}
