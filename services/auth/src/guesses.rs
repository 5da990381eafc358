//! Owns how often somebody may be wrong. Refuses to know what was guessed.
//!
//! Wrong guesses are counted in three places, each before the guess is looked at (so that guesses sent at once count too)
//! and taken back when it was right:
//! - **near**, by subject and network: 5 in a row, then a pause. Someone who guesses from elsewhere cannot lock the owner
//!   out here.
//! - **far**, by subject: what many networks together may guess. A network that a living session of the owner uses is
//!   exempt, so the owner's own device always gets in.
//! - **source**, by network: what one network may guess about everybody. The server's own machine is not counted.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ephemeral::{Bucket, Ephemeral};

use crate::domain::login::network;
use crate::error::AuthError;
use crate::secret::{Purpose, Secret};

/// Wrong guesses about one subject from one network.
const NEAR: Allowance = Allowance {
    max: 5,
    window: Duration::from_secs(5 * 60),
};
/// Wrong guesses about one subject from everywhere.
const FAR: Allowance = Allowance {
    max: 50,
    window: Duration::from_secs(3600),
};
/// Wrong guesses from one network about everybody.
const SOURCE: Allowance = Allowance {
    max: 100,
    window: Duration::from_secs(10 * 60),
};
/// Letters to one address: five at once, then one in twelve minutes.
const LETTERS: Bucket = Bucket {
    capacity: 5.0,
    per_second: 5.0 / 3600.0,
};
/// Letters that one network may ask for.
const LETTERS_FROM: Bucket = Bucket {
    capacity: 30.0,
    per_second: 30.0 / 3600.0,
};

#[derive(Clone, Copy)]
struct Allowance {
    max: i64,
    /// Runs from the first wrong guess.
    window: Duration,
}

/// The counters.
pub(crate) struct Guesses {
    ephemeral: Arc<dyn Ephemeral>,
    secret: Arc<Secret>,
    signups: Bucket,
}

/// A guess that has been counted as wrong until it is told otherwise.
pub(crate) struct Attempt {
    near: String,
    others: Vec<String>,
    ephemeral: Arc<dyn Ephemeral>,
}

impl Guesses {
    /// Counts in `ephemeral`; one network may make `signups_per_hour` accounts.
    pub(crate) fn new(ephemeral: Arc<dyn Ephemeral>, secret: Arc<Secret>, signups_per_hour: u32) -> Self {
        let hourly = f64::from(signups_per_hour.max(1));
        Self {
            ephemeral,
            secret,
            signups: Bucket {
                capacity: hourly,
                per_second: hourly / 3600.0,
            },
        }
    }

    /// Counts a guess about `subject` from `address`, or refuses it: `TooManyAttempts`. `known` exempts from the far count.
    pub(crate) async fn begin(
        &self,
        subject: &str,
        address: Option<IpAddr>,
        known: bool,
    ) -> Result<Attempt, AuthError> {
        let name = self.secret.digest(Purpose::LimitKey, subject);
        let network = network_name(address);
        let near = format!("auth:guess:{name}:{network}");
        let mut counts = vec![(near.clone(), NEAR)];
        if !known {
            counts.push((format!("auth:guess:{name}"), FAR));
        }
        if address.is_some() {
            counts.push((format!("auth:guess-from:{network}"), SOURCE));
        }
        let mut counted = Vec::with_capacity(counts.len());
        for (key, allowance) in counts {
            let count = self.ephemeral.add(&key, 1, allowance.window).await?;
            counted.push(key);
            if count > allowance.max {
                for key in &counted {
                    self.ephemeral.add(key, -1, allowance.window).await?;
                }
                return Err(AuthError::TooManyAttempts(allowance.window));
            }
        }
        let others = counted.into_iter().skip(1).collect();
        Ok(Attempt {
            near,
            others,
            ephemeral: self.ephemeral.clone(),
        })
    }

    /// Counts an account made from `address`.
    pub(crate) async fn sign_up(&self, address: Option<IpAddr>) -> Result<(), AuthError> {
        let Some(_) = address else { return Ok(()) };
        let key = format!("auth:signup:{}", network_name(address));
        self.ephemeral
            .spend(&key, self.signups, 1.0)
            .await?
            .map_err(AuthError::TooManyAttempts)
    }

