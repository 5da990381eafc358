//! Owns the answers that may be given again: of one person, to the same bytes for the same model, within the time and the
//! memory that the operator allows. In this process alone. Refuses to keep what is not complete, and what belongs to somebody
//! whose account ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contracts::ai_gateway::Principal;
use http::HeaderValue;
use kernel::{Ambient, Timestamp, UserId};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};
use store::StoreError;

use crate::app::Gone;
use crate::config::{CacheConfig, Limits};
use crate::domain::kept::{Keeping, Kept};
use crate::domain::tap::Tap;

/// Which kind of answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Chat,
    Embeddings,
}

impl Route {
    /// Returns its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
        }
    }
}

/// Whose answer it is, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    user: UserId,
    asked: [u8; 32],
}

impl CacheKey {
    /// Names the answer to `body`, in which the model is named as its provider does. Nobody else's request has this name.
    pub(crate) fn of(who: &Principal, route: Route, model: &str, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        let parts = [
            who.user_id.to_string(),
            who.agent_id.map(|id| id.to_string()).unwrap_or_default(),
            who.room_id.map(|id| id.to_string()).unwrap_or_default(),
            route.name().to_owned(),
            model.to_owned(),
        ];
        // Each part says its length first, so that no two lists of parts are the same bytes.
        for part in parts.iter().map(String::as_bytes).chain([body]) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Self {
            user: who.user_id,
            asked: hash.finalize().into(),
        }
    }
}

#[derive(Clone)]
struct Entry {
    kept: Arc<Kept>,
    until: Timestamp,
}

/// The answers of this process.
pub(crate) struct ExactCache {
    entries: Cache<CacheKey, Entry>,
    config: CacheConfig,
    event_bytes_max: usize,
    /// Bytes of answers that are being kept but not complete yet.
    under_way: AtomicUsize,
    gone: Arc<Gone>,
    ambient: Ambient,
}

impl ExactCache {
    /// Begins empty; none when the operator wants no cache.
    pub(crate) fn open(config: CacheConfig, limits: &Limits, gone: Arc<Gone>, ambient: Ambient) -> Option<Arc<Self>> {
        let entries = Cache::builder()
            .max_capacity(u64::try_from(config.bytes_max).unwrap_or(u64::MAX))
            .weigher(|_, entry: &Entry| entry.kept.weight())
            .eviction_policy(EvictionPolicy::lru())
            // Frees memory; whether an answer still holds is told by `until`.
            .time_to_live(config.ttl())
            .support_invalidation_closures()
            .build();
        config.enabled.then(|| {
            Arc::new(Self {
                entries,
                config,
                event_bytes_max: limits.event_bytes_max,
                under_way: AtomicUsize::new(0),
                gone,
                ambient,
            })
        })
    }

    /// Finds an answer. Asks the store whether its owner is gone, which another process may have heard of alone.
    pub(crate) async fn find(&self, key: &CacheKey) -> Result<Option<Arc<Kept>>, StoreError> {
        let Some(entry) = self.entries.get(key) else {
            return Ok(None);
        };
        if self.gone.ending(key.user).await?.is_some() {
            self.forget(key.user);
            return Ok(None);
        }
        if entry.until <= self.ambient.now() {
            self.entries.invalidate(key);
            return Ok(None);
        }
        Ok(Some(entry.kept))
    }

    /// Keeps a whole answer, if it is one.
    pub(crate) fn keep_whole(&self, key: CacheKey, route: Route, content_type: HeaderValue, body: &[u8]) {
        let mut keeping = Keeping::new(self.config.entry_bytes_max);
        if is_answer(route, body) && keeping.add(body).is_ok() {
            self.keep(key, keeping.finish(content_type, false));
        }
    }

    /// Begins to keep a stream.
    pub(crate) fn record(self: &Arc<Self>, key: CacheKey, content_type: HeaderValue) -> Recording {
        Recording {
            tap: Tap::new(self.event_bytes_max),
            keeping: Some(Keeping::new(self.config.entry_bytes_max)),
            taken: 0,
            key,
            content_type,
            cache: self.clone(),
        }
    }

    /// Removes what belongs to a person whose account ended. To be called once [`Gone`] knows it.
    pub(crate) fn forget(&self, user: UserId) {
        // It cannot fail: such closures were switched on.
        if let Err(e) = self.entries.invalidate_entries_if(move |key, _| key.user == user) {
            tracing::error!("answers of an ended account stay for their time: {e}");
        }
        self.settle();
    }

