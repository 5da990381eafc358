//! Owns the adapter on a Redis server (6.2 or newer, or what speaks like it), shared by all processes that name the same
//! prefix. Refuses to be the only copy of anything: a flush of the server costs a pause, never a loss.
//!
//! Each entry is one key, each change one command or one script, and the time of every end is the server's. One
//! connection carries commands, another hears channels; both come back by themselves, and no answer is waited for
//! longer than `RedisOptions::answer_within`.

mod fitness;
mod hearing;
mod link;
mod scripts;

use std::sync::Arc;
use std::time::Duration;

use ::redis::{Client, IntoConnectionInfo as _, ProtocolVersion, RedisError, Script, ScriptInvocation, cmd, pipe};
use async_trait::async_trait;
use bytes::Bytes;
use kernel::{Ambient, Timestamp};
use tokio::task::AbortHandle;

pub use self::fitness::{Fitness, examine};
use self::hearing::Hearing;
use self::link::Link;
use self::scripts::Scripts;
use crate::limits::{BUCKET_KEPT_MAX, TOKEN_ROUNDING, check_key, check_value};
use crate::port::{LOG_ENTRIES_MAX, MEMBERS_MAX};
use crate::{Bucket, Ephemeral, EphemeralError, Fence, Subscriber};

/// A longer TTL is this one: a hundred years. The server's arithmetic ends some way beyond.
const TTL_MAX: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
/// How long the last fence of a name is remembered after its lease: a server's clock may be set back by this much.
const FENCE_KEPT: Duration = Duration::from_secs(24 * 3600);
/// Clocks further apart than this are warned of: timers are set by one and claimed by the other.
const SKEW_MAX: Duration = Duration::from_secs(1);
/// The pause between attempts to reach the server at the start.
const START_PAUSE: Duration = Duration::from_millis(100);
/// Stands before the bytes of a value, so that none looks like a counter.
const VALUE_MARK: u8 = b'=';

/// How to use the server.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// Stands before every key and channel. Processes with the same prefix share everything. Default `aichat`.
    pub prefix: String,
    /// The longest that a call takes; then it fails and the connection is replaced. Default 2 s.
    pub answer_within: Duration,
    /// The longest that `open` waits for a server that does not answer yet. Default 10 s.
    pub start_within: Duration,
    /// How often the hearing connection is asked whether it lives. One that is silent is replaced after this and
    /// `answer_within`. Default 2 s.
    pub beat: Duration,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            prefix: "aichat".into(),
            answer_within: Duration::from_secs(2),
            start_within: Duration::from_secs(10),
            beat: Duration::from_secs(2),
        }
    }
}

/// Keeps everything in a Redis server.
pub struct RedisEphemeral {
    prefix: String,
    link: Link,
    scripts: Scripts,
    hearing: Arc<Hearing>,
    heard: AbortHandle,
}

impl RedisEphemeral {
    /// Connects to the server at `url` (`redis://[user:password@]host:port[/database]`). Fails when the URL is wrong, or
    /// nothing answers within `start_within`.
    pub async fn open(url: &str, options: RedisOptions, ambient: Ambient) -> Result<Arc<Self>, EphemeralError> {
        let client = client(url)?;
        let link = Link::new(client.clone(), options.answer_within)?;
        let hearing = Hearing::new(format!("{}:channel:", options.prefix), options.clone());
        reach(&link, options.start_within, &ambient).await?;
        let heard = tokio::spawn(hearing.clone().run(client, ambient)).abort_handle();
        Ok(Arc::new(Self {
            prefix: options.prefix,
            link,
            scripts: Scripts::default(),
            hearing,
            heard,
        }))
    }

    /// Hears no channel any more, and ends every subscriber once it has read what waits for it.
    pub fn close(&self) {
        self.heard.abort();
        self.hearing.close();
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Begins the call of a script on its one key.
    fn call<'a>(&self, script: &'a Script, kind: &str, name: &str) -> ScriptInvocation<'a> {
        script.key(self.key(kind, name))
    }
}

impl Drop for RedisEphemeral {
    fn drop(&mut self) {
        self.close();
    }
}

