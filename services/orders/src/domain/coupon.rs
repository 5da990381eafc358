//! Owns coupons: what one takes off a sum, and who holds a redemption of it. Refuses to know orders beyond their ids.

use kernel::{CardId, Money, OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// Redemptions that open orders may hold of one coupon at once.
pub(crate) const HELD_MAX: usize = 1_000;
/// Coupons that one seller may have.
pub(crate) const COUPONS_MAX: u64 = 200;
/// Most redemptions that a coupon may allow.
pub(crate) const REDEMPTIONS_MAX: u32 = 1_000_000;

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Off {
    /// So many of a hundred, 1 to 100.
    Percent(u32),
    /// An amount, in its currency only.
    Amount(Money),
}

impl Off {
    /// Returns what is taken off `sum`. A percentage is rounded down to the minor unit, so that rounding never favours the
    /// buyer by more than the coupon says; an amount takes off at most the whole. None for another currency or a sum beyond all numbers.
    pub(crate) fn discount(self, sum: Money) -> Option<Money> {
        let amount = match self {
            Self::Percent(percent) => {
                i64::try_from(i128::from(sum.amount) * i128::from(percent.min(100)) / 100).ok()?
            }
            Self::Amount(off) if off.currency == sum.currency => off.amount.min(sum.amount),
            Self::Amount(_) => return None,
        };
        Some(Money { amount, ..sum })
    }
}

/// A coupon of a seller. Its document is what all redemptions of it are counted in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CouponDoc {
    pub(crate) seller_id: UserId,
    /// Upper case.
    pub(crate) code: String,
    /// For this card only.
    pub(crate) card_id: Option<CardId>,
    pub(crate) off: Off,
    pub(crate) redemptions_max: u32,
    /// Redemptions of orders that were completed.
    pub(crate) redeemed: u32,
    /// Orders that are open and hold a redemption.
    pub(crate) held: Vec<HeldBy>,
    pub(crate) expires_at: Timestamp,
    pub(crate) created_at: Timestamp,
    /// Whether its seller took it back: no new redemptions; it goes when none is held.
    pub(crate) withdrawn: bool,
    /// Since when the first of those held is held: for the sweep of holds whose order was never written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) held_since: Option<Timestamp>,
}

/// A redemption that an order holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeldBy {
    pub(crate) order_id: OrderId,
    pub(crate) at: Timestamp,
}

/// Why a coupon is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Useless {
    #[error("The coupon is over.")]
    Over,
    #[error("The coupon is not for this card.")]
    OtherCard,
    #[error("The coupon is in another currency.")]
    OtherCurrency,
    #[error("The coupon is used up.")]
    UsedUp,
}

impl CouponDoc {
    /// Returns the id of a seller's coupon with this code.
    pub(crate) fn id_of(seller: UserId, code: &str) -> String {
        format!("{seller}:{code}")
    }

    /// Holds a redemption for an order. `Ok(false)`: it holds one already.
    pub(crate) fn hold(&mut self, order_id: OrderId, card: CardId, now: Timestamp) -> Result<bool, Useless> {
        if self.held.iter().any(|h| h.order_id == order_id) {
            return Ok(false);
        }
        if self.withdrawn || now >= self.expires_at {
            return Err(Useless::Over);
        }
        if self.card_id.is_some_and(|only| only != card) {
            return Err(Useless::OtherCard);
        }
        let taken = usize::try_from(self.redeemed)
            .unwrap_or(usize::MAX)
            .saturating_add(self.held.len());
        if taken >= usize::try_from(self.redemptions_max).unwrap_or(usize::MAX) || self.held.len() >= HELD_MAX {
            return Err(Useless::UsedUp);
        }
        self.held.push(HeldBy { order_id, at: now });
        self.note();
        Ok(true)
    }

    /// Settles what an order holds: counted when it was completed, given back when not. False when it holds nothing: that was
    /// settled before.
    pub(crate) fn settle(&mut self, order_id: OrderId, completed: bool) -> bool {
        let before = self.held.len();
        self.held.retain(|h| h.order_id != order_id);
        if self.held.len() == before {
            return false;
        }
        self.redeemed = self.redeemed.saturating_add(u32::from(completed));
        self.note();
        true
    }

    fn note(&mut self) {
        self.held_since = self.held.iter().map(|h| h.at).min();
    }
}

impl Document for CouponDoc {
    const COLLECTION: &'static str = "coupons";
    const INDEXES: &'static [Index] = &[
        Index::plain("seller", &["sellerId", "createdAt"]),
        Index::plain("held", &["heldSince"]),
    ];
    fn id(&self) -> String {
        Self::id_of(self.seller_id, &self.code)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn coupon(redemptions_max: u32) -> CouponDoc {
        CouponDoc {
            seller_id: Uuid::from_u128(1).into(),
            code: "SPRING".into(),
            card_id: None,
            off: Off::Percent(10),
            redemptions_max,
            redeemed: 0,
            held: Vec::new(),
            expires_at: Timestamp::from_millis(1_000),
            created_at: Timestamp::default(),
            withdrawn: false,
            held_since: None,
        }
    }

    fn order(n: u8) -> OrderId {
        Uuid::from_u128(u128::from(n)).into()
    }

    #[test]
    fn a_percentage_is_rounded_down_and_an_amount_takes_off_at_most_all() {
        let sum = |amount| Money {
            amount,
            currency: Currency::EUR,
        };
        for (off, of, discount) in [
            (Off::Percent(33), 100, 33),
            (Off::Percent(10), 99, 9),
            (Off::Percent(100), 99, 99),
            (Off::Percent(1), 99, 0),
            (Off::Amount(sum(500)), 400, 400),
            (Off::Amount(sum(500)), 501, 500),
        ] {
            assert_eq!(off.discount(sum(of)), Some(sum(discount)), "{off:?} of {of}");
        }
        assert_eq!(
            Off::Amount(Money {
                currency: Currency::USD,
                ..sum(1)
            })
            .discount(sum(100)),
            None
        );
        assert_eq!(Off::Percent(100).discount(sum(i64::MAX)), Some(sum(i64::MAX)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_discount_is_between_nothing_and_all(amount in 0..i64::MAX, percent in 1..=100u32, off in 1..i64::MAX) {
            let sum = Money { amount, currency: Currency::EUR };
            for off in [Off::Percent(percent), Off::Amount(Money { amount: off, ..sum })] {
                let discount = off.discount(sum).unwrap().amount;
                prop_assert!(0 <= discount && discount <= amount);
            }
        }

        #[test]
        fn no_coupon_is_redeemed_more_often_than_it_allows(
            most in 1..5u32, plan in prop::collection::vec((0..8u8, 0..3u8), 1..60),
        ) {
            let mut coupon = coupon(most);
            let mut completed = std::collections::BTreeSet::new();
            for (n, what) in plan {
                // An order that is over does not hold anything any more.
                if what == 0 && !completed.contains(&n) {
                    let _ = coupon.hold(order(n), Uuid::from_u128(9).into(), Timestamp::default());
                } else if coupon.settle(order(n), what == 1) && what == 1 {
                    completed.insert(n);
                }
                prop_assert!(coupon.redeemed as usize + coupon.held.len() <= most as usize);
                prop_assert_eq!(coupon.redeemed as usize, completed.len());
            }
        }
    }
}
