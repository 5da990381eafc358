//! Owns an asset: what is known of a file, what is to be done with it next, and who uses it. Refuses to know where bytes lie.

use std::time::Duration;

use contracts::media::{AssetKind, AssetStatus};
use kernel::{AssetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Things that may use one asset.
pub(crate) const CLAIMS_MAX: usize = 1_000;
/// Longest name of what uses an asset, in bytes.
pub(crate) const CLAIM_BYTES_MAX: usize = 100;
/// How the names of claims begin that show a file to everybody as a person's picture.
pub(crate) const AVATAR: &str = "avatar:";
/// How often work that ended with its process is begun again.
pub(crate) const ATTEMPTS_MAX: u32 = 3;

/// A run of bytes that lies in the object store under a random name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// Its name below the asset's folder.
    #[serde(rename = "k")]
    pub(crate) key: String,
    /// Its bytes.
    #[serde(rename = "n")]
    pub(crate) bytes: u64,
}

/// A size of an asset that may be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) pieces: Vec<Piece>,
}

impl Variant {
    pub(crate) fn bytes(&self) -> u64 {
        self.pieces.iter().map(|p| p.bytes).sum()
    }

    /// Returns a strong entity tag: pieces are never written anew under the same name.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.pieces.first().map_or("", |p| &p.key))
    }
}

/// What a worker is to do with an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Look what it is and make its sizes.
    Look,
    /// Take its bytes away, then itself.
    Remove,
}

/// Work that waits, or is being done until `at` by who has `lease`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) step: Step,
    pub(crate) lease: Option<String>,
    pub(crate) attempts: u32,
}

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asset {
    pub(crate) id: AssetId,
    pub(crate) owner_id: UserId,
    pub(crate) kind: AssetKind,
    pub(crate) status: AssetStatus,
    pub(crate) file_name: String,
    pub(crate) alt: String,
    pub(crate) blurhash: Option<String>,
    pub(crate) animated: bool,
    /// Bytes that count in the owner's quota: those that were uploaded. Zero for what the product made.
    pub(crate) counted: u64,
    /// As it came, until it has been looked at.
    pub(crate) source: Vec<Piece>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) claims: Vec<String>,
    /// Why it was rejected.
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Timestamp,
    /// The owner, as long as it is there for them.
    pub(crate) listed: Option<UserId>,
    pub(crate) work: Option<Work>,
    /// When the work may be taken up.
    pub(crate) due_at: Option<Timestamp>,
    /// When it is swept, since nothing uses it.
    pub(crate) orphan_at: Option<Timestamp>,
}

