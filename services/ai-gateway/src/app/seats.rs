//! Owns how many calls may be under way at once: in all, and for each person, so that nobody takes every place. Refuses to
//! know what a call does.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::UserId;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::error::Error;

/// The places for calls.
pub(crate) struct Seats {
    all: Arc<Semaphore>,
    per_user_max: usize,
    /// Only those who have a call under way, so as many as there are places at most.
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
}

/// A place for one call of one person; free again when it is dropped.
pub(crate) struct Seat {
    user: UserId,
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Seats {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.calls_max.min(Semaphore::MAX_PERMITS))),
            per_user_max: limits.calls_per_user_max,
            taken: Arc::default(),
        }
    }

    /// Takes a place for a call that `user` pays for.
    pub(crate) fn take(&self, user: UserId) -> Result<Seat, Error> {
        let mut taken = self.taken.lock();
        let held = taken.get(&user).copied().unwrap_or(0);
        if held >= self.per_user_max {
            return Err(Error::TooManyCalls(self.per_user_max));
        }
        let permit = self.all.clone().try_acquire_owned().map_err(|_| Error::Full)?;
        taken.insert(user, held + 1);
        Ok(Seat {
            user,
            taken: self.taken.clone(),
            _permit: permit,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        match taken.get_mut(&self.user) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(taken.remove(&self.user)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_ones_own_and_nothing_is_kept_of_who_is_done() {
        let limits = Limits {
            calls_max: 3,
            calls_per_user_max: 2,
            ..Limits::default()
        };
        let seats = Seats::new(&limits);
        let ambient = kernel::Ambient::system();
        let (ada, grace): (UserId, UserId) = (ambient.id(), ambient.id());
        let held = [seats.take(ada).ok(), seats.take(ada).ok()];
        assert!(held.iter().all(Option::is_some));
        assert!(matches!(seats.take(ada), Err(Error::TooManyCalls(2))));
        let graces = seats.take(grace).ok();
        assert!(graces.is_some() && matches!(seats.take(grace), Err(Error::Full)));
        drop(held);
        assert!(seats.take(ada).is_ok() && seats.take(grace).is_ok());
        drop(graces);
        assert!(seats.taken.lock().is_empty());
    }
}
