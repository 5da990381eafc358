//! Owns what who brought an agent into a room lets others there spend on it in a day: told by them, counted before a model is asked.

use kernel::{AgentId, ErrorCode, Fault, RoomId, UserId};

use crate::app::App;
use crate::domain::allowance::AllowanceDoc;
use crate::domain::run::{Bill, RunDoc};
use crate::error::Error;

impl App {
    /// Returns what a person allows who brought an agent into a room.
    pub(crate) async fn allowance(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<AllowanceDoc, Error> {
        self.require_bringer(user, agent, room).await?;
        Ok(self.allowances.get(user, agent, room).await?)
    }

    /// Sets it, in minor units a day; none: as configured.
    pub(crate) async fn allow(
        &self,
        (user, agent, room): (UserId, AgentId, RoomId),
        per_day: Option<i64>,
    ) -> Result<AllowanceDoc, Error> {
        self.require_bringer(user, agent, room).await?;
        let set = |doc: &mut AllowanceDoc| {
            doc.per_day = per_day;
            true
        };
        Ok(self.allowances.change((user, agent, room), set).await?.0)
    }

    async fn require_bringer(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<(), Error> {
        if !self.reader.is_member(room, user).await? {
            return Err(Error::NoSeat);
        }
        let room = match self.reader.room(room).await {
            Err(fault) if fault.kind == ErrorCode::NotFound => return Err(Error::NoSeat),
            other => other?,
        };
        let seat = room.agents.iter().find(|seat| seat.agent_id == agent);
        let seat = seat.ok_or(Error::NoSeat)?;
        if seat.brought_by == Some(user) {
            Ok(())
        } else {
            Err(Error::NotBringer)
        }
    }

    /// Counts a message that somebody else's wallet pays for than who asked; `false` when that is more than is allowed.
    pub(crate) async fn is_allowed(&self, run: &RunDoc, bill: &Bill) -> Result<bool, Fault> {
        let (Some(price), true) = (bill.price, bill.holder_id != run.payer_id) else {
            return Ok(true);
        };
        let (usual, now) = (self.config.room_spend_per_day, self.ambient.now());
        let begin = |doc: &mut AllowanceDoc| doc.begin(run.id, price.amount, usual, now);
        let of = (bill.holder_id, run.agent_id, run.room_id);
        Ok(self.allowances.change(of, begin).await?.1)
    }

    /// Notes that such a message is paid for, or will never be. Idempotent.
    pub(crate) async fn end_allowed(&self, run: &RunDoc, bill: &Bill) -> Result<(), Fault> {
        if bill.price.is_none() || bill.holder_id == run.payer_id {
            return Ok(());
        }
        let end = |doc: &mut AllowanceDoc| doc.end(run.id, run.was_sent);
        let of = (bill.holder_id, run.agent_id, run.room_id);
        Ok(self.allowances.change(of, end).await.map(drop)?)
    }
}
