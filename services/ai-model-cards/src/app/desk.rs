//! Owns holds: what an order gets of an edition, keeps, gives back and buys. Refuses to know money.
//!
//! Two documents are written for a limited edition, never together: the order's reservation and the card that counts. The order of
//! the writes makes every crash harmless. **Hold**: reservation `asked` → card takes (one compare-and-set, after a look whether the
//! reservation still asks) → `held`. **Release**: `releasing` → card gives back → `released`. **Commit**: `committing` → card sells →
//! `committed`. So a reservation that is `held` is always counted by the card, one that is over can never be counted anew for long,
//! and what a dead process left half done is found by the sweep: by the reservation's time, or by the card's hold of it.
//! An unlimited edition is not counted: its buyers write only their own reservations.

use std::sync::Arc;

use contracts::ai_model_cards::{HoldAnswer, HoldRequest, ModelCards, Offer, Refusal, Revision};
use contracts::friendship::Relationships;
use contracts::orders::OrderEvent;
use kernel::{AgentId, Ambient, CardId, Fault, OrderId, Timestamp, UserId};

use crate::Config;
use crate::app::publish::kept;
use crate::app::{Repo, is_parted};
use crate::domain::card::Card;
use crate::domain::edition::Taken;
use crate::domain::reservation::{Reservation, State};
use crate::error::Error;

/// Steps that one hold may take; each changes the state of its reservation or finds that another did.
const STEPS_MAX: u32 = 8;

/// Where holds are given, for other services and for what orders tell.
#[derive(Clone)]
pub(crate) struct Desk {
    repo: Repo,
    relationships: Arc<dyn Relationships>,
    ambient: Ambient,
    config: Config,
}

impl Desk {
    pub(crate) fn new(repo: Repo, relationships: Arc<dyn Relationships>, ambient: Ambient, config: Config) -> Self {
        Self {
            repo,
            relationships,
            ambient,
            config,
        }
    }

    fn forget_at(&self) -> Timestamp {
        self.ambient.now() + self.config.keep()
    }

    /// Gives an order what it asks for, or says why not: the same answer for ever.
    pub(crate) async fn hold(&self, wish: &HoldRequest) -> Result<HoldAnswer, Error> {
        if !(1..=self.config.quantity_max).contains(&wish.quantity) {
            let words = format!("must be 1 to {}", self.config.quantity_max);
            return Err(Fault::invalid("quantity", words).into());
        }
        for _ in 0..STEPS_MAX {
            let Some(found) = self.repo.reservations.get(wish.order_id).await? else {
                if let Some(answer) = self.begin(wish).await? {
                    return Ok(answer);
                }
                continue;
            };
            if found.card_id != wish.card_id {
                return Err(Error::OtherHold);
            }
            let Some(answer) = found.answer() else {
                self.ask_card(&found).await?;
                continue;
            };
            if found.clone().prolong(wish.until) {
                self.prolong(wish.order_id, wish.until).await?;
            }
            return Ok(answer);
        }
        Err(store::StoreError::Busy.into())
    }

    /// Returns a card if it is on sale to a person: no block parts them from its seller.
    async fn on_sale_to(&self, user: UserId, card: CardId) -> Result<Option<Card>, Error> {
        let card = self.repo.cards.get(card).await?;
        let Some(card) = card.filter(Card::is_on_sale) else {
            return Ok(None);
        };
        let parted = is_parted(&*self.relationships, user, card.seller_id).await?;
        Ok(Some(card).filter(|_| !parted))
    }

    /// Writes the first state of a reservation; answers when that is the last as well. `None`: look again.
    async fn begin(&self, wish: &HoldRequest) -> Result<Option<HoldAnswer>, Error> {
        let card = self.on_sale_to(wish.buyer_id, wish.card_id).await?;
        let mut first = Reservation::asked(wish.order_id, wish.card_id, wish.quantity, wish.until);
        let available = card.map(|card| card.edition.available());
        let told = match available {
            None => first.refuse(Refusal::NotOnSale, self.forget_at()),
            Some(Some(available)) if available < wish.quantity => first.refuse(Refusal::SoldOut, self.forget_at()),
            Some(Some(_)) => None,
            Some(None) => {
                first.counted = false;
                first.hold()
            }
        };
        if !self.repo.reservations.begin(&first, told).await? {
            return Ok(None);
        }
        // Who erases its seller takes it off sale, then looks for reservations: what that look misses is given up here.
        if first.state == State::Held && !self.repo.cards.get(wish.card_id).await?.is_some_and(|c| c.is_on_sale()) {
            self.release(wish.order_id, wish.card_id, wish.quantity).await?;
            return Ok(None);
        }
        Ok(first.answer())
    }

