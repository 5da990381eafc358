//! Looks once more after a write whether what was written still belongs there: the event that would have taken it away may have been dealt with
//! in between. What is so changes before its event is told, so that either this sees the change, or the event comes afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::{Fault, PostId, UserId};
use store::Document as _;

use super::{App, SUMMARIES_MAX, is_open};
use crate::domain::entry::Entry;

/// People of one question to friendship.
const PEOPLE_MAX: usize = 1_000;

impl App {
    /// Takes entries out again that do not belong where they were laid: of posts that are gone or private, before people who are no friends of the
    /// author's, and before or by people who are gone.
    pub(super) async fn withdraw_strays(&self, entries: &[Entry]) -> Result<(), Fault> {
        let people: BTreeSet<UserId> = entries.iter().flat_map(|e| [e.reader, e.author]).collect();
        let gone = self.repo.gone_of(&people.into_iter().collect::<Vec<_>>()).await?;
        let open = self.how_they_stand(entries).await?;
        let strangers = self.strangers(entries).await?;
        let belongs = |e: &Entry| {
            let stands = open.get(&e.post).is_some_and(|open| *open || e.reader == e.author);
            stands
                && !strangers.contains(&(e.author, e.reader))
                && !gone.contains(&e.reader)
                && !gone.contains(&e.author)
        };
        let strays: Vec<String> = entries.iter().filter(|e| !belongs(e)).map(Entry::id).collect();
        Ok(self.repo.timelines.remove(strays).await?)
    }

    /// Returns which posts stand, and whether others than the author may see them.
    async fn how_they_stand(&self, entries: &[Entry]) -> Result<HashMap<PostId, bool>, Fault> {
        let posts: BTreeSet<PostId> = entries.iter().map(|e| e.post).collect();
        let posts: Vec<PostId> = posts.into_iter().collect();
        let mut open = HashMap::new();
        for some in posts.chunks(SUMMARIES_MAX) {
            let found = self.posts.summaries(some).await?;
            open.extend(found.iter().map(|post| (post.id, is_open(post))));
        }
        Ok(open)
    }

    /// Returns pairs of author and reader who are no friends.
    async fn strangers(&self, entries: &[Entry]) -> Result<HashSet<(UserId, UserId)>, Fault> {
        let mut readers_of: BTreeMap<UserId, BTreeSet<UserId>> = BTreeMap::new();
        for entry in entries.iter().filter(|e| e.reader != e.author) {
            readers_of.entry(entry.author).or_default().insert(entry.reader);
        }
        let mut strangers = HashSet::new();
        for (author, readers) in readers_of {
            let readers: Vec<UserId> = readers.into_iter().collect();
            strangers.extend(
                self.no_friends_among(author, &readers)
                    .await?
                    .into_iter()
                    .map(|r| (author, r)),
            );
        }
        Ok(strangers)
    }

    /// Returns those of `others` who are no friends of `person`.
    pub(super) async fn no_friends_among(&self, person: UserId, others: &[UserId]) -> Result<Vec<UserId>, Fault> {
        let mut strangers = Vec::new();
        for some in others.chunks(PEOPLE_MAX) {
            let relations = self.relationships.relations(person, some).await?;
            let parted = some.iter().zip(relations).filter(|(_, to)| !to.friends || to.blocked);
            strangers.extend(parted.map(|(other, _)| *other));
        }
        Ok(strangers)
    }

    /// Takes out of readers' ties what was noted of `author` for those who are no friends, and what was noted for or of somebody who is gone.
    pub(super) async fn part_strangers(&self, author: UserId, readers: &[UserId]) -> Result<(), Fault> {
        let people: Vec<UserId> = readers.iter().copied().chain([author]).collect();
        let gone = self.repo.gone_of(&people).await?;
        for reader in readers.iter().filter(|reader| gone.contains(reader)) {
            self.repo.readers.forget(*reader).await?;
        }
        let strangers = if gone.contains(&author) {
            readers.to_vec()
        } else {
            self.no_friends_among(author, readers).await?
        };
        for reader in strangers {
            self.repo.readers.part(reader, author).await?;
        }
        Ok(())
    }
}
