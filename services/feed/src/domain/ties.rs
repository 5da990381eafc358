//! Owns what a timeline knows of its reader: whom they pull and whom they are close to. Refuses to know posts.

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Most accounts that one reader pulls.
pub(crate) const PULLS_MAX: usize = 100;
/// Most people whose closeness is remembered; those who mattered least go.
pub(crate) const CLOSE_MAX: usize = 100;
/// Closeness halves in so many milliseconds: 14 days.
const HALF_LIFE_MS: f64 = 14.0 * 24.0 * 3_600_000.0;

/// What is known of a reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ties {
    /// Whose.
    pub(crate) id: UserId,
    /// Friends with so many followers that their posts are pulled.
    #[serde(default)]
    pub(crate) pulls: Vec<UserId>,
    /// People whose posts the reader reacts to or comments on.
    #[serde(default)]
    close: Vec<Close>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Close {
    author: UserId,
    /// Interactions, each halved for every 14 days until `at`.
    weight: f64,
    at: Timestamp,
}

impl Close {
    fn weight_at(&self, now: Timestamp) -> f64 {
        let age = now.since(self.at).as_millis() as f64;
        self.weight * (-age / HALF_LIFE_MS).exp2()
    }
}

impl Document for Ties {
    const COLLECTION: &'static str = "ties";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Ties {
    /// Starts with nobody.
    pub(crate) fn new(reader: UserId) -> Self {
        Self {
            id: reader,
            pulls: Vec::new(),
            close: Vec::new(),
        }
    }

    /// Pulls `author` from now on; tells whether that is new. Beyond the most, nothing happens.
    pub(crate) fn pull(&mut self, author: UserId) -> bool {
        let new = !self.pulls.contains(&author) && self.pulls.len() < PULLS_MAX;
        if new {
            self.pulls.push(author);
        }
        new
    }

    /// Forgets everything about `author`; tells whether there was anything.
    pub(crate) fn part(&mut self, author: UserId) -> bool {
        let before = (self.pulls.len(), self.close.len());
        self.pulls.retain(|other| *other != author);
        self.close.retain(|close| close.author != author);
        before != (self.pulls.len(), self.close.len())
    }

    /// Tells whether nothing is known.
    pub(crate) const fn is_empty(&self) -> bool {
        self.pulls.is_empty() && self.close.is_empty()
    }

    /// Counts one interaction with a post of `author`.
    pub(crate) fn draw_closer(&mut self, author: UserId, at: Timestamp) {
        match self.close.iter_mut().find(|close| close.author == author) {
            Some(close) => {
                let at = at.max(close.at);
                close.weight = close.weight_at(at) + 1.0;
                close.at = at;
            }
            None => self.close.push(Close {
                author,
                weight: 1.0,
                at,
            }),
        }
        if self.close.len() > CLOSE_MAX {
            self.close.sort_by(|a, b| b.weight_at(at).total_cmp(&a.weight_at(at)));
            self.close.truncate(CLOSE_MAX);
        }
    }

    /// Returns how close the reader is to `author`: interactions, halved for every 14 days.
    pub(crate) fn closeness(&self, author: UserId, now: Timestamp) -> f64 {
        let close = self.close.iter().find(|close| close.author == author);
        close.map_or(0.0, |close| close.weight_at(now))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::{Ambient, HeldClock, SeededRandom};

    use super::*;

    #[test]
    fn closeness_grows_with_interactions_halves_in_a_fortnight_and_is_bounded() {
        let start = Timestamp::from_millis(1_767_268_800_000);
        let ambient = Ambient::new(HeldClock::new(start), SeededRandom::new(3));
        let (mut ties, ada) = (Ties::new(ambient.id()), ambient.id());
        ties.draw_closer(ada, start);
        ties.draw_closer(ada, start);
        let fortnight = start + Duration::from_secs(14 * 24 * 3600);
        assert!((ties.closeness(ada, start) - 2.0).abs() < 1e-9);
        assert!((ties.closeness(ada, fortnight) - 1.0).abs() < 1e-9);
        for _ in 0..CLOSE_MAX * 2 {
            ties.draw_closer(ambient.id(), start);
        }
        assert_eq!(ties.close.len(), CLOSE_MAX);
        assert!(ties.closeness(ada, start) > 1.9, "who mattered most stays");
        assert!(ties.part(ada) && !ties.part(ada));
    }

    #[test]
    fn pulls_are_a_bounded_set() {
        let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(3));
        let (mut ties, ada) = (Ties::new(ambient.id()), ambient.id());
        assert!(ties.pull(ada) && !ties.pull(ada));
        for _ in 0..PULLS_MAX * 2 {
            ties.pull(ambient.id());
        }
        assert_eq!(ties.pulls.len(), PULLS_MAX);
    }
}
