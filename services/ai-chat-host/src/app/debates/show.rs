//! Owns what a member of a room is shown of a debate. Refuses to show who stands on which side, and how the others have
//! voted, before the member has voted after the debate or it is over.

use kernel::{AgentId, DebateId, Page, RoomId, UserId};

use crate::app::App;
use crate::domain::agent::AgentDoc;
use crate::domain::debate::ballot::{ResultDoc, Totals, VoteDoc, When};
use crate::domain::debate::rating::RatingDoc;
use crate::domain::debate::{DebateDoc, Refused};
use crate::error::Error;

/// What a reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Eyes {
    /// Who stands on which side, with which model and at which cost.
    pub(crate) identities: bool,
    /// How people voted before, and after.
    pub(crate) before: bool,
    pub(crate) after: bool,
}

impl Eyes {
    /// Decides what a person with these votes may see.
    fn of(debate: &DebateDoc, before: Option<&VoteDoc>, after: Option<&VoteDoc>) -> Self {
        let is_over = debate.phase.is_over();
        Self {
            identities: is_over || after.is_some(),
            before: is_over || before.is_some() || after.is_some(),
            after: is_over || after.is_some(),
        }
    }
}

/// A debate as one member may see it.
pub(crate) struct Shown {
    pub(crate) debate: DebateDoc,
    pub(crate) eyes: Eyes,
    pub(crate) my_before: Option<VoteDoc>,
    pub(crate) my_after: Option<VoteDoc>,
    pub(crate) before: Option<Totals>,
    pub(crate) after: Option<Totals>,
    pub(crate) result: Option<ResultDoc>,
    /// Of the turn that is being spoken.
    pub(crate) so_far: String,
}

impl App {
    /// Shows a debate to a member of its room.
    pub(crate) async fn show_debate(&self, user: UserId, id: DebateId) -> Result<Shown, Error> {
        let debate = self.debate_for(user, id).await?;
        self.shown(user, debate).await
    }

    /// Shows a debate to a person who is known to be a member of its room.
    pub(crate) async fn shown(&self, user: UserId, debate: DebateDoc) -> Result<Shown, Error> {
        let [my_before, my_after] = self.debates.votes.of(debate.id, user).await?;
        let eyes = Eyes::of(&debate, my_before.as_ref(), my_after.as_ref());
        let result = if debate.phase.is_over() {
            self.debates.ratings.result(debate.id).await?
        } else {
            None
        };
        let (before, after) = match &result {
            Some(result) => (Some(result.before.clone()), Some(result.after.clone())),
            None => (
                self.totals_for(&debate, When::Before, eyes.before).await?,
                self.totals_for(&debate, When::After, eyes.after).await?,
            ),
        };
        let so_far = self.spoken_so_far(&debate).await;
        Ok(Shown {
            debate,
            eyes,
            my_before,
            my_after,
            before,
            after,
            result,
            so_far,
        })
    }

    async fn totals_for(&self, debate: &DebateDoc, when: When, sees: bool) -> Result<Option<Totals>, Error> {
        Ok(if sees {
            Some(self.debates.votes.totals(debate, when).await?)
        } else {
            None
        })
    }

    /// Returns a page of the debates of a room for one of its members, newest first.
    pub(crate) async fn debates_in(
        &self,
        user: UserId,
        room: RoomId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<DebateDoc>, Error> {
        self.hears_debates(user, room, Refused::NoRoom).await?;
        Ok(self.debates.docs.page(room, limit, cursor).await?)
    }

    /// Returns a page of the leaderboard, with the agents that are still there.
    pub(crate) async fn leaderboard(
        &self,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<(Page<RatingDoc>, Vec<AgentDoc>), Error> {
        let page = self.debates.ratings.page(limit, cursor).await?;
        let ids: Vec<AgentId> = page.items.iter().map(|rating| rating.agent_id).collect();
        let mut agents = self.agents.known(&ids).await?;
        for id in ids {
            // A rating of a card is shown with its latest revision.
            if !agents.iter().any(|agent| agent.id == id) {
                agents.extend(self.agents.of_card(id.uuid().into()).await?);
            }
        }
        Ok((page, agents))
    }
}
