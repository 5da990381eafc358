//! Owns a run's way from the claim to its end: rights, speech, the settled text, the one durable message. Refuses to do
//! any of it twice: each step is written down before the next begins.

use std::time::Duration;

use contracts::chat::AiState;
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::app::bill_run::Authorised;
use crate::app::keep_summary::Wish;
use crate::app::prepare_reply::{Brief, Prepared};
use crate::app::speak::{Attempt, Floor, Spoken};
use crate::app::speech::Begun;
use crate::domain::memory::{Noted, notes};
use crate::domain::reply::{Close, Ending, Said, Unentitled, ending, moderation};
use crate::domain::run::{RunDoc, RunState, Settled, Task, Usage};
use crate::error::passes;

/// Whether a run may ask a model.
enum Cleared {
    /// With this.
    Speak(Box<Brief>),
    /// There is no right to speak any more.
    Silent,
    /// The agent is sold, and nobody who is concerned may use it now.
    Refused(Unentitled),
    /// It is another host's by now, or may be.
    Lost,
}

/// A message that cannot be sent for so long is given up, so that the room's other agents may speak again.
const SENDING_MAX: Duration = Duration::from_secs(3_600);

impl App {
    /// Works on a run that this host has claimed, until it is over or another's.
    pub(crate) async fn work(&self, run: RunDoc, floor: &Floor) -> Result<(), Fault> {
        if run.state == RunState::Ended {
            self.tell_end(&run);
            return Ok(());
        }
        let begun = self.speeches.begin(&run);
        if run.state == RunState::Sending {
            return self.deliver(&run, Some(begun)).await;
        }
        let brief = match self.clear(&run).await {
            Ok(Cleared::Speak(brief)) => brief,
            // Nothing is written when it is another's; else the attempt, which came too late, does not count.
            Ok(Cleared::Lost) => {
                let left = self.runs.postpone(run.id, run.hold(), self.ambient.now(), None);
                return Ok(left.await?);
            }
            Ok(Cleared::Silent) => {
                let ending = Ending {
                    state: AiState::Cancelled,
                    message: None,
                };
                return self.settle(&run, unused(&run, ending), begun).await;
            }
            Ok(Cleared::Refused(why)) => return self.refuse(&run, why, begun).await,
            Err(fault) => {
                self.excuse(&run, &fault).await;
                return Err(fault);
            }
        };
        if run.task == Task::Reply {
            self.live.typing(run.room_id, run.agent_id).await;
        }
        let mut attempt = Attempt::new(&run, floor, begun.speech.clone(), &brief);
        match self.speak(&mut attempt, &brief).await {
            Spoken::Closed(close) => {
                let settled = self.close(&mut attempt, close, &brief).await;
                self.settle(&run, settled, begun).await?;
                if let Some(wish) = brief.outgrown {
                    let entitlement_id = brief.bill.map(|bill| bill.entitlement_id);
                    self.wish_summary(Wish { entitlement_id, ..wish });
                }
                Ok(())
            }
            Spoken::HandedOver => self.hand_over(&attempt).await,
            Spoken::Lost => {
                metrics::counter!("ai_attempts_lost_total").increment(1);
                Ok(())
            }
        }
    }

    /// Asks everything that must be known and put aside before a model is asked.
    async fn clear(&self, run: &RunDoc) -> Result<Cleared, Fault> {
        let brief = match self.prepare(run).await? {
            Prepared::Brief(brief) => brief,
            Prepared::Silent => return Ok(Cleared::Silent),
            Prepared::Refused(why) => return Ok(Cleared::Refused(why)),
        };
        Ok(match self.authorise(run, &brief).await? {
            // Not before: what waits for another service would be told of again and again, and seem to be written.
            Authorised::Yes if run.task == Task::Moderate || self.runs.start(run.id, run.hold()).await? => {
                Cleared::Speak(brief)
            }
            Authorised::Yes | Authorised::Lost => Cleared::Lost,
            Authorised::No(why) => Cleared::Refused(why),
        })
    }

    /// Lets a run be tried again in a while, and its attempt not count, when what it needs first was away. A failure that does not pass
    /// counts, so that it does not hold the room up.
    async fn excuse(&self, run: &RunDoc, fault: &Fault) {
        if !passes(fault.kind) {
            return;
        }
        let again_at = self.ambient.now() + self.config.lease();
        if let Err(e) = self.runs.postpone(run.id, run.hold(), again_at, None).await {
            tracing::warn!(run = %run.id, "an attempt could not be excused: {e}");
        }
    }

    /// Counts a run that is over, and lets its bill be settled.
    fn tell_end(&self, run: &RunDoc) {
        self.unbilled.notify_one();
        count(run, run.outcome.unwrap_or(AiState::Complete));
    }