impl Document for Asset {
    const COLLECTION: &'static str = "assets";
    const INDEXES: &'static [Index] = &[
        Index::plain("listed", &["listed"]),
        Index::plain("due", &["dueAt"]),
        Index::plain("orphan", &["orphanAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What comes in.
pub(crate) struct Arrival {
    pub(crate) id: AssetId,
    pub(crate) owner_id: UserId,
    pub(crate) kind: AssetKind,
    pub(crate) file_name: String,
    pub(crate) alt: String,
    pub(crate) source: Vec<Piece>,
}

impl Asset {
    /// An asset that is all there, to be looked at now.
    pub(crate) fn arrived(arrival: Arrival, now: Timestamp, orphan_at: Timestamp) -> Self {
        Self {
            id: arrival.id,
            owner_id: arrival.owner_id,
            kind: arrival.kind,
            status: AssetStatus::Uploaded,
            file_name: arrival.file_name,
            alt: arrival.alt,
            blurhash: None,
            animated: false,
            counted: arrival.source.iter().map(|p| p.bytes).sum(),
            source: arrival.source,
            variants: Vec::new(),
            claims: Vec::new(),
            reason: None,
            created_at: now,
            listed: Some(arrival.owner_id),
            work: Some(Work::waiting(Step::Look)),
            due_at: Some(now),
            orphan_at: Some(orphan_at),
        }
    }

    /// Tells whether it is there for people: not being removed.
    pub(crate) fn is_there(&self) -> bool {
        self.listed.is_some()
    }

    /// Returns what is shown when somebody has this as their picture: its smallest size. None when nobody has, or it is no picture.
    pub(crate) fn avatar(&self) -> Option<&Variant> {
        let is_shown = self.claims.iter().any(|claim| claim.starts_with(AVATAR));
        let shown = self.is_ready() && self.kind == AssetKind::Image && is_shown;
        let small = || self.variants.iter().min_by_key(|variant| variant.width);
        shown.then(small).flatten()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.is_there() && self.status == AssetStatus::Ready
    }

    /// Takes it from everybody; a worker removes its bytes. False when that was done before.
    pub(crate) fn remove(&mut self, now: Timestamp) -> bool {
        if !self.is_there() {
            return false;
        }
        // Who is looking at it may still write an object; it is removed when nobody can.
        let leased = self.work.as_ref().is_some_and(|w| w.lease.is_some());
        let free_at = self.due_at.filter(|at| leased && *at > now).unwrap_or(now);
        self.listed = None;
        self.orphan_at = None;
        self.work = Some(Work::waiting(Step::Remove));
        self.due_at = Some(free_at);
        true
    }

    /// Takes the work up under `lease` until `now + life`. `None` when there is none to be taken now.
    pub(crate) fn take_up(&mut self, lease: &str, now: Timestamp, life: Duration) -> Option<Step> {
        let work = self.work.as_mut()?;
        if self.due_at? > now {
            return None;
        }
        work.lease = Some(lease.to_owned());
        work.attempts = work.attempts.saturating_add(1);
        self.due_at = Some(now + life);
        Some(work.step)
    }

    /// Tells whether the work is still with who has `lease`.
    pub(crate) fn is_leased(&self, lease: &str) -> bool {
        self.work.as_ref().is_some_and(|w| w.lease.as_deref() == Some(lease))
    }

    /// Tells whether its work has ended with its process too often: something in it kills who looks.
    pub(crate) fn is_deadly(&self) -> bool {
        self.work
            .as_ref()
            .is_some_and(|w| w.step == Step::Look && w.attempts > ATTEMPTS_MAX)
    }

    /// Puts the work back, since somebody else failed who is not to blame on the file.
    pub(crate) fn put_back(&mut self, at: Timestamp) {
        if let Some(work) = &mut self.work {
            work.lease = None;
            work.attempts = work.attempts.saturating_sub(1);
            self.due_at = Some(at);
        }
    }

    /// Ends the looking: it may not be used, and its bytes go.
    pub(crate) fn reject(&mut self, reason: &str) {
        self.status = AssetStatus::Rejected;
        self.reason = Some(reason.to_owned());
        self.source.clear();
        self.variants.clear();
        self.done();
    }

    /// Ends the looking.
    pub(crate) fn done(&mut self) {
        self.work = None;
        self.due_at = None;
    }

    /// Notes who uses it. Fails when too many do.
    pub(crate) fn claim(&mut self, used_by: &str) -> Result<(), ()> {
        if !self.claims.iter().any(|c| c == used_by) {
            if self.claims.len() >= CLAIMS_MAX {
                return Err(());
            }
            self.claims.push(used_by.to_owned());
        }
        self.orphan_at = None;
        Ok(())
    }

    /// Notes that something uses it no more; who nobody uses is swept at `orphan_at`. False when it did not use it.
    pub(crate) fn release(&mut self, used_by: &str, orphan_at: Timestamp) -> bool {
        let before = self.claims.len();
        self.claims.retain(|c| c != used_by);
        if self.claims.len() == before {
            return false;
        }
        if self.claims.is_empty() && self.is_there() {
            self.orphan_at = Some(orphan_at);
        }
        true
    }

    /// Returns the names of all its objects.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let variants = self.variants.iter().flat_map(|v| &v.pieces);
        self.source.iter().chain(variants).map(|p| p.key.as_str())
    }
}

impl Work {
    fn waiting(step: Step) -> Self {
        Self {
            step,
            lease: None,
            attempts: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;

    fn asset(ambient: &Ambient) -> Asset {
        let arrival = Arrival {
            id: ambient.id(),
            owner_id: ambient.id(),
            kind: AssetKind::Image,
            file_name: "a.png".into(),
            alt: String::new(),
            source: vec![Piece {
                key: "k".into(),
                bytes: 3,
            }],
        };
        Asset::arrived(arrival, ambient.now(), ambient.now())
    }

    #[test]
    fn work_is_with_one_at_a_time_and_comes_back_when_its_lease_has_run_out() {
        let ambient = Ambient::system();
        let (mut asset, now, life) = (
            asset(&ambient),
            ambient.now() + Duration::from_secs(9),
            Duration::from_secs(60),
        );
        assert_eq!(asset.take_up("a", now, life), Some(Step::Look));
        assert_eq!(asset.take_up("b", now + Duration::from_secs(59), life), None);
        assert_eq!(
            asset.take_up("b", now + Duration::from_secs(60), life),
            Some(Step::Look)
        );
        assert!(!asset.is_leased("a") && asset.is_leased("b"));
        assert!(asset.remove(now) && !asset.is_leased("b") && !asset.remove(now));
        assert_eq!(
            asset.take_up("c", now + life, life),
            None,
            "somebody may still be looking at it"
        );
        assert_eq!(asset.take_up("c", now + life * 2, life), Some(Step::Remove));
    }

    #[test]
    fn what_kills_who_looks_is_given_up_but_outages_do_not_count() {
        let ambient = Ambient::system();
        let (mut asset, mut now, life) = (
            asset(&ambient),
            ambient.now() + Duration::from_secs(9),
            Duration::from_secs(60),
        );
        for _ in 0..10 {
            asset.take_up("a", now, life);
            asset.put_back(now);
        }
        assert!(!asset.is_deadly());
        for _ in 0..=ATTEMPTS_MAX {
            asset.take_up("a", now, life);
            now = now + life;
        }
        assert!(asset.is_deadly());
    }

    proptest! {
        #[test]
        fn it_is_an_orphan_exactly_when_nothing_uses_it(steps in prop::collection::vec((any::<bool>(), 0usize..4), 1..40)) {
            let ambient = Ambient::system();
            let mut asset = asset(&ambient);
            let mut users = std::collections::BTreeSet::new();
            for (claims, who) in steps {
                let name = format!("post:{who}");
                if claims {
                    asset.claim(&name).unwrap();
                    users.insert(who);
                } else {
                    prop_assert_eq!(asset.release(&name, ambient.now()), users.remove(&who));
                }
                prop_assert_eq!(asset.claims.len(), users.len());
                prop_assert_eq!(asset.orphan_at.is_none(), !users.is_empty());
            }
        }
    }
}
