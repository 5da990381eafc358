//! Owns what a program takes from outside itself without asking anybody: time, randomness and new ids.
//! They are injected, so that a test can hold the clock and replay the dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::{RngCore, SeedableRng};
use uuid::Uuid;

use crate::{Id, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the current instant.
    fn now(&self) -> Timestamp;
}

/// Throws dice.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random data fit for secrets (unless it is a test's seeded one).
    fn fill(&self, bytes: &mut [u8]);
}

/// Time, randomness and ids, carried in every service's `Deps`.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Milliseconds << 12 | counter of the last id, so that ids made here grow strictly.
    last: Arc<AtomicU64>,
}

impl Ambient {
    /// Takes time from the system and randomness from the operating system.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(OsRandom))
    }

    /// Takes time and randomness from the given sources.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            clock,
            random,
            last: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Returns the current instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes a new id: UUIDv7 whose 12 bits after the time are a counter, so that ids of one process sort as made.
    pub fn id<T: Id>(&self) -> T {
        let now = u64::try_from(self.now().millis()).unwrap_or(0) << 12;
        let mut at = now;
        // Relaxed is enough: only uniqueness and growth of this one number matter.
        let _ = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            at = now.max(last + 1);
            Some(at)
        });
        let mut tail = [0u8; 8];
        self.random.fill(&mut tail);
        let high = (at >> 12 << 16) | 0x7000 | (at & 0xfff);
        let low = (u64::from_be_bytes(tail) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        T::from(Uuid::from_u64_pair(high, low))
    }

    /// Returns `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut b = [0; N];
        self.random.fill(&mut b);
        b
    }

    /// Returns an unguessable URL-safe token of `N` random bytes (32 is right for secrets).
    pub fn token<const N: usize>(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes::<N>())
    }

    /// Returns a duration drawn evenly from `d * (1 - share)` to `d * (1 + share)`; for back-off jitter.
    pub fn jitter(&self, d: Duration, share: f64) -> Duration {
        let unit = f64::from(u32::from_be_bytes(self.bytes())) / f64::from(u32::MAX);
        d.mul_f64(1.0 + share * (2.0 * unit - 1.0))
    }

    /// Returns a duration drawn from half of `d` to one and a half, so that those who wait for the same do not come back together.
    /// In whole numbers, for services that have no others.
    pub fn about(&self, d: Duration) -> Duration {
        let [dice] = self.bytes::<1>();
        d / 2 + d * u32::from(dice) / u32::from(u8::MAX)
    }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system clock is read")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that a test holds in its hand.
pub struct HeldClock(AtomicI64);

impl HeldClock {
    /// Starts at `at`.
    pub fn new(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.millis())))
    }

    /// Moves time forward by `d`.
    pub fn advance(&self, d: Duration) {
        self.0
            .fetch_add(i64::try_from(d.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The operating system's randomness, through a per-thread generator that it seeds.
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Repeatable randomness for tests.
pub struct SeededRandom(std::sync::Mutex<rand::rngs::StdRng>);

impl SeededRandom {
    /// Starts the sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(std::sync::Mutex::new(rand::rngs::StdRng::seed_from_u64(seed))))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        match self.0.lock() {
            Ok(mut rng) => rng.fill_bytes(bytes),
            Err(poisoned) => poisoned.into_inner().fill_bytes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageId;

    #[test]
    fn ids_of_one_process_are_version_7_and_grow_even_within_a_millisecond() {
        let ambient = Ambient::new(
            HeldClock::new(Timestamp::from_millis(1_700_000_000_000)),
            SeededRandom::new(1),
        );
        let ids: Vec<MessageId> = (0..10_000).map(|_| ambient.id()).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]));
        assert!(ids.iter().all(|i| i.uuid().get_version_num() == 7));
    }

    #[test]
    fn about_is_between_half_and_one_and_a_half() {
        let ambient = Ambient::new(HeldClock::new(Timestamp::default()), SeededRandom::new(1));
        let d = Duration::from_millis(40);
        let drawn: Vec<Duration> = (0..1_000).map(|_| ambient.about(d)).collect();
        assert!(drawn.iter().all(|one| (d / 2..=d * 3 / 2).contains(one)));
        assert!(drawn.iter().any(|one| *one < d * 3 / 4) && drawn.iter().any(|one| *one > d * 5 / 4));
    }
}