    fn keep(&self, key: CacheKey, kept: Kept) {
        let entry = Entry {
            kept: Arc::new(kept),
            until: self.ambient.now() + self.config.ttl(),
        };
        self.entries.insert(key.clone(), entry);
        // Looked at only now: whichever of the two came last, this or the ending, removes it.
        if self.gone.known(key.user).is_some() {
            self.entries.invalidate(&key);
        }
        self.settle();
    }

    /// Does at once what moka puts off, so that the limit holds exactly.
    fn settle(&self) {
        self.entries.run_pending_tasks();
        metrics::gauge!("ai_cache_bytes").set(self.entries.weighted_size() as f64);
    }

    fn take(&self, bytes: usize) -> bool {
        let taken = self
            .under_way
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                held.checked_add(bytes).filter(|sum| *sum <= self.config.bytes_max)
            });
        taken.is_ok()
    }
}

/// A stream that is being kept. When it is dropped after its end was seen, it is there to be found; else it never was.
pub(crate) struct Recording {
    tap: Tap,
    /// None once it is too long.
    keeping: Option<Keeping>,
    taken: usize,
    key: CacheKey,
    content_type: HeaderValue,
    cache: Arc<ExactCache>,
}

impl Recording {
    /// Adds a frame.
    pub(crate) fn add(&mut self, frame: &[u8]) {
        let Some(mut keeping) = self.keeping.take() else {
            return;
        };
        let cost = Keeping::cost(frame);
        if self.cache.take(cost) {
            self.taken += cost;
            self.tap.watch(frame);
            if keeping.add(frame).is_ok() {
                self.keeping = Some(keeping);
                return;
            }
        }
        // What is not going to be kept takes no room from others.
        drop(keeping);
        self.release();
    }

    fn release(&mut self) {
        let taken = std::mem::take(&mut self.taken);
        self.cache.under_way.fetch_sub(taken, Ordering::Relaxed);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.release();
        if let Some(keeping) = self.keeping.take().filter(|_| self.tap.is_complete()) {
            let kept = keeping.finish(self.content_type.clone(), true);
            self.cache.keep(self.key.clone(), kept);
        }
    }
}

#[derive(Deserialize)]
struct Shape {
    choices: Option<Vec<IgnoredAny>>,
    data: Option<Vec<IgnoredAny>>,
    error: Option<IgnoredAny>,
}

/// Tells whether a body with a good status is an answer: some servers tell their failures with a 200.
fn is_answer(route: Route, body: &[u8]) -> bool {
    let Ok(shape) = serde_json::from_slice::<Shape>(body) else {
        return false;
    };
    let filled = |list: Option<Vec<IgnoredAny>>| list.is_some_and(|list| !list.is_empty());
    shape.error.is_none()
        && match route {
            Route::Chat => filled(shape.choices),
            Route::Embeddings => filled(shape.data),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_elses_request_and_no_other_request_has_the_same_name() {
        let ambient = Ambient::system();
        let who = |user_id| Principal {
            key_id: None,
            user_id,
            agent_id: None,
            room_id: None,
        };
        let (ada, grace) = (who(ambient.id()), who(ambient.id()));
        let agent = Principal {
            agent_id: Some(ambient.id()),
            ..ada.clone()
        };
        let key = CacheKey::of(&ada, Route::Chat, "p/m", b"{}");
        assert_eq!(key, CacheKey::of(&ada, Route::Chat, "p/m", b"{}"));
        for other in [
            CacheKey::of(&grace, Route::Chat, "p/m", b"{}"),
            CacheKey::of(&agent, Route::Chat, "p/m", b"{}"),
            CacheKey::of(&ada, Route::Embeddings, "p/m", b"{}"),
            CacheKey::of(&ada, Route::Chat, "p/m{", b"}"),
            CacheKey::of(&ada, Route::Chat, "p/m", b"{ }"),
        ] {
            assert_ne!(key, other);
        }
    }

    #[test]
    fn a_failure_with_a_good_status_is_no_answer() {
        for (route, body, answer) in [
            (Route::Chat, r#"{"choices":[{}]}"#, true),
            (Route::Chat, r#"{"choices":[{}],"error":null}"#, true),
            (Route::Chat, r#"{"choices":[{}],"error":{"message":"no"}}"#, false),
            (Route::Chat, r#"{"choices":[]}"#, false),
            (Route::Chat, r#"{"data":[{}]}"#, false),
            (Route::Chat, "<html>", false),
            (Route::Embeddings, r#"{"data":[{}]}"#, true),
            (Route::Embeddings, r#"{"choices":[{}]}"#, false),
        ] {
            assert_eq!(is_answer(route, body.as_bytes()), answer, "{body}");
        }
    }
}
