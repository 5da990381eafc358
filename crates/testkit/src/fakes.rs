//! Owns fakes of the contract traits: small, in memory, told what to answer.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use contracts::ai_chat_host::{AgentDirectory, AgentSummary};
use contracts::auth::{AccountSummary, Accounts};
use contracts::friendship::{Relation, Relationships, pair_key};
use contracts::media::{AssetKind, AssetStatus, AssetView, MediaLibrary};
use contracts::user::{Privacy, Profile, UserDirectory};
use kernel::{AgentId, Ambient, AssetId, ErrorCode, Fault, Page, SessionId, Timestamp, UserId};
use parking_lot::Mutex;

/// Profiles that a test names.
pub struct FakeUsers {
    ambient: Ambient,
    profiles: Mutex<HashMap<UserId, Profile>>,
    privacy: Mutex<HashMap<UserId, Privacy>>,
}

impl FakeUsers {
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            profiles: Mutex::default(),
            privacy: Mutex::default(),
        }
    }

    /// Adds a person with this handle and returns the id.
    pub fn add(&self, handle: &str) -> UserId {
        let id = self.ambient.id();
        self.profiles.lock().insert(id, self.profile(id, handle, handle));
        id
    }

    /// Sets a person's privacy.
    pub fn set_privacy(&self, id: UserId, privacy: Privacy) {
        self.privacy.lock().insert(id, privacy);
    }

    fn profile(&self, id: UserId, handle: &str, name: &str) -> Profile {
        Profile {
            id,
            handle: handle.into(),
            display_name: name.into(),
            bio: String::new(),
            avatar_url: None,
            created_at: self.ambient.now(),
        }
    }
}

#[async_trait]
impl UserDirectory for FakeUsers {
    async fn profiles(&self, ids: &[UserId]) -> Result<Vec<Profile>, Fault> {
        let profiles = self.profiles.lock();
        Ok(ids.iter().filter_map(|id| profiles.get(id).cloned()).collect())
    }
    async fn by_handle(&self, handle: &str) -> Result<Option<Profile>, Fault> {
        Ok(self.profiles.lock().values().find(|p| p.handle == handle).cloned())
    }
    async fn privacy(&self, id: UserId) -> Result<Privacy, Fault> {
        Ok(self.privacy.lock().get(&id).copied().unwrap_or_default())
    }
    async fn claim(&self, id: UserId, handle: &str, display_name: &str) -> Result<Profile, Fault> {
        let profile = self.profile(id, handle, display_name);
        let mut profiles = self.profiles.lock();
        if profiles.values().any(|p| p.handle == handle && p.id != id) {
            return Err(Fault::new(
                ErrorCode::Conflict,
                "user.handle_taken",
                "The handle is taken.",
            ));
        }
        profiles.insert(id, profile.clone());
        Ok(profile)
    }
    async fn activate(&self, _: UserId) -> Result<(), Fault> {
        Ok(())
    }
    async fn release(&self, id: UserId) -> Result<(), Fault> {
        self.profiles.lock().remove(&id);
        Ok(())
    }
}

/// Friendships and blocks that a test sets.
#[derive(Default)]
pub struct FakeRelationships {
    friends: Mutex<HashSet<(UserId, UserId)>>,
    blocks: Mutex<Vec<(UserId, UserId)>>,
}

impl FakeRelationships {
    /// Makes two people friends.
    pub fn befriend(&self, a: UserId, b: UserId) {
        self.friends.lock().extend([(a, b), (b, a)]);
    }
    /// Makes `by` block `other`.
    pub fn set_blocked(&self, by: UserId, other: UserId) {
        self.blocks.lock().push((by, other));
    }
}

#[async_trait]
impl Relationships for FakeRelationships {
    async fn relations(&self, user: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        let (friends, blocks) = (self.friends.lock(), self.blocks.lock());
        let relation = |&other: &UserId| Relation {
            friends: friends.contains(&(user, other)),
            blocked: blocks.iter().any(|(a, b)| pair_key(*a, *b) == pair_key(user, other)),
        };
        Ok(others.iter().map(relation).collect())
    }
    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        Ok(self
            .friends
            .lock()
            .iter()
            .filter(|(a, _)| *a == user)
            .map(|(_, b)| *b)
            .take(limit)
            .collect())
    }
    async fn friends_page(&self, user: UserId, limit: usize, _: Option<&str>) -> Result<Page<UserId>, Fault> {
        Ok(Page {
            items: self.friends(user, limit).await?,
            next_cursor: None,
        })
    }
    async fn block(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.set_blocked(user, other);
        self.friends
            .lock()
            .retain(|pair| *pair != (user, other) && *pair != (other, user));
        Ok(())
    }
    async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.blocks.lock().retain(|pair| *pair != (user, other));
        Ok(())
    }
    async fn parted(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        let blocks = self.blocks.lock();
        let theirs = blocks.iter().filter(|(by, other)| user == *by || user == *other);
        let parted: HashSet<UserId> = theirs
            .map(|(by, other)| if *by == user { *other } else { *by })
            .collect();
        Ok(parted.into_iter().take(limit).collect())
    }
    async fn blocks(&self, user: UserId, limit: usize, _: Option<&str>) -> Result<Page<(UserId, Timestamp)>, Fault> {
        let blocks = self.blocks.lock();
        let mine = blocks
            .iter()
            .filter(|(by, _)| *by == user)
            .map(|(_, other)| (*other, Timestamp::default()));
        Ok(Page {
            items: mine.take(limit).collect(),
            next_cursor: None,
        })
    }
}

