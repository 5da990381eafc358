//! Owns how post tells what happened: the fact of the contract, and beside it by how much a counter changes, which only
//! post's own counting reads. Refuses to change what others read.

use contracts::event::{EventBody, Topic};
use kernel::{Ambient, Fault};
use serde::{Deserialize, Serialize};

use crate::domain::tally::Delta;

/// A fact with what it does to a tally.
#[derive(Serialize, Deserialize)]
#[serde(bound = "B: EventBody")]
struct Told<B> {
    #[serde(flatten)]
    fact: B,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tally: Option<Delta>,
}

impl<B: EventBody> EventBody for Told<B> {
    const TOPIC: Topic = B::TOPIC;
    // What is told from here is post's word, also about topics that others tell about as well.
    const SOURCE: &'static str = "post";
    fn kind(&self) -> &'static str {
        self.fact.kind()
    }
    fn key(&self) -> String {
        self.fact.key()
    }
    fn sequence(&self) -> Option<u64> {
        self.fact.sequence()
    }
}

/// Makes the event of a fact.
pub(crate) fn told<B: EventBody>(ambient: &Ambient, fact: B, tally: Option<Delta>) -> Result<contracts::Event, Fault> {
    contracts::Event::new(ambient, &Told { fact, tally })
}

/// Reads by how much an event changes a tally, whatever else it tells.
pub(crate) fn delta_of(event: &contracts::Event) -> Result<Option<Delta>, Fault> {
    #[derive(Deserialize)]
    struct Only {
        #[serde(default)]
        tally: Option<Delta>,
    }
    Ok(event.body::<Only>()?.tally)
}
