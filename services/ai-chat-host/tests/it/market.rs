//! Cards, entitlements and wallets, faked: what a test has put there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use contracts::ai_model_cards::{HoldAnswer, HoldRequest, ModelCards, Offer, Revision, Scope};
use contracts::orders::{Entitlement, EntitlementStatus, Entitlements};
use contracts::payments::{Billing, MessageCharge};
use kernel::{AgentId, CardId, EntitlementId, ErrorCode, Fault, Money, RoomId, RunId, Timestamp, UserId};
use parking_lot::Mutex;
use tokio::sync::Barrier;
use uuid::Uuid;

#[derive(Default)]
struct Inside {
    revisions: Vec<Revision>,
    held: Vec<Entitlement>,
    refusal: Option<&'static str>,
    /// How putting money aside fails, and what the next who wants to waits for.
    no_hold: Option<Fault>,
    barrier: Option<Arc<Barrier>>,
    /// What each has left, and what each has put aside by run.
    credit: HashMap<UserId, i64>,
    aside: HashMap<(UserId, RunId), MessageCharge>,
    captured: Vec<MessageCharge>,
    released: HashSet<RunId>,
    used: HashMap<RunId, u64>,
    left: Vec<(Option<AgentId>, RoomId)>,
    is_away: bool,
}

#[derive(Default)]
pub struct FakeMarket(Mutex<Inside>);

impl FakeMarket {
    /// Publishes a revision of a card.
    pub fn publish(&self, seller_id: UserId, card: u128, revision: u32, message_price: Option<Money>) -> Revision {
        let revision = Revision {
            card_id: Uuid::from_u128(card).into(),
            revision,
            agent_id: Uuid::from_u128(card + u128::from(revision)).into(),
            seller_id,
            name: "Oracle".into(),
            handle: format!("oracle{revision}"),
            description: String::new(),
            persona: "You are Oracle.".into(),
            model: "default".into(),
            temperature_percent: 70,
            max_tokens: 500,
            talkativeness: 50,
            scope: Scope::default(),
            message_price,
            published_at: Timestamp::default(),
        };
        self.0.lock().revisions.push(revision.clone());
        revision
    }
    /// Lets a person hold a revision.
    pub fn grant(&self, buyer_id: UserId, revision: &Revision) {
        self.0.lock().held.push(Entitlement {
            id: Uuid::from_u128(9_000 + u128::from(revision.revision)).into(),
            buyer_id,
            order_id: Uuid::from_u128(1).into(),
            card_id: revision.card_id,
            revision: revision.revision,
            agent_id: revision.agent_id,
            seller_id: revision.seller_id,
            quantity: 1,
            scope: revision.scope,
            message_price: revision.message_price,
            status: EntitlementStatus::Active,
            granted_at: Timestamp::default(),
        });
    }
    /// Removes all cards.
    pub fn unpublish_all(&self) {
        self.0.lock().revisions.clear();
    }
    pub fn revoke_all(&self) {
        self.0.lock().held.clear();
    }
    /// Refuses everybody with a code.
    pub fn refuse(&self, code: &'static str) {
        self.0.lock().refusal = Some(code);
    }
    /// Lets nobody put money aside from now on, or everybody again.
    pub fn refuse_holds(&self, fault: Option<Fault>) {
        self.0.lock().no_hold = fault;
    }
    /// Lets the next who puts money aside wait: at the barrier's first turn it is there, at its second it goes on.
    pub fn hold_up(&self) -> Arc<Barrier> {
        let barrier = Arc::new(Barrier::new(2));
        self.0.lock().barrier = Some(barrier.clone());
        barrier
    }
    /// Returns what a person may still spend.
    pub fn credit(&self, user: UserId) -> i64 {
        self.0.lock().credit.get(&user).copied().unwrap_or_default()
    }
    pub fn give_credit(&self, user: UserId, amount: i64) {
        self.0.lock().credit.insert(user, amount);
    }
    /// Lets captures fail from now on, or not any more.
    pub fn set_away(&self, is_away: bool) {
        self.0.lock().is_away = is_away;
    }
    pub fn captured(&self) -> Vec<MessageCharge> {
        self.0.lock().captured.clone()
    }
    pub fn released(&self) -> usize {
        self.0.lock().released.len()
    }
    pub fn left(&self) -> Vec<(Option<AgentId>, RoomId)> {
        self.0.lock().left.clone()
    }
    pub fn used(&self) -> Vec<u64> {
        self.0.lock().used.values().copied().collect()
    }
    fn find(&self, user: UserId, agent: AgentId) -> Option<Entitlement> {
        let inside = self.0.lock();
        let held = inside.held.iter().find(|e| e.buyer_id == user && e.agent_id == agent);
        held.cloned()
    }
}

