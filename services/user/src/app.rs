//! Owns the use cases that touch more than the profile alone.

pub(crate) mod archive;
mod avatar;

use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use contracts::auth::Accounts;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::own_data::OwnData;
use contracts::user::{ModerationEvent, Profile, ReportReason, UserDirectory as _};
use ephemeral::Ephemeral;
use kernel::{Ambient, ErrorCode, Fault, Page, ReportId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Collection, Document, Index, Search, StoreError};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::repo::Profiles;
use crate::{Config, Deps};

/// How often unfinished sign-ups are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// A report as it is kept; one for each pair of reporter and subject.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportDoc {
    id: ReportId,
    subject: UserId,
    by: UserId,
    reason: ReportReason,
    detail: String,
    created_at: Timestamp,
}

impl Document for ReportDoc {
    const COLLECTION: &'static str = "reports";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_subject", &["by", "subject"]),
        Index::plain("subject", &["subject", "createdAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

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

    /// Returns a person as `viewer` may see them: a block hides each from the other.
    pub(crate) async fn seen_by(&self, viewer: UserId, id: UserId) -> Result<Profile, Error> {
        let profile = self.profiles.active(id).await?.0.public();
        self.visible(viewer, vec![profile]).await?.pop().ok_or(Error::NotFound)
    }

    /// Finds people by words of their names.
    pub(crate) async fn search(
        &self,
        viewer: UserId,
        words: String,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Profile>, Error> {
        let search = Search {
            index: "words",
            scopes: Vec::new(),
            words,
            limit,
            before: None,
        };
        let page = self
            .profiles
            .docs()
            .search_page(search, cursor)
            .await?
            .map(|doc| doc.public());
        Ok(Page {
            items: self.visible(viewer, page.items).await?,
            next_cursor: page.next_cursor,
        })
    }

    async fn visible(&self, viewer: UserId, profiles: Vec<Profile>) -> Result<Vec<Profile>, Error> {
        let ids: Vec<UserId> = profiles.iter().map(|p| p.id).collect();
        let relations = self.relationships.relations(viewer, &ids).await?;
        Ok(profiles
            .into_iter()
            .zip(relations)
            .filter(|(_, r)| !r.blocked)
            .map(|(p, _)| p)
            .collect())
    }

    /// Notes a report for the moderators; a second one about the same person changes nothing.
    pub(crate) async fn report(
        &self,
        by: UserId,
        subject: UserId,
        reason: ReportReason,
        detail: String,
    ) -> Result<(), Error> {
        if by == subject {
            return Err(Error::Oneself);
        }
        self.profiles.active(subject).await?;
        let id = self.ambient.id();
        let event = Event::new(
            &self.ambient,
            &ModerationEvent::Reported {
                report_id: id,
                subject,
                by,
                reason,
            },
        )?;
        let doc = ReportDoc {
            id,
            subject,
            by,
            reason,
            detail,
            created_at: self.ambient.now(),
        };
        match self.reports.insert(&doc, vec![event]).await {
            Ok(()) | Err(StoreError::Unique { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
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
