//! Owns one attempt at a reply: reads a model's pieces and shows them, first at once and then in windows; keeps the text
//! and the lease on every beat; stops when told to. Refuses to show anything once its lease may have lapsed, so that no
//! delta of an old attempt comes after a new one's.

use std::sync::Arc;
use std::time::Duration;

use contracts::ai_gateway::Piece;
use ephemeral::Fence;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{ErrorCode, Fault, Timestamp};
use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::app::prepare_reply::Brief;
use crate::app::speech::Speech;
use crate::domain::draft::Draft;
use crate::domain::reply::{Close, could_become_pass};
use crate::domain::run::{RunDoc, Task, Usage};
use crate::domain::window::estimate;

/// How the codes of broken links between processes begin.
pub(crate) const LINK: &str = "link.";
/// The gateway's code for a budget that is used up. Asking again would change nothing.
pub(crate) const OUT_OF_BUDGET: &str = "ai.budget_exhausted";

/// A room's floor, as this host holds it.
pub(crate) struct Floor {
    pub(crate) name: String,
    pub(crate) fence: Fence,
}

/// How an attempt ended.
pub(crate) enum Spoken {
    /// For good: the run can be settled.
    Closed(Close),
    /// This host leaves, or comes too late; another goes on, and the attempt does not count.
    HandedOver,
    /// Another host has it, or this one can no longer prove that none has.
    Lost,
}

/// A reply while it is being written.
pub(crate) struct Attempt<'a> {
    pub(crate) run: &'a RunDoc,
    pub(crate) floor: &'a Floor,
    pub(crate) speech: Arc<Speech>,
    pub(crate) draft: Draft,
    pub(crate) usage: Usage,
    /// What the prompt counts, once a model has begun to read it.
    prompt_tokens: u32,
    lease_until: Timestamp,
    /// Bytes of the text when it was last kept.
    kept_bytes: usize,
    /// Whether it was not the model that failed but the way to ai-gateway, which has a code of its own.
    link_broke: bool,
    begun: Instant,
    flush_at: Option<Instant>,
    shown_at: Option<Instant>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(run: &'a RunDoc, floor: &'a Floor, speech: Arc<Speech>, brief: &Brief) -> Self {
        Self {
            run,
            floor,
            speech,
            draft: Draft::default(),
            usage: Usage::default(),
            prompt_tokens: brief.prompt_tokens,
            lease_until: run.lease_until.unwrap_or_default(),
            kept_bytes: 0,
            link_broke: false,
            begun: Instant::now(),
            flush_at: None,
            shown_at: None,
        }
    }

    /// Returns what may be kept of the text so far.
    fn text_to_keep(&self) -> &str {
        match self.run.task {
            // What may yet be `PASS` is shown to nobody.
            Task::Reply if !could_become_pass(self.draft.text()) => self.draft.text(),
            // A moderator's half answer is none.
            Task::Reply | Task::Moderate => "",
        }
    }

    /// Takes note of a piece; `Some` when the reply has ended.
    fn take(&mut self, piece: Option<Result<Piece, Fault>>) -> Option<Close> {
        match piece {
            Some(Ok(Piece::Began { model, demo })) => {
                (self.usage.model, self.usage.demo) = (model, demo);
                self.usage.prompt_tokens = self.prompt_tokens;
                None
            }
            Some(Ok(Piece::Text { text })) => {
                let fits = self.draft.push(&text);
                self.usage.completion_tokens = estimate(self.draft.written());
                (!fits).then_some(Close::Finished)
            }
            Some(Ok(Piece::Ended {
                prompt_tokens,
                completion_tokens,
                cost,
                ..
            })) => {
                (self.usage.prompt_tokens, self.usage.completion_tokens) = (prompt_tokens, completion_tokens);
                self.usage.cost = cost;
                Some(Close::Finished)
            }
            Some(Err(fault)) => {
                tracing::info!(run = %self.run.id, code = %fault.code, "the model failed: {}", fault.detail);
                self.link_broke = fault.code.starts_with(LINK);
                if fault.code == OUT_OF_BUDGET {
                    return Some(Close::OutOfBudget);
                }
                Some(Close::Failed(fault.kind))
            }
            None => Some(Close::Failed(ErrorCode::Upstream)),
        }
    }
}

