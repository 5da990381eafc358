//! Places an order: what is offered, the coupon, the order with its event, then the hold. Every step is a write of its own,
//! and the same order again (by its id) goes on where the last one stopped.

use contracts::ai_model_cards::{HoldAnswer, HoldRequest, Offer, Refusal};
use contracts::orders::OrderStatus;
use kernel::{CardId, ErrorCode, Fault, Money, OrderId, Timestamp, UserId};
use store::Change;

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
            Ok(input) => Ok(self.tell(id, input).await?.unwrap_or(order)),
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
        if offer.available.is_some() {
            self.repo.may_hold(wish.buyer, wish.card).await?;
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

    /// Asks for the hold that an order waits for, for as long as it may need it from now on; what is answered is for the order to hear.
    /// What will never be answered otherwise is a refusal.
    pub(crate) async fn ask_hold(&self, order: &OrderDoc) -> Result<Input, Fault> {
        let until = self.repo.ambient.now() + self.repo.config.hold_for();
        let refused = match self.look_at_hold(order, until).await {
            Ok(HoldAnswer::Held | HoldAnswer::Sold) => return Ok(Input::Held),
            Ok(HoldAnswer::Refused { reason }) => reason,
            Ok(HoldAnswer::Missing) => Refusal::NotOnSale,
            Err(fault) if fault.kind == ErrorCode::Invalid => Refusal::SoldOut,
            Err(fault) if fault.kind == ErrorCode::NotFound || is_final(&fault) => Refusal::NotOnSale,
            Err(fault) => return Err(fault),
        };
        Ok(Input::Refused(refused))
    }

    /// Asks how the hold of an order stands, and for it to be kept until then.
    pub(crate) async fn look_at_hold(&self, order: &OrderDoc, until: Timestamp) -> Result<HoldAnswer, Fault> {
        let request = HoldRequest {
            order_id: order.id,
            card_id: order.terms.card_id,
            buyer_id: order.terms.buyer_id,
            quantity: order.terms.quantity,
            until,
        };
        let asked = tokio::time::timeout(self.repo.config.cards_timeout(), self.cards.hold(request)).await;
        asked.unwrap_or_else(|_| Err(cards_away()))
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
        self.repo.write_coupon(&id, hold).await?.ok_or(Error::NoCoupon)
    }

    /// Gives a coupon's redemption back that no order holds.
    pub(crate) async fn release_coupon(&self, coupon: &str, order: OrderId) -> Result<(), Error> {
        self.repo.settle_coupon(coupon, order, false).await
    }
}

/// Tells whether a conflict stays one: the store's own are over in a moment.
fn is_final(fault: &Fault) -> bool {
    fault.kind == ErrorCode::Conflict && !fault.code.starts_with("store.")
}

fn cards_away() -> Fault {
    let after = std::time::Duration::from_secs(2);
    Fault::unavailable("orders.cards_unavailable", "The cards cannot be asked now.", after)
}
