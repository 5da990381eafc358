//! Owns try-outs: one question to the agent of a card that is on sale, asked by somebody who need not hold it, and its answer. Refuses to keep
//! either, and to let anybody use a card in place of buying it: questions are few, and none knows of another.

use std::time::Duration;

use contracts::ai_gateway::{Completion, Principal};
use kernel::{CardId, Fault, UserId};

use crate::app::App;
use crate::app::ask_once::Whole;
use crate::domain::day::{day, until_tomorrow};
use crate::domain::reply::is_pass;
use crate::domain::window::{Reader, build_alone};
use crate::error::Error;

/// What came of a question.
pub(crate) struct Tried {
    /// None: the agent had nothing to say.
    pub(crate) text: Option<String>,
    /// What must stand beside it.
    pub(crate) badge: Option<String>,
    /// Questions that are left today.
    pub(crate) left: u32,
}

impl App {
    /// Asks the agent of a card that is on sale to `user`. A question for which no model has begun does not count.
    pub(crate) async fn try_out(&self, user: UserId, card: CardId, text: &str) -> Result<Tried, Error> {
        let agent_id = self.cards.agent_for(card, user).await?;
        let agent = self.agents.enabled(&[agent_id]).await?.pop().ok_or(Error::NoAgent)?;
        let config = &self.config.try_outs;
        let badge = self.gateway.badge(&agent.model).await?;
        let now = self.ambient.now();
        let (key, until_tomorrow) = (format!("try-outs:{user}:{}", day(now)), until_tomorrow(now));
        let count = self.count(&key, 1, until_tomorrow).await?;
        let Ok(left) = u32::try_from(i64::from(config.per_day) - count) else {
            self.count(&key, -1, until_tomorrow).await?;
            return Err(Error::TriedOutEnough(until_tomorrow));
        };
        let reader = Reader {
            agent: agent.id,
            handle: &agent.handle,
            name: &agent.name,
            persona: &agent.persona,
            others: Vec::new(),
            people: 1,
            fact_chars_max: 0,
        };
        let completion = Completion {
            turns: build_alone(&reader, text),
            model: agent.model.clone(),
            max_tokens: agent.max_tokens.min(config.answer_tokens_max),
            temperature: agent.temperature,
        };
        let principal = Principal {
            user_id: user,
            // Of what the agent may use for those who hold it nothing is taken.
            agent_id: None,
            room_id: None,
            key_id: None,
        };
        let mut whole = Whole::default();
        if let Err(fault) = self.ask_once(principal, completion, config.limit(), &mut whole).await {
            // What a model has begun is used.
            if whole.tokens == 0 {
                self.count(&key, -1, until_tomorrow).await?;
            }
            return Err(fault.into());
        }
        metrics::counter!("ai_try_outs_total").increment(1);
        let text = whole.text.trim();
        let said = !text.is_empty() && !is_pass(text);
        Ok(Tried {
            text: said.then(|| text.to_owned()),
            badge,
            left,
        })
    }

    /// Adds to a count of questions. Counts live with everything else that is short-lived, so that nobody's questions are known tomorrow.
    async fn count(&self, key: &str, by: i64, until_tomorrow: Duration) -> Result<i64, Fault> {
        Ok(self.ephemeral.add(key, by, until_tomorrow).await?)
    }
}
