//! Owns what follows for summaries, memories, allowances and debates when something is taken back: a message, an agent's seat, a room, a person.
//! Everything here may be done again. Refuses to keep a text because making it anew costs something.

use contracts::chat::Message;
use kernel::{AgentId, Fault, RoomId, UserId};

use crate::app::App;
use crate::domain::summary::SummaryDoc;

impl App {
    /// Takes a message that was deleted or edited out of what is kept of its room: the summary that covers it goes, and so does
    /// what an agent has noted from it.
    pub(crate) async fn unsay(&self, message: &Message) -> Result<(), Fault> {
        let drop_text = |doc: &mut SummaryDoc| {
            let covered = doc.covers(message.seq);
            if covered {
                doc.drop_text();
            }
            covered
        };
        if self.notes.change_summary(message.room_id, drop_text).await? {
            metrics::counter!("ai_summaries_dropped_total").increment(1);
        }
        Ok(self
            .notes
            .unlearn(message.room_id, message.id, Some(message.seq))
            .await?)
    }

    /// Forgets what an agent knew of a room that it has left, and what all knew when nobody of them is left.
    pub(crate) async fn forget_seat(&self, agent: AgentId, room: RoomId, was_last: bool) -> Result<(), Fault> {
        self.notes.remove_memory(agent, room).await?;
        self.allowances.remove_in(room, Some(agent)).await?;
        if was_last {
            self.notes.remove_summary(room).await?;
        }
        // Last, since orders may be away: then all of this is done again.
        self.entitlements.leave(Some(agent), room).await
    }

    /// Forgets everything of a room that is gone.
    pub(crate) async fn forget_all_of(&self, room: RoomId) -> Result<(), Fault> {
        self.notes.remove_summary(room).await?;
        self.notes.remove_memories(room).await?;
        self.allowances.remove_in(room, None).await?;
        self.forget_debates_in(room).await?;
        self.entitlements.leave(None, room).await
    }

    /// Forgets what tells of a person whose account is gone.
    pub(crate) async fn erase_person(&self, person: UserId) -> Result<(), Fault> {
        self.notes.erase(person).await?;
        self.allowances.remove_of(person).await?;
        self.forget_debates_of(person).await
    }
}
