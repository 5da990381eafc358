//! Owns amounts of money: integer minor units, or millionths where a cent is too coarse, and a currency. Refuses to know
//! floats.

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency that the product knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Currency {
    /// Euro, 2 decimals.
    EUR,
    /// US dollar, 2 decimals.
    USD,
    /// Pound sterling, 2 decimals.
    GBP,
}

/// An amount in minor units (cents).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; negative only in ledgers.
    pub amount: i64,
    /// Which currency.
    pub currency: Currency,
}

impl Money {
    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Multiplies by a count of things; `None` on overflow.
    pub fn checked_mul(self, count: u32) -> Option<Self> {
        Some(Self {
            amount: self.amount.checked_mul(i64::from(count))?,
            currency: self.currency,
        })
    }

    /// Takes `other` off; `None` on another currency or overflow.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self {
            amount: self.amount.checked_sub(other.amount)?,
            currency: self.currency,
        })
    }

    /// Adds two amounts of one currency; `None` on another currency or overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self {
            amount: self.amount.checked_add(other.amount)?,
            currency: self.currency,
        })
    }
}

/// What a model call costs, which is often far less than a cent: millionths of the currency's major unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Millionths of the major unit: 10,000 are a cent.
    pub micros: u64,
    /// Which currency.
    pub currency: Currency,
}
