//! The program: people buy for a minute while processes are killed and the provider misbehaves; then everything is looked
//! at, and I1 to I8 must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use blackbox::{Field as _, Seed};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::breaking::{AWAY, Victims, bad_manners, good_manners};
use crate::checks::Trial;
use crate::evidence::Violation;
use crate::journal::{Case, Deed, Notes, Outcome, Sight};
use crate::load::{Shop, Size};
use crate::market::{Market, Terms};
use crate::sampler::{Samples, sample};
use crate::till::{all, is_over};
use crate::turns;
use crate::world::World;

const TERMS: Terms = Terms {
    pay_within_ms: 10_000,
    slow_ms: 3_000,
};
/// How long a service is away, of those that are for long: deadlines pass, and holds would.
const AWAY_FOR: Duration = Duration::from_secs(25);
/// How long everything may take to come to rest after the load.
const SETTLE_MAX: Duration = Duration::from_secs(60);
/// Between two looks at all orders.
const LOOK_EACH: Duration = Duration::from_secs(2);
/// What is at rest must be found the same after this.
const REST: Duration = Duration::from_secs(3);
/// Violations that are told with all evidence.
const TOLD_MAX: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_invariants_hold_while_the_process_is_killed_and_the_provider_misbehaves() {
    let _alone = turns::alone().await;
    let Some(market) = Market::in_one_process(TERMS).await else {
        return;
    };
    hold("one process", market, (Victims::Whole, Size::from_environment())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_invariants_hold_while_one_service_after_the_other_is_killed_in_a_cluster() {
    let _alone = turns::alone().await;
    let Some((market, names)) = Market::in_a_cluster(TERMS).await else {
        return;
    };
    crate::single::sell_out(&market).await;
    let victims = Victims::of_a_cluster(names);
    hold("cluster", market, (victims, Size::from_environment())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_invariants_hold_while_one_service_after_the_other_is_away_for_longer_than_one_may_pay_in_a_cluster() {
    let _alone = turns::alone().await;
    let Some((market, names)) = Market::in_a_cluster(TERMS).await else {
        return;
    };
    let victims = Victims::away(names, AWAY_FOR);
    let size = Size {
        seconds: victims.pace().as_secs() * AWAY as u64 + 5,
        ..Size::from_environment()
    };
    hold("cluster, one away", market, (victims, size)).await;
}

async fn hold(mode: &str, mut market: Market, (victims, size): (Victims, Size)) {
    let (mut seed, pace) = (Seed::printed(), victims.pace());
    let before = kept_before(&market).await;
    let shop = Arc::new(Shop::open(&market, &mut seed).await);
    let (began, stop) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    let told = Arc::new(AtomicUsize::new(0));
    let sampler = tokio::spawn(sample(shop.clone(), stop.clone()));
    let manners = tokio::spawn(bad_manners(market.moderator.clone(), told.clone()));
    let load = tokio::spawn({
        let shop = shop.clone();
        async move { shop.run(size, seed, began).await }
    });
    let end = began + Duration::from_secs(size.seconds);
    let fallen = victims.fall(&mut market.product, end).await;
    let (cases, running) = load.await.unwrap();
    manners.abort();
    good_manners(&market.moderator).await;
    let mut rest = Rest {
        market: &market,
        shop: &shop,
        cases: &cases,
        before,
        began,
        healthy: began.elapsed(),
        looks: BTreeMap::new(),
    };
    rest.come(running).await;
    stop.store(true, Ordering::Relaxed);
    let samples = sampler.await.unwrap();
    let (world, violations) = rest.judged(&samples).await;
    let faults = format!(
        "{} kills ({}), {} plans of the provider",
        fallen.len(),
        fallen.join(" "),
        told.load(Ordering::Relaxed)
    );
    summary(mode, &rest, (&world, &samples), (&faults, violations.len()));
    if let Ok(path) = std::env::var("AICHAT_TEST_JOURNAL") {
        let journal: String = cases.iter().map(|case| case.to_string()).collect();
        std::fs::write(path, journal).unwrap();
    }
    let words: Vec<_> = violations
        .iter()
        .take(TOLD_MAX)
        .map(|one| one.told(&cases, &world))
        .collect();
    assert!(
        violations.is_empty(),
        "{} violations:\n{}",
        violations.len(),
        words.join("\n")
    );
    // A program that saw and broke nothing proves nothing.
    assert!(
        samples.taken > size.seconds,
        "editions were hardly looked at: {samples:?}"
    );
    assert!(
        fallen.len() as u64 + 2 >= size.seconds / pace.as_secs(),
        "only {fallen:?} fell"
    );
    assert!(
        told.load(Ordering::Relaxed) > 0,
        "the provider was told of no bad manners"
    );
    let completed = world.orders.values().filter(|order| order.has("status", "completed"));
    assert!(completed.count() * 10 > cases.len(), "nearly nothing was bought");
}

/// Says what the provider has kept of purchases that are over.
async fn kept_before(market: &Market) -> u64 {
    let (_, captured, refunded) = market.books().await;
    captured - refunded
}

/// The time after the load.
struct Rest<'a> {
    market: &'a Market,
    shop: &'a Shop,
    cases: &'a [Arc<Case>],
    /// What the provider kept of purchases before.
    before: u64,
    began: Instant,
    healthy: Duration,
    looks: BTreeMap<String, Vec<Sight>>,
}

impl Rest<'_> {
    /// Waits until all buyers are done and all orders are over, at most [`SETTLE_MAX`].
    async fn come(&mut self, mut running: JoinSet<()>) {
        let end = Instant::now() + SETTLE_MAX;
        loop {
            while let Some(done) = running.try_join_next() {
                done.expect("a buyer who does not fail");
            }
            let waiting = self.look().await;
            if waiting == 0 && running.is_empty() {
                return;
            }
            if Instant::now() > end {
                running.shutdown().await;
                return;
            }
            sleep(LOOK_EACH).await;
        }
    }

    /// Looks at all orders. Gives how many are not over.
    async fn look(&mut self) -> usize {
        let mut waiting = 0;
        for buyer in &self.shop.buyers {
            let at = self.began.elapsed();
            for order in all(buyer, "/api/orders").await {
                let (status, version) = (order.text("status"), order.number("version"));
                let refunding = order["refund"].has("status", "requested");
                waiting += usize::from(!is_over(&status) || refunding);
                let sights = self.looks.entry(order.text("id")).or_default();
                sights.push(Sight { at, status, version });
            }
        }
        waiting
    }

    /// Reads and judges the world until nothing is wrong with it, and once more later; at most [`SETTLE_MAX`].
    async fn judged(&mut self, samples: &Samples) -> (World, Vec<Violation>) {
        let (end, mut was_right) = (Instant::now() + SETTLE_MAX, false);
        let buyers: Vec<String> = self.shop.buyers.iter().map(|buyer| buyer.id.clone()).collect();
        loop {
            let world = World::read(self.market, self.shop, self.cases).await;
            let trial = Trial {
                buyers: &buyers,
                cards: &self.shop.cards,
                cases: self.cases,
                samples,
                world: &world,
                before: self.before,
                looks: &self.looks,
                healthy: self.healthy,
                pay_within: Duration::from_millis(TERMS.pay_within_ms),
            };
            let violations = trial.judge();
            let is_right = violations.is_empty();
            if was_right || !is_right && Instant::now() > end {
                return (world, violations);
            }
            was_right = is_right;
            sleep(REST).await;
            self.look().await;
        }
    }
}

fn summary(mode: &str, rest: &Rest<'_>, (world, samples): (&World, &Samples), (faults, violations): (&str, usize)) {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for order in world.orders.values() {
        *ends.entry(order.text("status")).or_default() += 1;
    }
    let notes: Vec<Notes> = rest.cases.iter().map(|case| case.notes().clone()).collect();
    let count = |deed, outcome| notes.iter().map(|notes| notes.count(deed, outcome)).sum::<usize>();
    let each = [Deed::Place, Deed::Pay, Deed::Cancel, Deed::Refund].map(|deed| {
        let [ok, fail, unknown] = [Outcome::Ok, Outcome::Fail, Outcome::Unknown].map(|of| count(deed, of));
        format!("{deed:?} {ok}/{fail}/{unknown}").to_lowercase()
    });
    let known: BTreeSet<_> = rest.cases.iter().filter_map(|case| case.order()).collect();
    let lost = world
        .orders
        .iter()
        .filter(|(id, order)| !known.contains(*id) && !order.has("status", "rejected"));
    let placed = notes.iter().flat_map(|notes| &notes.tries);
    let placed = placed.filter(|one| one.deed == Deed::Place && one.answer.is_clear());
    let placed: Vec<_> = placed.map(|one| one.took).collect();
    let completed: Vec<_> = notes.iter().filter_map(|notes| notes.completed_in).collect();
    let _ = writeln!(
        std::io::stderr(),
        "COMMERCE | {mode} | {} purchases, {} orders {ends:?}, {} of them behind lost answers | ok/fail/unknown: {} | faults: {faults} | \
         {} samples of editions | POST /api/orders {} | pay to completed {} | {violations} violations |",
        rest.cases.len(),
        world.orders.len(),
        lost.count(),
        each.join(", "),
        samples.taken,
        percentiles(placed),
        percentiles(completed),
    );
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let ms = |percent| at(percent).map_or(0, Duration::as_millis);
    format!("p50 {} ms, p99 {} ms of {}", ms(50), ms(99), times.len())
}
