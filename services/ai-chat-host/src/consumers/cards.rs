//! `commerce.card.v1`: a published revision becomes an agent, and goes with its card. Idempotent by the agent's id, which is the
//! revision's own.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::ai_model_cards::{CardChange, CardEvent};
use contracts::event::topic;
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::domain::agent::AgentDoc;

pub(crate) struct Cards(pub(crate) Arc<App>);

/// Returns the subscription of [`Cards`]. A revision that cannot be fetched now is held back: whoever buys it must find its agent.
pub(crate) fn subscription() -> Subscription {
    Subscription::new("ai-chat-host.cards", &[topic::CARD])
}

#[async_trait]
impl Handler for Cards {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let card: CardEvent = event.body()?;
        match card.change {
            CardChange::Published { revision, .. } => match self.0.cards.revision(card.card_id, revision).await {
                Ok(revision) => Ok(self.0.agents.add(&AgentDoc::of_card(revision)).await?),
                // The card is gone since, and nobody has bought it.
                Err(fault) if fault.kind == ErrorCode::NotFound => Ok(()),
                Err(fault) => Err(fault),
            },
            CardChange::Removed => Ok(self.0.agents.remove_of_card(card.card_id).await?),
            _ => Ok(()),
        }
    }
}
