//! Owns how a run waits for the floor, at first or to be tried again, and what takes it back meanwhile.

use kernel::{MessageId, Timestamp};

use super::{RunDoc, RunState};

impl RunDoc {
    /// Tells whether a person's message of root `root` pre-empts it: it waits, and no person asked this very agent.
    pub(crate) fn is_pre_empted_by(&self, root: MessageId) -> bool {
        self.state == RunState::Requested && !self.called && self.root_id != root
    }

    /// Lets it be tried again at `again_at`; the attempt does not count. One that has asked no model waits for the floor anew, and lets
    /// others of its room go first until then.
    pub(crate) fn postpone(&mut self, again_at: Timestamp, has_asked: bool) {
        self.excused += 1;
        self.lease_until = Some(again_at);
        if !has_asked {
            self.state = RunState::Requested;
        }
    }

    /// Tells whether it waits for the time at which it is to be tried again.
    pub(crate) fn is_postponed(&self, now: Timestamp) -> bool {
        self.state == RunState::Requested && self.lease_until.is_some_and(|until| until > now)
    }

    /// Tells whether it waits and has nothing to show: an attempt before may have left a text.
    pub(crate) fn is_unsaid(&self) -> bool {
        self.state == RunState::Requested && self.text.is_empty()
    }
}
