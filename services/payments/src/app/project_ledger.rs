//! Keeps balances equal to the ledger: each transaction is applied once to the one account or wallet that it changes. A balance names the last
//! transaction that is in it, and any before that is marked before another takes its place: so all that is needed is in the documents, and
//! moves with them.

use contracts::Event;
use contracts::payments::LedgerEvent;
use store::{Collection, Document, StoreError};

use crate::app::App;
use crate::domain::account::{SellerAccount, touched, wallet_change};
use crate::domain::wallet::Wallet;
use crate::error::Error;
use crate::repo::ATTEMPTS_MAX;

/// What a transaction is applied to.
trait Balance: Document + Clone {
    fn last(&mut self) -> &mut Option<String>;
}

impl Balance for SellerAccount {
    fn last(&mut self) -> &mut Option<String> {
        &mut self.last
    }
}

impl Balance for Wallet {
    fn last(&mut self) -> &mut Option<String> {
        &mut self.last
    }
}

impl App {
    /// Applies a transaction to the balance that it changes.
    pub(crate) async fn project(&self, event: &Event) -> Result<(), Error> {
        let posted: LedgerEvent = event.body()?;
        let id = &*posted.transaction_id;
        if let Some((seller, currency)) = touched(&posted) {
            let account = SellerAccount::new(seller, currency);
            let apply = |account: &mut SellerAccount| account.apply(&posted);
            self.apply_once(&self.repo.accounts, (account, id), apply).await
        } else if let Some((user, amount)) = wallet_change(&posted) {
            let add = |wallet: &mut Wallet| wallet.add(amount);
            self.apply_once(&self.repo.wallets, (Wallet::new(user), id), add).await
        } else {
            Ok(())
        }
    }

    async fn apply_once<D: Balance>(
        &self,
        docs: &Collection<D>,
        (new, id): (D, &str),
        apply: impl Fn(&mut D),
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS_MAX {
            let found = docs.get_versioned(new.id()).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let mut balance = found.map_or_else(|| new.clone(), |(balance, _)| balance);
            // The mark is read after the balance: whoever replaces the last one in this very balance has marked it before.
            let last = balance.last().clone();
            if last.as_deref() == Some(id) || self.repo.applied.get(id).await?.is_some() {
                return Ok(());
            }
            if let Some(last) = last {
                self.repo.mark_applied(last).await?;
            }
            apply(&mut balance);
            *balance.last() = Some(id.to_owned());
            match self.repo.put(docs, &balance, version).await {
                Err(StoreError::Conflict | StoreError::Unique { .. }) => {}
                other => return Ok(other?),
            }
        }
        Err(StoreError::Busy.into())
    }
}
