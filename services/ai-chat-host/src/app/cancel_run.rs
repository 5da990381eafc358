//! Owns the stopping of runs: by a member, or because room or agent are gone. What was said until then stays.

use kernel::{AgentId, Fault, RoomId, RunId, UserId};

use crate::app::App;
use crate::domain::run::RunDoc;
use crate::error::Error;

impl App {
    /// Stops a run for a member of its room; one that is over already stays as it is.
    pub(crate) async fn cancel_run(&self, user: UserId, room: RoomId, run: RunId) -> Result<(), Error> {
        if !self.reader.is_member(room, user).await? {
            return Err(Error::NoRun);
        }
        let run = self
            .runs
            .get(run)
            .await?
            .filter(|run| run.room_id == room)
            .ok_or(Error::NoRun)?;
        self.stop(&run).await
    }

    /// Stops what an agent has still to say in a room, or what all have.
    pub(crate) async fn silence(&self, room: RoomId, agent: Option<AgentId>) -> Result<(), Fault> {
        for run in self.runs.open_in(room).await? {
            if agent.is_none_or(|agent| agent == run.agent_id) {
                self.stop(&run).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn stop(&self, run: &RunDoc) -> Result<(), Error> {
        if run.is_unsaid() && self.runs.cancel_waiting(run.id).await? {
            metrics::counter!("ai_runs_total", "end" => "cancelled").increment(1);
            return Ok(());
        }
        // Written down before anybody is told: it may be written here, elsewhere, or wait to be taken over from a host that died.
        if self.runs.call_off(run.id).await? {
            self.speeches.stop(run.id);
            self.live.call_stop(run.id).await;
        }
        Ok(())
    }
}
