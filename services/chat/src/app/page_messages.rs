//! Cuts pages out of a room's history, for people and for the services that follow a room.

use std::time::Duration;

use contracts::chat::Message;
use kernel::{Cursor, RoomId, UserId};
use store::{Key, Place};

use crate::app::App;
use crate::domain::reaction::Eyes;
use crate::domain::window::Window;
use crate::error::ChatError;
use crate::wire::MessagePage;

/// Times of messages and of changes come from several clocks and are taken before the write that makes them durable:
/// changes are looked for from so much earlier. One shown twice does no harm, since a client goes by the version.
const CLOCK_SLACK: Duration = Duration::from_secs(5);

impl App {
    /// Returns up to `limit` messages of a room that `user` is a member of.
    pub(crate) async fn page_messages(
        &self,
        user: UserId,
        room: RoomId,
        window: Window,
        limit: usize,
    ) -> Result<MessagePage, ChatError> {
        self.view_for(user, room).await?;
        let top = self.repo.last_seq(room).await?;
        let span = window.span(u64::try_from(limit).unwrap_or(u64::MAX), top);
        let items = self.repo.span(room, span.first, span.last, limit).await?;
        Ok(MessagePage {
            items: items.iter().map(|m| m.seen_by(Eyes::Of(user))).collect(),
            next_cursor: window.next(span, top).map(|next| Cursor::encode(&next)),
            has_more_before: span.first > 1 && top > 0,
            has_more_after: span.last < top,
        })
    }

    /// Returns up to `limit` messages at or below `upto` that changed since message `upto` was sent, as everybody sees
    /// them, oldest change first.
    pub(crate) async fn changed_since(&self, room: RoomId, upto: u64, limit: usize) -> Result<Vec<Message>, ChatError> {
        let Some(held) = self.repo.span(room, upto.max(1), upto, 1).await?.into_iter().next() else {
            return Ok(Vec::new());
        };
        let since = held.created_at - CLOCK_SLACK;
        let (mut changed, mut place) = (Vec::new(), None);
        loop {
            let some = self.repo.changed(room, since, place.take()).await?;
            let Some(last) = some.last() else { return Ok(changed) };
            place = last.changed_at.map(|at| Place {
                keys: vec![Key::from(at)],
                id: last.id.to_string(),
            });
            let fitting = some
                .iter()
                .filter(|m| m.seq <= upto)
                .map(|m| m.seen_by(Eyes::Everybody));
            changed.extend(fitting.take(limit - changed.len()));
            if changed.len() >= limit || place.is_none() {
                return Ok(changed);
            }
        }
    }
}
