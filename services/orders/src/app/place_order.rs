//! Places an order: what is offered, the coupon, the order with its event, then the hold. Every step is a write of its own,
//! and the same order again (by its id) goes on where the last one stopped.

use contracts::ai_model_cards::{HoldAnswer, HoldRequest, Offer, Refusal};
use contracts::orders::OrderStatus;
use kernel::{CardId, ErrorCode, Fault, Money, OrderId, UserId};
use store::{Change, StoreError};

use super::App;
use crate::domain::coupon::{CouponDoc, Off, Useless};
use crate::domain::order::Input;
use crate::domain::terms::Terms;
use crate::error::Error;
use crate::repo::orders::{OrderDoc, Placing};

/// What a buyer wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) buyer: UserId,
    pub(crate) card: CardId,
    pub(crate) quantity: u32,
    /// Upper case.
    pub(crate) coupon: Option<String>,
}

impl App {
    /// Places the order `id`, or goes on with it. What comes back may be rejected: that is an answer as well.
    pub(crate) async fn place_order(&self, id: OrderId, wish: Wish) -> Result<OrderDoc, Error> {
        let order = match self.repo.orders.get(id).await? {
            Some(order) => order,
            None => self.write_order(id, wish).await?,
        };
        if order.course.status != OrderStatus::Reserving {
            return Ok(order);
        }
        match self.ask_hold(&order).await {
            Ok(answer) => {
                let answered = self.tell(id, hold_input(answer)).await?;
                Ok(answered.unwrap_or(order))
            }
            // The order says so itself, by its event; the answer comes the same way, or the sweep asks again.
            Err(fault) => {
                tracing::warn!(%fault, order = %id, "no hold yet");
                Ok(order)
            }
        }
    }

    async fn write_order(&self, id: OrderId, wish: Wish) -> Result<OrderDoc, Error> {
        let offer = self.offer(wish.card).await?;
        if offer.seller_id == wish.buyer {
            return Err(Fault::invalid("cardId", "is your own").into());
        }
        let too_much = || Fault::invalid("quantity", "makes a sum beyond all numbers");
        let (mut terms, sum) = Terms::of(offer, wish.buyer, wish.quantity).ok_or_else(too_much)?;
        if let Some(code) = wish.coupon {
            terms.discount = self.hold_coupon(id, &terms, &code, sum).await?;
            terms.coupon = Some(code);
        }
        let total = sum.checked_sub(terms.discount).filter(|total| total.amount >= 0);
        let total = total.ok_or_else(|| Fault::internal("a discount is more than the sum"))?;
        let coupon = terms
            .coupon
            .clone()
            .map(|code| CouponDoc::id_of(terms.seller_id, &code));
        let placed = self.repo.place(Placing { id, terms, total }).await;
        if let (Err(refused), Some(coupon)) = (&placed, coupon)
            && refused.is_refusal()
        {
            self.release_coupon(&coupon, id).await?;
        }
        placed
    }

    /// Asks what a card is offered at; while ai-model-cards is away, what it was last seen at.
    async fn offer(&self, card: CardId) -> Result<Offer, Error> {
        let asked = tokio::time::timeout(self.repo.config.cards_timeout(), self.cards.offer(card)).await;
        let fault = match asked {
            Ok(Ok(offer)) => {
                if offer.price.amount < 0 {
                    return Err(Fault::internal("a price is negative").into());
                }
                self.repo.see_offer(offer.clone()).await?;
                return Ok(offer);
            }
            Ok(Err(fault)) if fault.kind == ErrorCode::NotFound => {
                return Err(Error::NotFound("orders.card_not_found"));
            }
            Ok(Err(fault)) if fault.kind.status() < 500 => return Err(fault.into()),
            Ok(Err(fault)) => fault,
            Err(_) => cards_away(),
        };
        let seen = self.repo.seen_offer(card).await?;
        seen.ok_or_else(|| {
            tracing::warn!(%fault, "no offer");
            cards_away().into()
        })
    }

    /// Asks for the hold of an order, for as long as it may need it from now on.
    pub(crate) async fn ask_hold(&self, order: &OrderDoc) -> Result<HoldAnswer, Fault> {
        let request = HoldRequest {
            order_id: order.id,
            card_id: order.terms.card_id,
            buyer_id: order.terms.buyer_id,
            quantity: order.terms.quantity,
            until: self.repo.ambient.now() + self.repo.config.hold_for(),
        };
        let asked = tokio::time::timeout(self.repo.config.cards_timeout(), self.cards.hold(request)).await;
        match asked {
            Ok(Err(fault)) if fault.kind == ErrorCode::NotFound => Ok(HoldAnswer::Refused {
                reason: Refusal::NotOnSale,
            }),
            Ok(answer) => answer,
            Err(_) => Err(cards_away()),
        }
    }

    async fn hold_coupon(&self, order: OrderId, terms: &Terms, code: &str, sum: Money) -> Result<Money, Error> {
        let hold = |mut coupon: CouponDoc| {
            let off: Off = coupon.off;
            let discount = off.discount(sum).ok_or(Error::Coupon(Useless::OtherCurrency))?;
            let held = coupon.hold(order, terms.card_id, self.repo.ambient.now());
            Ok::<_, Error>(match held.map_err(Error::Coupon)? {
                true => Change::Put(coupon, Vec::new(), discount),
                false => Change::Keep(discount),
            })
        };
        let id = CouponDoc::id_of(terms.seller_id, code);
        self.repo.coupons.update(id, hold).await?.ok_or(Error::NoCoupon)
    }

    /// Gives a coupon's redemption back that no order holds.
    pub(crate) async fn release_coupon(&self, coupon: &str, order: OrderId) -> Result<(), StoreError> {
        let release = |mut doc: CouponDoc| {
            Ok::<_, StoreError>(match doc.settle(order, false) {
                true if doc.withdrawn && doc.held.is_empty() => Change::Remove(Vec::new(), ()),
                true => Change::Put(doc, Vec::new(), ()),
                false => Change::Keep(()),
            })
        };
        self.repo.coupons.update(coupon, release).await.map(drop)
    }
}

/// What an answer to the wish for a hold means for the order.
pub(crate) fn hold_input(answer: HoldAnswer) -> Input {
    match answer {
        HoldAnswer::Held => Input::Held,
        HoldAnswer::Refused { reason } => Input::Refused(reason),
    }
}

fn cards_away() -> Fault {
    let after = std::time::Duration::from_secs(2);
    Fault::unavailable("orders.cards_unavailable", "The cards cannot be asked now.", after)
}
