//! Owns one attempt at a turn of a debate: reads a model's pieces, hides names in them, and shows them first at once and
//! then in windows; stops when it is too late or the turn is another's. Refuses to show anything once its lease may have
//! lapsed.

use std::time::Duration;

use contracts::ai_gateway::Piece;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{ErrorCode, Fault, Timestamp};
use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::app::debates::prepare::Brief;
use crate::app::speak::{Floor, LINK, OUT_OF_BUDGET};
use crate::domain::debate::mask::Mask;
use crate::domain::debate::{DebateDoc, Hold, Input, Lapse, TurnDoc};
use crate::domain::draft::Draft;
use crate::domain::reply::is_pass;
use crate::domain::run::Usage;
use crate::domain::window::estimate;
use crate::error::Error;

/// A provider that does not keep to the tokens of a turn is cut off after so many characters a token.
const CHARS_PER_TOKEN_MAX: usize = 8;
/// The gateway's code for a model that no provider can serve now.
const NO_TARGET: &str = "ai.no_target";

/// How an attempt ended.
pub(super) enum Spoken {
    /// The turn stands.
    Said,
    /// It came to nothing.
    Failed(Lapse),
    /// ai-gateway was away or had no room: no side's fault.
    Postponed,
    /// The budget of who pays is used up.
    OutOfBudget,
    /// This host leaves; another goes on.
    HandedOver,
    /// Another host has the turn, the debate was called off, or this host can no longer prove that neither is so.
    Lost,
}

/// A turn while it is being spoken.
pub(super) struct Speech<'a> {
    pub(super) debate: &'a DebateDoc,
    pub(super) turn: &'a TurnDoc,
    pub(super) hold: Hold,
    pub(super) floor: &'a Floor,
    pub(super) draft: Draft,
    pub(super) usage: Usage,
    prompt_tokens: u32,
    mask: Mask,
    lease_until: Timestamp,
    deadline: Timestamp,
    flush_at: Option<Instant>,
    shown_at: Option<Instant>,
}

impl<'a> Speech<'a> {
    pub(super) fn new(debate: &'a DebateDoc, turn: &'a TurnDoc, hold: Hold, floor: &'a Floor, brief: &Brief) -> Self {
        Self {
            debate,
            turn,
            hold,
            floor,
            draft: Draft::default(),
            usage: Usage {
                // Nothing is used before a model has begun.
                ..Usage::default()
            },
            prompt_tokens: brief.prompt_tokens,
            mask: brief.mask.clone(),
            lease_until: debate.lease_until.unwrap_or_default(),
            deadline: turn.deadline.unwrap_or_default(),
            flush_at: None,
            shown_at: None,
        }
    }

    /// Takes note of a piece; `Some` when the turn has ended.
    fn take(&mut self, piece: Option<Result<Piece, Fault>>, chars_max: usize) -> Option<Spoken> {
        match piece {
            Some(Ok(Piece::Began { model, demo })) => {
                self.mask.add_model(&model);
                (self.usage.model, self.usage.demo) = (model, demo);
                self.usage.prompt_tokens = self.prompt_tokens;
                None
            }
            Some(Ok(Piece::Text { text })) => {
                let text = self.mask.push(&text);
                let left = chars_max.saturating_sub(self.draft.text().chars().count());
                let fits: String = text.chars().take(left).collect();
                self.draft.push(&fits);
                self.usage.completion_tokens = estimate(self.draft.text());
                (fits.len() < text.len()).then(|| self.said())
            }
            Some(Ok(Piece::Ended {
                prompt_tokens,
                completion_tokens,
                cost,
                ..
            })) => {
                (self.usage.prompt_tokens, self.usage.completion_tokens) = (prompt_tokens, completion_tokens);
                self.usage.cost = cost;
                let rest = self.mask.finish();
                self.draft.push(&rest);
                Some(self.said())
            }
            Some(Err(fault)) => {
                tracing::info!(debate = %self.debate.id, code = %fault.code, "a debater's model failed: {}", fault.detail);
                Some(blame(&fault))
            }
            None => Some(Spoken::Failed(Lapse::Failed)),
        }
    }

    fn said(&self) -> Spoken {
        let text = self.draft.text();
        if text.is_empty() || is_pass(text) {
            Spoken::Failed(Lapse::Silent)
        } else {
            Spoken::Said
        }
    }
}

