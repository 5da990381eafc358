//! Owns what clients of a product in trouble saw: how often which request failed, and how long somebody waited in the end.
//! It refuses to say how much of that is too much.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What did not work at the first try, by name of the request.
#[derive(Default)]
pub struct Trouble(Mutex<Seen>);

/// A view of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often each request failed in each way, such as `send` by `503`.
    pub failures: BTreeMap<(String, String), u64>,
    /// The request that took longest until it was answered well, with all its tries.
    pub longest: BTreeMap<String, Duration>,
}

impl Trouble {
    /// Notes a try that failed.
    pub fn failed(&self, request: &str, how: &str) {
        let key = (request.to_owned(), how.to_owned());
        *self.seen().failures.entry(key).or_default() += 1;
    }

    /// Notes how long a request took with all its tries.
    pub fn took(&self, request: &str, time: Duration) {
        let mut seen = self.seen();
        let longest = seen.longest.entry(request.to_owned()).or_default();
        *longest = time.max(*longest);
    }

    /// Gives all since the last time, and begins anew.
    pub fn take(&self) -> Seen {
        std::mem::take(&mut self.seen())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Puts two views together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (key, count) in other.failures {
            *self.failures.entry(key).or_default() += count;
        }
        for (request, time) in other.longest {
            let longest = self.longest.entry(request).or_default();
            *longest = time.max(*longest);
        }
        self
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed: u64 = self.failures.values().sum();
        let longest = self.longest.iter().max_by_key(|(_, time)| **time);
        match failed {
            0 => write!(f, "no request failed")?,
            _ => {
                write!(f, "{failed} tries failed (")?;
                for (index, ((request, how), count)) in self.failures.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{request} {how}: {count}")?;
                }
                write!(f, ")")?;
            }
        }
        match longest {
            Some((request, time)) => write!(f, "; the longest wait {:.1} s ({request})", time.as_secs_f64()),
            None => Ok(()),
        }
    }
}