    /// Ends a run of an agent that may not speak, with the reason for it.
    async fn refuse(&self, run: &RunDoc, why: Unentitled, begun: Begun<'_>) -> Result<(), Fault> {
        let ending = ending(Close::Refused(why), "", &Said::default());
        self.settle(run, unused(run, ending), begun).await
    }

    /// Decides what becomes of what was written, shows the rest of it, and says what it cost.
    async fn close(&self, attempt: &mut Attempt<'_>, close: Close, brief: &Brief) -> Settled {
        if close == Close::Finished {
            attempt.draft.finish();
        }
        let ending = match attempt.run.task {
            Task::Reply => ending(close, attempt.draft.text(), &brief.before),
            Task::Moderate => moderation(close, attempt.draft.text()),
        };
        if attempt.run.task == Task::Reply && ending.message.as_deref() == Some(attempt.draft.text()) {
            self.show_rest(attempt).await;
        }
        self.price(&mut attempt.usage).await;
        let facts = notes(attempt.draft.notes(), self.config.memory_fact_chars_max);
        let keeps = attempt.run.task == Task::Reply && !facts.is_empty();
        let people = if keeps { brief.people.clone() } else { Vec::new() };
        Settled {
            ending,
            usage: attempt.usage.clone(),
            noted: Noted {
                facts: if keeps { facts } else { Vec::new() },
                people,
                read: brief.read.filter(|_| keeps),
            },
            broke: close == Close::OutOfBudget,
        }
    }

    async fn settle(&self, run: &RunDoc, settled: Settled, begun: Begun<'_>) -> Result<(), Fault> {
        // Nobody who joins after the end may be told that it is being written.
        let begun = settled.ending.message.is_some().then_some(begun);
        match self
            .runs
            .settle(run.id, run.hold(), &settled, self.config.lease())
            .await?
        {
            Some(run) if run.state == RunState::Sending => self.deliver(&run, begun).await,
            Some(run) => {
                self.tell_end(&run);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Does what a settled run is for: sends the final text or gives turns to those who are named, then keeps what is to be
    /// remembered. Again if need be: each step is known by its id.
    async fn deliver(&self, run: &RunDoc, begun: Option<Begun<'_>>) -> Result<(), Fault> {
        let settled = run.outcome.unwrap_or(AiState::Complete);
        let (outcome, is_there) = match run.task {
            Task::Moderate => {
                self.let_named_speak(run).await?;
                (settled, true)
            }
            Task::Reply if run.text.is_empty() => (settled, true),
            Task::Reply => self.send(run, settled).await?,
        };
        if is_there {
            self.remember(run).await?;
        }
        drop(begun);
        // A failure, what broke off, and what nobody got cost nothing; what a person has stopped was written for them.
        let is_paid = matches!(settled, AiState::Complete | AiState::Cancelled);
        let was_sent = is_paid && is_there && !run.text.is_empty();
        self.runs.end(run.id, outcome, was_sent).await?;
        self.unbilled.notify_one();
        count(run, outcome);
        Ok(())
    }

    /// Sends the final text: chat knows the message by its id. Returns how the run has ended, and whether the message is there.
    async fn send(&self, run: &RunDoc, settled: AiState) -> Result<(AiState, bool), Fault> {
        let (name, model) = match self.agents.read(run.agent_id).await.map_err(Fault::from) {
            Ok((agent, _)) => (agent.name, agent.model),
            Err(fault) if fault.kind == ErrorCode::NotFound => ("Agent".to_owned(), String::new()),
            Err(fault) => return Err(fault),
        };
        match self.writer.send_as_agent(run.message(&name, &model)).await {
            Ok(_) => Ok((settled, true)),
            // The room is gone or the agent has been detached: there is nobody to tell.
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok((AiState::Cancelled, false)),
            Err(fault) if is_final(fault.kind) => {
                tracing::error!(run = %run.id, "chat refused an agent's message: {fault}");
                Ok((AiState::Failed, false))
            }
            Err(fault) if run.started_at.is_some_and(|at| self.ambient.now() - SENDING_MAX > at) => {
                tracing::error!(run = %run.id, "an agent's message could not be sent for an hour: {fault}");
                Ok((AiState::Failed, false))
            }
            // It stays `sending`; whoever takes it over sends it again.
            Err(fault) => Err(fault),
        }
    }
}

/// Settles a run whose attempt has not asked a model.
fn unused(run: &RunDoc, ending: Ending) -> Settled {
    Settled {
        ending,
        usage: Usage::default(),
        noted: Noted::default(),
        broke: run.broke,
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