impl App {
    /// Lets a model write, until it has finished, failed, or somebody stops it.
    pub(crate) async fn speak(&self, attempt: &mut Attempt<'_>, brief: &Brief) -> Spoken {
        // What was to be read may have taken long: a call under a lapsed lease could be another host's too, and be paid twice. If it is not,
        // this attempt has asked no model, and does not count.
        if self.ambient.now() >= attempt.lease_until {
            return Spoken::HandedOver;
        }
        let (gateway, principal, request) = (self.gateway.clone(), brief.principal.clone(), brief.completion.clone());
        // Dropped on return, which closes the connection to the provider.
        let mut pieces = futures::stream::once(async move { gateway.stream(principal, request).await })
            .try_flatten()
            .boxed();
        let deadline = attempt.begun + Duration::from_secs(self.config.run_seconds_max);
        let mut beat = tokio::time::interval_at(attempt.begun + self.config.heartbeat(), self.config.heartbeat());
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let flush_at = attempt.flush_at;
            tokio::select! {
                biased;
                () = attempt.speech.stop.cancelled() => return Spoken::Closed(Close::Cancelled),
                () = self.hand_over.cancelled() => return Spoken::HandedOver,
                () = tokio::time::sleep_until(deadline) => return Spoken::Closed(Close::Failed(ErrorCode::Timeout)),
                _ = beat.tick() => if !self.beat(attempt).await { return Spoken::Lost },
                () = tokio::time::sleep_until(flush_at.unwrap_or(deadline)), if flush_at.is_some() => {
                    if !self.show(attempt).await { return Spoken::Lost }
                }
                piece = pieces.next() => {
                    if let Some(close) = attempt.take(piece) {
                        return self.closed(attempt, close).await;
                    }
                    if !self.pace(attempt).await { return Spoken::Lost }
                }
            }
        }
    }

    /// Ends an attempt. When the way to the model broke, the lease is left to lapse, and the next attempt begins then, unless
    /// this was the last.
    async fn closed(&self, attempt: &Attempt<'_>, close: Close) -> Spoken {
        match close {
            Close::Failed(_) if attempt.link_broke && !self.is_last(attempt.run) => {
                // What it has used is kept for the next one, and the lease stays as it is.
                if let Err(fault) = self.keep_until(attempt, attempt.lease_until).await {
                    tracing::warn!(run = %attempt.run.id, "what was used could not be kept: {fault}");
                }
                Spoken::Lost
            }
            close => Spoken::Closed(close),
        }
    }

    fn is_last(&self, run: &RunDoc) -> bool {
        run.is_used_up(self.config.tries(), self.ambient.now())
    }

    /// Shows new text at once when the last window is over, else when it will be; keeps it when there is much of it.
    async fn pace(&self, attempt: &mut Attempt<'_>) -> bool {
        let shows = attempt.run.task == Task::Reply;
        if shows && attempt.draft.has_news() && attempt.flush_at.is_none() {
            let next = attempt.shown_at.map(|at| at + self.config.delta_window());
            match next.filter(|at| *at > Instant::now()) {
                Some(at) => attempt.flush_at = Some(at),
                None => return self.show(attempt).await,
            }
        }
        if attempt.draft.text().len() >= attempt.kept_bytes + self.config.checkpoint_bytes {
            return self.keep(attempt).await;
        }
        true
    }

    async fn show(&self, attempt: &mut Attempt<'_>) -> bool {
        attempt.flush_at = None;
        let Some(delta) = attempt.draft.show() else { return true };
        if self.ambient.now() >= attempt.lease_until {
            return false;
        }
        if attempt.shown_at.is_none() {
            metrics::histogram!("ai_first_text_seconds").record(attempt.begun.elapsed().as_secs_f64());
        }
        attempt.shown_at = Some(Instant::now());
        attempt.speech.show(&delta.text);
        self.live.delta(attempt.run, &delta).await;
        true
    }

    /// Shows what is still held back of a reply that becomes a message.
    pub(crate) async fn show_rest(&self, attempt: &mut Attempt<'_>) {
        if self.ambient.now() < attempt.lease_until
            && let Some(delta) = attempt.draft.show_all()
        {
            attempt.speech.show(&delta.text);
            self.live.delta(attempt.run, &delta).await;
        }
    }

    /// Proves that this host lives: keeps the text, renews floor and lease.
    async fn beat(&self, attempt: &mut Attempt<'_>) -> bool {
        if attempt.run.task == Task::Reply && attempt.draft.shown().is_empty() {
            self.live.typing(attempt.run.room_id, attempt.run.agent_id).await;
        }
        match self
            .ephemeral
            .renew(&attempt.floor.name, attempt.floor.fence, self.config.lease())
            .await
        {
            Ok(false) => return false,
            Ok(true) => {}
            // The run's own lease, in the store, still keeps others off.
            Err(e) => tracing::warn!("the floor could not be renewed: {e}"),
        }
        self.keep(attempt).await
    }

    /// Keeps the text so far and the lease, and reads whether somebody called for a stop; `false` when the run is another's. A store that
    /// fails is asked again at the next beat: until the lease lapses nothing is lost.
    async fn keep(&self, attempt: &mut Attempt<'_>) -> bool {
        let lease_until = self.ambient.now() + self.config.lease();
        match self.keep_until(attempt, lease_until).await {
            Ok(Some(stopped)) => {
                (attempt.lease_until, attempt.kept_bytes) = (lease_until, attempt.draft.text().len());
                if stopped {
                    attempt.speech.stop.cancel();
                }
                true
            }
            Ok(None) => false,
            Err(e) => {
                tracing::warn!(run = %attempt.run.id, "the text so far could not be kept: {e}");
                self.ambient.now() < attempt.lease_until
            }
        }
    }

    /// Leaves a run for another host, with the text so far.
    pub(crate) async fn hand_over(&self, attempt: &Attempt<'_>) -> Result<(), Fault> {
        let (run, so_far) = (attempt.run, (attempt.text_to_keep(), &attempt.usage));
        let left = self.runs.postpone(run.id, run.hold(), self.ambient.now(), Some(so_far));
        Ok(left.await?)
    }

    async fn keep_until(&self, attempt: &Attempt<'_>, lease_until: Timestamp) -> Result<Option<bool>, Fault> {
        let (run, text) = (attempt.run, attempt.text_to_keep());
        let kept = self.runs.keep(run.id, run.hold(), text, &attempt.usage, lease_until);
        Ok(kept.await?)
    }
}
