//! Owns the turn of a moderator: the question, and the turns that its answer gives to others. Refuses to let it speak: of
//! its call nobody sees anything.

use contracts::chat::{Message, Origin};
use kernel::Fault;

use crate::app::App;
use crate::app::prepare_reply::{Brief, Told};
use crate::domain::run::RunDoc;
use crate::domain::turn::decide_named;
use crate::domain::turn::moderation::{ANSWER_TOKENS_MAX, Card, named, question};

/// Messages after the question in which a newer one by a person is looked for.
const LATER_MAX: usize = 100;

impl App {
    /// Prepares a moderator's call.
    pub(crate) async fn moderator_brief(&self, run: &RunDoc, told: &Told) -> Result<Brief, Fault> {
        let ids: Vec<_> = told.room.agents.iter().map(|agent| agent.agent_id).collect();
        let agents = self.agents.enabled(&ids).await?;
        let cards: Vec<Card<'_>> = agents
            .iter()
            .map(|agent| Card {
                handle: &agent.handle,
                name: &agent.name,
                description: &agent.description,
            })
            .collect();
        let word = || self.ambient.token::<9>();
        let turns = question(&cards, &told.messages, &told.trigger, self.config.context_tokens, word);
        let mut brief = self.call(run, &told.agent, turns);
        (brief.completion.max_tokens, brief.completion.temperature) = (ANSWER_TOKENS_MAX, 0.0);
        Ok(brief)
    }

    /// Gives turns to those whom a moderator has named; again if need be, each turn is written down once.
    pub(crate) async fn let_named_speak(&self, run: &RunDoc) -> Result<(), Fault> {
        let (Some(trigger), Some(room)) = (self.trigger(run).await?, self.room_view(run.room_id, true).await?) else {
            return Ok(());
        };
        let Some(named) = named(&run.text, &room) else {
            metrics::counter!("ai_moderations_unreadable_total").increment(1);
            tracing::info!(run = %run.id, "a moderator's answer cannot be read; nobody speaks");
            return Ok(());
        };
        if named.is_empty() || self.is_overtaken(&trigger).await? {
            return Ok(());
        }
        let (heard, facts) = (self.heard(&trigger).await?, self.facts(&trigger).await?);
        let decision = decide_named(&heard, &named, &facts, &self.config.limits);
        self.request(&trigger, run.payer_id, decision).await
    }

    /// Tells whether a person has spoken since: then the moderator is asked anew, and this answer is too late.
    async fn is_overtaken(&self, trigger: &Message) -> Result<bool, Fault> {
        let later = self
            .reader
            .messages(trigger.room_id, trigger.seq, u64::MAX, LATER_MAX)
            .await?;
        Ok(later.iter().any(|m| m.origin == Origin::Human))
    }
}
