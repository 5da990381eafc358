//! Owns what breaks while people buy: processes by kill -9, and the payment provider's manners. It refuses to look at the
//! consequences.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use blackbox::{Actor, Instance};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

/// Between two kills.
const KILL_EACH: Duration = Duration::from_secs(10);
/// How long the provider has one kind of bad manners.
const MANNERS_EACH: Duration = Duration::from_secs(7);
const RETRY: Duration = Duration::from_millis(200);
/// Those who are killed first in a cluster, by the beginning of their names.
const COMMERCE: [&str; 6] = [
    "payments",
    "orders",
    "ai-model-cards",
    "expiration",
    "api-gateway",
    "auth",
];

/// How many of them are tried without for long.
pub const AWAY: usize = 4;

/// Whom kill -9 meets.
pub enum Victims {
    /// The one process.
    Whole,
    /// A different one each time, which comes back after so long.
    InTurn(Vec<String>, Duration),
}

impl Victims {
    /// The processes of a cluster, those that buying needs most first.
    pub fn of_a_cluster(mut names: Vec<String>) -> Self {
        let rank = |name: &String| COMMERCE.iter().position(|first| name.starts_with(first));
        names.sort_by_key(|name| (rank(name).unwrap_or(COMMERCE.len()), name.clone()));
        Self::InTurn(names, Duration::ZERO)
    }

    /// Those that buying needs most, each gone for so long.
    pub fn away(names: Vec<String>, away: Duration) -> Self {
        let mut names = names;
        names.retain(|name| COMMERCE[..AWAY].iter().any(|first| name.starts_with(first)));
        Self::InTurn(names, away)
    }

    /// How long it takes until the next one falls.
    pub fn pace(&self) -> Duration {
        match self {
            Self::Whole => KILL_EACH,
            Self::InTurn(_, away) => KILL_EACH + *away,
        }
    }

    /// Kills until `end`, one ten seconds after the other came back. Gives who was killed.
    pub async fn fall(self, product: &mut Instance, end: Instant) -> Vec<String> {
        let mut fallen = Vec::new();
        loop {
            let next = Instant::now() + KILL_EACH;
            if next + self.pace() - KILL_EACH >= end {
                sleep_until(end).await;
                return fallen;
            }
            sleep_until(next).await;
            match &self {
                Self::Whole => {
                    tokio::task::block_in_place(|| {
                        product.kill9();
                        product.up();
                    });
                    fallen.push("aichat".to_owned());
                }
                Self::InTurn(names, away) => {
                    let name = names[fallen.len() % names.len()].clone();
                    tokio::task::block_in_place(|| product.process_kill(&[&name]));
                    sleep(*away).await;
                    tokio::task::block_in_place(|| product.process_start(&[&name]));
                    fallen.push(name);
                }
            }
        }
    }
}

/// Lets the provider have one kind of bad manners after the other, for as long as the task lives. Counts how often it was told.
pub async fn bad_manners(moderator: Actor, told: Arc<AtomicUsize>) {
    for plan in plans().iter().cycle() {
        tell(&moderator, plan).await;
        told.fetch_add(1, Ordering::Relaxed);
        sleep(MANNERS_EACH).await;
    }
}

/// Lets the provider behave from now on.
pub async fn good_manners(moderator: &Actor) {
    tell(moderator, &json!({})).await;
}

async fn tell(moderator: &Actor, plan: &Value) {
    let ask = || moderator.attempt(Method::PUT, "/api/payments/test/faults", Some(plan));
    while !ask().await.is_ok_and(|reply| reply.status == 200) {
        sleep(RETRY).await;
    }
}

fn plans() -> [Value; 6] {
    [
        json!({"seed": 1, "latePercent": 30, "lateMs": 1_500}),
        json!({"seed": 2, "duplicatePercent": 50}),
        json!({"seed": 3, "reorderPercent": 60, "duplicatePercent": 30, "lateMs": 1_500}),
        json!({"seed": 4, "loseReplyPercent": 40}),
        json!({"seed": 5, "loseRequestPercent": 20, "loseWebhookPercent": 20}),
        json!({
            "seed": 6, "loseReplyPercent": 20, "duplicatePercent": 20, "reorderPercent": 20, "latePercent": 10, "lateMs": 1_000,
        }),
    ]
}
