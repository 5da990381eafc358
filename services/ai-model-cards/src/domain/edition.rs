//! Owns the counting of a limited edition: available + held + sold = size, always. Refuses to know orders beyond their ids.

use kernel::{OrderId, Timestamp};
use serde::{Deserialize, Serialize};

/// Largest edition.
pub(crate) const EDITION_MAX: u32 = 100_000;

/// Editions that an order has and has not paid yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hold {
    pub(crate) order_id: OrderId,
    pub(crate) quantity: u32,
    /// When it is looked whether its reservation still stands.
    pub(crate) until: Timestamp,
}

/// How many there are of a card, and where they are. What is available is what is neither held nor sold, so that the three
/// cannot disagree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Edition {
    /// How many there are; `None`: any number. Holds of an unlimited edition are not counted here, so that its buyers do not wait
    /// for each other.
    pub(crate) size: Option<u32>,
    pub(crate) sold: u32,
    pub(crate) holds: Vec<Hold>,
}

/// Why an edition does not get another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixed {
    /// More are held and sold.
    TooSmall,
    /// Its sales were not counted.
    Unlimited,
    /// Somebody bought, or buys, one of so few.
    Promised,
}

/// What came of asking for editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The order has them now.
    Now,
    /// The order had them already.
    Before,
    /// There are not so many left.
    SoldOut,
    /// Too many orders hold editions of this card at once.
    TooManyHolds,
}

impl Edition {
    /// Tells whether any of a limited edition is held or sold.
    pub(crate) fn is_touched(&self) -> bool {
        self.sold > 0 || !self.holds.is_empty()
    }

    /// Begins an edition of which nothing is held or sold.
    pub(crate) fn of(size: Option<u32>) -> Self {
        Self {
            size,
            ..Self::default()
        }
    }

    /// Returns how many are held.
    pub(crate) fn held(&self) -> u32 {
        self.holds.iter().fold(0, |sum, hold| sum.saturating_add(hold.quantity))
    }

    /// Returns how many may be held now; `None`: any number.
    pub(crate) fn available(&self) -> Option<u32> {
        Some(self.size?.saturating_sub(self.held()).saturating_sub(self.sold))
    }

