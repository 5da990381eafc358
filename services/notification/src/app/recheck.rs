//! Asks once more whether items may be told, before they are shown, and before they leave the app on a way on which nothing can be taken back: a
//! block or a departure may not have been heard of yet, or have been lost.

use std::collections::{BTreeSet, HashSet};

use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Fault, PostId, RoomId, UserId};

use super::App;
use crate::domain::item::{Item, Left};
use crate::domain::subject::{Actor, Subject, of_user};

/// People of one question to friendship.
const PEOPLE_MAX: usize = 1_000;
/// Posts of one question to post.
const POSTS_MAX: usize = 200;
/// Questions to chat at once.
const ROOMS_AT_ONCE: usize = 16;

fn post_of(item: &Item) -> Option<PostId> {
    match item.subject {
        _ if item.kind.outlives_subject() => None,
        Subject::Post { post_id } | Subject::Comment { post_id, .. } => Some(post_id),
        _ => None,
    }
}

fn room_of(item: &Item) -> Option<RoomId> {
    match item.subject {
        Subject::Room { room_id } | Subject::Message { room_id, .. } => Some(room_id),
        _ => None,
    }
}

impl App {
    /// Returns what of an item may be told now; none when nothing may.
    pub(crate) async fn tellable(&self, item: Item) -> Result<Option<Item>, Fault> {
        let user = item.user_id;
        Ok(self.all_tellable(user, vec![item]).await?.pop())
    }

    /// Returns what of a person's items may be told now, in their order. Asks friendship once for everybody in them (1,000 at a time), post once for
    /// all posts (200 at a time), and chat once for each room.
    pub(crate) async fn all_tellable(&self, user: UserId, mut items: Vec<Item>) -> Result<Vec<Item>, Fault> {
        let blocked = self.blocked_among(user, &items).await?;
        items.retain_mut(|item| {
            let people: Vec<UserId> = item.actors().into_iter().filter_map(Actor::user).collect();
            let mut parted = people.iter().filter(|who| blocked.contains(who));
            parted.all(|who| item.forget(&of_user(*who)) != Left::Nothing)
        });
        let posts = self
            .posts_seen(user, items.iter().filter_map(post_of).collect())
            .await?;
        let rooms = self
            .rooms_of_member(user, items.iter().filter_map(room_of).collect())
            .await?;
        items.retain(|item| {
            post_of(item).is_none_or(|post| posts.contains(&post))
                && room_of(item).is_none_or(|room| rooms.contains(&room))
        });
        Ok(items)
    }

    async fn blocked_among(&self, user: UserId, items: &[Item]) -> Result<HashSet<UserId>, Fault> {
        let people: BTreeSet<UserId> = items.iter().flat_map(Item::actors).filter_map(Actor::user).collect();
        let people: Vec<UserId> = people.into_iter().filter(|who| *who != user).collect();
        let mut blocked = HashSet::new();
        for some in people.chunks(PEOPLE_MAX) {
            let relations = self.relationships.relations(user, some).await?;
            let parted = some.iter().zip(&relations).filter(|(_, to)| to.blocked);
            blocked.extend(parted.map(|(who, _)| *who));
        }
        Ok(blocked)
    }

    async fn posts_seen(&self, user: UserId, posts: BTreeSet<PostId>) -> Result<HashSet<PostId>, Fault> {
        let posts: Vec<PostId> = posts.into_iter().collect();
        let mut seen = HashSet::new();
        for some in posts.chunks(POSTS_MAX) {
            let views = self.posts.views(user, some).await?;
            let id = |view: &serde_json::Value| view.get("id")?.as_str()?.parse::<PostId>().ok();
            seen.extend(views.iter().filter_map(id));
        }
        Ok(seen)
    }

    async fn rooms_of_member(&self, user: UserId, rooms: BTreeSet<RoomId>) -> Result<HashSet<RoomId>, Fault> {
        let asked = futures::stream::iter(rooms).map(|room| async move {
            let inside = self.chat.is_member(room, user).await?;
            Ok::<_, Fault>(inside.then_some(room))
        });
        let inside: Vec<Option<RoomId>> = asked.buffer_unordered(ROOMS_AT_ONCE).try_collect().await?;
        Ok(inside.into_iter().flatten().collect())
    }
}
