//! Owns an ephemeral store that can go away, forget and fall silent, as a server does. Refuses to know what is kept in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ephemeral::memory::MemoryEphemeral;
use ephemeral::{Bucket, Ephemeral, EphemeralError, Fence, Subscriber};
use kernel::{Ambient, Timestamp};
use parking_lot::RwLock;

/// A store in memory behind a door that a test may shut.
pub struct AbsentEphemeral {
    ambient: Ambient,
    kept: RwLock<Arc<MemoryEphemeral>>,
    away: AtomicBool,
    silent: AtomicBool,
}

impl AbsentEphemeral {
    /// Starts there, and empty.
    pub fn new(ambient: Ambient) -> Arc<Self> {
        Arc::new(Self {
            kept: RwLock::new(MemoryEphemeral::new(ambient.clone())),
            away: AtomicBool::default(),
            silent: AtomicBool::default(),
            ambient,
        })
    }

    /// Goes away, so that every call fails, or comes back.
    pub fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Accepts every call from now on and answers none, as a server that hangs.
    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// Forgets everything, as FLUSHALL does.
    pub fn forget(&self) {
        *self.kept.write() = MemoryEphemeral::new(self.ambient.clone());
    }

    async fn here(&self) -> Result<Arc<MemoryEphemeral>, EphemeralError> {
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        match self.away.load(Ordering::SeqCst) {
            true => Err(EphemeralError("it is away".into())),
            false => Ok(self.kept.read().clone()),
        }
    }
}

macro_rules! behind_the_door {
    ($($method:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Ephemeral for AbsentEphemeral {
            $(async fn $method(&self, $($arg: $type),*) -> Result<$result, EphemeralError> {
                self.here().await?.$method($($arg),*).await
            })*
        }
    };
}

behind_the_door! {
    set(key: &str, value: Bytes, ttl: Duration) -> ();
    set_if_absent(key: &str, value: Bytes, ttl: Duration) -> bool;
    get(key: &str) -> Option<Bytes>;
    any_exists(keys: &[&str]) -> bool;
    take(key: &str) -> Option<Bytes>;
    delete(key: &str) -> ();
    add(key: &str, by: i64, ttl: Duration) -> i64;
    lease(name: &str, ttl: Duration) -> Option<Fence>;
    renew(name: &str, fence: Fence, ttl: Duration) -> bool;
    release(name: &str, fence: Fence) -> ();
    spend(key: &str, bucket: Bucket, cost: f64) -> Result<(), Duration>;
    schedule(set: &str, id: &str, due: Timestamp) -> ();
    claim_due(set: &str, limit: usize, lease: Duration) -> Vec<String>;
    done(set: &str, id: &str) -> ();
    join(set: &str, member: &str, ttl: Duration) -> bool;
    leave(set: &str, member: &str) -> bool;
    members(set: &str) -> Vec<String>;
    push(log: &str, entry: Bytes, ttl: Duration) -> u64;
    entries(log: &str) -> Vec<Bytes>;
    publish(channel: &str, payload: Bytes) -> ();
    subscriber() -> Box<dyn Subscriber>;
    ping() -> ();
}
