//! Owns fakes of post, chat and auth: told what to answer.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use contracts::auth::{AccountSummary, Accounts};
use contracts::chat::{ChatReader, Message, RoomSummary};
use contracts::post::{PostSummary, Posts};
use kernel::{Fault, MessageId, PostId, RoomId, SessionId, UserId};
use parking_lot::Mutex;

/// Posts that everybody sees but those whom a test names.
#[derive(Default)]
pub struct FakePosts {
    pub hidden: Mutex<HashSet<(UserId, PostId)>>,
}

#[async_trait]
impl Posts for FakePosts {
    async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<serde_json::Value>, Fault> {
        let hidden = self.hidden.lock();
        let seen = ids.iter().filter(|id| !hidden.contains(&(reader, **id)));
        Ok(seen.map(|id| serde_json::json!({ "id": id })).collect())
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
}

#[async_trait]
impl ChatReader for FakeChat {
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault> {
        let found = self.rooms.lock().get(&room).cloned();
        found.ok_or_else(|| Fault::not_found("chat.not_found"))
    }
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        Ok(self.room(room).await.is_ok_and(|room| room.members.contains(&user)))
    }
    async fn head(&self, _: RoomId, _: UserId) -> Result<(String, u64), Fault> {
        Err(Fault::not_found("chat.not_found"))
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

/// Accounts `<id>@example.org`, proven but for those whom a test names.
#[derive(Default)]
pub struct FakeMailboxes {
    pub unproven: Mutex<HashSet<UserId>>,
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
    async fn has_ended(&self, _: UserId, _: SessionId) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn ban(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}
