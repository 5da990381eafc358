//! Owns what a person has prepaid and what of it is put aside: one document, so that two messages at once never spend the same cent.
//! Refuses to know what the messages say.

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::payments::MessageCharge;
use kernel::{Currency, Money, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Most messages of one person that are put aside for at once.
pub(crate) const HOLDS_MAX: usize = 64;
/// Most of those that were freed that are remembered; the oldest go first.
const FREED_MAX: usize = 64;
/// How long these are remembered.
const FREED_FOR: Duration = Duration::from_secs(86_400);

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("There is too little in the wallet.")]
    NoCredit,
    #[error("Too much is put aside at once.")]
    TooMany,
    #[error("Nothing was put aside for this message.")]
    NotAuthorised,
    #[error("The message has been paid.")]
    Captured,
    #[error("The wallet is closed.")]
    Closed,
}

/// What is put aside for one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hold {
    pub(crate) charge: MessageCharge,
    pub(crate) at: Timestamp,
    /// It is being taken: never given back any more.
    pub(crate) capturing: bool,
}

/// What was put aside too long for a message that may still come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Freed {
    pub(crate) charge: MessageCharge,
    pub(crate) at: Timestamp,
}

/// A wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wallet {
    pub(crate) user_id: UserId,
    /// Minor units in each currency, what is put aside included.
    pub(crate) balances: BTreeMap<Currency, i64>,
    pub(crate) holds: Vec<Hold>,
    /// What was put aside, and was freed before it was taken: the latest.
    #[serde(default)]
    pub(crate) freed: Vec<Freed>,
    /// The account is gone: nothing more is put aside.
    pub(crate) closed: bool,
    /// When the oldest of these is to be looked at; none without any.
    pub(crate) due_at: Option<Timestamp>,
    /// The last transaction from outside that is in it.
    #[serde(default)]
    pub(crate) last: Option<String>,
}

impl Document for Wallet {
    const COLLECTION: &'static str = "wallets";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["dueAt"])];
    fn id(&self) -> String {
        self.user_id.to_string()
    }
}

