//! Owns repeatable randomness. It refuses to know what is drawn.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// A generator whose seed is printed, so that a failing run can be had again with `AICHAT_TEST_SEED`.
pub struct Seed(StdRng);

impl Seed {
    /// Takes `AICHAT_TEST_SEED` or a fresh seed, and prints it (shown when the test fails).
    pub fn printed() -> Self {
        let given = std::env::var("AICHAT_TEST_SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let seed: u64 = given.unwrap_or_else(rand::random);
        println!("AICHAT_TEST_SEED={seed}");
        Self(StdRng::seed_from_u64(seed))
    }

    /// Draws a number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high)
    }

    /// Draws one of `things`.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let index = self.0.random_range(0..things.len());
        things.get(index).expect("an index below the length")
    }
}
