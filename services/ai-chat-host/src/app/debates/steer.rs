//! Owns what the person who began a debate may do with it: start it, end the voting, call it off. Refuses to let anybody choose the
//! end of a voting who has seen how it stands.

use kernel::{DebateId, RoomId, UserId};

use crate::app::App;
use crate::domain::debate::{DebateDoc, Input, Moved, Refused};
use crate::error::Error;

impl App {
    /// Lets an input of who began the debate happen.
    pub(crate) async fn steer_debate(&self, user: UserId, id: DebateId, input: Input<'_>) -> Result<DebateDoc, Error> {
        if self.debate_for(user, id).await?.owner_id != user {
            return Err(Refused::NotOwner.into());
        }
        if matches!(input, Input::CloseVoting) {
            let [_, after] = self.debates.votes.of(id, user).await?;
            if after.is_some() {
                return Err(Refused::HasVoted.into());
            }
        }
        self.step_debate(id, &input).await
    }

    /// Lets something happen to a debate, and tells the room when it is news.
    pub(super) async fn step_debate(&self, id: DebateId, input: &Input<'_>) -> Result<DebateDoc, Error> {
        let (debate, moved) = self.debates.docs.step(id, input, &self.config.debates).await?;
        if moved == Moved::News {
            self.tell_debate(&debate).await;
            self.debates.due.notify_one();
        }
        Ok(debate)
    }

    /// Returns a debate for a member of its room.
    pub(crate) async fn debate_for(&self, user: UserId, id: DebateId) -> Result<DebateDoc, Error> {
        let debate = self.debates.docs.get(id).await?;
        self.hears_debates(user, debate.room_id, Refused::NoDebate).await?;
        Ok(debate)
    }

    /// Fails as `refused` for one who is no member of a room.
    pub(super) async fn hears_debates(&self, user: UserId, room: RoomId, refused: Refused) -> Result<(), Error> {
        if self.reader.is_member(room, user).await? {
            Ok(())
        } else {
            Err(refused.into())
        }
    }
}