    /// Asks the card for what a reservation in `asked` wants, and writes what it said.
    async fn ask_card(&self, asked: &Reservation) -> Result<(), Error> {
        let Some(outcome) = self.take(asked).await? else {
            return Ok(());
        };
        let forget_at = self.forget_at();
        let conclude = |r: &mut Reservation| match outcome {
            Ok(()) => r.hold(),
            Err(reason) => r.refuse(reason, forget_at),
        };
        let now = self.repo.reservations.step(asked.order_id, conclude).await?;
        // Somebody else may have concluded otherwise, such as that the order is over.
        if outcome.is_ok() && now.is_none_or(|r| !r.has_editions()) {
            self.give_back(asked.card_id, asked.order_id).await?;
        }
        Ok(())
    }

    /// Takes editions from the card by one compare-and-set. `None`: the reservation does not ask any more.
    ///
    /// The reservation is read after the card and before the write: had the order left the card's holds since, the card would be at
    /// another version; had it left them before, the reservation would not ask any more.
    async fn take(&self, asked: &Reservation) -> Result<Option<Result<(), Refusal>>, Error> {
        let cards = &self.repo.cards;
        let _turn = cards.turns().turn(asked.card_id).await;
        let mut attempt = 0;
        loop {
            let Some((mut card, version)) = cards.get_versioned(asked.card_id).await? else {
                return Ok(Some(Err(Refusal::NotOnSale)));
            };
            let Some(now) = self.repo.reservations.get(asked.order_id).await? else {
                return Ok(None);
            };
            if now.state != State::Asked {
                return Ok(None);
            }
            let until = now.due_at.unwrap_or_else(|| self.ambient.now());
            let held = card.edition.holds.iter().any(|hold| hold.order_id == asked.order_id);
            if !held && !card.is_on_sale() {
                return Ok(Some(Err(Refusal::NotOnSale)));
            }
            match card
                .edition
                .take(asked.order_id, asked.quantity, until, self.config.open_holds_max)
            {
                Taken::Before => return Ok(Some(Ok(()))),
                Taken::SoldOut => return Ok(Some(Err(Refusal::SoldOut))),
                Taken::TooManyHolds => return Err(Error::TooManyHolds),
                Taken::Now => {}
            }
            card.mind_holds();
            match cards.replace(&card, version).await {
                Ok(true) => return Ok(Some(Ok(()))),
                Ok(false) | Err(store::StoreError::Busy) => cards.turns().pause(attempt).await?,
                Err(e) => return Err(e.into()),
            }
            attempt += 1;
        }
    }

    /// Keeps what an order holds at least until `until`. Nothing when it holds nothing.
    pub(crate) async fn prolong(&self, order: OrderId, until: Timestamp) -> Result<(), Error> {
        let prolong = |r: &mut Reservation| {
            r.prolong(until);
            None
        };
        self.repo.reservations.step(order, prolong).await.map(drop)
    }

    async fn give_back(&self, card: CardId, order: OrderId) -> Result<(), Error> {
        self.repo
            .cards
            .count(card, |card| card.edition.give_back(order))
            .await
            .map(drop)
    }

    /// The order was paid: what it holds is sold. Idempotent.
    pub(crate) async fn commit(&self, order: &OrderEvent) -> Result<(), Error> {
        for _ in 0..STEPS_MAX {
            let Some(found) = self.repo.reservations.get(order.order_id).await? else {
                // Never asked for, as when events were lost: perhaps there is something left.
                let until = self.ambient.now() + self.config.prolong();
                self.hold(&wish_of(order, until)).await?;
                continue;
            };
            match found.state {
                State::Asked => self.ask_card(&found).await?,
                State::Releasing => self.finish(&found).await?,
                State::Committed | State::Missing => return Ok(()),
                _ => self.commit_now(order.order_id).await?,
            }
        }
        Err(store::StoreError::Busy.into())
    }

    async fn commit_now(&self, order: OrderId) -> Result<(), Error> {
        let forget_at = self.forget_at();
        let now = self.repo.reservations.step(order, |r| r.commit(forget_at)).await?;
        let Some(now) = now else { return Ok(()) };
        if now.state == State::Committed {
            self.repo.tallies.mark(now.card_id, []);
        }
        self.finish(&now).await
    }