/// Prepares what connects to the server at `url`.
fn client(url: &str) -> Result<Client, EphemeralError> {
    let info = url.into_connection_info().map_err(unavailable)?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings)).map_err(unavailable)
}

/// Waits until the server answers, and compares its clock with ours.
async fn reach(link: &Link, within: Duration, ambient: &Ambient) -> Result<(), EphemeralError> {
    let end = tokio::time::Instant::now() + within;
    let (seconds, micros): (i64, i64) = loop {
        match link.again(&cmd("TIME")).await {
            Ok(time) => break time,
            Err(e) if tokio::time::Instant::now() >= end => return Err(e),
            Err(_) => tokio::time::sleep(START_PAUSE).await,
        }
    };
    let (ours, theirs) = (ambient.now(), Timestamp::from_millis(seconds * 1_000 + micros / 1_000));
    let skew = ours.since(theirs).max(theirs.since(ours));
    if skew > SKEW_MAX {
        tracing::warn!(
            ?skew,
            "the clock of the Redis server is not ours: timers come early or late by this"
        );
    }
    Ok(())
}

fn unavailable(e: RedisError) -> EphemeralError {
    EphemeralError(e.to_string())
}

/// Tells whether a script of ours answered with this error.
fn is_ours(e: &RedisError) -> bool {
    e.code() == Some("NOTACOUNTER")
}

fn silent(within: Duration) -> EphemeralError {
    EphemeralError(format!("no answer within {} ms", within.as_millis()))
}

/// Returns whole milliseconds; a TTL under one is one.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.min(TTL_MAX).as_millis()).unwrap_or(u64::MAX).max(1)
}

/// Marks a value.
fn marked(value: &Bytes) -> Vec<u8> {
    let mut marked = Vec::with_capacity(value.len() + 1);
    marked.push(VALUE_MARK);
    marked.extend_from_slice(value);
    marked
}

/// Returns a value without its mark, or a counter as its digits.
fn unmarked(stored: Vec<u8>) -> Bytes {
    let mut bytes = Bytes::from(stored);
    if bytes.first() == Some(&VALUE_MARK) {
        bytes.split_off(1)
    } else {
        bytes.split_off(0)
    }
}

#[async_trait]
impl Ephemeral for RedisEphemeral {
    async fn set(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), EphemeralError> {
        check_key(key)?;
        check_value(&value)?;
        let mut set = cmd("SET");
        set.arg(self.key("value", key)).arg(marked(&value));
        self.link.again(set.arg("PX").arg(millis(ttl))).await
    }

