//! Owns how a price is divided between seller, product and tax. Pure; whole cents only. Refuses to know who they are.

use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Ten thousand basis points are the whole.
const WHOLE_BPS: i128 = 10_000;

/// What of a price goes to the product and to tax, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rates {
    /// Of the net price, to the product; at most 10,000.
    pub(crate) fee_bps: u16,
    /// Tax on the net price, contained in the price; at most 10,000.
    pub(crate) tax_bps: u16,
}

/// A price in parts, in minor units. `tax + fee + seller` is `gross`; none is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Split {
    pub(crate) currency: Currency,
    pub(crate) gross: i64,
    pub(crate) tax: i64,
    pub(crate) fee: i64,
    pub(crate) seller: i64,
}

impl Split {
    /// Divides `gross`, which contains tax: tax = gross·t / (10,000 + t), rounded half up; fee = (gross − tax)·f / 10,000,
    /// rounded down, in favour of the seller, who gets the rest. None for a negative price or rates above the whole.
    pub(crate) fn of(gross: Money, rates: Rates) -> Option<Self> {
        let (fee_bps, tax_bps) = (i128::from(rates.fee_bps), i128::from(rates.tax_bps));
        if gross.amount < 0 || fee_bps > WHOLE_BPS || tax_bps > WHOLE_BPS {
            return None;
        }
        let (whole, base) = (i128::from(gross.amount), WHOLE_BPS + tax_bps);
        let tax = (2 * whole * tax_bps + base) / (2 * base);
        let fee = (whole - tax) * fee_bps / WHOLE_BPS;
        Self::from_parts(gross.currency, whole, tax, fee)
    }

    /// Returns the parts of the first `gross` of it. They grow with `gross`, each by what it grows or less, so that the
    /// difference of two is a division of the difference. None beyond the whole.
    fn first(&self, gross: i64) -> Option<Self> {
        if gross < 0 || gross > self.gross {
            return None;
        }
        if self.gross == 0 {
            return Some(*self);
        }
        let (part, whole) = (i128::from(gross), i128::from(self.gross));
        let tax = i128::from(self.tax) * part / whole;
        let net_whole = whole - i128::from(self.tax);
        let fee = match net_whole {
            0 => 0,
            _ => i128::from(self.fee) * (part - tax) / net_whole,
        };
        Self::from_parts(self.currency, part, tax, fee)
    }

    /// Divides a refund of `amount`, after `before` has been refunded already, so that refunds of the whole give back each part exactly.
    /// None when there is not so much left.
    pub(crate) fn part(&self, before: i64, amount: i64) -> Option<Self> {
        if amount < 0 {
            return None;
        }
        let (low, high) = (self.first(before)?, self.first(before.checked_add(amount)?)?);
        Some(Self {
            currency: self.currency,
            gross: amount,
            tax: high.tax - low.tax,
            fee: high.fee - low.fee,
            seller: high.seller - low.seller,
        })
    }

    fn from_parts(currency: Currency, gross: i128, tax: i128, fee: i128) -> Option<Self> {
        Some(Self {
            currency,
            gross: i64::try_from(gross).ok()?,
            tax: i64::try_from(tax).ok()?,
            fee: i64::try_from(fee).ok()?,
            seller: i64::try_from(gross - tax - fee).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(amount: i64) -> Money {
        Money {
            amount,
            currency: Currency::EUR,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_parts_are_the_price_and_none_is_negative(gross in 0..=i64::MAX, fee_bps in 0..=10_000u16, tax_bps in 0..=10_000u16) {
            let split = Split::of(eur(gross), Rates { fee_bps, tax_bps }).unwrap();
            prop_assert_eq!(i128::from(split.tax) + i128::from(split.fee) + i128::from(split.seller), i128::from(gross));
            prop_assert!(split.tax >= 0 && split.fee >= 0 && split.seller >= 0);
        }

        #[test]
        fn refunds_give_back_each_part_exactly(gross in 1..100_000i64, fee_bps in 0..=10_000u16, tax_bps in 0..=10_000u16, cuts in prop::collection::vec(0..100_000i64, 0..6)) {
            let split = Split::of(eur(gross), Rates { fee_bps, tax_bps }).unwrap();
            let mut cuts: Vec<i64> = cuts.into_iter().map(|c| c % gross).chain([0, gross]).collect();
            cuts.sort_unstable();
            let parts: Vec<Split> = cuts.windows(2).map(|w| split.part(w[0], w[1] - w[0]).unwrap()).collect();
            for part in &parts {
                prop_assert!(part.tax >= 0 && part.fee >= 0 && part.seller >= 0);
                prop_assert_eq!(part.tax + part.fee + part.seller, part.gross);
            }
            let sum = |of: fn(&Split) -> i64| parts.iter().map(of).sum::<i64>();
            prop_assert_eq!((sum(|s| s.tax), sum(|s| s.fee), sum(|s| s.seller)), (split.tax, split.fee, split.seller));
            prop_assert!(split.part(gross, 1).is_none());
        }
    }

    #[test]
    fn tax_is_contained_and_rounded_half_up_and_the_fee_is_of_the_net_price() {
        let split = Split::of(
            eur(1190),
            Rates {
                fee_bps: 1000,
                tax_bps: 1900,
            },
        )
        .unwrap();
        assert_eq!((split.tax, split.fee, split.seller), (190, 100, 900));
        // 2 cents at 100 % contain exactly 1; 1 cent contains a half, which is rounded up.
        let half = Split::of(
            eur(1),
            Rates {
                fee_bps: 0,
                tax_bps: 10_000,
            },
        )
        .unwrap();
        assert_eq!((half.tax, half.seller), (1, 0));
        assert!(Split::of(eur(-1), Rates { fee_bps: 0, tax_bps: 0 }).is_none());
    }
}
