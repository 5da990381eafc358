//! Asks whether people want to be brought into a room, and whether two of them may write to each other.

use contracts::chat::RoomAgent;
use contracts::user::Audience;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{AgentId, UserId};

use crate::app::{App, PARALLEL};
use crate::domain::room::{ROOMS_PER_USER_MAX, Room};
use crate::error::ChatError;

impl App {
    /// Fails unless `by` may bring each of `people` into a room: they exist and neither has blocked the other
    /// (`PersonNotFound`: a block is not told), they talk with `by` (`FriendsOnly`), and have room for another room.
    pub(crate) async fn admit(&self, by: UserId, people: &[UserId]) -> Result<(), ChatError> {
        if people.is_empty() {
            return Ok(());
        }
        self.require_reachable(by, people).await?;
        let relations = self.relationships.relations(by, people).await?;
        let strangers = people
            .iter()
            .zip(&relations)
            .filter(|(_, r)| !r.friends)
            .map(|(person, _)| *person);
        let ask = futures::stream::iter(strangers.collect::<Vec<_>>());
        ask.map(Ok)
            .try_for_each_concurrent(PARALLEL, |person| self.require_open(person))
            .await?;
        let ask = futures::stream::iter(people.to_vec());
        ask.map(Ok)
            .try_for_each_concurrent(PARALLEL, |person| self.require_space(person))
            .await
    }

    /// Fails with `PersonNotFound` unless each of `people` exists and none stands in a block with `by`.
    pub(crate) async fn require_reachable(&self, by: UserId, people: &[UserId]) -> Result<(), ChatError> {
        if self.people(people).await?.len() < people.len() {
            return Err(ChatError::PersonNotFound);
        }
        let relations = self.relationships.relations(by, people).await?;
        if relations.iter().any(|r| r.blocked) {
            Err(ChatError::PersonNotFound)
        } else {
            Ok(())
        }
    }

    async fn require_open(&self, person: UserId) -> Result<(), ChatError> {
        match self.users.privacy(person).await?.direct_messages {
            Audience::Everyone => Ok(()),
            Audience::Friends | Audience::Nobody => Err(ChatError::FriendsOnly),
        }
    }

    /// Fails with `LimitReached` when a person is in as many rooms as one may be.
    pub(crate) async fn require_space(&self, person: UserId) -> Result<(), ChatError> {
        if self.repo.room_count(person).await? >= ROOMS_PER_USER_MAX {
            return Err(ChatError::LimitReached {
                what: "rooms for one person",
                max: ROOMS_PER_USER_MAX,
            });
        }
        Ok(())
    }

    /// Returns the agents as they are called, if all exist and `by` may use them; else `AgentNotFound`.
    pub(crate) async fn admit_agents(&self, by: UserId, ids: &[AgentId]) -> Result<Vec<RoomAgent>, ChatError> {
        let mut known = self.agents_now(ids.to_vec()).await?;
        let mut agents = Vec::with_capacity(ids.len());
        for id in ids {
            let agent = known.remove(id).ok_or(ChatError::AgentNotFound)?;
            if !self.agents.may_use(by, *id).await? {
                return Err(ChatError::AgentNotFound);
            }
            agents.push(RoomAgent {
                brought_by: Some(by),
                ..agent
            });
        }
        Ok(agents)
    }

    /// Fails with `Blocked` when the room is between two people of whom one has blocked the other. Remembered for at
    /// most a second, and forgotten as soon as their relation changes.
    pub(crate) async fn require_unblocked(&self, room: &Room, user: UserId) -> Result<(), ChatError> {
        let Some(peer) = room.peer_of(user)? else { return Ok(()) };
        let pair = (user.min(peer), user.max(peer));
        let blocked = match self.blocks.get(&pair) {
            Some(blocked) => blocked,
            None => {
                let relations = self.relationships.relations(user, &[peer]).await?;
                let blocked = relations.first().is_some_and(|r| r.blocked);
                self.blocks.insert(pair, blocked);
                blocked
            }
        };
        if blocked { Err(ChatError::Blocked) } else { Ok(()) }
    }
}
