//! Finds messages by words, in the rooms of who asks and nowhere else.

use contracts::chat::Message;
use kernel::{Page, RoomId, UserId};
use store::Search;

use crate::app::App;
use crate::domain::reaction::Eyes;
use crate::error::ChatError;

impl App {
    /// Returns up to `limit` messages with all the words, newest first, from one room or from all rooms of `user`.
    pub(crate) async fn search_messages(
        &self,
        user: UserId,
        words: String,
        room: Option<RoomId>,
        (limit, cursor): (usize, Option<&str>),
    ) -> Result<Page<Message>, ChatError> {
        let rooms = match room {
            Some(room) => vec![self.view_for(user, room).await?.room.id],
            None => self
                .repo
                .rooms_of(user)
                .await?
                .into_iter()
                .map(|room| room.id)
                .collect(),
        };
        if rooms.is_empty() {
            return Ok(Page {
                items: Vec::new(),
                next_cursor: None,
            });
        }
        let scopes = rooms.iter().map(RoomId::to_string).collect();
        let search = Search {
            index: "words",
            scopes,
            words,
            limit,
            before: None,
        };
        let Page { items, next_cursor } = self.repo.messages.search_page(search, cursor).await?;
        Ok(Page {
            items: items.iter().map(|m| m.seen_by(Eyes::Of(user))).collect(),
            next_cursor,
        })
    }
}