    async fn set_if_absent(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool, EphemeralError> {
        check_key(key)?;
        check_value(&value)?;
        let mut set = cmd("SET");
        set.arg(self.key("value", key)).arg(marked(&value));
        let done: Option<String> = self.link.once(set.arg("PX").arg(millis(ttl)).arg("NX")).await?;
        Ok(done.is_some())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, EphemeralError> {
        let stored: Option<Vec<u8>> = self.link.again(cmd("GET").arg(self.key("value", key))).await?;
        Ok(stored.map(unmarked))
    }

    async fn any_exists(&self, keys: &[&str]) -> Result<bool, EphemeralError> {
        if keys.is_empty() {
            return Ok(false);
        }
        // One command for each key: together they could belong to different nodes of a cluster.
        let mut each = pipe();
        for key in keys {
            each.cmd("EXISTS").arg(self.key("value", key));
        }
        let there: Vec<bool> = self.link.all_again(&each).await?;
        Ok(there.contains(&true))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, EphemeralError> {
        let stored: Option<Vec<u8>> = self.link.once(cmd("GETDEL").arg(self.key("value", key))).await?;
        Ok(stored.map(unmarked))
    }

    async fn delete(&self, key: &str) -> Result<(), EphemeralError> {
        self.link.again(cmd("DEL").arg(self.key("value", key))).await
    }

    async fn add(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, EphemeralError> {
        check_key(key)?;
        let mut add = self.call(&self.scripts.add, "value", key);
        self.link.run(add.arg(by).arg(millis(ttl))).await
    }

    async fn lease(&self, name: &str, ttl: Duration) -> Result<Option<Fence>, EphemeralError> {
        check_key(name)?;
        let mut lease = self.call(&self.scripts.lease, "lease", name);
        let fence: Option<u64> = self.link.run(lease.arg(millis(ttl)).arg(millis(FENCE_KEPT))).await?;
        Ok(fence.map(Fence))
    }

    async fn renew(&self, name: &str, fence: Fence, ttl: Duration) -> Result<bool, EphemeralError> {
        let mut renew = self.call(&self.scripts.renew, "lease", name);
        let renew = renew.arg(fence.0).arg(millis(ttl)).arg(millis(FENCE_KEPT));
        self.link.run_again(renew).await
    }

    async fn release(&self, name: &str, fence: Fence) -> Result<(), EphemeralError> {
        let mut release = self.call(&self.scripts.release, "lease", name);
        self.link.run_again(release.arg(fence.0)).await
    }

    async fn spend(&self, key: &str, bucket: Bucket, cost: f64) -> Result<Result<(), Duration>, EphemeralError> {
        check_key(key)?;
        let mut spend = self.call(&self.scripts.spend, "bucket", key);
        spend.arg(bucket.capacity).arg(bucket.per_second).arg(cost);
        let wait: i64 = self
            .link
            .run(spend.arg(TOKEN_ROUNDING).arg(millis(BUCKET_KEPT_MAX)))
            .await?;
        Ok(match wait {
            0 => Ok(()),
            wait => Err(u64::try_from(wait).map_or(Duration::MAX, Duration::from_millis)),
        })
    }

    async fn schedule(&self, set: &str, id: &str, due: Timestamp) -> Result<(), EphemeralError> {
        check_key(set)?;
        check_key(id)?;
        let mut add = cmd("ZADD");
        add.arg(self.key("timers", set)).arg(due.millis()).arg(id);
        self.link.again(&add).await
    }

    async fn claim_due(&self, set: &str, limit: usize, lease: Duration) -> Result<Vec<String>, EphemeralError> {
        let mut claim = self.call(&self.scripts.claim_due, "timers", set);
        self.link.run(claim.arg(limit).arg(millis(lease))).await
    }

    async fn done(&self, set: &str, id: &str) -> Result<(), EphemeralError> {
        self.link.again(cmd("ZREM").arg(self.key("timers", set)).arg(id)).await
    }

    async fn join(&self, set: &str, member: &str, ttl: Duration) -> Result<bool, EphemeralError> {
        check_key(set)?;
        check_key(member)?;
        let mut join = self.call(&self.scripts.join, "set", set);
        self.link.run(join.arg(member).arg(millis(ttl))).await
    }

    async fn leave(&self, set: &str, member: &str) -> Result<bool, EphemeralError> {
        let mut leave = self.call(&self.scripts.leave, "set", set);
        self.link.run(leave.arg(member)).await
    }

    async fn members(&self, set: &str) -> Result<Vec<String>, EphemeralError> {
        let mut members = self.call(&self.scripts.members, "set", set);
        self.link.run_again(members.arg(MEMBERS_MAX)).await
    }

    async fn push(&self, log: &str, entry: Bytes, ttl: Duration) -> Result<u64, EphemeralError> {
        check_key(log)?;
        check_value(&entry)?;
        let mut push = self.call(&self.scripts.push, "log", log);
        push.arg(&*entry).arg(millis(ttl));
        self.link.run(push.arg(LOG_ENTRIES_MAX)).await
    }

    async fn entries(&self, log: &str) -> Result<Vec<Bytes>, EphemeralError> {
        let mut range = cmd("LRANGE");
        range.arg(self.key("log", log)).arg(0).arg(-1);
        let entries: Vec<Vec<u8>> = self.link.again(&range).await?;
        Ok(entries.into_iter().map(Bytes::from).collect())
    }

    async fn publish(&self, channel: &str, payload: Bytes) -> Result<(), EphemeralError> {
        check_key(channel)?;
        check_value(&payload)?;
        let mut publish = cmd("PUBLISH");
        publish.arg(self.hearing.name(channel)).arg(&*payload);
        self.link.once(&publish).await
    }

    async fn subscriber(&self) -> Result<Box<dyn Subscriber>, EphemeralError> {
        Ok(Box::new(self.hearing.subscriber()))
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        self.link.again(&cmd("PING")).await
    }
}
