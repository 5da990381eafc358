//! Tops a wallet up: a payment like any other, whose money goes to the wallet when it is there.

use kernel::{Fault, Money, UserId};
use store::{Query, StoreError};

use crate::app::App;
use crate::domain::ids;
use crate::domain::payment::{Payment, Way};
use crate::domain::wallet::{self, Wallet};
use crate::error::Error;

/// Most top-ups of one person that are open at once.
const OPEN_MAX: usize = 10;

impl App {
    /// Begins a top-up for the request `request`; the same request again goes on with it.
    pub(crate) async fn top_up(
        &self,
        user: UserId,
        (amount, method): (Money, &str),
        request: String,
    ) -> Result<Payment, Error> {
        let provider = self.providers.taking(method)?.name();
        if self.repo.payments.get(ids::top_up_of(&request)).await?.is_none() {
            self.permit(user, amount).await?;
        }
        let way = Way {
            provider,
            method,
            request: Some(request.clone()),
        };
        let payment = Payment::of_top_up(user, amount, (way, &request), self.now());
        match self.repo.payments.insert(&payment, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => self.advance(payment.id).await,
            Err(e) => Err(e.into()),
        }
    }

    async fn permit(&self, user: UserId, amount: Money) -> Result<(), Error> {
        let limits = self.config.wallet;
        if !(limits.top_up_min..=limits.top_up_max).contains(&amount.amount) {
            let words = format!("is {} to {}", limits.top_up_min, limits.top_up_max);
            return Err(Error::Invalid(Fault::invalid("amount.amount", words)));
        }
        let wallet = self.repo.wallets.get(user).await?.unwrap_or_else(|| Wallet::new(user));
        if wallet.closed {
            return Err(wallet::Refusal::Closed.into());
        }
        let open = self
            .repo
            .payments
            .find(Query::on("tops_up").eq(user).limit(OPEN_MAX))
            .await?;
        if open.len() >= OPEN_MAX {
            return Err(Error::TooManyTopUps);
        }
        let coming = open.iter().filter(|p| p.amount.currency == amount.currency);
        let coming: i64 = coming.map(|p| p.amount.amount).sum();
        if wallet.balance(amount.currency) + coming > limits.balance_max - amount.amount {
            return Err(Error::WalletFull);
        }
        Ok(())
    }
}
