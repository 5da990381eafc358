//! Owns the adapter inside one process. Refuses to share with another process and to outlive its own.

mod rack;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::{Ambient, Timestamp};
use parking_lot::Mutex;

use self::rack::{Rack, Shelf};
use crate::channels::Channels;
pub use crate::channels::QUEUE_MAX;
use crate::limits::{BUCKET_KEPT_MAX, TOKEN_ROUNDING, check_key, check_value};
use crate::port::{LOG_ENTRIES_MAX, MEMBERS_MAX};
use crate::{Bucket, Ephemeral, EphemeralError, Fence, Subscriber};

/// Ended members that a join removes from its set.
const SWEEP_MEMBERS_MAX: usize = 4;

enum Value {
    Bytes(Bytes),
    Count(i64),
}

impl Value {
    /// A counter reads as its decimal digits.
    fn bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Count(count) => count.to_string().into(),
        }
    }
}

/// What was in a token bucket, and when.
#[derive(Clone, Copy)]
struct Level {
    tokens: f64,
    at: i64,
}

/// Keeps everything in this process's memory.
pub struct MemoryEphemeral {
    ambient: Ambient,
    values: Shelf<Value>,
    leases: Shelf<Fence>,
    levels: Shelf<Level>,
    sets: Shelf<Rack<()>>,
    logs: Shelf<VecDeque<Bytes>>,
    /// Timers have no end of their own: a rack's ends are their due times here.
    timers: Mutex<HashMap<String, Rack<()>>>,
    channels: Arc<Channels>,
    /// The last fence given. One for all names, from the clock on: it grows for each name, and over a restart too.
    last_fence: AtomicU64,
}

impl MemoryEphemeral {
    /// Starts empty, with time from `ambient`.
    pub fn new(ambient: Ambient) -> Arc<Self> {
        Arc::new(Self {
            last_fence: AtomicU64::new(0),
            ambient,
            values: Shelf::default(),
            leases: Shelf::default(),
            levels: Shelf::default(),
            sets: Shelf::default(),
            logs: Shelf::default(),
            timers: Mutex::default(),
            channels: Arc::default(),
        })
    }

    /// Ends every subscriber once it has read what waits for it.
    pub fn close(&self) {
        self.channels.close();
    }

    /// Returns how many entries are held, ended but not yet swept ones included; for gauges and tests.
    pub fn held(&self) -> usize {
        let timers: usize = self.timers.lock().values().map(Rack::len).sum();
        self.values.len() + self.leases.len() + self.levels.len() + self.sets.len() + self.logs.len() + timers
    }

    fn now(&self) -> i64 {
        self.ambient.now().millis()
    }

    fn next_fence(&self) -> Fence {
        let floor = u64::try_from(self.now()).unwrap_or(0).saturating_mul(1_000);
        let mut next = floor;
        // Relaxed is enough: only the growth of this one number matters.
        let _ = self
            .last_fence
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                next = floor.max(last + 1);
                Some(next)
            });
        Fence(next)
    }
}

impl Drop for MemoryEphemeral {
    fn drop(&mut self) {
        self.channels.close();
    }
}

/// Returns the end of something that begins now; a TTL under a millisecond is one.
fn end(now: i64, ttl: Duration) -> i64 {
    now.saturating_add(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX).max(1))
}

#[async_trait]
impl Ephemeral for MemoryEphemeral {
    async fn set(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), EphemeralError> {
        check_key(key)?;
        check_value(&value)?;
        let now = self.now();
        self.values.write(key, now).put(key, Value::Bytes(value), end(now, ttl));
        Ok(())
    }

