//! Lists a person's rooms, newest activity first, in pages that are complete and free of duplicates while people go on
//! talking: all pages of one walk show the order as it was at the first page.

use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Cursor, Page, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::app::show_room::LISTED_MEMBERS_MAX;
use crate::app::view_room::rename_agents;
use crate::app::{App, PARALLEL};
use crate::domain::room::Room;
use crate::error::ChatError;
use crate::wire;

/// A place in the list.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    /// When the first page was read; what happened later does not move a room on the later pages.
    as_of: Timestamp,
    /// When the last room shown had been spoken in, as of then.
    active_at: Timestamp,
    /// The last room shown.
    id: RoomId,
}

impl App {
    /// Returns up to `limit` rooms of `user` after `cursor`.
    pub(crate) async fn list_rooms(
        &self,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<wire::Room>, ChatError> {
        let place = cursor.map(Cursor::decode::<Place>).transpose()?;
        let as_of = place.map_or_else(|| self.ambient.now(), |p| p.as_of);
        let mut rooms = self.ranked(self.repo.rooms_of(user).await?, as_of).await?;
        if let Some(Place { active_at, id, .. }) = place {
            rooms.retain(|(at, room)| (*at, room.id) < (active_at, id));
        }
        rooms.truncate(limit + 1);
        let page = Page::cut(rooms, limit, |(active_at, room)| Place {
            as_of,
            active_at: *active_at,
            id: room.id,
        });
        let Page { items, next_cursor } = page;
        let items = self
            .listed(user, items.into_iter().map(|(_, room)| room).collect())
            .await?;
        Ok(Page { items, next_cursor })
    }

    /// Orders rooms by when they were last spoken in as of `as_of`, newest first; those opened later are left out.
    async fn ranked(&self, rooms: Vec<Room>, as_of: Timestamp) -> Result<Vec<(Timestamp, Room)>, ChatError> {
        let known = futures::stream::iter(rooms.into_iter().filter(|room| room.created_at <= as_of));
        let spoken = known.map(|room| async move {
            let spoken = self.repo.last_spoken(room.id, as_of).await?;
            Ok::<_, ChatError>((spoken.unwrap_or(room.created_at), room))
        });
        let mut rooms: Vec<(Timestamp, Room)> = spoken.buffer_unordered(PARALLEL).try_collect().await?;
        rooms.sort_unstable_by_key(|(at, room)| std::cmp::Reverse((*at, room.id)));
        Ok(rooms)
    }

    async fn listed(&self, user: UserId, mut rooms: Vec<Room>) -> Result<Vec<wire::Room>, ChatError> {
        let shown = rooms
            .iter()
            .flat_map(|room| room.member_ids().iter().take(LISTED_MEMBERS_MAX).copied());
        let shown: std::collections::HashSet<UserId> = shown.collect();
        let names = self.people(&shown.into_iter().collect::<Vec<_>>()).await?;
        let agents = rooms
            .iter()
            .flat_map(|room| room.agents.iter().map(|a| a.agent_id))
            .collect();
        let agents = self.agents_now(agents).await?;
        for room in &mut rooms {
            rename_agents(room, &agents);
        }
        let names = &names;
        let shown = futures::stream::iter(rooms).map(|room| async move { self.show_listed(user, &room, names).await });
        shown.buffered(PARALLEL).try_collect().await
    }
}
