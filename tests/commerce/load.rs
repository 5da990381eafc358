//! Owns the load: a market with sellers and buyers, and purchases that begin at their times whatever became of those before.
//! It refuses to break anything.

use std::sync::Arc;
use std::time::Duration;

use blackbox::{Actor, Field as _, Seed, unique};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clerk::Clerk;
use crate::journal::Case;
use crate::market::{Card, Market, Ware, euros};
use crate::scripts::Part;

const SELLERS: usize = 4;
const BUYERS: usize = 90;
/// How many orders may use one coupon.
const COUPON_MAX: u64 = 20;

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub seconds: u64,
    /// Orders a second.
    pub rate: u64,
}

impl Size {
    pub fn from_environment() -> Self {
        let read = |name: &str, default| {
            let given = std::env::var(name).ok();
            given.map_or(default, |text| text.parse().expect("a whole number"))
        };
        Self {
            seconds: read("AICHAT_COMMERCE_SECONDS", 60),
            rate: read("AICHAT_COMMERCE_RATE", 30),
        }
    }
}

/// A shop.
pub struct Shop {
    pub sellers: Vec<Actor>,
    pub buyers: Vec<Actor>,
    pub cards: Vec<Card>,
    /// Whose each card is, by their places.
    pub seller_of: Vec<usize>,
    /// Each seller's.
    pub coupons: Vec<String>,
}

impl Shop {
    pub async fn open(market: &Market, seed: &mut Seed) -> Self {
        let sellers = market.people("seller", SELLERS).await;
        let buyers = market.people("buyer", BUYERS).await;
        let (mut cards, mut seller_of, mut coupons) = (Vec::new(), Vec::new(), Vec::new());
        for (place, seller) in sellers.iter().enumerate() {
            for ware in wares(seed) {
                cards.push(market.sell(seller, ware).await);
                seller_of.push(place);
            }
            coupons.push(coupon(seller, place).await);
        }
        Self {
            sellers,
            buyers,
            cards,
            seller_of,
            coupons,
        }
    }

    /// Lets purchases begin, `rate` a second for `seconds`. They go on after this has returned.
    pub async fn run(self: &Arc<Self>, size: Size, mut seed: Seed, began: Instant) -> (Vec<Arc<Case>>, JoinSet<()>) {
        let (mut cases, mut running) = (Vec::new(), JoinSet::new());
        let each = Duration::from_secs(1) / u32::try_from(size.rate).expect("a rate");
        let mut ticks = tokio::time::interval(each);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        for number in 0..usize::try_from(size.seconds * size.rate).expect("a number of orders") {
            ticks.tick().await;
            let part = Part::draw(&mut seed);
            let card = self.draw_card(&mut seed);
            let buyer = usize::try_from(seed.between(0, BUYERS as u64 - 1)).expect("a place");
            let case = Arc::new(Case::new(number, (buyer, card), part.name));
            let clerk = Clerk {
                buyer: self.buyers[buyer].clone(),
                case: case.clone(),
                began,
            };
            let shop = self.clone();
            running.spawn(async move {
                let coupon = &shop.coupons[shop.seller_of[card]];
                part.play(&clerk, &shop.cards[card].id, coupon).await;
            });
            cases.push(case);
        }
        (cases, running)
    }

    /// Most want what there is any number of; some what there are few of; some what is one of its kind; some what is free.
    fn draw_card(&self, seed: &mut Seed) -> usize {
        let wanted: fn(&Card) -> bool = match seed.between(1, 100) {
            1..=55 => |card| card.edition.is_none() && card.price > 0,
            56..=80 => |card| card.edition == Some(50),
            81..=92 => |card| card.edition == Some(1),
            _ => |card| card.price == 0,
        };
        let fitting = self.cards.iter().enumerate().filter(|(_, card)| wanted(card));
        let fitting: Vec<usize> = fitting.map(|(place, _)| place).collect();
        *seed.one_of(&fitting)
    }
}

fn wares(seed: &mut Seed) -> Vec<Ware> {
    let ware = |price, edition| Ware {
        price,
        edition,
        message_price: None,
    };
    let mut wares = vec![ware(999, None), ware(1, None), ware(0, None), ware(0, Some(20))];
    wares.extend([(); 2].map(|()| ware(seed.between(2, 5_000), Some(50))));
    wares.extend([(); 8].map(|()| ware(seed.between(2, 90_000), Some(1))));
    wares
}

/// Makes a coupon: with every second seller some percent, else a sum that makes cheap cards free.
async fn coupon(seller: &Actor, place: usize) -> String {
    let code = unique("C").to_uppercase();
    let mut body = json!({
        "code": code, "redemptionsMax": COUPON_MAX, "expiresAt": "2099-01-01T00:00:00.000Z",
    });
    match place % 2 {
        0 => body["percentOff"] = json!(33),
        _ => body["amountOff"] = euros(500),
    }
    seller.post("/api/coupons", body).await.is(201).text("code")
}
