//! Owns the end of what is kept of debates: with their room, with the person who began them, or when they are old. Refuses to touch
//! results and ratings, which name no person.

use kernel::{Fault, RoomId, Timestamp, UserId};

use crate::app::App;
use crate::domain::debate::DebateDoc;

impl App {
    /// Forgets all debates of a room that is gone.
    pub(crate) async fn forget_debates_in(&self, room: RoomId) -> Result<(), Fault> {
        while self.forget_these(self.debates.docs.of_room(room).await?).await? {}
        Ok(())
    }

    /// Forgets the votes of a person, and the debates that they have begun.
    pub(crate) async fn forget_debates_of(&self, person: UserId) -> Result<(), Fault> {
        self.debates.votes.erase(person).await?;
        while self.forget_these(self.debates.docs.of_owner(person).await?).await? {}
        Ok(())
    }

    /// Forgets debates that ended before `before`.
    pub(crate) async fn forget_debates(&self, before: Timestamp) -> Result<(), Fault> {
        while self.forget_these(self.debates.docs.ended(before).await?).await? {}
        Ok(())
    }

    /// Forgets debates with their votes; tells whether there were any.
    async fn forget_these(&self, debates: Vec<DebateDoc>) -> Result<bool, Fault> {
        for debate in &debates {
            self.debates.votes.remove_all(debate.id).await?;
            self.debates.docs.remove(debate.id).await?;
        }
        Ok(!debates.is_empty())
    }
}
