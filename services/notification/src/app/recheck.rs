//! Asks once more whether an item may be told, before it leaves the app on a way on which nothing can be taken back: a block or a departure may
//! not have been heard of yet.

use kernel::{Fault, UserId};

use super::App;
use crate::domain::item::{Item, Left};
use crate::domain::subject::{Actor, Subject, of_user};

impl App {
    /// Returns what of an item may be told now; none when nothing may.
    pub(crate) async fn tellable(&self, mut item: Item) -> Result<Option<Item>, Fault> {
        let people: Vec<UserId> = item.actors().into_iter().filter_map(Actor::user).collect();
        if !people.is_empty() {
            let relations = self.relationships.relations(item.user_id, &people).await?;
            for (who, _) in people.iter().zip(&relations).filter(|(_, to)| to.blocked) {
                if item.forget(&of_user(*who)) == Left::Nothing {
                    return Ok(None);
                }
            }
        }
        let inside = match item.subject {
            Subject::Post { post_id } | Subject::Comment { post_id, .. } => {
                !self.who_sees(post_id, vec![item.user_id]).await?.is_empty()
            }
            Subject::Room { room_id } | Subject::Message { room_id, .. } => {
                self.chat.is_member(room_id, item.user_id).await?
            }
            Subject::User { .. } | Subject::Order { .. } | Subject::Card { .. } => true,
        };
        Ok(inside.then_some(item))
    }
}
