//! Owns sums of what model calls cost, each currency for itself. Refuses to convert one into another.

use kernel::Cost;
use serde::{Deserialize, Serialize};

/// Costs added up: one entry for each currency, at most one for each that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Spend(Vec<Cost>);

impl Spend {
    /// Adds a cost, if there is one. A sum stops at the largest number rather than begin anew.
    pub(crate) fn add(&mut self, cost: Option<Cost>) {
        let Some(cost) = cost else { return };
        match self.0.iter_mut().find(|sum| sum.currency == cost.currency) {
            Some(sum) => sum.micros = sum.micros.saturating_add(cost.micros),
            None => self.0.push(cost),
        }
    }

    /// Adds another sum.
    pub(crate) fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|cost| self.add(Some(*cost)));
    }

    /// Returns what is measured against a limit: the largest sum, in millionths of whichever currency.
    pub(crate) fn micros(&self) -> u64 {
        self.0.iter().map(|sum| sum.micros).max().unwrap_or(0)
    }

    /// Returns the one sum that a person is shown: in the currency of `last`, else in that of the latest entry.
    pub(crate) fn shown(&self, last: Option<Cost>) -> Option<Cost> {
        let of_last = last.and_then(|last| self.0.iter().find(|sum| sum.currency == last.currency));
        of_last.or(self.0.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn cost(micros: u64, currency: Currency) -> Cost {
        Cost { micros, currency }
    }

    #[test]
    fn currencies_are_never_mixed() {
        let mut spend = Spend::default();
        assert_eq!((spend.micros(), spend.shown(None)), (0, None));
        spend.add(Some(cost(5, Currency::USD)));
        spend.add(None);
        spend.add(Some(cost(3, Currency::EUR)));
        spend.add(Some(cost(4, Currency::EUR)));
        assert_eq!(spend.micros(), 7);
        assert_eq!(spend.shown(Some(cost(1, Currency::USD))), Some(cost(5, Currency::USD)));
        assert_eq!(spend.shown(None), Some(cost(7, Currency::EUR)));
    }

    proptest! {
        #[test]
        fn each_cost_is_counted_once_in_any_order(costs in prop::collection::vec((0_u64..1_000, any::<bool>()), 0..20)) {
            let all: Vec<Cost> = costs.iter().map(|(m, eur)| cost(*m, if *eur { Currency::EUR } else { Currency::USD })).collect();
            let (mut there, mut back) = (Spend::default(), Spend::default());
            all.iter().for_each(|c| there.add(Some(*c)));
            all.iter().rev().for_each(|c| back.add(Some(*c)));
            let of = |currency| all.iter().filter(|c| c.currency == currency).map(|c| c.micros).sum::<u64>();
            prop_assert_eq!(there.micros(), of(Currency::EUR).max(of(Currency::USD)));
            prop_assert_eq!(there.micros(), back.micros());
        }
    }
}
