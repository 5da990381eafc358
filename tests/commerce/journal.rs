//! Owns what the program was told: for each purchase every try of every request with its answer, and every sight of its
//! order. It refuses to know what should have been told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Place,
    Pay,
    Cancel,
    Refund,
}

/// What came of one try.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Done; to the byte.
    Ok { status: u16, text: String },
    /// Refused: nothing was done.
    Fail { status: u16, code: String },
    /// Not now: nothing was done by this try.
    Later { status: u16, code: String },
    /// Nobody knows.
    Unknown(String),
}

impl Answer {
    /// Says whether nothing more is to be asked.
    pub fn is_clear(&self) -> bool {
        matches!(self, Self::Ok { .. } | Self::Fail { .. })
    }
}

/// What came of all tries under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    Fail,
    Unknown,
}

/// One try.
#[derive(Clone, Debug)]
pub struct Try {
    pub deed: Deed,
    pub key: String,
    /// What was asked, in short.
    pub asked: String,
    /// Since the program began.
    pub at: Duration,
    pub took: Duration,
    pub answer: Answer,
}

/// How an order looked once.
#[derive(Clone, Debug)]
pub struct Sight {
    pub at: Duration,
    pub status: String,
    pub version: u64,
}

/// One purchase.
pub struct Case {
    pub number: usize,
    /// Their places among buyers and cards.
    pub buyer: usize,
    pub card: usize,
    pub script: &'static str,
    notes: Mutex<Notes>,
}

#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub order: Option<String>,
    pub tries: Vec<Try>,
    pub sights: Vec<Sight>,
    /// From the wish to pay to the sight of the completed order.
    pub completed_in: Option<Duration>,
}

impl Case {
    pub fn new(number: usize, (buyer, card): (usize, usize), script: &'static str) -> Self {
        Self {
            number,
            buyer,
            card,
            script,
            notes: Mutex::default(),
        }
    }

    /// Lends what was noted.
    pub fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn order(&self) -> Option<String> {
        self.notes().order.clone()
    }
}

impl Notes {
    /// Notes how the order looked.
    pub fn see(&mut self, at: Duration, order: &Value) {
        let version = order["version"].as_u64();
        if let (Some(status), Some(version)) = (order["status"].as_str(), version) {
            let status = status.to_owned();
            self.sights.push(Sight { at, status, version });
        }
    }

    /// Puts the tries of one kind together by their keys.
    pub fn by_key(&self, deed: Deed) -> BTreeMap<&str, Vec<&Try>> {
        let mut keys: BTreeMap<&str, Vec<&Try>> = BTreeMap::new();
        for one in self.tries.iter().filter(|one| one.deed == deed) {
            keys.entry(&one.key).or_default().push(one);
        }
        keys
    }

    /// Says how many keys of one kind came to this.
    pub fn count(&self, deed: Deed, outcome: Outcome) -> usize {
        let keys = self.by_key(deed);
        keys.values().filter(|tries| outcome_of(tries) == outcome).count()
    }
}

/// What the tries under one key come to: a good answer says all; a refusal only when nobody was left in doubt before.
pub fn outcome_of(tries: &[&Try]) -> Outcome {
    let any = |is: fn(&Answer) -> bool| tries.iter().any(|one| is(&one.answer));
    if any(|answer| matches!(answer, Answer::Ok { .. })) {
        Outcome::Ok
    } else if any(|answer| matches!(answer, Answer::Fail { .. })) && !any(|a| matches!(a, Answer::Unknown(_))) {
        Outcome::Fail
    } else {
        Outcome::Unknown
    }
}

impl fmt::Display for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { deed, key, asked, .. } = self;
        let (at, took) = (self.at.as_secs_f64(), self.took.as_millis());
        write!(f, "{at:8.3} s {deed:?} {asked} key {key} ({took} ms): ")?;
        match &self.answer {
            Answer::Ok { status, text } => write!(f, "{status} {text}"),
            Answer::Fail { status, code } => write!(f, "{status} {code}"),
            Answer::Later { status, code } => write!(f, "not now: {status} {code}"),
            Answer::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notes = self.notes().clone();
        writeln!(
            f,
            "case {} ({}), buyer {}, card {}, order {:?}",
            self.number, self.script, self.buyer, self.card, notes.order
        )?;
        for one in &notes.tries {
            writeln!(f, "  {one}")?;
        }
        let mut last = None;
        for sight in &notes.sights {
            let now = (&sight.status, sight.version);
            if last.replace(now) != Some(now) {
                let at = sight.at.as_secs_f64();
                writeln!(f, "  {at:8.3} s seen: {} (version {})", sight.status, sight.version)?;
            }
        }
        Ok(())
    }
}
