//! Owns how many runs of one person this process works on at once, so that nobody fills it alone.

use std::collections::HashMap;

use kernel::UserId;
use parking_lot::Mutex;

/// The runs that are worked on, by who pays.
#[derive(Default)]
pub(crate) struct Shares(Mutex<HashMap<UserId, usize>>);

/// A run that counts as long as this lives.
pub(crate) struct Share<'a> {
    all: &'a Shares,
    payer: UserId,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock();
        if let Some(runs) = all.get_mut(&self.payer) {
            *runs -= 1;
            if *runs == 0 {
                all.remove(&self.payer);
            }
        }
    }
}

impl Shares {
    /// Tells whether a person has so many runs already.
    pub(crate) fn is_full(&self, payer: UserId, max: usize) -> bool {
        self.0.lock().get(&payer).is_some_and(|runs| *runs >= max)
    }

    /// Counts one more run of a person; `None` when they have so many already.
    pub(crate) fn take(&self, payer: UserId, max: usize) -> Option<Share<'_>> {
        let mut all = self.0.lock();
        let runs = all.entry(payer).or_default();
        if *runs >= max {
            return None;
        }
        *runs += 1;
        Some(Share { all: self, payer })
    }
}
