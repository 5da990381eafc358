//! What ai-gateway offers the others in process: one door to all models, as a stream of pieces.

use async_trait::async_trait;
use futures::stream::BoxStream;
use kernel::{AgentId, ApiKeyId, Cost, Currency, Fault, RoomId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// Who pays for and answers for a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// The person at the root of it.
    pub user_id: UserId,
    /// The agent that speaks, if one does.
    pub agent_id: Option<AgentId>,
    /// The room it speaks in.
    pub room_id: Option<RoomId>,
    /// The gateway key that it came with, if it did.
    #[serde(default)]
    pub key_id: Option<ApiKeyId>,
}

/// A turn of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user` or `assistant`.
    pub role: TurnRole,
    /// Text.
    pub content: String,
}

/// Who speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnRole {
    /// Instructions by the operator or the agent's owner.
    System,
    /// People, and other agents as untrusted data.
    User,
    /// The agent itself.
    Assistant,
}

/// A request for text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// Model, as `/v1/models` names it; `default` = the operator's first.
    pub model: String,
    /// The conversation, oldest first.
    pub turns: Vec<Turn>,
    /// Most tokens to write.
    pub max_tokens: u32,
    /// 0 to 2.
    pub temperature: f32,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "piece", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Piece {
    /// Comes first: which model answers, and whether it is the scripted demo.
    Began { model: String, demo: bool },
    /// More text.
    Text { text: String },
    /// Comes last: why it stopped (`stop`, `length`, `tool_calls`), what it used, and what that cost, where the model has a
    /// price.
    Ended {
        reason: String,
        prompt_tokens: u32,
        completion_tokens: u32,
        #[serde(default)]
        cost: Option<Cost>,
    },
}

/// Asks models. Dropping the stream closes the upstream connection.
#[async_trait]
pub trait AiGateway: Send + Sync {
    /// Begins an answer. Errors before the first piece come as `Err`; later ones in the stream.
    async fn stream(
        &self,
        principal: Principal,
        request: Completion,
    ) -> Result<BoxStream<'static, Result<Piece, Fault>>, Fault>;
    /// Returns what must stand beside everything that `model` says, such as `Demo: scripted replies, no AI model`.
    async fn badge(&self, model: &str) -> Result<Option<String>, Fault>;
    /// Returns what so many tokens of `model` cost now; none where it has no price or is not there. For calls that ended
    /// before they could say it, and to judge one before it is made.
    async fn quote(&self, model: &str, prompt_tokens: u32, completion_tokens: u32) -> Result<Option<Cost>, Fault>;
}

/// What calls used, on `commerce.usage.v1`, keyed by payer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageEvent {
    /// Who pays.
    pub user_id: UserId,
    /// One or more calls that ended within about a second of each other; those that differ in nothing but what they used stand
    /// together, at most 1,024 in all.
    pub alike: Vec<CallsAlike>,
}

/// Calls that differ in nothing but what they used: the n-th of each list is the n-th call's, in the order of their ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallsAlike {
    /// The agent, if one spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// Provider and model.
    pub model: String,
    /// The price at that time: micros of the currency's major unit per million tokens read; none where the model has no price. What
    /// a provider's cache of prompts had, or took, may have other prices: only `cost_micros` knows of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_micros_per_million: Option<u64>,
    /// The same, per million tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_micros_per_million: Option<u64>,
    /// The currency of what they cost; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Whether the answers came from the cache: then nothing was used.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cached: bool,
    /// Whether they broke off because the provider failed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub failed: bool,
    /// Tokens that each read.
    pub prompt_tokens: Vec<u32>,
    /// Tokens that each wrote.
    pub completion_tokens: Vec<u32>,
    /// What each cost by that price, in millionths of the currency's major unit; none without a currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost_micros: Vec<u64>,
}

/// What one call used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedCall {
    /// The agent, if one spoke.
    pub agent_id: Option<AgentId>,
    /// The room.
    pub room_id: Option<RoomId>,
    /// Provider and model.
    pub model: String,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    /// What it cost by the price at that time; none where the model has no price.
    pub cost: Option<Cost>,
    /// That price, per million tokens read: [`CallsAlike::prompt_micros_per_million`].
    pub prompt_micros_per_million: Option<u64>,
    /// The same, per million tokens written.
    pub completion_micros_per_million: Option<u64>,
    /// Whether the answer came from the cache: then nothing was used.
    pub cached: bool,
    /// Whether it broke off because the provider failed.
    pub failed: bool,
}

impl UsageEvent {
    /// Returns the calls one by one.
    pub fn calls(&self) -> impl Iterator<Item = UsedCall> {
        self.alike.iter().flat_map(CallsAlike::calls)
    }
}