    async fn set_if_absent(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool, EphemeralError> {
        check_key(key)?;
        check_value(&value)?;
        let now = self.now();
        let mut rack = self.values.write(key, now);
        let absent = rack.get(key, now).is_none();
        if absent {
            rack.put(key, Value::Bytes(value), end(now, ttl));
        }
        Ok(absent)
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, EphemeralError> {
        let now = self.now();
        Ok(self.values.read(key).get(key, now).map(Value::bytes))
    }

    async fn any_exists(&self, keys: &[&str]) -> Result<bool, EphemeralError> {
        // On every request, and the answer is nearly always no: the clock is asked only for a key that is there.
        Ok(keys
            .iter()
            .any(|key| self.values.read(key).end_of(key).is_some_and(|end| end > self.now())))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, EphemeralError> {
        let now = self.now();
        Ok(self.values.write(key, now).take(key, now).map(|v| v.bytes()))
    }

    async fn delete(&self, key: &str) -> Result<(), EphemeralError> {
        let now = self.now();
        self.values.write(key, now).take(key, now);
        Ok(())
    }

    async fn add(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, EphemeralError> {
        check_key(key)?;
        let now = self.now();
        let mut rack = self.values.write(key, now);
        match rack.get_mut(key, now) {
            Some(Value::Count(count)) => {
                *count = count.saturating_add(by);
                Ok(*count)
            }
            Some(Value::Bytes(_)) => Err(EphemeralError(format!("{key} is not a counter"))),
            None => {
                rack.put(key, Value::Count(by), end(now, ttl));
                Ok(by)
            }
        }
    }

    async fn lease(&self, name: &str, ttl: Duration) -> Result<Option<Fence>, EphemeralError> {
        check_key(name)?;
        let now = self.now();
        let mut rack = self.leases.write(name, now);
        if rack.get(name, now).is_some() {
            return Ok(None);
        }
        // Drawn under the rack's lock, so that of two holders of a name the later has the greater.
        let fence = self.next_fence();
        rack.put(name, fence, end(now, ttl));
        Ok(Some(fence))
    }

    async fn renew(&self, name: &str, fence: Fence, ttl: Duration) -> Result<bool, EphemeralError> {
        let now = self.now();
        let mut rack = self.leases.write(name, now);
        let held = rack.get(name, now) == Some(&fence);
        if held {
            rack.move_end(name, end(now, ttl));
        }
        Ok(held)
    }

    async fn release(&self, name: &str, fence: Fence) -> Result<(), EphemeralError> {
        let now = self.now();
        let mut rack = self.leases.write(name, now);
        if rack.get(name, now) == Some(&fence) {
            rack.take(name, now);
        }
        Ok(())
    }

    async fn spend(&self, key: &str, bucket: Bucket, cost: f64) -> Result<Result<(), Duration>, EphemeralError> {
        check_key(key)?;
        let now = self.now();
        let mut rack = self.levels.write(key, now);
        let level = rack.get(key, now).copied().unwrap_or(Level {
            tokens: bucket.capacity,
            at: now,
        });
        let level = level.refilled(bucket, now);
        let (level, answer) = level.spent(bucket, cost);
        // Once it is full again, there is nothing to remember.
        let full_in = level.until(bucket, bucket.capacity).min(BUCKET_KEPT_MAX);
        rack.put(key, level, end(now, full_in));
        Ok(answer)
    }

    async fn schedule(&self, set: &str, id: &str, due: Timestamp) -> Result<(), EphemeralError> {
        check_key(set)?;
        check_key(id)?;
        self.timers
            .lock()
            .entry(set.to_owned())
            .or_default()
            .put(id, (), due.millis());
        Ok(())
    }

    async fn claim_due(&self, set: &str, limit: usize, lease: Duration) -> Result<Vec<String>, EphemeralError> {
        let now = self.now();
        let mut sets = self.timers.lock();
        let Some(timers) = sets.get_mut(set) else {
            return Ok(Vec::new());
        };
        let due = timers.ended(now, limit);
        for id in &due {
            timers.move_end(id, end(now, lease));
        }
        Ok(due.iter().map(ToString::to_string).collect())
    }

    async fn done(&self, set: &str, id: &str) -> Result<(), EphemeralError> {
        let mut sets = self.timers.lock();
        if let Some(timers) = sets.get_mut(set) {
            timers.take(id, i64::MIN);
            if timers.len() == 0 {
                sets.remove(set);
            }
        }
        Ok(())
    }

    async fn join(&self, set: &str, member: &str, ttl: Duration) -> Result<bool, EphemeralError> {
        check_key(set)?;
        check_key(member)?;
        let now = self.now();
        let mut rack = self.sets.write(set, now);
        if rack.get(set, now).is_none() {
            rack.put(set, Rack::default(), end(now, ttl));
        }
        let Some(members) = rack.get_mut(set, now) else {
            return Ok(false);
        };
        members.sweep(now, SWEEP_MEMBERS_MAX);
        let new = members.get(member, now).is_none();
        members.put(member, (), end(now, ttl));
        let last = members.last_end().unwrap_or(now);
        rack.move_end(set, last);
        Ok(new)
    }

    async fn leave(&self, set: &str, member: &str) -> Result<bool, EphemeralError> {
        let now = self.now();
        let mut rack = self.sets.write(set, now);
        let Some(members) = rack.get_mut(set, now) else {
            return Ok(false);
        };
        let was = members.take(member, now).is_some();
        if members.len() == 0 {
            rack.take(set, now);
        }
        Ok(was)
    }

    async fn members(&self, set: &str) -> Result<Vec<String>, EphemeralError> {
        let now = self.now();
        Ok(self
            .sets
            .read(set)
            .get(set, now)
            .map(|m| m.live(now, MEMBERS_MAX))
            .unwrap_or_default())
    }

    async fn push(&self, log: &str, entry: Bytes, ttl: Duration) -> Result<u64, EphemeralError> {
        check_key(log)?;
        check_value(&entry)?;
        let now = self.now();
        let mut rack = self.logs.write(log, now);
        if rack.get(log, now).is_none() {
            rack.put(log, VecDeque::new(), end(now, ttl));
        }
        rack.move_end(log, end(now, ttl));
        let Some(entries) = rack.get_mut(log, now) else {
            return Ok(0);
        };
        entries.push_back(entry);
        if entries.len() > LOG_ENTRIES_MAX {
            entries.pop_front();
        }
        Ok(entries.len() as u64)
    }

    async fn entries(&self, log: &str) -> Result<Vec<Bytes>, EphemeralError> {
        let now = self.now();
        Ok(self
            .logs
            .read(log)
            .get(log, now)
            .map(|e| e.iter().cloned().collect())
            .unwrap_or_default())
    }

    async fn publish(&self, channel: &str, payload: Bytes) -> Result<(), EphemeralError> {
        check_key(channel)?;
        check_value(&payload)?;
        self.channels.publish(channel, &payload);
        Ok(())
    }

    async fn subscriber(&self) -> Result<Box<dyn Subscriber>, EphemeralError> {
        Ok(Box::new(self.channels.listener()))
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        Ok(())
    }
}

impl Level {
    fn refilled(self, bucket: Bucket, now: i64) -> Self {
        // A clock that went back refills nothing.
        let passed = Timestamp::from_millis(now).since(Timestamp::from_millis(self.at));
        let tokens = (self.tokens + passed.as_secs_f64() * bucket.per_second).clamp(0.0, bucket.capacity.max(0.0));
        Self {
            tokens,
            at: self.at.max(now),
        }
    }

    fn spent(self, bucket: Bucket, cost: f64) -> (Self, Result<(), Duration>) {
        if cost <= self.tokens + TOKEN_ROUNDING {
            return (
                Self {
                    tokens: (self.tokens - cost).max(0.0),
                    ..self
                },
                Ok(()),
            );
        }
        let wait = if cost > bucket.capacity {
            Duration::MAX
        } else {
            self.until(bucket, cost)
        };
        (self, Err(wait))
    }

    /// Returns how long it takes until there are `tokens`, in whole milliseconds, rounded up: the clock knows no less.
    fn until(self, bucket: Bucket, tokens: f64) -> Duration {
        let millis = ((tokens - self.tokens).max(0.0) / bucket.per_second * 1_000.0).ceil();
        Duration::try_from_secs_f64(millis / 1_000.0).unwrap_or(Duration::MAX)
    }
}
