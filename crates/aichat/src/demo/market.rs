//! Owns the demo catalogue: two sellers' cards, one that was bought and reviewed, and one order that waits to be paid. Refuses to skip a
//! moderator.

use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use http::Method;
use serde_json::{Value, json};

use super::{MODERATOR, Person, find, items, must, text};

/// How often, and how long between, it is looked whether a purchase is through.
const LOOKS_MAX: u32 = 200;
const LOOK_EACH: Duration = Duration::from_millis(50);

/// A card of the catalogue.
struct Listing {
    seller: &'static str,
    handle: &'static str,
    name: &'static str,
    category: &'static str,
    tags: &'static [&'static str],
    description: &'static str,
    persona: &'static str,
    /// In cents; 0 is free.
    price: i64,
    /// Of each message, in cents.
    message_price: Option<i64>,
    edition: Option<u32>,
    prompt: &'static str,
}

const LISTINGS: &[Listing] = &[
    Listing {
        seller: "grace",
        handle: "compiler_coach",
        name: "Compiler Coach",
        category: "coding",
        tags: &["rust", "errors", "learning"],
        description: "Reads compiler errors with you, says what they mean, and lets you find the fix yourself.",
        persona: "You are Compiler Coach. You read compiler errors aloud in plain words, name the rule behind them, and ask one question that \
            leads to the fix. You give the fix only when asked twice. You are patient and never blame the compiler or the person.",
        price: 499,
        message_price: None,
        edition: None,
        prompt: "What does `borrowed value does not live long enough` want from me?",
    },
    Listing {
        seller: "grace",
        handle: "moth_hunter",
        name: "Moth Hunter",
        category: "coding",
        tags: &["debugging", "logs"],
        description: "Finds bugs by bisecting what you believe: a limited edition for people with a relay to clean.",
        persona: "You are Moth Hunter, a debugger. You turn a vague complaint into a list of things believed to be true, and propose the one \
            experiment that halves the list. You write experiments as single commands.",
        price: 999,
        message_price: None,
        edition: Some(50),
        prompt: "My service is slow on Mondays. Where do we begin?",
    },
    Listing {
        seller: "grace",
        handle: "nanosecond",
        name: "Nanosecond",
        category: "education",
        tags: &["explaining", "hardware"],
        description: "Explains how long things take, with a piece of wire in hand. Free.",
        persona: "You are Nanosecond. You explain computing by how far light travels meanwhile: 30 centimetres are a nanosecond. You always give one \
            number and one picture.",
        price: 0,
        message_price: None,
        edition: None,
        prompt: "Why is memory slow?",
    },
    Listing {
        seller: "alan",
        handle: "enigma_tutor",
        name: "Enigma Tutor",
        category: "education",
        tags: &["ciphers", "puzzles", "mathematics"],
        description: "Sets a cipher a day and gives hints that get warmer. Five cents a hint.",
        persona: "You are Enigma Tutor. You set short ciphers and give hints, each a little warmer than the last, and never the solution before \
            the fourth hint.",
        price: 299,
        message_price: Some(5),
        edition: None,
        prompt: "Give me a Caesar cipher to begin with.",
    },
    Listing {
        seller: "alan",
        handle: "oracle_machine",
        name: "Oracle Machine",
        category: "entertainment",
        tags: &["collectors", "riddles"],
        description: "Answers what cannot be decided. There is one, and it goes to one person.",
        persona: "You are the Oracle Machine. You answer undecidable questions in one solemn sentence, and then explain in two plain ones why \
            nobody can check it.",
        price: 4_900,
        message_price: None,
        edition: Some(1),
        prompt: "Does my programme halt?",
    },
];

/// Loads the catalogue; what is there already stays.
pub(super) async fn load(router: &Router, people: &[Person]) -> anyhow::Result<()> {
    for listing in LISTINGS {
        publish(router, people, listing).await?;
    }
    buy(router, people).await
}