    /// Counts a letter that `address` asks for.
    pub(crate) async fn letter_from(&self, address: Option<IpAddr>) -> Result<(), AuthError> {
        let Some(_) = address else { return Ok(()) };
        let key = format!("auth:letters-from:{}", network_name(address));
        self.ephemeral
            .spend(&key, LETTERS_FROM, 1.0)
            .await?
            .map_err(AuthError::TooManyAttempts)
    }

    /// Counts a letter to an e-mail address; tells whether it may be sent.
    pub(crate) async fn letter_to(&self, email: &str) -> Result<bool, AuthError> {
        let key = format!("auth:letters:{}", self.secret.digest(Purpose::LimitKey, email));
        Ok(self.ephemeral.spend(&key, LETTERS, 1.0).await?.is_ok())
    }
}

impl Attempt {
    /// The guess was right: the row of wrong ones is broken.
    pub(crate) async fn was_right(self) -> Result<(), AuthError> {
        self.ephemeral.delete(&self.near).await?;
        self.take_back(&self.others).await
    }

    /// The guess was not looked at after all.
    pub(crate) async fn withdraw(self) -> Result<(), AuthError> {
        self.take_back(std::slice::from_ref(&self.near)).await?;
        self.take_back(&self.others).await
    }

    async fn take_back(&self, keys: &[String]) -> Result<(), AuthError> {
        for key in keys {
            // If the counter has expired meanwhile, this grants one guess more for one window.
            self.ephemeral.add(key, -1, NEAR.window).await?;
        }
        Ok(())
    }
}

fn network_name(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "local".into(), |a| network(a).to_string())
}

#[cfg(test)]
mod tests {
    use ephemeral::memory::MemoryEphemeral;
    use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};

    use super::*;

    fn guesses() -> (Guesses, Arc<HeldClock>) {
        let clock = HeldClock::new(Timestamp::from_millis(0));
        let ambient = Ambient::new(clock.clone(), SeededRandom::new(1));
        (
            Guesses::new(MemoryEphemeral::new(ambient), Arc::new(Secret::for_tests(1)), 3),
            clock,
        )
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[tokio::test]
    async fn the_sixth_wrong_guess_in_a_row_waits_and_a_right_one_breaks_the_row() {
        let (guesses, clock) = guesses();
        for _ in 0..4 {
            guesses.begin("ada", None, false).await.unwrap();
        }
        guesses
            .begin("ada", None, false)
            .await
            .unwrap()
            .was_right()
            .await
            .unwrap();
        for _ in 0..5 {
            guesses.begin("ada", None, false).await.unwrap();
        }
        assert!(matches!(
            guesses.begin("ada", None, false).await,
            Err(AuthError::TooManyAttempts(_))
        ));
        assert!(guesses.begin("bob", None, false).await.is_ok());
        clock.advance(NEAR.window);
        assert!(guesses.begin("ada", None, false).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_guesses_from_elsewhere_locks_out_neither_another_network_nor_a_known_one() {
        let (guesses, _) = guesses();
        let mut refused = 0;
        for i in 0..100 {
            let from = ip(&format!("192.0.2.{i}"));
            refused += usize::from(guesses.begin("ada", from, false).await.is_err());
        }
        assert_eq!(refused, 50, "all networks together have an end");
        assert!(guesses.begin("ada", ip("198.51.100.1"), false).await.is_err());
        assert!(guesses.begin("ada", ip("198.51.100.1"), true).await.is_ok());
    }

    #[tokio::test]
    async fn one_network_cannot_try_everybody() {
        let (guesses, _) = guesses();
        let mut refused = 0;
        for i in 0..120 {
            let from = ip(&format!("2001:db8::{i:x}"));
            refused += usize::from(guesses.begin(&format!("person {i}"), from, false).await.is_err());
        }
        assert_eq!(refused, 20);
    }

    #[tokio::test]
    async fn accounts_made_from_one_network_are_counted_and_those_of_the_own_machine_are_not() {
        let (guesses, _) = guesses();
        for _ in 0..3 {
            guesses.sign_up(ip("192.0.2.1")).await.unwrap();
        }
        assert!(guesses.sign_up(ip("192.0.2.1")).await.is_err());
        for _ in 0..100 {
            guesses.sign_up(None).await.unwrap();
        }
    }
}
