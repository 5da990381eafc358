//! Owns the use cases that touch more than the profile alone.

pub(crate) mod archive;
mod avatar;
mod people;
mod reports;

use std::sync::Arc;
use std::time::Duration;

use contracts::auth::Accounts;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::own_data::OwnData;
use contracts::user::UserDirectory as _;
use ephemeral::Ephemeral;
use kernel::{Ambient, ErrorCode, Fault};
use store::{Collection, StoreError};
use tokio_util::sync::CancellationToken;

use crate::domain::report::ReportDoc;
use crate::repo::Profiles;
use crate::{Config, Deps};

pub(crate) use reports::Verdict;

/// How often unfinished sign-ups are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// What handlers and consumers work with.
pub(crate) struct App {
    pub(crate) profiles: Profiles,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) relationships: Arc<dyn Relationships>,
    media: Arc<dyn MediaLibrary>,
    reports: Collection<ReportDoc>,
    ephemeral: Arc<dyn Ephemeral>,
    /// Whose answers make up an archive, by service, in order.
    keepers: Vec<(&'static str, Arc<dyn OwnData>)>,
    ambient: Ambient,
    config: Config,
}

impl App {
    pub(crate) async fn open(deps: &Deps, own: Arc<dyn OwnData>) -> Result<Self, StoreError> {
        let others = deps.own_data.iter().cloned();
        Ok(Self {
            ephemeral: deps.ephemeral.clone(),
            keepers: std::iter::once(("user", own)).chain(others).collect(),
            profiles: Profiles::open(&deps.store, deps.ambient.clone()).await?,
            reports: Collection::open(&deps.store).await?,
            accounts: deps.accounts.clone(),
            relationships: deps.relationships.clone(),
            media: deps.media.clone(),
            ambient: deps.ambient.clone(),
            config: deps.config.clone(),
        })
    }

    /// Frees handles whose sign-up never finished, until `stop`. A claim whose account does exist is activated instead.
    pub(crate) async fn sweep_claims(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(SWEEP_EVERY) => self.sweep_claims_once().await?,
            }
        }
    }

    pub(crate) async fn sweep_claims_once(&self) -> Result<(), Fault> {
        let before = self.ambient.now() - Duration::from_secs(self.config.claim_ttl_seconds);
        for claim in self.profiles.stale_claims(before).await? {
            match self.accounts.account(claim.id).await {
                Ok(_) => self.profiles.activate(claim.id).await?,
                Err(fault) if fault.kind == ErrorCode::NotFound => self.profiles.release(claim.id).await?,
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }
}
