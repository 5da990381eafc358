//! Owns a digest on its way by mail: its tries and when it is given up. Refuses to know the address and the words, which are asked for with each
//! try: what was read or taken back meanwhile is not mailed.

use std::time::Duration;

use kernel::{NotificationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Tries, the last about half a day after the first.
pub(crate) const ATTEMPTS_MAX: u32 = 10;
/// First pause; tripled each time, up to three hours.
const PAUSE: Duration = Duration::from_secs(30);
const PAUSE_MAX: Duration = Duration::from_secs(3 * 3_600);

/// How long one that is over is remembered.
const REMEMBERED: Duration = Duration::from_secs(86_400);

/// A digest that is to be mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Letter {
    /// `{user}:{when it was due, ms}`: one for each digest.
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    /// What it tells of, newest first.
    pub(crate) items: Vec<NotificationId>,
    /// How many more there are.
    pub(crate) more: usize,
    pub(crate) created_at: Timestamp,
    pub(crate) due: Timestamp,
    pub(crate) attempts: u32,
    /// It was sent or given up. It is remembered for a day, so that whoever was slow does not write it once more.
    #[serde(default)]
    pub(crate) over: bool,
}

impl Letter {
    /// It is over; remembered for a day.
    pub(crate) fn finished(mut self, now: Timestamp) -> Self {
        self.over = true;
        self.due = now + REMEMBERED;
        self
    }

    /// Counts a try, before it is made: the next is due later, if it was not the last.
    pub(crate) fn attempted(mut self, now: Timestamp) -> Self {
        let pause = PAUSE.saturating_mul(3_u32.saturating_pow(self.attempts)).min(PAUSE_MAX);
        self.attempts += 1;
        self.due = now + pause;
        self
    }
}

impl Document for Letter {
    const COLLECTION: &'static str = "letters";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["due"]), Index::plain("owner", &["userId"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}
