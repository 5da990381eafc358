//! Owns chat's contract traits in process: what realtime-gateway and ai-chat-host call. Refuses to decide anything;
//! it translates.

use async_trait::async_trait;
use contracts::chat::{ChatReader, ChatWriter, Message, RoomSummary, SendAgentMessage, SendMessage, Sent};
use kernel::{Fault, MessageId, RoomId, UserId};

use crate::app::App;
use crate::domain::reaction::Eyes;
use crate::error::ChatError;
use crate::repo::FIND_MAX;

#[async_trait]
impl ChatWriter for App {
    async fn send(&self, user: UserId, message: SendMessage) -> Result<Sent, Fault> {
        Ok(self.send(user, message).await?)
    }

    async fn send_as_agent(&self, message: SendAgentMessage) -> Result<Sent, Fault> {
        Ok(self.send_as_agent(message).await?)
    }

    async fn mark_read(&self, user: UserId, room: RoomId, seq: u64) -> Result<(u64, u64), Fault> {
        let progress = self.mark_read(user, room, seq).await?;
        Ok((progress.read_seq, progress.unread))
    }
}

#[async_trait]
impl ChatReader for App {
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault> {
        let view = self.view(room).await?;
        let last_seq = self.repo.last_seq(room).await?;
        let room = &view.room;
        Ok(RoomSummary {
            id: room.id,
            kind: room.kind,
            title: room.title.clone(),
            epoch: room.epoch.clone(),
            last_seq,
            agent_policy: room.agent_policy,
            moderator_id: room.moderator_id,
            people_interrupt: room.people_interrupt,
            members: room.member_ids().to_vec(),
            agents: room.agents.clone(),
        })
    }

    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        match self.view_for(user, room).await {
            Ok(_) => Ok(true),
            Err(ChatError::NotFound) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    async fn head(&self, room: RoomId, user: UserId) -> Result<(String, u64), Fault> {
        let view = self.view_for(user, room).await?;
        Ok((view.room.epoch.clone(), self.repo.last_seq(room).await?))
    }

    async fn read_seqs(&self, room: RoomId, users: &[UserId]) -> Result<Vec<u64>, Fault> {
        Ok(self.repo.read_seqs(room, users).await?)
    }

    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, Fault> {
        Ok(self
            .repo
            .rooms_of(user)
            .await?
            .into_iter()
            .map(|room| room.id)
            .collect())
    }

    async fn messages(&self, room: RoomId, after: u64, upto: u64, limit: usize) -> Result<Vec<Message>, Fault> {
        let found = self
            .repo
            .span(room, after.saturating_add(1), upto, limit.min(FIND_MAX))
            .await?;
        Ok(found.iter().map(|m| m.seen_by(Eyes::Everybody)).collect())
    }

    async fn changed_since(&self, room: RoomId, upto: u64, limit: usize) -> Result<Vec<Message>, Fault> {
        Ok(self.changed_since(room, upto, limit).await?)
    }

    async fn message(&self, room: RoomId, message: MessageId) -> Result<Message, Fault> {
        let found = self.repo.message(room, message).await?.ok_or(ChatError::NotFound)?;
        Ok(found.seen_by(Eyes::Everybody))
    }
}
