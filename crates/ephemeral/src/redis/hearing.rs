//! Owns the connection that hears what is published: one for the whole process, listening to exactly the channels that
//! somebody here listens to, and opened again for as long as it takes. Refuses to know what is said.
//!
//! It stands on a plain connection and not on the client's manager, which does not look whether its subscribing again
//! succeeded, and which cannot tell a quiet server from a cut network. Here each new connection begins with all
//! channels or is given up, and each is asked now and then whether it lives.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, PushInfo, PushKind, Value};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use kernel::Ambient;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, MissedTickBehavior};

use super::{RedisOptions, silent, unavailable};
use crate::channels::{Channels, Listener};
use crate::{EphemeralError, Subscriber};

/// Subscriptions asked for at once.
const PIPELINED_MAX: usize = 256;
/// The first pause before connecting again; each is twice the one before.
const PAUSE_MIN: Duration = Duration::from_millis(50);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Who waits until a channel is in force.
type Waiting = Vec<oneshot::Sender<Result<(), EphemeralError>>>;

/// What is to be heard.
pub(super) struct Hearing {
    /// Stands before the names of channels in the server.
    prefix: String,
    options: RedisOptions,
    channels: Arc<Channels>,
    /// Channels whose listeners came or went since the last look: at most one entry for each channel.
    changed: Mutex<HashMap<Arc<str>, Waiting>>,
    news: Notify,
}

impl Hearing {
    /// Begins with no channel.
    pub fn new(prefix: String, options: RedisOptions) -> Arc<Self> {
        Arc::new(Self {
            prefix,
            options,
            channels: Arc::default(),
            changed: Mutex::default(),
            news: Notify::new(),
        })
    }

    /// Opens a subscriber.
    pub fn subscriber(self: &Arc<Self>) -> RedisSubscriber {
        RedisSubscriber {
            local: self.channels.listener(),
            hearing: self.clone(),
        }
    }

    /// Ends every subscriber once it has read what waits for it.
    pub fn close(&self) {
        self.channels.close();
    }

    /// Returns the channel's name in the server.
    pub fn name(&self, channel: &str) -> String {
        format!("{}{channel}", self.prefix)
    }

