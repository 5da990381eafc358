//! Owns by whose entitlement an agent that is sold speaks, and that its message is paid for once: put aside before a model is asked, taken
//! when the message is there, else given back. Refuses to let a bill that cannot be settled now hold a room up.

use std::sync::Arc;
use std::time::Duration;

use contracts::chat::RoomSummary;
use contracts::orders::Entitlement;
use contracts::payments::MessageCharge;
use kernel::{Fault, RoomId, UserId};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::prepare_reply::Brief;
use crate::domain::agent::{AgentDoc, Right};
use crate::domain::reply::Unentitled;
use crate::domain::run::{Bill, RunDoc};
use crate::error::passes;
use crate::repo::agents::may_use;

/// How often bills are looked for that nobody has told of.
const BILLS_EVERY: Duration = Duration::from_secs(5);
/// When a bill that could not be settled is tried again.
const BILL_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// A bill that could not be settled for so long is given up.
const BILL_GIVEN_UP_AFTER: Duration = Duration::from_secs(86_400);

/// Whether a run may go on to ask a model.
pub(crate) enum Authorised {
    Yes,
    /// The run is another host's by now, or may be.
    Lost,
    No(Unentitled),
}

/// Returns what a message costs by a bill; `None` where it has no price.
pub(crate) fn charge(run: &RunDoc, agent: &AgentDoc, bill: &Bill) -> Option<MessageCharge> {
    Some(MessageCharge {
        run_id: run.id,
        payer_id: bill.holder_id,
        seller_id: agent.owner_id?,
        card_id: agent.card.as_ref()?.card_id,
        entitlement_id: bill.entitlement_id,
        price: bill.price?,
    })
}

impl App {
    /// Finds the entitlement by which an agent may speak in a room: that of who pays, else of who brought it in and is still there.
    /// `Ok(Ok(None))` where none is needed.
    pub(crate) async fn entitle(
        &self,
        payer: UserId,
        room: &RoomSummary,
        agent: &AgentDoc,
    ) -> Result<Result<Option<Bill>, Unentitled>, Fault> {
        let seat = room.agents.iter().find(|seat| seat.agent_id == agent.id);
        let brought_by = seat.and_then(|seat| seat.brought_by);
        let brought_by = brought_by.filter(|by| *by != payer && room.members.contains(by));
        let mut refused = Unentitled::Nobody;
        for user in [Some(payer), brought_by].into_iter().flatten() {
            match self.entitle_only(user, room.id, agent).await? {
                Ok(bill) => return Ok(Ok(bill)),
                Err(Unentitled::Nobody) => {}
                Err(why) => refused = why,
            }
        }
        Ok(Err(refused))
    }

    /// The same by one person's entitlement and nobody else's.
    pub(crate) async fn entitle_only(
        &self,
        user: UserId,
        room: RoomId,
        agent: &AgentDoc,
    ) -> Result<Result<Option<Bill>, Unentitled>, Fault> {
        match agent.right_of(user) {
            Right::Free => Ok(Ok(None)),
            Right::Never => Ok(Err(Unentitled::Nobody)),
            Right::Entitlement => match self.entitlements.admit(user, agent.id, room).await {
                Ok(entitlement) => Ok(Ok(Some(bill(user, &entitlement)))),
                Err(fault) => Unentitled::of(&fault.code).map(Err).ok_or(fault),
            },
        }
    }

    /// Tells whether a person may use an agent that is enabled.
    pub(crate) async fn may_use(&self, user: UserId, agent: &AgentDoc) -> Result<bool, Fault> {
        may_use(&*self.entitlements, user, agent).await
    }

    /// Returns the agents that a person owns or holds, enabled, for the list.
    pub(crate) async fn agents_of(&self, user: UserId) -> Result<Vec<AgentDoc>, Fault> {
        let mut agents = self.agents.owned(user).await?;
        let held = self.entitlements.agents_of(user).await?;
        agents.extend(self.agents.enabled(&held).await?);
        Ok(agents)
    }

    /// Writes down whose entitlement a run is spoken by, then puts the price of its message aside. What an earlier attempt put aside by
    /// another entitlement is given back first.
    pub(crate) async fn authorise(&self, run: &RunDoc, brief: &Brief) -> Result<Authorised, Fault> {
        let bill = brief.bill.as_ref();
        if let Some(old) = run.bill.as_ref().filter(|old| Some(*old) != bill) {
            // Under a lapsed lease it could be what the next host has just put aside.
            if run.lease_until.is_none_or(|until| self.ambient.now() >= until) {
                return Ok(Authorised::Lost);
            }
            self.give_back(run, old).await?;
        }
        if (bill.is_some() || run.bill.is_some()) && !self.runs.bill(run.id, run.hold(), bill).await? {
            return Ok(Authorised::Lost);
        }
        let Some(bill) = bill else {
            return Ok(Authorised::Yes);
        };
        let Some(charge) = brief.charge.clone() else {
            return Ok(Authorised::Yes);
        };
        if !self.is_allowed(run, bill).await? {
            return Ok(Authorised::No(Unentitled::Allowance));
        }
        match self.billing.authorise(charge).await {
            Ok(()) => Ok(Authorised::Yes),
            Err(fault) => Unentitled::of(&fault.code).map(Authorised::No).ok_or(fault),
        }
    }

    /// Settles the bills of runs that are over, until `stop`.
    pub(crate) async fn settle_bills(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            for run in self.runs.unbilled().await? {
                self.settle_bill(&run).await?;
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.unbilled.notified() => {}
                () = tokio::time::sleep(BILLS_EVERY) => {}
            }
        }
    }

    async fn settle_bill(&self, run: &RunDoc) -> Result<(), Fault> {
        let settled = match &run.bill {
            Some(bill) => self.settle_with(run, bill).await,
            None => Ok(()),
        };
        let now = self.ambient.now();
        let again_at = match settled {
            Ok(()) => None,
            Err(fault) => {
                let is_old = run.ended_at.is_some_and(|at| now - BILL_GIVEN_UP_AFTER > at);
                metrics::counter!("ai_bills_unsettled_total").increment(1);
                if !passes(fault.kind) || is_old {
                    tracing::error!(run = %run.id, code = %fault.code, "a bill is given up: {fault}");
                    None
                } else {
                    tracing::warn!(run = %run.id, "a bill is tried again: {fault}");
                    Some(now + BILL_AGAIN_AFTER)
                }
            }
        };
        Ok(self.runs.billed(run.id, again_at).await?)
    }

    async fn settle_with(&self, run: &RunDoc, bill: &Bill) -> Result<(), Fault> {
        // First, and once by the run: tokens are used whatever becomes of the money.
        self.entitlements
            .used(bill.entitlement_id, run.id, run.tokens())
            .await?;
        if !run.was_sent {
            return self.give_back(run, bill).await;
        }
        if bill.price.is_some() {
            self.billing.capture(bill.holder_id, run.id).await?;
            self.end_allowed(run, bill).await?;
        }
        Ok(())
    }

    /// Gives back what was put aside for a message that is not there. Idempotent.
    async fn give_back(&self, run: &RunDoc, bill: &Bill) -> Result<(), Fault> {
        if bill.price.is_some() {
            self.billing.release(bill.holder_id, run.id).await?;
            self.end_allowed(run, bill).await?;
        }
        Ok(())
    }
}

fn bill(holder_id: UserId, entitlement: &Entitlement) -> Bill {
    Bill {
        holder_id,
        entitlement_id: entitlement.id,
        price: entitlement.message_price,
    }
}
