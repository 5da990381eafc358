//! Counts anew what the counters say, from the documents themselves. For operators; refuses to mend anything.

use std::collections::BTreeMap;

use kernel::{Fault, UserId};
use serde::Serialize;

use crate::domain::item::{Item, item_id};
use crate::repo::Repo;

/// Documents of one step of the walk.
const STEP: usize = 1_000;
/// Wrong things that are named; more are only counted.
const NAMED_MAX: usize = 100;

/// What a count found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// People who have items.
    pub people: u64,
    /// Items of all of them.
    pub items: u64,
    /// Of these, unread.
    pub unread: u64,
    /// People whose counter says something else than their items, items under a wrong id, and people with more items than there may be.
    pub drift: u64,
    /// The first 100 of these, in words.
    pub wrong: Vec<String>,
}

impl Verified {
    fn note(&mut self, words: String) {
        self.drift += 1;
        if self.wrong.len() < NAMED_MAX {
            self.wrong.push(words);
        }
    }
}

impl Repo {
    /// Walks all items. Right only while nobody writes.
    pub(crate) async fn verify(&self) -> Result<Verified, Fault> {
        use store::Document as _;
        let (mut found, mut after) = (Verified::default(), None);
        let mut people: BTreeMap<UserId, (u64, u64)> = BTreeMap::new();
        loop {
            let step = self.items.store().scan(Item::COLLECTION, after, STEP).await?;
            for stored in &step {
                let item: Item = serde_json::from_slice(&stored.body).map_err(Fault::internal)?;
                let counts = people.entry(item.user_id).or_default();
                counts.0 += 1;
                counts.1 += u64::from(item.is_unread());
                if item.id != item_id(item.user_id, item.kind, &item.subject) {
                    found.note(format!("item {} has another's id", item.id));
                }
            }
            after = step.last().map(|stored| stored.id.clone());
            if step.len() < STEP {
                break;
            }
        }
        for (user, (items, unread)) in people {
            (found.people, found.items, found.unread) = (found.people + 1, found.items + items, found.unread + unread);
            let counter = self.unread(user).await?;
            if counter != unread {
                found.note(format!("{user}: the counter says {counter}, the items {unread}"));
            }
            if items > u64::from(self.config.items_max) {
                found.note(format!("{user} has {items} items"));
            }
        }
        Ok(found)
    }
}
