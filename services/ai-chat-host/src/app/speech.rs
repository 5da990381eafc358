//! Owns the replies that are being written in this very process: their text as shown so far, and the way to stop them.
//! Refuses to know other processes.

use std::collections::HashMap;
use std::sync::Arc;

use contracts::ai_chat_host::RunSnapshot;
use kernel::{RoomId, RunId};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::run::RunDoc;

/// A reply that is being written here.
pub(crate) struct Speech {
    room: RoomId,
    /// What it looks like to one who joins late; always at least what was published.
    shown: Mutex<RunSnapshot>,
    /// Stops it for a person.
    pub(crate) stop: CancellationToken,
}

impl Speech {
    /// Adds text that is about to be published.
    pub(crate) fn show(&self, text: &str) {
        self.shown.lock().text.push_str(text);
    }
}

/// All of them.
pub(crate) struct Speeches {
    now: Mutex<HashMap<RunId, Arc<Speech>>>,
    /// Rooms that are worked on: more than speak, since a run is claimed before and ended after its speech.
    rooms: watch::Sender<usize>,
}

impl Default for Speeches {
    fn default() -> Self {
        Self {
            now: Mutex::default(),
            rooms: watch::Sender::new(0),
        }
    }
}

/// A speech that is known as long as this lives.
pub(crate) struct Begun<'a> {
    all: &'a Speeches,
    run: RunId,
    pub(crate) speech: Arc<Speech>,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.all.now.lock().remove(&self.run);
        self.all.tell();
    }
}

/// A room that is worked on as long as this lives.
pub(crate) struct AtWork<'a>(&'a watch::Sender<usize>);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|rooms| *rooms -= 1);
    }
}

impl Speeches {
    /// Makes a speech known.
    pub(crate) fn begin(&self, run: &RunDoc) -> Begun<'_> {
        let shown = RunSnapshot {
            run_id: run.id,
            message_id: run.message_id,
            agent_id: run.agent_id,
            attempt: run.attempt,
            text: String::new(),
        };
        let speech = Arc::new(Speech {
            room: run.room_id,
            shown: Mutex::new(shown),
            stop: CancellationToken::new(),
        });
        self.now.lock().insert(run.id, speech.clone());
        self.tell();
        Begun {
            all: self,
            run: run.id,
            speech,
        }
    }

    /// Stops a run that is written here; tells whether it is.
    pub(crate) fn stop(&self, run: RunId) -> bool {
        let speech = self.now.lock().get(&run).cloned();
        speech.inspect(|speech| speech.stop.cancel()).is_some()
    }

    /// Returns what is written here in a room.
    pub(crate) fn in_room(&self, room: RoomId) -> Vec<RunSnapshot> {
        self.now
            .lock()
            .values()
            .filter(|s| s.room == room)
            .map(|s| s.shown.lock().clone())
            .collect()
    }

    /// Notes that a room is worked on.
    pub(crate) fn at_work(&self) -> AtWork<'_> {
        self.rooms.send_modify(|rooms| *rooms += 1);
        AtWork(&self.rooms)
    }

    /// Waits until no room is worked on here.
    pub(crate) async fn silence(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.rooms.subscribe().wait_for(|rooms| *rooms == 0).await;
    }

    fn tell(&self) {
        metrics::gauge!("ai_runs_running").set(self.now.lock().len() as f64);
    }
}
