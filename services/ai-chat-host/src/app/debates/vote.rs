//! Owns the casting of a vote. A vote that is acknowledged is counted, however close the end is: the votes are read after
//! the voting has ended in the store, and a vote is acknowledged only when the voting was open after it was durable.

use kernel::{DebateId, Fault, UserId};

use crate::app::App;
use crate::domain::debate::ballot::{VoteDoc, When};
use crate::domain::debate::{Refused, Side};
use crate::error::Error;

impl App {
    /// Votes for a side, or undecided, in a voting that is open; again changes the vote.
    pub(crate) async fn vote_on_debate(
        &self,
        user: UserId,
        id: DebateId,
        when: When,
        side: Option<Side>,
    ) -> Result<VoteDoc, Error> {
        let debate = self.debate_for(user, id).await?;
        if side.is_some_and(|side| debate.side(side).is_none()) {
            return Err(Fault::invalid("side", "is none of this debate's").into());
        }
        let is_late = debate.voting_until.is_none_or(|until| until <= self.ambient.now());
        if debate.phase != when.phase() || is_late {
            return Err(Refused::NotVoting.into());
        }
        let vote = self.debates.votes.cast(&debate, user, when, side.into()).await?;
        if self.debates.docs.get(id).await?.phase != when.phase() {
            return Err(Refused::VotingEnded.into());
        }
        // Whoever has been erased meanwhile leaves no vote.
        if !self.notes.gone_of(&[user]).await?.is_empty() {
            self.debates.votes.erase(user).await?;
            return Err(Refused::NoDebate.into());
        }
        Ok(vote)
    }
}
