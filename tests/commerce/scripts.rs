//! Owns what buyers do: each script is a way through the shop, its dice thrown before. It refuses to judge.

use std::time::Duration;

use blackbox::{Field as _, Seed, unknown_id};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::clerk::Clerk;

/// How long a buyer looks at an order that should move on.
const WATCH: Duration = Duration::from_secs(30);

/// Ways through the shop, each as often as its number says.
const SCRIPTS: [(&str, u64); 11] = [
    ("success", 26),
    ("decline, then success", 9),
    ("slow", 12),
    ("unpaid", 8),
    ("never settles", 4),
    ("cancel while paying", 10),
    ("cancel", 3),
    ("two tabs", 8),
    ("same key three times", 8),
    ("refund", 8),
    ("coupon", 8),
];

/// A script with its dice.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: &'static str,
    /// Before the first payment.
    think: Duration,
    /// Between the first thing and the second.
    then: Duration,
    /// Thrown for whatever the script decides.
    coin: bool,
}

impl Part {
    pub fn draw(seed: &mut Seed) -> Self {
        let all: u64 = SCRIPTS.iter().map(|(_, weight)| weight).sum();
        let mut left = seed.between(1, all);
        let drawn = SCRIPTS.iter().find(|(_, weight)| {
            let found = left <= *weight;
            left = left.saturating_sub(*weight);
            found
        });
        let name = drawn.expect("weights that sum up").0;
        let slowly = name == "slow";
        Self {
            name,
            think: Duration::from_millis(seed.between(0, if slowly { 9_500 } else { 800 })),
            then: Duration::from_millis(seed.between(0, 5_000)),
            coin: seed.between(0, 1) == 1,
        }
    }

    /// Goes through the shop.
    pub async fn play(self, clerk: &Clerk, card: &str, coupon: &str) {
        let coupon = (self.name == "coupon").then_some(coupon);
        let key = unknown_id();
        let placed = if self.name == "same key three times" {
            let tabs = [(); 3].map(|()| clerk.place(card, coupon, &key));
            futures::future::join_all(tabs).await.into_iter().flatten().next()
        } else {
            clerk.place(card, coupon, &key).await
        };
        let Some(order) = placed else { return };
        if order.has("status", "reserving") {
            clerk.watch(&["awaiting_payment", "paid"], WATCH).await;
        }
        if is_free(&order) {
            clerk.watch(&[], WATCH).await;
            return;
        }
        sleep(self.think).await;
        self.pay(clerk).await;
    }

    async fn pay(self, clerk: &Clerk) {
        match self.name {
            "success" | "coupon" => settle(clerk, "test_success").await,
            "decline, then success" => {
                clerk.pay("test_decline").await;
                clerk.watch(&["awaiting_payment"], WATCH).await;
                settle(clerk, "test_success").await;
            }
            "slow" => settle(clerk, "test_slow").await,
            "never settles" => settle(clerk, "test_never").await,
            "unpaid" => drop(clerk.watch(&[], WATCH).await),
            "cancel" => {
                clerk.cancel().await;
                clerk.watch(&[], WATCH).await;
            }
            "cancel while paying" => {
                let method = if self.coin { "test_slow" } else { "test_success" };
                let late = async {
                    sleep(if self.coin { self.then } else { self.then / 20 }).await;
                    clerk.cancel().await
                };
                futures::future::join(clerk.pay(method), late).await;
                clerk.watch(&[], WATCH).await;
            }
            "two tabs" => {
                let other = if self.coin { "test_slow" } else { "test_success" };
                futures::future::join(clerk.pay("test_success"), clerk.pay(other)).await;
                clerk.watch(&[], WATCH).await;
            }
            "same key three times" => {
                let key = unknown_id();
                futures::future::join_all([(); 3].map(|()| clerk.pay_with("test_success", &key))).await;
                clerk.watch(&[], WATCH).await;
            }
            "refund" => {
                settle(clerk, "test_success").await;
                sleep(self.then / 4).await;
                clerk.refund().await;
            }
            other => panic!("no script {other}"),
        }
    }
}

/// Pays, and waits for what becomes of it.
async fn settle(clerk: &Clerk, method: &str) {
    let begun = Instant::now();
    clerk.pay(method).await;
    let status = clerk.watch(&[], WATCH).await;
    if method == "test_success" && status.as_deref() == Some("completed") {
        clerk.case.notes().completed_in = Some(begun.elapsed());
    }
}

fn is_free(order: &Value) -> bool {
    order.number("total.amount") == 0
}
