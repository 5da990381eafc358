//! Owns what post asks about people: how they stand to a reader, their names, and who is meant by a handle.

use std::collections::HashMap;

use contracts::friendship::Relation;
use contracts::user::Profile;
use kernel::UserId;

use crate::app::App;
use crate::domain::mention::{Mention, handles};
use crate::error::Error;

/// People whom one question to another service may name.
const PEOPLE_A_QUESTION_MAX: usize = 1_000;

/// How people stand to one reader.
pub(crate) struct Standing {
    reader: UserId,
    relations: HashMap<UserId, Relation>,
}

impl Standing {
    /// Returns how the reader stands to a person; to whom was not asked for, as to one who blocks.
    pub(crate) fn to(&self, person: UserId) -> Relation {
        if person == self.reader {
            return Relation::default();
        }
        let unknown = Relation {
            friends: false,
            blocked: true,
        };
        self.relations.get(&person).copied().unwrap_or(unknown)
    }

    /// Tells whether a block stands between the reader and a person.
    pub(crate) fn hides(&self, person: UserId) -> bool {
        self.to(person).blocked
    }
}

impl App {
    /// Asks how `reader` stands to `people`.
    pub(crate) async fn standing(&self, reader: UserId, mut people: Vec<UserId>) -> Result<Standing, Error> {
        people.sort_unstable();
        people.dedup();
        people.retain(|person| *person != reader);
        let mut relations = HashMap::with_capacity(people.len());
        for some in people.chunks(PEOPLE_A_QUESTION_MAX) {
            let found = self.relationships.relations(reader, some).await?;
            relations.extend(some.iter().copied().zip(found));
        }
        Ok(Standing { reader, relations })
    }

    /// Returns the profiles of those of `people` that there are.
    pub(crate) async fn profiles(&self, mut people: Vec<UserId>) -> Result<HashMap<UserId, Profile>, Error> {
        people.sort_unstable();
        people.dedup();
        let mut found = HashMap::with_capacity(people.len());
        for some in people.chunks(PEOPLE_A_QUESTION_MAX) {
            found.extend(self.users.profiles(some).await?.into_iter().map(|p| (p.id, p)));
        }
        Ok(found)
    }

    /// Finds out who is named in a text by `author`: people that there are, and no block stands between.
    pub(crate) async fn named_in(&self, author: UserId, text: &str) -> Result<Vec<Mention>, Error> {
        let mut found = Vec::new();
        for handle in handles(text) {
            if let Some(profile) = self.users.by_handle(&handle).await? {
                found.push(Mention {
                    user_id: profile.id,
                    handle,
                });
            }
        }
        let standing = self.standing(author, found.iter().map(|m| m.user_id).collect()).await?;
        found.retain(|m| !standing.hides(m.user_id));
        Ok(found)
    }
}
