//! Owns auth's collections and the questions asked of them. Refuses to decide anything.

use std::sync::Arc;

use kernel::{Fault, Page, SessionId, Timestamp, UserId};
use store::{Collection, Document, Index, Query, Spec, Store, StoreError};

use crate::domain::account::Account;
use crate::domain::letter::Letter;
use crate::domain::session::Session;
use crate::domain::signing_key::SigningKey;

/// The unique index that keeps an e-mail address to one account.
pub(crate) const EMAIL_INDEX: &str = "email";
/// How many documents a sweep takes at a time.
pub(crate) const BATCH: usize = 200;
/// More keys than these never exist: one signs, one comes, a few go.
const KEYS_MAX: usize = 100;

impl Document for Account {
    const COLLECTION: &'static str = "accounts";
    const INDEXES: &'static [Index] = &[
        Index::unique(EMAIL_INDEX, &["email"]),
        Index::plain("banned", &["bannedAt"]),
        Index::plain("erased", &["erasedAt"]),
        Index::plain("voided", &["voidedAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Document for Session {
    const COLLECTION: &'static str = "sessions";
    const INDEXES: &'static [Index] = &[
        Index::plain("live", &["userId", "liveSince"]),
        Index::plain("user", &["userId"]),
        Index::plain("expiry", &["expiresAt"]),
        Index::plain("revoked", &["revokedAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Document for Letter {
    const COLLECTION: &'static str = "letters";
    const INDEXES: &'static [Index] = &[
        Index::plain("due", &["mailDue"]),
        Index::plain("user", &["userId"]),
        Index::plain("expiry", &["expiresAt"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Document for SigningKey {
    const COLLECTION: &'static str = "signing_keys";
    const INDEXES: &'static [Index] = &[Index::unique("series", &["series"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Account>(),
    Spec::of::<Session>(),
    Spec::of::<Letter>(),
    Spec::of::<SigningKey>(),
];

/// Everything auth keeps.
pub(crate) struct Repo {
    pub accounts: Collection<Account>,
    pub sessions: Collection<Session>,
    pub letters: Collection<Letter>,
    pub keys: Collection<SigningKey>,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            accounts: Collection::open(store).await?,
            sessions: Collection::open(store).await?,
            letters: Collection::open(store).await?,
            keys: Collection::open(store).await?,
        })
    }

    pub(crate) async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        self.accounts.find_one(Query::on(EMAIL_INDEX).eq(email)).await
    }

    /// Returns a page of the accounts banned since `since`.
    pub(crate) async fn banned_since(&self, since: Timestamp, cursor: Option<&str>) -> Result<Page<Account>, Fault> {
        self.accounts
            .page(Query::on("banned").at_least(since).limit(BATCH), cursor)
            .await
    }

    /// Returns a page of the accounts erased since `since`.
    pub(crate) async fn erased_since(&self, since: Timestamp, cursor: Option<&str>) -> Result<Page<Account>, Fault> {
        self.accounts
            .page(Query::on("erased").at_least(since).limit(BATCH), cursor)
            .await
    }

    /// Returns accounts with sessions still to be ended since before `before`.
    pub(crate) async fn voided_before(&self, before: Timestamp) -> Result<Vec<Account>, StoreError> {
        self.accounts
            .find(Query::on("voided").less_than(before).limit(BATCH))
            .await
    }

    /// Returns what is left of accounts erased before `before`.
    pub(crate) async fn erased_before(&self, before: Timestamp) -> Result<Vec<Account>, StoreError> {
        self.accounts
            .find(Query::on("erased").less_than(before).limit(BATCH))
            .await
    }

    /// Returns a person's living sessions, oldest first.
    pub(crate) async fn live_sessions(&self, user: UserId, limit: usize) -> Result<Vec<Session>, StoreError> {
        self.sessions.find(Query::on("live").eq(user).limit(limit)).await
    }

    /// Returns a page of a person's living sessions, newest first.
    pub(crate) async fn live_page(
        &self,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Session>, Fault> {
        self.sessions
            .page(Query::on("live").eq(user).descending().limit(limit), cursor)
            .await
    }

    /// Returns all sessions of a person, ended ones too.
    pub(crate) async fn all_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.sessions.find(Query::on("user").eq(user).limit(BATCH)).await
    }

    /// Returns a page of the sessions that ended before their time since `since`.
    pub(crate) async fn revoked_since(&self, since: Timestamp, cursor: Option<&str>) -> Result<Page<Session>, Fault> {
        self.sessions
            .page(Query::on("revoked").at_least(since).limit(BATCH), cursor)
            .await
    }

    /// Returns sessions that nobody needs any more: expired, or ended before `ended_before`.
    pub(crate) async fn dead_sessions(
        &self,
        now: Timestamp,
        ended_before: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let expired = self
            .sessions
            .find(Query::on("expiry").less_than(now).limit(BATCH))
            .await?;
        let ended = self
            .sessions
            .find(Query::on("revoked").less_than(ended_before).limit(BATCH))
            .await?;
        Ok(expired.into_iter().chain(ended).map(|s| s.id).collect())
    }

    /// Returns letters whose mail is due, most overdue first.
    pub(crate) async fn due_letters(&self, now: Timestamp, limit: usize) -> Result<Vec<Letter>, StoreError> {
        self.letters.find(Query::on("due").at_most(now).limit(limit)).await
    }

    /// Returns letters to a person.
    pub(crate) async fn letters_to(&self, user: UserId) -> Result<Vec<Letter>, StoreError> {
        self.letters.find(Query::on("user").eq(user).limit(BATCH)).await
    }

    /// Returns letters whose tokens have expired.
    pub(crate) async fn expired_letters(&self, now: Timestamp) -> Result<Vec<Letter>, StoreError> {
        self.letters.find(Query::on("expiry").less_than(now).limit(BATCH)).await
    }

    /// Returns all signing keys.
    pub(crate) async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        self.keys.find(Query::on("series").limit(KEYS_MAX)).await
    }
}