/// Tells a failure of a side's model from one of what all debates stand on.
fn blame(fault: &Fault) -> Spoken {
    use ErrorCode::{Internal, RateLimited, Unavailable};
    if fault.code == OUT_OF_BUDGET {
        Spoken::OutOfBudget
    } else if fault.code == NO_TARGET {
        Spoken::Failed(Lapse::Failed)
    } else if fault.code.starts_with(LINK) || matches!(fault.kind, RateLimited | Unavailable | Internal) {
        Spoken::Postponed
    } else {
        Spoken::Failed(Lapse::Failed)
    }
}

impl App {
    /// Lets a model speak a turn, until it has finished, failed, or must stop.
    pub(super) async fn speak_turn(&self, speech: &mut Speech<'_>, brief: &Brief) -> Spoken {
        let (gateway, principal, request) = (self.gateway.clone(), brief.principal.clone(), brief.completion.clone());
        let chars_max = request.max_tokens as usize * CHARS_PER_TOKEN_MAX;
        // Dropped on return, which closes the connection to the provider.
        let mut pieces = futures::stream::once(async move { gateway.stream(principal, request).await })
            .try_flatten()
            .boxed();
        let begun = Instant::now();
        let deadline = begun + self.config.debates.turn();
        let mut beat = tokio::time::interval_at(begun + self.config.heartbeat(), self.config.heartbeat());
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let flush_at = speech.flush_at;
            tokio::select! {
                biased;
                () = self.hand_over.cancelled() => return Spoken::HandedOver,
                () = tokio::time::sleep_until(deadline) => return Spoken::Failed(Lapse::TooLate),
                _ = beat.tick() => if let Some(spoken) = self.beat_turn(speech).await { return spoken },
                () = tokio::time::sleep_until(flush_at.unwrap_or(deadline)), if flush_at.is_some() => {
                    if !self.show_turn(speech).await { return Spoken::Lost }
                }
                piece = pieces.next() => {
                    if let Some(spoken) = speech.take(piece, chars_max) { return spoken }
                    if !self.pace_turn(speech).await { return Spoken::Lost }
                }
            }
        }
    }

    /// Shows new words at once when the last window is over, else when it will be.
    async fn pace_turn(&self, speech: &mut Speech<'_>) -> bool {
        if !speech.draft.has_news() || speech.flush_at.is_some() {
            return true;
        }
        let next = speech.shown_at.map(|at| at + self.config.delta_window());
        match next.filter(|at| *at > Instant::now()) {
            Some(at) => speech.flush_at = Some(at),
            None => return self.show_turn(speech).await,
        }
        true
    }

    async fn show_turn(&self, speech: &mut Speech<'_>) -> bool {
        speech.flush_at = None;
        let Some(delta) = speech.draft.show() else { return true };
        if self.ambient.now() >= speech.lease_until {
            return false;
        }
        speech.shown_at = Some(Instant::now());
        self.tell_delta(speech, &delta).await;
        true
    }

    /// Shows what is still held back of a turn that stands.
    pub(super) async fn show_rest_of_turn(&self, speech: &mut Speech<'_>) {
        if self.ambient.now() < speech.lease_until
            && let Some(delta) = speech.draft.show_all()
        {
            self.tell_delta(speech, &delta).await;
        }
    }

    /// Proves that this host lives: renews floor and lease. `Some` when the turn must end.
    async fn beat_turn(&self, speech: &mut Speech<'_>) -> Option<Spoken> {
        let (now, lease) = (self.ambient.now(), self.config.lease());
        if now >= speech.deadline && now < speech.lease_until {
            return Some(Spoken::Failed(Lapse::TooLate));
        }
        match self
            .ephemeral
            .renew(&speech.floor.name, speech.floor.fence, lease)
            .await
        {
            Ok(false) => return Some(Spoken::Lost),
            Ok(true) => {}
            // The debate's own lease, in the store, still keeps others off.
            Err(e) => tracing::warn!("the floor could not be renewed: {e}"),
        }
        let renewal = Input::Renew {
            hold: speech.hold,
            lease,
            usage: &speech.usage,
        };
        match self
            .debates
            .docs
            .step(speech.debate.id, &renewal, &self.config.debates)
            .await
        {
            Ok((debate, _)) => {
                speech.lease_until = debate.lease_until.unwrap_or_default();
                None
            }
            Err(Error::Debate(_)) => Some(Spoken::Lost),
            // Asked again at the next beat: until the lease lapses nothing is lost.
            Err(e) => {
                tracing::warn!(debate = %speech.debate.id, "the lease of a turn could not be kept: {e}");
                (self.ambient.now() >= speech.lease_until).then_some(Spoken::Lost)
            }
        }
    }

    /// Returns how long a host that is stopped may still take to fall silent.
    pub(super) fn silence_max() -> Duration {
        Duration::from_secs(5)
    }
}
