//! Owns the votes on debates in the store: one document for each person and voting. Refuses to know when one may vote.

use std::sync::Arc;

use kernel::{Ambient, DebateId, UserId};
use store::{Change, Collection, Document, Place, Query, Store, StoreError};

use crate::domain::debate::DebateDoc;
use crate::domain::debate::ballot::{Choice, Totals, VoteDoc, When, vote_id};
use crate::error::Error;

/// Votes read at once.
const BATCH: usize = 1_000;
/// Votes of one voting that are counted, at most: a room has 1,000 members at a time.
const VOTES_MAX: usize = 20_000;

/// The votes.
pub(crate) struct Votes {
    docs: Collection<VoteDoc>,
    ambient: Ambient,
}

impl Votes {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Keeps what a person votes for; a second vote changes the first.
    pub(crate) async fn cast(
        &self,
        debate: &DebateDoc,
        user: UserId,
        when: When,
        choice: Choice,
    ) -> Result<VoteDoc, Error> {
        let now = self.ambient.now();
        let vote = VoteDoc {
            debate_id: debate.id,
            user_id: user,
            when,
            choice,
            blind: choice,
            counted: !debate.owns_a_debater(user),
            cast_at: now,
            changed_at: now,
        };
        match self.docs.insert(&vote, Vec::new()).await {
            Ok(()) => return Ok(vote),
            Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        let changed = self.docs.update(vote_id(debate.id, user, when), |before: VoteDoc| {
            let after = VoteDoc {
                choice,
                changed_at: now,
                ..before
            };
            Ok::<_, Error>(Change::Put(after.clone(), Vec::new(), after))
        });
        // Removed just now: the debate, or the person, is gone.
        Ok(changed.await?.unwrap_or(vote))
    }

    /// Returns a person's votes: before and after.
    pub(crate) async fn of(&self, debate: DebateId, user: UserId) -> Result<[Option<VoteDoc>; 2], StoreError> {
        let ids = [When::Before, When::After].map(|when| vote_id(debate, user, when));
        let found = self.docs.get_many(&ids).await?;
        Ok([When::Before, When::After].map(|when| found.iter().find(|vote| vote.when == when).cloned()))
    }

    /// Counts the votes of a voting that may still be open.
    pub(crate) async fn totals(&self, debate: &DebateDoc, when: When) -> Result<Totals, StoreError> {
        let on = |counted: bool| Query::on("tally").eq(debate.id).eq(when.word()).eq(counted);
        let cap = VOTES_MAX as u64;
        let mut totals = Totals::default();
        for doc in &debate.sides {
            let choice = Choice::from(Some(doc.side)).word();
            totals.sides.push(self.docs.count(on(true).eq(choice), cap).await?);
        }
        totals.undecided = self.docs.count(on(true).eq(Choice::Undecided.word()), cap).await?;
        totals.excluded = self.docs.count(on(false), cap).await?;
        Ok(totals)
    }

    /// Returns all votes on a debate.
    pub(crate) async fn all(&self, debate: DebateId) -> Result<Vec<VoteDoc>, StoreError> {
        let mut votes = Vec::new();
        for when in [When::Before, When::After] {
            for counted in [true, false] {
                votes.extend(self.every(debate, when, counted).await?);
            }
        }
        Ok(votes)
    }

    /// Removes all votes on a debate.
    pub(crate) async fn remove_all(&self, debate: DebateId) -> Result<(), StoreError> {
        for vote in self.all(debate).await? {
            self.docs.delete(Document::id(&vote)).await?;
        }
        Ok(())
    }

    /// Removes all votes of a person.
    pub(crate) async fn erase(&self, person: UserId) -> Result<(), StoreError> {
        loop {
            let votes = self.docs.find(Query::on("voter").eq(person).limit(BATCH)).await?;
            if votes.is_empty() {
                return Ok(());
            }
            for vote in votes {
                self.docs.delete(Document::id(&vote)).await?;
            }
        }
    }

    async fn every(&self, debate: DebateId, when: When, counted: bool) -> Result<Vec<VoteDoc>, StoreError> {
        let mut votes: Vec<VoteDoc> = Vec::new();
        while votes.len() < VOTES_MAX {
            let mut query = Query::on("tally").eq(debate).eq(when.word()).eq(counted).limit(BATCH);
            query.after = votes.last().map(|last| Place {
                keys: vec![last.choice.word().into()],
                id: vote_id(last.debate_id, last.user_id, last.when),
            });
            let batch = self.docs.find(query).await?;
            let is_last = batch.len() < BATCH;
            votes.extend(batch);
            if is_last {
                break;
            }
        }
        Ok(votes)
    }
}
