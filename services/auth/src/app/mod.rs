//! Owns what auth's use cases work with. Each use case is a file of its own; none knows HTTP.

pub(crate) mod accounts;
pub(crate) mod change_password;
pub(crate) mod deliver_letters;
pub(crate) mod end_sessions;
pub(crate) mod erase_account;
pub(crate) mod open_session;
pub(crate) mod refresh_session;
pub(crate) mod reset_password;
pub(crate) mod restore_revocations;
pub(crate) mod second_factor;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod upkeep;
pub(crate) mod verify_email;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault, UserId};
use mail::Mailer;
use store::Store;
use tokio::sync::Notify;

use crate::domain::account::Account;
use crate::domain::login::normal;
use crate::error::AuthError;
use crate::guesses::Guesses;
use crate::hasher::Hasher;
use crate::repo::Repo;
use crate::secret::Secret;
use crate::signer::Signer;
use crate::{Config, Deps};

/// Auth in this process; answers other services as [`contracts::auth::Accounts`].
pub struct Local {
    pub(crate) ambient: Ambient,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) repo: Arc<Repo>,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    pub(crate) secret: Arc<Secret>,
    pub(crate) signer: Signer,
    pub(crate) hasher: Hasher,
    pub(crate) guesses: Guesses,
    pub(crate) mailer: Arc<dyn Mailer>,
    /// Wakes the worker that sends letters.
    pub(crate) letters: Notify,
    /// Whether a mark could not be set, so that the ephemeral store must be told again.
    pub(crate) unmarked: AtomicBool,
    pub(crate) config: Config,
}

/// What handlers work with: auth, and the profiles that belong to its accounts.
pub(crate) struct App {
    pub local: Arc<Local>,
    pub users: Arc<dyn UserDirectory>,
}

impl Local {
    pub(crate) async fn open(deps: Deps) -> Result<Self, Fault> {
        let Deps {
            ambient,
            store,
            ephemeral,
            mailer,
            data_dir,
            mut config,
        } = deps;
        config.admins = config.admins.iter().map(|email| normal(email)).collect();
        let secret = Arc::new(Secret::open(&config.secret_path(&data_dir), &ambient)?);
        let repo = Arc::new(Repo::open(&store).await?);
        let signer = Signer::open(repo.clone(), secret.clone(), ambient.clone()).await?;
        let local = Self {
            hasher: Hasher::new(config.hash_queue_max, ambient.clone()),
            guesses: Guesses::new(ephemeral.clone(), secret.clone(), config.signups_per_address_per_hour),
            mailer,
            letters: Notify::new(),
            unmarked: AtomicBool::default(),
            ambient,
            store,
            repo,
            ephemeral,
            secret,
            signer,
            config,
        };
        local.restore_revocations().await?;
        Ok(local)
    }

    pub(crate) fn event(&self, event: &AccountEvent) -> Result<Event, Fault> {
        Event::new(&self.ambient, event)
    }

    /// Returns an account that is not erased.
    pub(crate) async fn account_of(&self, user: UserId) -> Result<Account, AuthError> {
        let account = self.repo.accounts.get(user).await?;
        account
            .filter(|a| a.erased_at.is_none())
            .ok_or(AuthError::AccountNotFound)
    }

    /// Tells whether an account moderates: its address is on the list, and proven.
    pub(crate) fn is_admin(&self, account: &Account) -> bool {
        account.email_verified
            && account
                .email
                .as_ref()
                .is_some_and(|email| self.config.admins.contains(email))
    }
}
