//! Owns the text so far of replies that are being written, for those who join late.

use async_trait::async_trait;
use contracts::ai_chat_host::{RunSnapshot, Runs};
use kernel::{Fault, RoomId, RunId, UserId};

use crate::app::App;
use crate::domain::draft::resumed;
use crate::domain::run::RunState;

#[async_trait]
impl Runs for App {
    async fn live(&self, room: RoomId) -> Result<Vec<RunSnapshot>, Fault> {
        let mut live = self.speeches.in_room(room);
        let now = self.ambient.now();
        for run in self.runs.open_in(room).await? {
            let here = live.iter().any(|snapshot| snapshot.run_id == run.id);
            if here || run.state != RunState::Running || !run.is_held(now) {
                continue;
            }
            let text = resumed(run.kept(), self.live.deltas(&run).await?);
            let (run_id, message_id, agent_id) = (run.id, run.message_id, run.agent_id);
            live.push(RunSnapshot {
                run_id,
                message_id,
                agent_id,
                attempt: run.attempt,
                text,
            });
        }
        // Who has not written anything yet is typing; there is nothing to catch up with.
        live.retain(|snapshot| !snapshot.text.is_empty());
        Ok(live)
    }

    async fn cancel(&self, user: UserId, room: RoomId, run: RunId) -> Result<(), Fault> {
        Ok(self.cancel_run(user, room, run).await?)
    }
}