/// Agents that a test names; everybody may use them.
pub struct FakeAgents {
    ambient: Ambient,
    agents: Mutex<HashMap<AgentId, AgentSummary>>,
}

impl FakeAgents {
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            agents: Mutex::default(),
        }
    }
    /// Adds an agent with this handle and returns its id.
    pub fn add(&self, handle: &str) -> AgentId {
        let id = self.ambient.id();
        self.agents.lock().insert(
            id,
            AgentSummary {
                id,
                handle: handle.into(),
                name: handle.into(),
            },
        );
        id
    }
}

#[async_trait]
impl AgentDirectory for FakeAgents {
    async fn agents(&self, ids: &[AgentId]) -> Result<Vec<AgentSummary>, Fault> {
        let agents = self.agents.lock();
        Ok(ids.iter().filter_map(|id| agents.get(id).cloned()).collect())
    }
    async fn may_use(&self, _: UserId, agent: AgentId) -> Result<bool, Fault> {
        Ok(self.agents.lock().contains_key(&agent))
    }
}

/// An auth service without keys: no token holds, every account is `<id>@example.org`.
#[derive(Default)]
pub struct FakeAccounts {
    banned: Mutex<Vec<(UserId, String)>>,
}

impl FakeAccounts {
    /// Returns who was banned and why, in order.
    pub fn banned(&self) -> Vec<(UserId, String)> {
        self.banned.lock().clone()
    }
}

#[async_trait]
impl Accounts for FakeAccounts {
    async fn jwks(&self) -> Result<String, Fault> {
        Ok(r#"{"keys":[]}"#.into())
    }
    async fn account(&self, user: UserId) -> Result<AccountSummary, Fault> {
        Ok(AccountSummary {
            email: format!("{user}@example.org"),
            email_verified: true,
            totp_enabled: false,
        })
    }
    async fn has_ended(&self, _: UserId, _: SessionId) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn erase(&self, _: UserId, password: &str) -> Result<(), Fault> {
        if password == "wrong" {
            return Err(Fault::new(
                ErrorCode::Unauthenticated,
                "auth.bad_credentials",
                "Wrong password.",
            ));
        }
        Ok(())
    }
    async fn ban(&self, user: UserId, reason: &str) -> Result<(), Fault> {
        let mut banned = self.banned.lock();
        if banned.iter().all(|(already, _)| *already != user) {
            banned.push((user, reason.to_owned()));
        }
        Ok(())
    }
}

/// Pictures that a test names.
pub struct FakeMedia {
    ambient: Ambient,
    owners: Mutex<HashMap<AssetId, UserId>>,
    claims: Mutex<BTreeSet<(AssetId, String)>>,
    away: AtomicBool,
}

impl FakeMedia {
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            owners: Mutex::default(),
            claims: Mutex::default(),
            away: AtomicBool::new(false),
        }
    }

    /// Lets nothing be given back from now on, as when media is away.
    pub fn go_away(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// Adds a picture of somebody and returns its id.
    pub fn add(&self, owner: UserId) -> AssetId {
        let id = self.ambient.id();
        self.owners.lock().insert(id, owner);
        id
    }

    /// Returns what uses a picture.
    pub fn users_of(&self, asset: AssetId) -> Vec<String> {
        let claims = self.claims.lock();
        let of = claims.iter().filter(|(id, _)| *id == asset);
        of.map(|(_, used_by)| used_by.clone()).collect()
    }
}

#[async_trait]
impl MediaLibrary for FakeMedia {
    async fn views(&self, ids: &[AssetId]) -> Result<Vec<AssetView>, Fault> {
        let owners = self.owners.lock();
        let view = |id: &AssetId| {
            Some(AssetView {
                id: *id,
                owner_id: *owners.get(id)?,
                kind: AssetKind::Image,
                status: AssetStatus::Ready,
                file_name: "a.png".into(),
                alt: String::new(),
                blurhash: None,
                animated: false,
                variants: Vec::new(),
                expires_at: self.ambient.now(),
            })
        };
        Ok(ids.iter().filter_map(view).collect())
    }
    async fn claim(&self, user: UserId, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        let owners = self.owners.lock();
        if ids.iter().any(|id| owners.get(id) != Some(&user)) {
            return Err(Fault::invalid("mediaIds", "is not there"));
        }
        let claims = ids.iter().map(|id| (*id, used_by.to_owned()));
        self.claims.lock().extend(claims);
        Ok(())
    }
    async fn release(&self, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        if self.away.load(Ordering::Relaxed) {
            return Err(Fault::new(ErrorCode::Unavailable, "media.away", "Media is away."));
        }
        let mut claims = self.claims.lock();
        claims.retain(|(id, by)| !(ids.contains(id) && by == used_by));
        Ok(())
    }
    async fn keep(&self, _: UserId, _: &str, _: Vec<u8>, _: Timestamp) -> Result<AssetId, Fault> {
        Err(Fault::internal("the fake keeps nothing"))
    }
}