impl Wallet {
    pub(crate) fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            balances: BTreeMap::new(),
            holds: Vec::new(),
            freed: Vec::new(),
            last: None,
            closed: false,
            due_at: None,
        }
    }

    pub(crate) fn balance(&self, currency: Currency) -> i64 {
        self.balances.get(&currency).copied().unwrap_or_default()
    }

    pub(crate) fn held(&self, currency: Currency) -> i64 {
        let of = self.holds.iter().filter(|h| h.charge.price.currency == currency);
        of.map(|h| h.charge.price.amount).sum()
    }

    /// Adds what was topped up; a negative amount takes it back.
    pub(crate) fn add(&mut self, amount: Money) {
        let balance = self.balances.entry(amount.currency).or_default();
        *balance = balance.saturating_add(amount.amount);
    }

    /// Puts the price of a message aside. The same run again changes nothing.
    pub(crate) fn authorise(
        &mut self,
        charge: &MessageCharge,
        now: Timestamp,
        stale_after: Duration,
    ) -> Result<(), Refusal> {
        if self.holds.iter().any(|h| h.charge.run_id == charge.run_id) {
            return Ok(());
        }
        if self.closed {
            return Err(Refusal::Closed);
        }
        if self.holds.len() >= HOLDS_MAX {
            return Err(Refusal::TooMany);
        }
        let currency = charge.price.currency;
        if charge.price.amount > self.balance(currency) - self.held(currency) {
            return Err(Refusal::NoCredit);
        }
        self.freed.retain(|f| f.charge.run_id != charge.run_id);
        self.holds.push(Hold {
            charge: charge.clone(),
            at: now,
            capturing: false,
        });
        self.schedule(stale_after);
        Ok(())
    }

    /// Begins to take what was put aside; from here on it is not given back. What was freed meanwhile is taken from what there is. Returns
    /// the charge.
    pub(crate) fn begin_capture(&mut self, run: RunId, stale_after: Duration) -> Result<MessageCharge, Refusal> {
        if let Some(hold) = self.holds.iter_mut().find(|h| h.charge.run_id == run) {
            hold.capturing = true;
            return Ok(hold.charge.clone());
        }
        let freed = self.freed.iter().position(|f| f.charge.run_id == run);
        let at = freed.ok_or(Refusal::NotAuthorised)?;
        let price = self.freed.get(at).map(|f| f.charge.price);
        if price.is_some_and(|p| p.amount > self.balance(p.currency) - self.held(p.currency)) {
            return Err(Refusal::NoCredit);
        }
        let Freed { charge, at } = self.freed.remove(at);
        self.holds.push(Hold {
            charge: charge.clone(),
            at,
            capturing: true,
        });
        self.schedule(stale_after);
        Ok(charge)
    }

    /// Takes it. Once it is taken, nothing.
    pub(crate) fn finish_capture(&mut self, run: RunId, stale_after: Duration) {
        if let Some(at) = self.holds.iter().position(|h| h.charge.run_id == run && h.capturing) {
            let price = self.holds.remove(at).charge.price;
            self.add(Money {
                amount: -price.amount,
                ..price
            });
        }
        self.schedule(stale_after);
    }

    /// Gives back what was put aside. What is not there is given back already.
    pub(crate) fn release(&mut self, run: RunId, stale_after: Duration) -> Result<(), Refusal> {
        if self.holds.iter().any(|h| h.charge.run_id == run && h.capturing) {
            return Err(Refusal::Captured);
        }
        self.holds.retain(|h| h.charge.run_id != run);
        self.freed.retain(|f| f.charge.run_id != run);
        self.schedule(stale_after);
        Ok(())
    }

    /// Gives back what was put aside longer than `stale_after` ago, and remembers it for a day. Returns the runs whose taking was begun and
    /// not finished.
    pub(crate) fn sweep(&mut self, now: Timestamp, stale_after: Duration) -> Vec<RunId> {
        let is_stale = |h: &Hold| !h.capturing && h.at + stale_after <= now;
        let stale = self.holds.extract_if(.., |h| is_stale(h));
        self.freed.extend(stale.map(|h| Freed {
            charge: h.charge,
            at: now,
        }));
        self.freed.retain(|f| f.at + FREED_FOR > now);
        let over = self.freed.len().saturating_sub(FREED_MAX);
        self.freed.drain(..over);
        self.schedule(stale_after);
        self.holds
            .iter()
            .filter(|h| h.capturing)
            .map(|h| h.charge.run_id)
            .collect()
    }

    /// Closes it with its account: what is put aside and not being taken is free.
    pub(crate) fn close(&mut self, stale_after: Duration) {
        self.closed = true;
        self.holds.retain(|h| h.capturing);
        self.freed.clear();
        self.schedule(stale_after);
    }

    fn schedule(&mut self, stale_after: Duration) {
        let holds = self.holds.iter().map(|h| h.at + stale_after);
        self.due_at = holds.chain(self.freed.iter().map(|f| f.at + FREED_FOR)).min();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn charge(run: u8, amount: i64) -> MessageCharge {
        let id = |n: u128| Uuid::from_u128(n);
        MessageCharge {
            run_id: id(u128::from(run)).into(),
            payer_id: id(1).into(),
            seller_id: id(2).into(),
            card_id: id(3).into(),
            entitlement_id: id(4).into(),
            price: Money {
                amount,
                currency: Currency::EUR,
            },
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        TopUp(i64),
        Authorise(u8, i64),
        Begin(u8),
        Finish(u8),
        Release(u8),
        Sweep,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..50i64).prop_map(Step::TopUp),
            (0..6u8, 0..60i64).prop_map(|(r, n)| Step::Authorise(r, n)),
            (0..6u8).prop_map(Step::Begin),
            (0..6u8).prop_map(Step::Finish),
            (0..6u8).prop_map(Step::Release),
            Just(Step::Sweep),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_wallet_is_never_overdrawn(steps in prop::collection::vec(step(), 0..40)) {
            let mut wallet = Wallet::new(Uuid::from_u128(1).into());
            let (mut now, mut come, mut gone) = (Timestamp::default(), 0, 0);
            for step in steps {
                now = now + Duration::from_secs(600);
                let before = wallet.balance(Currency::EUR);
                match step {
                    Step::TopUp(n) => { wallet.add(Money { amount: n, currency: Currency::EUR }); come += n; }
                    Step::Authorise(run, n) => { let _ = wallet.authorise(&charge(run, n), now, HOUR); }
                    Step::Begin(run) => { let _ = wallet.begin_capture(charge(run, 0).run_id, HOUR); }
                    Step::Finish(run) => { wallet.finish_capture(charge(run, 0).run_id, HOUR); gone += before - wallet.balance(Currency::EUR); }
                    Step::Release(run) => { let _ = wallet.release(charge(run, 0).run_id, HOUR); }
                    Step::Sweep => { wallet.sweep(now, HOUR); }
                }
                prop_assert_eq!(wallet.balance(Currency::EUR), come - gone);
                prop_assert!(wallet.held(Currency::EUR) <= wallet.balance(Currency::EUR));
                prop_assert_eq!(wallet.due_at.is_some(), !(wallet.holds.is_empty() && wallet.freed.is_empty()));
            }
        }
    }

    #[test]
    fn what_is_being_taken_is_never_given_back() {
        let mut wallet = Wallet::new(Uuid::from_u128(1).into());
        wallet.add(charge(0, 10).price);
        wallet.authorise(&charge(1, 10), Timestamp::default(), HOUR).unwrap();
        wallet.begin_capture(charge(1, 0).run_id, HOUR).unwrap();
        assert_eq!(wallet.release(charge(1, 0).run_id, HOUR), Err(Refusal::Captured));
        assert_eq!(
            wallet.sweep(Timestamp::default() + HOUR * 2, HOUR),
            [charge(1, 0).run_id]
        );
        assert_eq!(
            wallet.authorise(&charge(2, 1), Timestamp::default(), HOUR),
            Err(Refusal::NoCredit)
        );
    }
}
