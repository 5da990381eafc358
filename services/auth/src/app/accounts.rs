//! Owns auth's answers to other services in this process.

use async_trait::async_trait;
use contracts::auth::{AccountSummary, Accounts};
use kernel::{Fault, SessionId, UserId};

use super::Local;

#[async_trait]
impl Accounts for Local {
    async fn jwks(&self) -> Result<String, Fault> {
        serde_json::to_string(&self.signer.key_set().await?).map_err(Fault::internal)
    }

    async fn account(&self, user: UserId) -> Result<AccountSummary, Fault> {
        let account = self.account_of(user).await?;
        Ok(AccountSummary {
            email: account.email.unwrap_or_default(),
            email_verified: account.email_verified,
            totp_enabled: account.factor.is_some(),
        })
    }

    async fn has_ended(&self, user: UserId, session: SessionId) -> Result<bool, Fault> {
        Ok(!self.is_living(user, session).await?)
    }

    async fn erase(&self, user: UserId, password: &str) -> Result<(), Fault> {
        Ok(self.erase_account(user, password).await?)
    }

    async fn ban(&self, user: UserId, reason: &str) -> Result<(), Fault> {
        Ok(self.ban_account(user, reason).await?)
    }
}