    /// Returns when the first hold is to be looked at.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.holds.iter().map(|hold| hold.until).min()
    }

    /// Holds `quantity` for an order, with at most `holds_max` orders that hold at once.
    pub(crate) fn take(&mut self, order: OrderId, quantity: u32, until: Timestamp, holds_max: usize) -> Taken {
        if self.holds.iter().any(|hold| hold.order_id == order) {
            return Taken::Before;
        }
        if self.available().is_some_and(|available| available < quantity) {
            return Taken::SoldOut;
        }
        if self.holds.len() >= holds_max {
            return Taken::TooManyHolds;
        }
        self.holds.push(Hold {
            order_id: order,
            quantity,
            until,
        });
        Taken::Now
    }

    /// Puts back what an order held. `false` when it held nothing.
    pub(crate) fn give_back(&mut self, order: OrderId) -> bool {
        let before = self.holds.len();
        self.holds.retain(|hold| hold.order_id != order);
        self.holds.len() < before
    }

    /// Sells what an order held. `false` when it held nothing.
    pub(crate) fn sell(&mut self, order: OrderId) -> bool {
        let Some(at) = self.holds.iter().position(|hold| hold.order_id == order) else {
            return false;
        };
        let hold = self.holds.swap_remove(at);
        self.sold = self.sold.saturating_add(hold.quantity);
        true
    }

    /// Looks at a hold again at `until`.
    pub(crate) fn prolong(&mut self, order: OrderId, until: Timestamp) {
        if let Some(hold) = self.holds.iter_mut().find(|hold| hold.order_id == order) {
            hold.until = hold.until.max(until);
        }
    }

    /// Gives a published edition another size. How few there are is what a buyer pays for: a single one stays the only one, and others
    /// grow only before anybody has one.
    pub(crate) fn resize(&mut self, size: Option<u32>) -> Result<(), Fixed> {
        let had = self.sold.saturating_add(self.held());
        match (self.size, size) {
            (before, after) if before == after => return Ok(()),
            (None, _) => return Err(Fixed::Unlimited),
            (Some(_), Some(size)) if size < had => return Err(Fixed::TooSmall),
            (Some(1), _) => return Err(Fixed::Promised),
            (Some(before), after) if had > 0 && after.is_none_or(|size| size > before) => return Err(Fixed::Promised),
            _ => {}
        }
        self.size = size;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn order(n: u8) -> OrderId {
        OrderId::from(uuid::Uuid::from_u128(u128::from(n)))
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take(u8, u32),
        GiveBack(u8),
        Sell(u8),
        Resize(u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0..6u8, 1..4u32).prop_map(|(o, q)| Step::Take(o, q)),
            (0..6u8).prop_map(Step::GiveBack),
            (0..6u8).prop_map(Step::Sell),
            (0..9u32).prop_map(Step::Resize),
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn available_held_and_sold_make_the_size_after_every_step(size in 1..6u32, steps in steps()) {
            let mut edition = Edition::of(Some(size));
            // What a plain list of orders says.
            let (mut held, mut sold): (HashMap<u8, u32>, u32) = (HashMap::new(), 0);
            for step in steps {
                match step {
                    Step::Take(o, q) => {
                        let free = edition.size.unwrap() - sold - held.values().sum::<u32>();
                        let expected = if held.contains_key(&o) { Taken::Before } else if q > free { Taken::SoldOut } else { Taken::Now };
                        prop_assert_eq!(edition.take(order(o), q, Timestamp::default(), 100), expected);
                        if expected == Taken::Now { held.insert(o, q); }
                    }
                    Step::GiveBack(o) => prop_assert_eq!(edition.give_back(order(o)), held.remove(&o).is_some()),
                    Step::Sell(o) => {
                        let quantity = held.remove(&o);
                        prop_assert_eq!(edition.sell(order(o)), quantity.is_some());
                        sold += quantity.unwrap_or(0);
                    }
                    Step::Resize(to) => {
                        let (had, size) = (sold + held.values().sum::<u32>(), edition.size.unwrap());
                        let expected = if to == size { Ok(()) }
                            else if to < had { Err(Fixed::TooSmall) }
                            else if size == 1 || (had > 0 && to > size) { Err(Fixed::Promised) }
                            else { Ok(()) };
                        prop_assert_eq!(edition.resize(Some(to)), expected);
                    }
                }
                prop_assert_eq!(edition.held(), held.values().sum::<u32>());
                prop_assert_eq!(edition.sold, sold);
                prop_assert_eq!(edition.available().unwrap() + edition.held() + edition.sold, edition.size.unwrap());
            }
        }
    }

    #[test]
    fn an_unlimited_edition_is_never_sold_out_and_never_becomes_limited() {
        let mut edition = Edition::of(None);
        assert_eq!(edition.take(order(1), u32::MAX, Timestamp::default(), 1), Taken::Now);
        assert_eq!(edition.take(order(2), 1, Timestamp::default(), 1), Taken::TooManyHolds);
        assert_eq!(edition.resize(Some(5)), Err(Fixed::Unlimited));
        assert_eq!(Edition::of(Some(5)).resize(None), Ok(()));
    }

    #[test]
    fn a_single_edition_stays_one_and_a_sold_one_grows_no_more() {
        for size in [None, Some(2)] {
            assert_eq!(Edition::of(Some(1)).resize(size), Err(Fixed::Promised));
        }
        let mut edition = Edition::of(Some(3));
        assert_eq!(edition.resize(Some(4)), Ok(()));
        edition.take(order(1), 1, Timestamp::default(), 9);
        for size in [None, Some(5)] {
            assert_eq!(edition.resize(size), Err(Fixed::Promised));
        }
        edition.give_back(order(1));
        assert_eq!(edition.resize(Some(5)), Ok(()), "nobody has one");
        edition.take(order(2), 1, Timestamp::default(), 9);
        edition.sell(order(2));
        assert_eq!(edition.resize(None), Err(Fixed::Promised));
        assert_eq!(edition.resize(Some(1)), Ok(()), "fewer is what a buyer may hope for");
    }
}
