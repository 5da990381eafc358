//! Owns a run's way from the claim to its end: rights, speech, the settled text, the one durable message. Refuses to do
//! any of it twice: each step is written down before the next begins.

use contracts::chat::AiState;
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::app::speak::{Attempt, Floor, Spoken};
use crate::app::speech::Begun;
use crate::domain::reply::{Close, Ending, ending};
use crate::domain::run::{RunDoc, RunState, Usage};

impl App {
    /// Works on a run that this host has claimed, until it is over or another's.
    pub(crate) async fn work(&self, run: RunDoc, floor: &Floor) -> Result<(), Fault> {
        let begun = self.speeches.begin(&run);
        if run.state == RunState::Sending {
            return self.deliver(&run, Some(begun)).await;
        }
        if self.live.is_stopped(run.id).await {
            let ending = ending(Close::Cancelled, &run.text, None);
            return self.settle(&run, &ending, &run.usage, begun).await;
        }
        self.live.typing(run.room_id, run.agent_id).await;
        let Some(brief) = self.prepare(&run).await? else {
            let ending = Ending {
                state: AiState::Cancelled,
                message: None,
            };
            return self.settle(&run, &ending, &run.usage, begun).await;
        };
        let mut attempt = Attempt::new(&run, floor, begun.speech.clone(), &brief);
        match self.speak(&mut attempt, &brief).await {
            Spoken::Closed(close) => {
                let ending = ending(close, attempt.draft.text(), brief.before.as_deref());
                if ending.message.as_deref() == Some(attempt.draft.text()) {
                    self.show_rest(&mut attempt).await;
                }
                self.settle(&run, &ending, &attempt.usage, begun).await
            }
            Spoken::HandedOver => self.hand_over(&attempt).await,
            Spoken::Lost => {
                metrics::counter!("ai_attempts_lost_total").increment(1);
                Ok(())
            }
        }
    }

    async fn settle(&self, run: &RunDoc, ending: &Ending, usage: &Usage, begun: Begun<'_>) -> Result<(), Fault> {
        // Nobody who joins after the end may be told that it is being written.
        let begun = ending.message.is_some().then_some(begun);
        match self
            .runs
            .settle(run.id, run.hold(), ending, usage, self.config.lease())
            .await?
        {
            Some(run) if run.state == RunState::Sending => self.deliver(&run, begun).await,
            Some(run) => {
                count(&run, ending.state);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Sends the final text, again if need be: chat knows the message by its id.
    async fn deliver(&self, run: &RunDoc, begun: Option<Begun<'_>>) -> Result<(), Fault> {
        let (name, model) = match self.agents.read(run.agent_id).await.map_err(Fault::from) {
            Ok((agent, _)) => (agent.name, agent.model),
            Err(fault) if fault.kind == ErrorCode::NotFound => ("Agent".to_owned(), String::new()),
            Err(fault) => return Err(fault),
        };
        let settled = run.outcome.unwrap_or(AiState::Complete);
        let outcome = match self.writer.send_as_agent(run.message(&name, &model)).await {
            Ok(_) => settled,
            // The room is gone or the agent has been detached: there is nobody to tell.
            Err(fault) if fault.kind == ErrorCode::NotFound => AiState::Cancelled,
            Err(fault) if is_final(fault.kind) => {
                tracing::error!(run = %run.id, "chat refused an agent's message: {fault}");
                AiState::Failed
            }
            // It stays `sending`; whoever takes it over sends it again.
            Err(fault) => return Err(fault),
        };
        drop(begun);
        self.runs.end(run.id, outcome).await?;
        count(run, outcome);
        Ok(())
    }
}

/// Tells whether asking again would give the same answer.
fn is_final(kind: ErrorCode) -> bool {
    matches!(
        kind,
        ErrorCode::Invalid | ErrorCode::Malformed | ErrorCode::Forbidden | ErrorCode::Conflict | ErrorCode::TooLarge
    )
}

fn count(run: &RunDoc, outcome: AiState) {
    let end = match outcome {
        AiState::Complete => "complete",
        AiState::Interrupted => "interrupted",
        AiState::Cancelled => "cancelled",
        AiState::Failed => "failed",
    };
    metrics::counter!("ai_runs_total", "end" => end).increment(1);
    metrics::histogram!("ai_run_attempts").record(f64::from(run.attempt));
}
