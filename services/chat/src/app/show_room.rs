//! Shows a room to one of its members: who is in it and how far each has read, what was said last, what they have not read.

use std::collections::HashMap;

use kernel::{RoomId, UserId};

use crate::app::App;
use crate::domain::message::ERASED_NAME;
use crate::domain::reaction::Eyes;
use crate::domain::room::{Member, Room};
use crate::error::ChatError;
use crate::room_cache::Person;
use crate::wire;

/// How many members of a room a list shows.
pub(crate) const LISTED_MEMBERS_MAX: usize = 10;

impl App {
    /// Returns a room as `user` sees it, with its version.
    pub(crate) async fn show_room(&self, user: UserId, id: RoomId) -> Result<(wire::Room, u64), ChatError> {
        let view = self.view_for(user, id).await?;
        let person = |id| view.person(id).cloned();
        let mut shown = self.show(user, &view.room, usize::MAX, person).await?;
        let members: Vec<UserId> = shown.members.iter().map(|member| member.user_id).collect();
        let read = self.repo.read_seqs(id, &members).await?;
        for (member, seq) in shown.members.iter_mut().zip(read) {
            member.read_seq = Some(seq);
        }
        Ok((shown, view.room.version))
    }

    /// Returns a room of a list as `user` sees it: at most 10 members, with these names.
    pub(crate) async fn show_listed(
        &self,
        user: UserId,
        room: &Room,
        names: &HashMap<UserId, Person>,
    ) -> Result<wire::Room, ChatError> {
        self.show(user, room, LISTED_MEMBERS_MAX, |id| names.get(&id).cloned())
            .await
    }

    async fn show(
        &self,
        user: UserId,
        room: &Room,
        members_max: usize,
        person: impl Fn(UserId) -> Option<Person>,
    ) -> Result<wire::Room, ChatError> {
        let me = room.member(user).ok_or(ChatError::NotFound)?;
        let last = self.repo.last_message(room.id).await?;
        let last_seq = last.as_ref().map_or(0, |m| m.seq);
        let progress = self.progress(room.id, me, last_seq).await?;
        let show_member = |member: &Member| {
            let known = person(member.user_id);
            let gone = || Person {
                handle: String::new(),
                name: ERASED_NAME.to_owned(),
            };
            let Person { handle, name } = known.unwrap_or_else(gone);
            let Member {
                user_id,
                role,
                joined_at,
                ..
            } = *member;
            wire::RoomMember {
                user_id,
                handle,
                display_name: name,
                role,
                joined_at,
                read_seq: None,
            }
        };
        Ok(wire::Room {
            id: room.id,
            kind: room.kind,
            title: room.title.clone(),
            created_at: room.created_at,
            created_by: room.created_by,
            epoch: room.epoch.clone(),
            last_seq,
            agent_policy: room.agent_policy,
            moderator_id: room.moderator_id,
            people_interrupt: room.people_interrupt,
            members: room.members.iter().take(members_max).map(show_member).collect(),
            member_count: room.members.len(),
            agents: room.agents.clone(),
            pinned: room.pinned.clone(),
            my_role: me.role,
            read_seq: progress.read_seq,
            unread: progress.unread,
            updated_at: last.as_ref().map_or(room.created_at, |m| m.created_at),
            last_message: last.map(|m| m.seen_by(Eyes::Of(user))),
        })
    }
}