/// Takes a card all the way to the shop window: draft, moderator, publication.
async fn publish(router: &Router, people: &[Person], listing: &Listing) -> anyhow::Result<()> {
    let seller = &find(people, listing.seller)?.token;
    let moderator = &find(people, MODERATOR)?.token;
    let mine = must(
        router,
        Some(seller),
        Method::GET,
        "/api/model-cards/mine?limit=100",
        Value::Null,
    )
    .await?;
    let mut card = match items(&mine).find(|card| card["handle"] == listing.handle) {
        Some(card) => card.clone(),
        None => must(router, Some(seller), Method::POST, "/api/model-cards", draft(listing)).await?,
    };
    let path = format!("/api/model-cards/{}", text(&card, "/id")?);
    for (state, by, step) in [
        ("draft", seller, "submit"),
        ("submitted", moderator, "approve"),
        ("approved", seller, "publish"),
    ] {
        if state_of(&card) == state {
            card = must(router, Some(by), Method::POST, &format!("{path}/{step}"), Value::Null).await?;
        }
    }
    Ok(())
}

fn state_of(card: &Value) -> &str {
    card.get("status").and_then(Value::as_str).unwrap_or_default()
}

fn draft(listing: &Listing) -> Value {
    let euros = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let mut draft = json!({
        "name": listing.name, "handle": listing.handle, "category": listing.category, "tags": listing.tags,
        "description": listing.description, "persona": listing.persona, "price": euros(listing.price),
        "samplePrompts": [listing.prompt],
    });
    if let (Some(price), Some(draft)) = (listing.message_price, draft.as_object_mut()) {
        draft.insert("messagePrice".into(), euros(price));
    }
    if let (Some(size), Some(draft)) = (listing.edition, draft.as_object_mut()) {
        draft.insert("editionSize".into(), json!(size));
    }
    draft
}

/// Ada buys the first card and says what she thinks of it; Linus has an order that waits.
async fn buy(router: &Router, people: &[Person]) -> anyhow::Result<()> {
    let ada = &find(people, "ada")?.token;
    let linus = &find(people, "linus")?.token;
    let card = |handle: &'static str| async move {
        let path = format!("/api/model-cards?query={handle}");
        let found = must(router, Some(ada), Method::GET, &path, Value::Null).await?;
        let card = items(&found).find(|card| card["handle"] == handle);
        text(
            card.with_context(|| format!("the demo card {handle} is not on sale"))?,
            "/id",
        )
    };
    let coach = card("compiler_coach").await?;
    let bought = must(router, Some(ada), Method::GET, "/api/orders", Value::Null).await?;
    if items(&bought).next().is_none() {
        let order = must(router, Some(ada), Method::POST, "/api/orders", json!({"cardId": coach})).await?;
        let order = text(&order, "/id")?;
        let payment = json!({"orderId": order, "method": "test_success"});
        must(router, Some(ada), Method::POST, "/api/payments", payment).await?;
        completed(router, ada, &order).await?;
        let review = json!({"rating": 5, "text": "It asked one question, and I saw it myself."});
        let path = format!("/api/model-cards/{coach}/reviews");
        must(router, Some(ada), Method::POST, &path, review).await?;
    }
    let waiting = must(router, Some(linus), Method::GET, "/api/orders", Value::Null).await?;
    if !items(&waiting).any(|order| state_of(order) == "awaiting_payment") {
        let moth = card("moth_hunter").await?;
        must(
            router,
            Some(linus),
            Method::POST,
            "/api/orders",
            json!({"cardId": moth}),
        )
        .await?;
    }
    Ok(())
}

async fn completed(router: &Router, token: &str, order: &str) -> anyhow::Result<()> {
    let path = format!("/api/orders/{order}");
    for _ in 0..LOOKS_MAX {
        let seen = must(router, Some(token), Method::GET, &path, Value::Null).await?;
        if state_of(&seen) == "completed" {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EACH).await;
    }
    bail!("the demo order {order} is not completed")
}
