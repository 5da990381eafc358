//! An ephemeral store that accepts what it is asked and never answers: it must not hold up money.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ephemeral::{Bucket, Ephemeral, EphemeralError, Fence, Subscriber};
use kernel::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::limits::asked;
use super::money::a_micro_a_word;
use super::{DEADLINE, Setup, World};

/// Falls silent when it is told to.
struct Silent {
    inner: Arc<dyn Ephemeral>,
    silent: AtomicBool,
}

macro_rules! unless_silent {
    ($($method:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Ephemeral for Silent {
            $(async fn $method(&self, $($arg: $type),*) -> Result<$result, EphemeralError> {
                if self.silent.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                self.inner.$method($($arg),*).await
            })*
        }
    };
}

unless_silent! {
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

#[tokio::test]
async fn money_is_told_while_the_ephemeral_store_is_silent() {
    let world = World::new().await;
    let silent = Arc::new(Silent {
        inner: world.ephemeral(),
        silent: AtomicBool::default(),
    });
    let s = Setup::of(world, a_micro_a_word(), Some(silent.clone())).await;
    s.allow_ada(json!({"microsPerDay": 1_000, "tokensPerMinute": 10_000}))
        .await;
    asked(&s.ada(), 10).await.expect(200);
    silent.silent.store(true, Ordering::SeqCst);
    let worker = tokio::spawn((s.usage.run.clone())(CancellationToken::new()));
    let told = async {
        while s.adas_money().await.0 != 10 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, told).await.unwrap();
    worker.abort();
}
