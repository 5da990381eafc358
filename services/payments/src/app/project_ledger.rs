//! Keeps balances equal to the ledger: each transaction is applied once to the one account or wallet that it changes.

use contracts::Event;
use contracts::payments::LedgerEvent;
use store::{Mark, StoreError};

use crate::app::App;
use crate::domain::account::{SellerAccount, touched, wallet_change};
use crate::domain::wallet::Wallet;
use crate::error::Error;

/// The group that the inbox marks are of.
pub(crate) const GROUP: &str = "payments.balances";

impl App {
    /// Applies a transaction to the balance that it changes.
    pub(crate) async fn project(&self, event: &Event) -> Result<(), Error> {
        let posted: LedgerEvent = event.body()?;
        let mark = Some(Mark {
            consumer: GROUP,
            event: event.id,
        });
        let done = if let Some((seller, currency)) = touched(&posted) {
            let account = SellerAccount::new(seller, currency);
            let apply = |account: &mut SellerAccount| {
                account.apply(&posted);
                Ok(())
            };
            self.repo.upsert(&self.repo.accounts, (account, mark), apply).await
        } else if let Some((user, amount)) = wallet_change(&posted) {
            let add = |wallet: &mut Wallet| {
                wallet.add(amount);
                Ok(())
            };
            self.repo
                .upsert(&self.repo.wallets, (Wallet::new(user), mark), add)
                .await
        } else {
            Ok(())
        };
        match done {
            Err(Error::Store(StoreError::AlreadyProcessed)) => Ok(()),
            other => other,
        }
    }
}