    /// The order is over: what it holds is given back, and it never gets anything again. What is sold stays sold. Idempotent.
    pub(crate) async fn release(&self, order: OrderId, card: CardId, quantity: u32) -> Result<(), Error> {
        let forget_at = self.forget_at();
        for _ in 0..STEPS_MAX {
            let now = self.repo.reservations.step(order, |r| r.release(forget_at)).await?;
            if let Some(now) = now {
                return self.finish(&now).await;
            }
            let mut over = Reservation::asked(order, card, quantity, forget_at);
            over.released(forget_at);
            if self.repo.reservations.begin(&over, None).await? {
                return Ok(());
            }
        }
        Err(store::StoreError::Busy.into())
    }

    /// Does what a reservation in `releasing` or `committing` still needs.
    pub(crate) async fn finish(&self, reservation: &Reservation) -> Result<(), Error> {
        let (order, card, forget_at) = (reservation.order_id, reservation.card_id, self.forget_at());
        match reservation.state {
            State::Releasing => {
                self.give_back(card, order).await?;
                self.repo.reservations.step(order, |r| r.released(forget_at)).await?;
            }
            State::Committing => {
                self.repo.cards.count(card, |card| card.edition.sell(order)).await?;
                self.repo.reservations.step(order, Reservation::committed).await?;
                self.repo.tallies.mark(card, []);
            }
            _ => {}
        }
        Ok(())
    }

    /// Asks the card again for a reservation that was left in `asked`, or keeps a hold for a while more.
    pub(crate) async fn keep(&self, reservation: &Reservation) -> Result<(), Error> {
        let until = self.ambient.now() + self.config.prolong();
        let prolong = |r: &mut Reservation| {
            r.prolong(until);
            None
        };
        let now = self.repo.reservations.step(reservation.order_id, prolong).await?;
        match now {
            Some(now) if now.state == State::Asked => self.ask_card(&now).await,
            _ => Ok(()),
        }
    }

    /// Buys or gives back what an order holds that ended without this service hearing of it.
    pub(crate) async fn conclude(&self, reservation: &Reservation, bought: bool) -> Result<(), Error> {
        if !bought {
            return self
                .release(reservation.order_id, reservation.card_id, reservation.quantity)
                .await;
        }
        if reservation.state == State::Asked {
            self.ask_card(reservation).await?;
        }
        self.commit_now(reservation.order_id).await
    }

    /// Looks whether what a card holds is still meant to be held: who died between card and reservation left it so.
    pub(crate) async fn compare(&self, card: CardId, due: &[OrderId]) -> Result<(), Error> {
        let until = self.ambient.now() + self.config.prolong();
        for order in due {
            let found = self.repo.reservations.get(*order).await?;
            let over = found.is_none_or(|r| matches!(r.state, State::Refused | State::Released | State::Missing));
            let change = |card: &mut Card| {
                if over {
                    card.edition.give_back(*order);
                } else {
                    card.edition.prolong(*order, until);
                }
                true
            };
            self.repo.cards.count(card, change).await?;
        }
        Ok(())
    }
}

/// Returns what an order that was placed asks for.
pub(crate) fn wish_of(order: &OrderEvent, until: Timestamp) -> HoldRequest {
    HoldRequest {
        order_id: order.order_id,
        card_id: order.card_id,
        buyer_id: order.buyer_id,
        quantity: order.quantity,
        until,
    }
}

#[async_trait::async_trait]
impl ModelCards for Desk {
    async fn offer(&self, card: CardId) -> Result<Offer, Fault> {
        let card = self.repo.cards.get(card).await?;
        Ok(card.and_then(|card| card.offer()).ok_or(Error::NotFound)?)
    }

    async fn agent_for(&self, card: CardId, user: UserId) -> Result<AgentId, Fault> {
        let card = self.on_sale_to(user, card).await?;
        let offer = card.and_then(|card| card.offer()).ok_or(Error::NotFound)?;
        Ok(offer.agent_id)
    }

    async fn hold(&self, request: HoldRequest) -> Result<HoldAnswer, Fault> {
        Ok(Self::hold(self, &request).await?)
    }

    async fn revision(&self, card: CardId, revision: u32) -> Result<Revision, Fault> {
        if let Some(found) = self.repo.revisions.get(card, revision).await? {
            return Ok(found.revision);
        }
        // Published a moment ago, by a process that may have died before it kept the revision.
        let card = self.repo.cards.get(card).await?;
        let newest = card
            .as_ref()
            .and_then(kept)
            .filter(|kept| kept.revision.revision == revision);
        let newest = newest.ok_or(Error::NotFound)?;
        self.repo.revisions.keep(&newest).await?;
        Ok(newest.revision)
    }
}
