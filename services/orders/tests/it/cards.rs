//! A fake of ai-model-cards: one atomic card, told when to be away.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use contracts::ai_model_cards::{HoldAnswer, HoldRequest, ModelCards, Offer, Refusal, Revision};
use kernel::{AgentId, CardId, Fault, OrderId, UserId};
use parking_lot::Mutex;

#[derive(Default)]
pub struct FakeCards {
    offers: Mutex<HashMap<CardId, Offer>>,
    held: Mutex<HashMap<CardId, HashSet<OrderId>>>,
    /// Every wish for a hold.
    pub asked: Mutex<Vec<HoldRequest>>,
    /// Orders whose holds ended, and how.
    pub ended: Mutex<HashMap<OrderId, HoldAnswer>>,
    /// What the cards say of any wish, whoever asks.
    pub fault: Mutex<Option<Fault>>,
    /// Nothing is answered.
    pub away: AtomicBool,
    /// Offers are answered, holds are not.
    pub no_holds: AtomicBool,
    /// Holds are asked for and never answered, as by a process that died waiting.
    pub hangs: AtomicBool,
    /// Holds are given and the answer is lost.
    pub answers_lost: AtomicUsize,
}

impl FakeCards {
    pub fn offer_is(&self, offer: Offer) {
        self.offers.lock().insert(offer.card_id, offer);
    }

    fn here(&self) -> Result<(), Fault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("link.unavailable", "away", Duration::from_secs(1)));
        }
        Ok(())
    }
}

#[async_trait]
impl ModelCards for FakeCards {
    async fn offer(&self, card: CardId) -> Result<Offer, Fault> {
        self.here()?;
        let offer = self.offers.lock().get(&card).cloned();
        offer.ok_or_else(|| Fault::not_found("model_cards.not_found"))
    }

    async fn agent_for(&self, card: CardId, _: UserId) -> Result<AgentId, Fault> {
        Ok(self.offer(card).await?.agent_id)
    }

    async fn hold(&self, request: HoldRequest) -> Result<HoldAnswer, Fault> {
        self.here()?;
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.no_holds.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("link.unavailable", "away", Duration::from_secs(1)));
        }
        self.asked.lock().push(request.clone());
        if let Some(fault) = self.fault.lock().clone() {
            return Err(fault);
        }
        if let Some(answer) = self.ended.lock().get(&request.order_id) {
            return Ok(*answer);
        }
        let size = self.offers.lock().get(&request.card_id).and_then(|o| o.available);
        let mut held = self.held.lock();
        let orders = held.entry(request.card_id).or_default();
        let full = size.is_some_and(|size| orders.len() >= size as usize);
        if full && !orders.contains(&request.order_id) {
            return Ok(HoldAnswer::Refused {
                reason: Refusal::SoldOut,
            });
        }
        orders.insert(request.order_id);
        let lose = |n: usize| n.checked_sub(1);
        if self
            .answers_lost
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose)
            .is_ok()
        {
            return Err(Fault::unavailable(
                "link.broken",
                "the answer is lost",
                Duration::from_secs(1),
            ));
        }
        Ok(HoldAnswer::Held)
    }

    async fn revision(&self, _: CardId, _: u32) -> Result<Revision, Fault> {
        Err(Fault::not_found("model_cards.not_found"))
    }
}
