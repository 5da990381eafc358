//! Owns what people have bought, and answers other services from there. Refuses to know payments.

use contracts::Event;
use contracts::orders::{Entitlement, EntitlementStatus};
use kernel::{AgentId, CardId, EntitlementId, ErrorCode, Fault, Page, RoomId, RunId, UserId};
use store::{Change, Query, StoreError};

use super::Repo;
use super::orders::OrderDoc;
use crate::domain::entitlement::{Barred, EntitlementDoc, id_of, status_of};

/// Active entitlements of one person to one agent that are looked through.
const SAME_AGENT_MAX: usize = 100;
/// Entitlements of a person that are looked through for the agents that they may use.
const AGENTS_MAX: usize = 200;
/// Entitlements of a person that are erased in one go.
pub(crate) const ERASE_MAX: usize = 100;

/// Entitlements that a room is taken off in one go.
const LEAVE_MAX: usize = 100;

/// The status under which an active entitlement stands in an index.
const ACTIVE: &str = "active";

impl Repo {
    /// Grants the entitlement of an order, once: the id follows from the order.
    pub(crate) async fn grant(&self, order: &OrderDoc) -> Result<EntitlementId, Fault> {
        let status = status_of(&order.course, order.gone);
        let doc = EntitlementDoc::grant(order.id, &order.terms, &order.course, status, self.ambient.now());
        let event = Event::new(&self.ambient, &doc.event())?;
        match self.entitlements.insert(&doc, vec![event]).await {
            Ok(()) | Err(StoreError::Unique { .. }) => Ok(doc.entitlement.id),
            Err(e) => Err(e.into()),
        }
    }

    /// Brings an entitlement to where its order says that it should be.
    pub(crate) async fn follow_order(&self, order: &OrderDoc) -> Result<(), Fault> {
        let status = status_of(&order.course, order.gone);
        self.set_status(id_of(order.id), status, order.course.version).await
    }

    async fn set_status(&self, id: EntitlementId, status: EntitlementStatus, order_version: u64) -> Result<(), Fault> {
        let follow = |mut doc: EntitlementDoc| {
            if !doc.follow(status, order_version) {
                return Ok(Change::Keep(()));
            }
            let event = Event::new(&self.ambient, &doc.event())?;
            Ok::<_, Fault>(Change::Put(doc, vec![event], ()))
        };
        self.entitlements.update(id, follow).await.map(drop)
    }

    /// Returns a page of a person's entitlements, newest first.
    pub(crate) async fn page_entitlements(
        &self,
        of: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<EntitlementDoc>, Fault> {
        let query = Query::on("buyer").eq(of).descending().limit(limit);
        self.entitlements.page(query, cursor).await
    }

    async fn active(&self, user: UserId, agent: AgentId, limit: usize) -> Result<Vec<EntitlementDoc>, StoreError> {
        let query = Query::on("agent").eq(user).eq(agent).eq(ACTIVE).limit(limit);
        self.entitlements.find(query).await
    }

    pub(crate) async fn active_entitlement(&self, user: UserId, agent: AgentId) -> Result<Option<Entitlement>, Fault> {
        Ok(self.active(user, agent, 1).await?.pop().map(|doc| doc.entitlement))
    }

    /// Returns the agents of a person's latest active entitlements, each once.
    pub(crate) async fn agents_of(&self, user: UserId) -> Result<Vec<AgentId>, Fault> {
        let latest = Query::on("buyer").eq(user).descending().limit(AGENTS_MAX);
        let mut agents = Vec::new();
        for doc in self.entitlements.find(latest).await? {
            if doc.is_active() && !agents.contains(&doc.entitlement.agent_id) {
                agents.push(doc.entitlement.agent_id);
            }
        }
        Ok(agents)
    }

    pub(crate) async fn holds_card(&self, user: UserId, card: CardId) -> Result<bool, Fault> {
        let query = Query::on("card").eq(user).eq(card.to_string()).eq(ACTIVE);
        Ok(self.entitlements.count(query, 1).await? > 0)
    }

    /// Lets an agent speak in a room: by the entitlement that has counted the room already, else by the first that has a place.
    pub(crate) async fn admit_room(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<Entitlement, Fault> {
        let mut all = self.active(user, agent, SAME_AGENT_MAX).await?;
        all.sort_by_key(|doc| !doc.rooms.contains(&room));
        let mut why = barred("entitlement.none", "There is no entitlement to this agent.");
        for doc in all {
            let now = self.ambient.now();
            let admit = |mut doc: EntitlementDoc| {
                // It may have been revoked since it was found.
                if !doc.is_active() {
                    return Ok(Change::Keep(None));
                }
                Ok::<_, Fault>(match doc.admit(room, now) {
                    Ok(true) => {
                        let entitlement = doc.entitlement.clone();
                        Change::Put(doc, Vec::new(), Some(Ok(entitlement)))
                    }
                    Ok(false) => Change::Keep(Some(Ok(doc.entitlement))),
                    Err(barred) => Change::Keep(Some(Err(barred))),
                })
            };
            match self.entitlements.update(doc.entitlement.id, admit).await?.flatten() {
                Some(Ok(entitlement)) => return Ok(entitlement),
                Some(Err(Barred::Rooms)) => {
                    why = barred("entitlement.rooms", "It is used in as many rooms as it allows.");
                }
                Some(Err(Barred::Tokens)) => {
                    why = barred("entitlement.tokens", "What it allows for a day is used up.");
                }
                None => {}
            }
        }
        Err(why)
    }

    /// Counts a room no more against the scopes of an agent's buyers, or of all agents'.
    pub(crate) async fn leave_room(&self, agent: Option<AgentId>, room: RoomId) -> Result<(), Fault> {
        loop {
            let in_room = Query::on("room").eq(room);
            let counted = match agent {
                Some(agent) => in_room.eq(agent),
                None => in_room,
            };
            let found = self.entitlements.find(counted.limit(LEAVE_MAX)).await?;
            for doc in &found {
                let leave = |mut doc: EntitlementDoc| {
                    Ok::<_, Fault>(if doc.leave(room) {
                        Change::Put(doc, Vec::new(), ())
                    } else {
                        Change::Keep(())
                    })
                };
                self.entitlements.update(doc.entitlement.id, leave).await?;
            }
            if found.len() < LEAVE_MAX {
                return Ok(());
            }
        }
    }

    pub(crate) async fn count_tokens(&self, id: EntitlementId, run: RunId, tokens: u64) -> Result<(), Fault> {
        let now = self.ambient.now();
        let count = |mut doc: EntitlementDoc| {
            Ok::<_, Fault>(if doc.used(run, tokens, now) {
                Change::Put(doc, Vec::new(), ())
            } else {
                Change::Keep(())
            })
        };
        self.entitlements.update(id, count).await.map(drop)
    }
}

fn barred(code: &'static str, detail: &str) -> Fault {
    Fault::new(ErrorCode::Forbidden, code, detail)
}
