//! Owns fakes of post, chat, friendship and auth: told what to answer, and what happens right after an answer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use contracts::auth::{AccountSummary, Accounts};
use contracts::chat::{ChatReader, Message, RoomSummary};
use contracts::friendship::{Relation, Relationships};
use contracts::post::{PostSummary, Posts};
use kernel::{Fault, MessageId, Page, PostId, RoomId, SessionId, Timestamp, UserId};
use parking_lot::Mutex;
use testkit::FakeRelationships;

/// Posts that everybody sees but those whom a test names.
#[derive(Default)]
pub struct FakePosts {
    pub hidden: Mutex<HashSet<(UserId, PostId)>>,
    /// Hidden from this person after the next answer.
    pub hiding: Mutex<Option<(UserId, PostId)>>,
}

#[async_trait]
impl Posts for FakePosts {
    async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<serde_json::Value>, Fault> {
        let mut hidden = self.hidden.lock();
        let seen = ids.iter().filter(|id| !hidden.contains(&(reader, **id)));
        let seen = seen.map(|id| serde_json::json!({ "id": id })).collect();
        hidden.extend(self.hiding.lock().take());
        Ok(seen)
    }
    async fn summaries(&self, _: &[PostId]) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
    async fn of_author(&self, _: UserId, _: Option<PostId>, _: usize) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
    async fn scan(&self, _: Option<PostId>, _: usize) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
}

/// Rooms that a test names.
#[derive(Default)]
pub struct FakeChat {
    pub rooms: Mutex<HashMap<RoomId, RoomSummary>>,
    /// Leaves the room after the next answer about it.
    pub leaving: Mutex<Option<UserId>>,
    /// How far people have read.
    pub read: Mutex<HashMap<(RoomId, UserId), u64>>,
}

#[async_trait]
impl ChatReader for FakeChat {
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault> {
        let mut rooms = self.rooms.lock();
        let kept = rooms.get_mut(&room).ok_or_else(|| Fault::not_found("chat.not_found"))?;
        let answer = kept.clone();
        if let Some(who) = self.leaving.lock().take() {
            kept.members.retain(|member| *member != who);
        }
        Ok(answer)
    }
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        Ok(self.room(room).await.is_ok_and(|room| room.members.contains(&user)))
    }
    async fn head(&self, _: RoomId, _: UserId) -> Result<(String, u64), Fault> {
        Err(Fault::not_found("chat.not_found"))
    }
    async fn read_seqs(&self, room: RoomId, users: &[UserId]) -> Result<Vec<u64>, Fault> {
        let read = self.read.lock();
        let of = |user: &UserId| read.get(&(room, *user)).copied().unwrap_or_default();
        Ok(users.iter().map(of).collect())
    }
    async fn rooms_of(&self, _: UserId) -> Result<Vec<RoomId>, Fault> {
        Ok(Vec::new())
    }
    async fn messages(&self, _: RoomId, _: u64, _: u64, _: usize) -> Result<Vec<Message>, Fault> {
        Ok(Vec::new())
    }
    async fn changed_since(&self, _: RoomId, _: u64, _: usize) -> Result<Vec<Message>, Fault> {
        Ok(Vec::new())
    }
    async fn message(&self, _: RoomId, _: MessageId) -> Result<Message, Fault> {
        Err(Fault::not_found("chat.not_found"))
    }
}

/// The world's relationships.
pub struct Turning {
    pub world: Arc<FakeRelationships>,
    /// Parted by a block after the next answer.
    pub parting: Mutex<Option<(UserId, UserId)>>,
    /// Of this person it does not answer.
    pub silent: Mutex<Option<UserId>>,
}

#[async_trait]
impl Relationships for Turning {
    async fn relations(&self, user: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        if *self.silent.lock() == Some(user) {
            return Err(Fault::internal("no answer"));
        }
        let answer = self.world.relations(user, others).await;
        if let Some((by, other)) = self.parting.lock().take() {
            self.world.set_blocked(by, other);
        }
        answer
    }
    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        self.world.friends(user, limit).await
    }
    async fn friends_page(&self, user: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<UserId>, Fault> {
        self.world.friends_page(user, limit, cursor).await
    }
    async fn block(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.world.block(user, other).await
    }
    async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.world.unblock(user, other).await
    }
    async fn parted(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        self.world.parted(user, limit).await
    }
    async fn blocks(
        &self,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<(UserId, Timestamp)>, Fault> {
        self.world.blocks(user, limit, cursor).await
    }
}

/// Accounts `<id>@example.org`, proven but for those whom a test names.
#[derive(Default)]
pub struct FakeMailboxes {
    pub unproven: Mutex<HashSet<UserId>>,
    /// Sessions that have ended.
    pub ended: Mutex<HashSet<SessionId>>,
}

#[async_trait]
impl Accounts for FakeMailboxes {
    async fn jwks(&self) -> Result<String, Fault> {
        Ok(r#"{"keys":[]}"#.into())
    }
    async fn account(&self, user: UserId) -> Result<AccountSummary, Fault> {
        Ok(AccountSummary {
            email: format!("{user}@example.org"),
            email_verified: !self.unproven.lock().contains(&user),
            totp_enabled: false,
        })
    }
    async fn erase(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    async fn has_ended(&self, _: UserId, session: SessionId) -> Result<bool, Fault> {
        Ok(self.ended.lock().contains(&session))
    }
    async fn ban(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}
