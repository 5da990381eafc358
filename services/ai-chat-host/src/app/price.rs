//! Owns what attempts cost that ended before their provider could say it: the gateway's quote for what was counted until
//! then. Refuses to fail for it: a cost that cannot be had now is not shown.

use kernel::Cost;

use crate::app::App;
use crate::domain::debate::{TurnDoc, TurnState};
use crate::domain::run::{Lapsed, RunDoc, RunState, Usage};

impl App {
    /// Puts an estimate of its cost into a usage that has none.
    pub(crate) async fn price(&self, usage: &mut Usage) {
        if usage.wants_quote() {
            usage.cost = self.quote(usage).await;
        }
    }

    /// Returns what the attempt cost that a run was left in by its host, if it was left in one.
    pub(crate) async fn lapsed(&self, run: &RunDoc) -> Option<Lapsed> {
        self.lapsed_in(run.state == RunState::Running, run.attempt, &run.usage)
            .await
    }

    /// The same of a debate's turn.
    pub(crate) async fn lapsed_turn(&self, turn: &TurnDoc) -> Option<Lapsed> {
        self.lapsed_in(turn.state == TurnState::Speaking, turn.attempt, &turn.usage)
            .await
    }

    async fn lapsed_in(&self, was_left: bool, attempt: u32, usage: &Usage) -> Option<Lapsed> {
        if !was_left || !usage.wants_quote() {
            return None;
        }
        let cost = self.quote(usage).await;
        Some(Lapsed { attempt, cost })
    }

    async fn quote(&self, usage: &Usage) -> Option<Cost> {
        let Usage {
            model,
            prompt_tokens,
            completion_tokens,
            ..
        } = usage;
        match self.gateway.quote(model, *prompt_tokens, *completion_tokens).await {
            Ok(cost) => cost,
            Err(fault) => {
                metrics::counter!("ai_quotes_failed_total").increment(1);
                tracing::warn!(%model, "what a call cost could not be estimated: {fault}");
                None
            }
        }
    }
}