#[async_trait]
impl ModelCards for FakeMarket {
    async fn offer(&self, _: CardId) -> Result<Offer, Fault> {
        Err(Fault::not_found("card.not_found"))
    }
    async fn agent_for(&self, card: CardId, _: UserId) -> Result<AgentId, Fault> {
        let inside = self.0.lock();
        let newest = inside.revisions.iter().rfind(|r| r.card_id == card);
        newest
            .map(|r| r.agent_id)
            .ok_or_else(|| Fault::not_found("card.not_found"))
    }
    async fn hold(&self, _: HoldRequest) -> Result<HoldAnswer, Fault> {
        Err(Fault::not_found("card.not_found"))
    }
    async fn revision(&self, card: CardId, revision: u32) -> Result<Revision, Fault> {
        let inside = self.0.lock();
        let found = inside
            .revisions
            .iter()
            .find(|r| (r.card_id, r.revision) == (card, revision));
        found.cloned().ok_or_else(|| Fault::not_found("card.not_found"))
    }
}

#[async_trait]
impl Entitlements for FakeMarket {
    async fn entitlement(&self, user: UserId, agent: AgentId) -> Result<Option<Entitlement>, Fault> {
        Ok(self.find(user, agent))
    }
    async fn agents_of(&self, user: UserId) -> Result<Vec<AgentId>, Fault> {
        let inside = self.0.lock();
        Ok(inside
            .held
            .iter()
            .filter(|e| e.buyer_id == user)
            .map(|e| e.agent_id)
            .collect())
    }
    async fn holds(&self, user: UserId, card: CardId) -> Result<bool, Fault> {
        Ok(self
            .0
            .lock()
            .held
            .iter()
            .any(|e| e.buyer_id == user && e.card_id == card))
    }
    async fn admit(&self, user: UserId, agent: AgentId, _: RoomId) -> Result<Entitlement, Fault> {
        let code = match self.find(user, agent) {
            Some(entitlement) if self.0.lock().refusal.is_none() => return Ok(entitlement),
            Some(_) => self.0.lock().refusal.unwrap(),
            None => "entitlement.none",
        };
        Err(Fault::new(ErrorCode::Forbidden, code, "no"))
    }
    async fn leave(&self, agent: Option<AgentId>, room: RoomId) -> Result<(), Fault> {
        self.0.lock().left.push((agent, room));
        Ok(())
    }
    async fn used(&self, _: EntitlementId, run: RunId, tokens: u64) -> Result<(), Fault> {
        self.0.lock().used.insert(run, tokens);
        Ok(())
    }
}

#[async_trait]
impl Billing for FakeMarket {
    async fn authorise(&self, charge: MessageCharge) -> Result<(), Fault> {
        let barrier = self.0.lock().barrier.take();
        if let Some(barrier) = barrier {
            barrier.wait().await;
            barrier.wait().await;
        }
        let mut inside = self.0.lock();
        if let Some(fault) = &inside.no_hold {
            return Err(fault.clone());
        }
        let left = inside.credit.entry(charge.payer_id).or_default();
        if *left < charge.price.amount {
            return Err(Fault::new(ErrorCode::Forbidden, "payments.no_credit", "no"));
        }
        let key = (charge.payer_id, charge.run_id);
        if !inside.aside.contains_key(&key) {
            *inside.credit.entry(charge.payer_id).or_default() -= charge.price.amount;
            inside.aside.insert(key, charge);
        }
        Ok(())
    }
    async fn capture(&self, payer: UserId, run: RunId) -> Result<(), Fault> {
        let mut inside = self.0.lock();
        if inside.is_away {
            return Err(Fault::new(ErrorCode::Unavailable, "link.unavailable", "no"));
        }
        if let Some(charge) = inside.aside.remove(&(payer, run)) {
            inside.captured.push(charge);
        }
        Ok(())
    }
    async fn release(&self, payer: UserId, run: RunId) -> Result<(), Fault> {
        let mut inside = self.0.lock();
        if let Some(charge) = inside.aside.remove(&(payer, run)) {
            *inside.credit.entry(payer).or_default() += charge.price.amount;
        }
        inside.released.insert(run);
        Ok(())
    }
}
