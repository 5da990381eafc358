//! Owns a push on its way: its stages, tries and when it is over. At most one for each opening of an item and device. Refuses to know HTTP.

use std::time::Duration;

use kernel::{DeviceId, NotificationId, Timestamp, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use store::{Document, Index};

use super::device::{Device, Service};
use super::item::Item;

/// First pause before another try; tripled each time, up to [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(900);
/// How long one that is over is remembered, so that it is not made out again.
const REMEMBERED: Duration = Duration::from_secs(86_400);
/// How long a try may take before it counts as broken off.
pub(crate) const LEASE: Duration = Duration::from_secs(120);
/// Between two questions for a receipt.
const RECEIPT_AGAIN: Duration = Duration::from_secs(900);
/// Questions for a receipt; Expo keeps one for a day.
const RECEIPT_ASKS_MAX: u32 = 20;

/// Where a push stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum Stage {
    /// It is to be sent.
    Waiting,
    /// It is being sent: whether the provider has it is not known. Never sent again from here.
    Sending,
    /// Expo has it; what became of it is asked with the ticket.
    Receipt { ticket: String, asks: u32 },
    /// Over, one way or the other.
    Done,
}

/// A push as it is kept: with its queue besides, see [`Queued`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub(crate) struct Push {
    /// `{item}:{when it began, ms}:{opening}:{device}`: an item that was removed and begins anew counts its openings anew.
    pub(crate) id: String,
    pub(crate) item_id: NotificationId,
    /// When the item began; none in a push from before this was kept.
    #[serde(default)]
    pub(crate) item_began: Option<Timestamp>,
    pub(crate) opening: u32,
    pub(crate) device_id: DeviceId,
    pub(crate) user_id: UserId,
    pub(crate) service: Service,
    pub(crate) stage: Stage,
    /// When it is to be looked at next.
    pub(crate) due: Timestamp,
    pub(crate) attempts: u32,
    /// Not sent any more after this.
    pub(crate) expires_at: Timestamp,
}

impl Push {
    /// Makes one out.
    pub(crate) fn of(item: &Item, device: &Device, now: Timestamp, ttl: Duration) -> Self {
        Self {
            id: format!(
                "{}:{}:{}:{}",
                item.id,
                item.created_at.millis(),
                item.opening,
                device.id
            ),
            item_id: item.id,
            item_began: Some(item.created_at),
            opening: item.opening,
            device_id: device.id,
            user_id: item.user_id,
            service: device.target.service(),
            stage: Stage::Waiting,
            due: now,
            attempts: 0,
            expires_at: now + ttl,
        }
    }

    /// Tells whether it is of this opening of this item, and not of one before it.
    pub(crate) fn is_of(&self, item: &Item) -> bool {
        let same = self.item_began.is_none_or(|began| began == item.created_at);
        same && self.item_id == item.id && self.opening == item.opening
    }

    /// Returns the name of the queue that it waits in.
    pub(crate) const fn queue(&self) -> &'static str {
        match (&self.stage, self.service) {
            (Stage::Waiting, Service::Expo) => "expo",
            (Stage::Waiting, Service::WebPush) => "web_push",
            (Stage::Sending, _) => "sending",
            (Stage::Receipt { .. }, _) => "receipt",
            (Stage::Done, _) => "done",
        }
    }

    /// It is being sent.
    pub(crate) fn began(mut self, now: Timestamp) -> Self {
        self.stage = Stage::Sending;
        self.attempts += 1;
        self.due = now + LEASE;
        self
    }

    /// It surely did not get through: once more later, if it may still be sent then.
    pub(crate) fn failed(mut self, now: Timestamp, after: Option<Duration>, attempts_max: u32) -> Self {
        let tries = self.attempts.saturating_sub(1);
        let pause = PAUSE.saturating_mul(3_u32.saturating_pow(tries)).min(PAUSE_MAX);
        let due = now + pause.max(after.unwrap_or_default());
        if self.attempts >= attempts_max || due >= self.expires_at {
            return self.over(now);
        }
        self.stage = Stage::Waiting;
        self.due = due;
        self
    }

    /// Expo has it; its receipt is asked for `after` a while.
    pub(crate) fn ticketed(mut self, ticket: String, now: Timestamp, after: Duration) -> Self {
        self.stage = Stage::Receipt { ticket, asks: 0 };
        self.due = now + after;
        self
    }

    /// There is no receipt yet.
    pub(crate) fn unreceipted(mut self, now: Timestamp) -> Self {
        match &mut self.stage {
            Stage::Receipt { asks, .. } if *asks + 1 < RECEIPT_ASKS_MAX => {
                *asks += 1;
                self.due = now + RECEIPT_AGAIN;
                self
            }
            _ => self.over(now),
        }
    }

    /// It waits until `until`.
    pub(crate) fn postponed(mut self, until: Timestamp) -> Self {
        self.due = until;
        self
    }

    /// It is over; remembered for a day.
    pub(crate) fn over(mut self, now: Timestamp) -> Self {
        self.stage = Stage::Done;
        self.due = now + REMEMBERED;
        self
    }
}

/// A push with the queue that it waits in, worked out as it is written: an index is built again from the JSON alone.
#[derive(Serialize)]
struct Queued<'a> {
    #[serde(flatten, serialize_with = "Push::serialize")]
    push: &'a Push,
    queue: &'static str,
}

impl Serialize for Push {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (push, queue) = (self, self.queue());
        Queued { push, queue }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Push {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl Document for Push {
    const COLLECTION: &'static str = "pushes";
    const INDEXES: &'static [Index] = &[
        Index::plain("due", &["queue", "due"]),
        Index::plain("owner", &["userId"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push() -> Push {
        let ambient = kernel::Ambient::system();
        let now = Timestamp::from_millis(0);
        Push {
            id: "x".into(),
            item_id: ambient.id(),
            item_began: Some(now),
            opening: 1,
            device_id: ambient.id(),
            user_id: ambient.id(),
            service: Service::Expo,
            stage: Stage::Waiting,
            due: now,
            attempts: 0,
            expires_at: now + Duration::from_secs(86_400),
        }
    }

    #[test]
    fn pauses_grow_heed_the_provider_and_end() {
        let (mut push, mut now, mut pauses) = (push(), Timestamp::from_millis(0), Vec::new());
        while push.stage == Stage::Waiting {
            push = push.began(now).failed(now, None, 8);
            pauses.push(push.due.since(now).as_secs());
            now = push.due;
        }
        assert_eq!(
            pauses,
            [5, 15, 45, 135, 405, 900, 900, 86_400],
            "the last is how long it is remembered"
        );
        let asked = |after| {
            self::push().began(Timestamp::from_millis(0)).failed(
                Timestamp::from_millis(0),
                Some(Duration::from_secs(after)),
                8,
            )
        };
        assert_eq!(asked(600).due, Timestamp::from_millis(600_000));
        assert_eq!(asked(86_400).stage, Stage::Done, "it would be too old then");
    }

    #[test]
    fn what_may_have_been_sent_waits_in_no_queue_of_senders() {
        let sending = push().began(Timestamp::from_millis(0));
        assert_eq!(sending.queue(), "sending");
        let asked = sending.ticketed("t".into(), Timestamp::from_millis(0), Duration::from_secs(1));
        assert_eq!(asked.queue(), "receipt");
        let mut asked = asked;
        for _ in 0..RECEIPT_ASKS_MAX {
            asked = asked.unreceipted(Timestamp::from_millis(0));
        }
        assert_eq!(asked.queue(), "done");
    }
}
