//! Owns which live channels this replica listens to: those of its own rooms and people, no others.
//! Refuses to know what comes through them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use contracts::realtime::{room_channel, user_channel};
use ephemeral::{EphemeralError, Subscriber};
use kernel::{Fault, RoomId, UserId};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::error::RealtimeError;

/// How long a subscription waits for its live channel.
const IN_FORCE_MAX: Duration = Duration::from_secs(5);

/// A live channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Channel {
    /// Of a room.
    Room(RoomId),
    /// Of a person.
    User(UserId),
}

impl Channel {
    fn name(self) -> String {
        match self {
            Self::Room(room) => room_channel(room),
            Self::User(user) => user_channel(user),
        }
    }
}

#[derive(Default)]
struct State {
    /// What is wanted, and whether it is in force.
    wanted: HashMap<Channel, bool>,
    /// What has changed since the listener last looked.
    changed: Vec<Channel>,
    /// Whether there has been a listener.
    begun: bool,
}

/// The wanted channels.
#[derive(Default)]
pub(crate) struct Channels {
    state: Mutex<State>,
    changed: Notify,
    settled: Notify,
}

impl Channels {
    /// Wants a channel from now on.
    pub(crate) fn want(&self, channel: Channel) {
        let mut state = self.state.lock();
        state.wanted.insert(channel, false);
        state.changed.push(channel);
        drop(state);
        self.changed.notify_one();
    }

    /// Wants a channel no more.
    pub(crate) fn unwant(&self, channel: Channel) {
        let mut state = self.state.lock();
        if state.wanted.remove(&channel).is_some() {
            state.changed.push(channel);
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Waits until a wanted channel is in force: what is published from then on comes.
    pub(crate) async fn in_force(&self, channel: Channel) -> Result<(), Fault> {
        let wait = async {
            loop {
                let mut settled = std::pin::pin!(self.settled.notified());
                settled.as_mut().enable();
                match self.state.lock().wanted.get(&channel) {
                    Some(false) => {}
                    // Wanted no more: whoever waits is being removed, and will see that.
                    Some(true) | None => return,
                }
                settled.await;
            }
        };
        tokio::time::timeout(IN_FORCE_MAX, wait)
            .await
            .map_err(|_| RealtimeError::NoLiveChannel.into())
    }

    /// Waits until something is wanted or unwanted.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Begins with a new subscriber, which listens to nothing yet; tells whether there was another before.
    pub(crate) fn restart(&self) -> bool {
        let mut state = self.state.lock();
        state.wanted.values_mut().for_each(|in_force| *in_force = false);
        state.changed = state.wanted.keys().copied().collect();
        std::mem::replace(&mut state.begun, true)
    }

    /// Brings a subscriber, which listens to `have`, up to what is wanted.
    pub(crate) async fn settle(
        &self,
        subscriber: &mut dyn Subscriber,
        have: &mut HashSet<Channel>,
    ) -> Result<(), EphemeralError> {
        let changed = std::mem::take(&mut self.state.lock().changed);
        if changed.is_empty() {
            return Ok(());
        }
        for channel in changed {
            let wanted = self.state.lock().wanted.contains_key(&channel);
            if wanted && have.insert(channel) {
                subscriber.subscribe(&channel.name()).await?;
            } else if !wanted && have.remove(&channel) {
                subscriber.unsubscribe(&channel.name()).await?;
            }
            if wanted && let Some(in_force) = self.state.lock().wanted.get_mut(&channel) {
                *in_force = true;
            }
        }
        self.settled.notify_waiters();
        Ok(())
    }
}