    /// Hears for ever.
    pub async fn run(self: Arc<Self>, client: Client, ambient: Ambient) {
        let (mut pause, mut is_again) = (PAUSE_MIN, false);
        loop {
            let lost = Arc::new(Notify::new());
            let error = match self.connect(&client, lost.clone()).await {
                Ok(connection) => {
                    pause = PAUSE_MIN;
                    self.attend(connection, &lost, &mut is_again).await
                }
                Err(e) => e,
            };
            tracing::warn!(%error, "no channels are heard until Redis answers again");
            self.disappoint(&error);
            tokio::time::sleep(ambient.jitter(pause, 0.3)).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn connect(&self, client: &Client, lost: Arc<Notify>) -> Result<MultiplexedConnection, EphemeralError> {
        let (channels, prefix) = (self.channels.clone(), self.prefix.clone());
        let hear = move |push: PushInfo| -> Result<(), ::redis::aio::SendError> {
            match push.kind {
                PushKind::Message => deliver(&channels, &prefix, push.data),
                PushKind::Disconnection => lost.notify_one(),
                _ => {}
            }
            Ok(())
        };
        let within = self.options.answer_within;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(within))
            .set_response_timeout(Some(within))
            .set_push_sender(hear);
        let opened = client.get_multiplexed_async_connection_with_config(&config);
        match tokio::time::timeout(within * 2, opened).await {
            Ok(opened) => opened.map_err(unavailable),
            Err(_) => Err(silent(within * 2)),
        }
    }

    /// Keeps a connection's subscriptions until it ends; returns why. `is_again` tells whether anything was heard before.
    async fn attend(
        &self,
        mut connection: MultiplexedConnection,
        lost: &Notify,
        is_again: &mut bool,
    ) -> EphemeralError {
        let mut in_force = HashSet::new();
        for channel in self.channels.heard() {
            self.changed.lock().entry(channel).or_default();
        }
        let mut beat = tokio::time::interval_at(Instant::now() + self.options.beat, self.options.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Err(e) = self.settle(&connection, &mut in_force).await {
            return e;
        }
        // Not before all is in force again: whoever asks what was missed must miss nothing more.
        if std::mem::replace(is_again, true) {
            self.channels.interrupted();
        }
        loop {
            if let Err(e) = self.settle(&connection, &mut in_force).await {
                return e;
            }
            tokio::select! {
                () = self.news.notified() => {}
                () = lost.notified() => return EphemeralError("the server ended the connection".into()),
                _ = beat.tick() => {
                    let beaten: Result<(), _> = ::redis::cmd("PING").query_async(&mut connection).await;
                    if let Err(e) = beaten {
                        return unavailable(e);
                    }
                }
            }
        }
    }

    /// Brings what the server sends in line with who listens here.
    async fn settle(
        &self,
        connection: &MultiplexedConnection,
        in_force: &mut HashSet<Arc<str>>,
    ) -> Result<(), EphemeralError> {
        let changed = std::mem::take(&mut *self.changed.lock());
        let mut results = futures::stream::iter(changed)
            .map(|(channel, waiting)| {
                let (wanted, have) = (self.channels.is_heard(&channel), in_force.contains(&channel));
                let name = self.name(&channel);
                let mut connection = connection.clone();
                async move {
                    let result = match (wanted, have) {
                        (true, false) => connection.subscribe(name).await,
                        (false, true) => connection.unsubscribe(name).await,
                        _ => Ok(()),
                    };
                    (channel, waiting, wanted, result.map_err(unavailable))
                }
            })
            .buffer_unordered(PIPELINED_MAX)
            .collect::<Vec<_>>()
            .await;
        let mut end = Ok(());
        for (channel, waiting, wanted, result) in results.drain(..) {
            match (&result, wanted) {
                (Ok(()), true) => drop(in_force.insert(channel)),
                (Ok(()), false) => drop(in_force.remove(&channel)),
                (Err(e), _) => end = Err(e.clone()),
            }
            for waiter in waiting {
                let _ = waiter.send(result.clone());
            }
        }
        end
    }

    /// Answers those who wait for a connection that does not come.
    fn disappoint(&self, error: &EphemeralError) {
        for waiting in self.changed.lock().values_mut() {
            for waiter in waiting.drain(..) {
                let _ = waiter.send(Err(error.clone()));
            }
        }
    }

    /// Has channels looked at again.
    fn look_at(&self, channels: impl IntoIterator<Item = String>) {
        let mut changed = self.changed.lock();
        for channel in channels {
            changed.entry(channel.into()).or_default();
        }
        drop(changed);
        self.news.notify_one();
    }

    /// Waits until the channel is in force.
    async fn in_force(&self, channel: &str) -> Result<(), EphemeralError> {
        let (tell, told) = oneshot::channel();
        self.changed.lock().entry(channel.into()).or_default().push(tell);
        self.news.notify_one();
        let within = self.options.answer_within;
        match tokio::time::timeout(within, told).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(silent(within)),
        }
    }
}

/// Gives a message to those who listen here. Called where the connection is read, so that nothing is queued in between.
fn deliver(channels: &Channels, prefix: &str, data: Vec<Value>) {
    let mut data = data.into_iter();
    let (Some(Value::BulkString(name)), Some(Value::BulkString(payload))) = (data.next(), data.next()) else {
        return;
    };
    if let Some(channel) = std::str::from_utf8(&name).ok().and_then(|n| n.strip_prefix(prefix)) {
        channels.publish(channel, &Bytes::from(payload));
    }
}

/// Listens over the process's one hearing connection.
pub(super) struct RedisSubscriber {
    local: Listener,
    hearing: Arc<Hearing>,
}

#[async_trait]
impl Subscriber for RedisSubscriber {
    async fn subscribe(&mut self, channel: &str) -> Result<(), EphemeralError> {
        self.local.subscribe(channel).await?;
        let result = self.hearing.in_force(channel).await;
        if result.is_err() {
            self.unsubscribe(channel).await?;
        }
        result
    }

    async fn unsubscribe(&mut self, channel: &str) -> Result<(), EphemeralError> {
        self.local.unsubscribe(channel).await?;
        self.hearing.look_at([channel.to_owned()]);
        Ok(())
    }

    async fn next(&mut self) -> Option<(String, Bytes)> {
        self.local.next().await
    }

    fn missed(&mut self) -> bool {
        self.local.missed()
    }
}

impl Drop for RedisSubscriber {
    fn drop(&mut self) {
        self.hearing.look_at(self.local.leave_all());
    }
}