impl CallsAlike {
    /// Begins with one call.
    #[must_use]
    pub fn of(call: UsedCall) -> Self {
        Self {
            agent_id: call.agent_id,
            room_id: call.room_id,
            model: call.model,
            prompt_micros_per_million: call.prompt_micros_per_million,
            completion_micros_per_million: call.completion_micros_per_million,
            currency: call.cost.map(|cost| cost.currency),
            cached: call.cached,
            failed: call.failed,
            prompt_tokens: vec![call.prompt_tokens],
            completion_tokens: vec![call.completion_tokens],
            cost_micros: call.cost.map(|cost| cost.micros).into_iter().collect(),
        }
    }

    /// Adds a call; gives it back when it is another kind of call.
    pub fn add(&mut self, call: UsedCall) -> Result<(), UsedCall> {
        let alike = self.agent_id == call.agent_id
            && self.room_id == call.room_id
            && self.model == call.model
            && self.prompt_micros_per_million == call.prompt_micros_per_million
            && self.completion_micros_per_million == call.completion_micros_per_million
            && self.currency == call.cost.map(|cost| cost.currency)
            && (self.cached, self.failed) == (call.cached, call.failed);
        if !alike {
            return Err(call);
        }
        self.prompt_tokens.push(call.prompt_tokens);
        self.completion_tokens.push(call.completion_tokens);
        self.cost_micros.extend(call.cost.map(|cost| cost.micros));
        Ok(())
    }

    /// Returns the calls one by one.
    pub fn calls(&self) -> impl Iterator<Item = UsedCall> {
        let tokens = self.prompt_tokens.iter().zip(&self.completion_tokens);
        tokens.enumerate().map(|(n, (prompt, completion))| UsedCall {
            agent_id: self.agent_id,
            room_id: self.room_id,
            model: self.model.clone(),
            prompt_tokens: *prompt,
            completion_tokens: *completion,
            cost: self
                .currency
                .zip(self.cost_micros.get(n))
                .map(|(currency, micros)| Cost {
                    micros: *micros,
                    currency,
                }),
            prompt_micros_per_million: self.prompt_micros_per_million,
            completion_micros_per_million: self.completion_micros_per_million,
            cached: self.cached,
            failed: self.failed,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl EventBody for UsageEvent {
    const TOPIC: Topic = topic::USAGE;
    const SOURCE: &'static str = "ai-gateway";
    fn kind(&self) -> &'static str {
        "usage.metered"
    }
    fn key(&self) -> String {
        self.user_id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190c5a0-7b7e-7000-8000-000000000001";

    fn call(prompt_tokens: u32, cost: Option<u64>) -> UsedCall {
        UsedCall {
            agent_id: None,
            room_id: None,
            model: "p/m".into(),
            prompt_tokens,
            completion_tokens: 2 * prompt_tokens,
            cost: cost.map(|micros| Cost {
                micros,
                currency: Currency::EUR,
            }),
            prompt_micros_per_million: cost.map(|_| 100),
            completion_micros_per_million: cost.map(|_| 200),
            cached: false,
            failed: false,
        }
    }

    #[test]
    fn calls_of_one_kind_stand_together_and_each_comes_out_as_it_went_in() {
        let first = call(1, Some(7));
        let mut alike = CallsAlike::of(first.clone());
        let second = call(3, Some(0));
        alike.add(second.clone()).unwrap();
        let others = [
            call(3, None),
            UsedCall {
                agent_id: Some(ID.parse().unwrap()),
                ..second.clone()
            },
            UsedCall {
                room_id: Some(ID.parse().unwrap()),
                ..second.clone()
            },
            UsedCall {
                model: "p/n".into(),
                ..second.clone()
            },
            UsedCall {
                prompt_micros_per_million: Some(101),
                ..second.clone()
            },
            UsedCall {
                completion_micros_per_million: None,
                ..second.clone()
            },
            UsedCall {
                cached: true,
                ..second.clone()
            },
            UsedCall {
                failed: true,
                ..second.clone()
            },
        ];
        for other in others {
            assert_eq!(alike.clone().add(other.clone()), Err(other.clone()), "another kind");
            assert_eq!(CallsAlike::of(other.clone()).calls().collect::<Vec<_>>(), [other]);
        }
        let text = serde_json::to_string(&alike).unwrap();
        assert_eq!(
            text,
            r#"{"model":"p/m","promptMicrosPerMillion":100,"completionMicrosPerMillion":200,"currency":"EUR","promptTokens":[1,3],"completionTokens":[2,6],"costMicros":[7,0]}"#
        );
        let read: CallsAlike = serde_json::from_str(&text).unwrap();
        assert_eq!(read.calls().collect::<Vec<_>>(), [first, second]);
    }
}
