//! `commerce.card.v1`: keeps what cards were last seen at, for the time that ai-model-cards is away. Idempotent by nature.

use contracts::Event;
use contracts::ai_model_cards::CardEvent;
use kernel::Fault;

pub(super) fn read(event: &Event) -> Result<CardEvent, Fault> {
    event.body()
}
