//! Owns looking at editions all the while (I1): in every sample `available + held + sold` is the size, nothing sold comes back.
//! It refuses to mind that the product is away at times.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use blackbox::Field as _;
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::Value;

use crate::load::Shop;

const PAUSE: Duration = Duration::from_millis(500);
/// Cards that are looked at, at once.
const AT_ONCE: usize = 4;

/// What the sampler saw.
#[derive(Debug, Default)]
pub struct Samples {
    pub taken: u64,
    /// What was wrong, by card.
    pub wrong: Vec<String>,
}

/// Looks at every limited card again and again until `stop`.
pub async fn sample(shop: Arc<Shop>, stop: Arc<AtomicBool>) -> Samples {
    let limited = shop.cards.iter().filter(|card| card.edition.is_some());
    let limited: Vec<String> = limited.map(|card| card.id.clone()).collect();
    let (mut samples, mut sold) = (Samples::default(), BTreeMap::new());
    while !stop.load(Ordering::Relaxed) {
        let looks = futures::stream::iter(limited.clone()).map(|id| {
            let shop = shop.clone();
            async move { (look(&shop, &id).await, id) }
        });
        let seen: Vec<_> = looks.buffered(AT_ONCE).collect().await;
        for (id, edition) in seen.into_iter().filter_map(|(edition, id)| Some((id, edition?))) {
            samples.taken += 1;
            let before = sold.get(&id).copied().unwrap_or_default();
            samples.wrong.extend(wrong_with(&id, &edition, before));
            sold.insert(id, edition.number("sold"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    samples
}

async fn look(shop: &Shop, id: &str) -> Option<Value> {
    let path = format!("/api/model-cards/{id}");
    let reply = shop.buyers[0].attempt(Method::GET, &path, None).await.ok()?;
    (reply.status == 200).then(|| reply.json()["edition"].clone())
}

/// Says what is wrong with an edition, of which `before` were sold when it was seen last.
pub fn wrong_with(card: &str, edition: &Value, before: u64) -> Option<String> {
    let [size, available, held, sold] = ["size", "available", "held", "sold"].map(|name| edition.number(name));
    if available + held + sold != size {
        Some(format!(
            "card {card}: available + held + sold is not its size: {edition}"
        ))
    } else if sold < before {
        Some(format!("card {card}: {before} were sold, and now {sold}"))
    } else {
        None
    }
}
