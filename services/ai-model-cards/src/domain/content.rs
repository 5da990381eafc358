//! Owns what a seller writes about an agent, and its limits. Refuses to know whether it is published.

use contracts::ai_model_cards::Scope;
use kernel::{Currency, FieldError, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest name, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 60;
/// Longest description, in characters.
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Longest persona, in characters.
pub(crate) const PERSONA_CHARS_MAX: usize = 4_000;
/// Longest model name, in characters.
pub(crate) const MODEL_CHARS_MAX: usize = 128;
/// Most tags of a card.
pub(crate) const TAGS_MAX: usize = 10;
/// Longest tag, in characters.
pub(crate) const TAG_CHARS_MAX: usize = 30;
/// Most prompts to try an agent with.
pub(crate) const SAMPLE_PROMPTS_MAX: usize = 5;
/// Longest such prompt, in characters.
pub(crate) const SAMPLE_PROMPT_CHARS_MAX: usize = 300;
/// Hundredths of the warmest temperature.
pub(crate) const TEMPERATURE_PERCENT_MAX: u16 = 200;
/// Most tokens of one answer.
pub(crate) const ANSWER_TOKENS_MAX: u32 = 8_192;
/// The most that an agent can like to talk.
pub(crate) const TALKATIVENESS_MAX: u8 = 100;
/// Highest price of a card, in minor units.
pub(crate) const PRICE_MAX: i64 = 10_000_000;
/// Highest price of a message, in minor units.
pub(crate) const MESSAGE_PRICE_MAX: i64 = 10_000;
/// Most rooms that a scope can name.
pub(crate) const SCOPE_ROOMS_MAX: u32 = 1_000;

/// What an agent is for. A closed list, so that a shop window has a fixed number of shelves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Category {
    /// Everyday help.
    Assistant,
    /// Text of any kind.
    Writing,
    /// Programs.
    Coding,
    /// Teaching and learning.
    Education,
    /// Foreign languages and translation.
    Language,
    /// Sources, facts, analysis.
    Research,
    /// Work in companies.
    Business,
    /// Ideas, music, pictures.
    Creativity,
    /// Fun.
    Entertainment,
    /// Characters to play with.
    Roleplay,
    /// Body and mind.
    Wellbeing,
    /// What fits nowhere else.
    Other,
}

/// All that a revision's agent is, but its name for mentions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) category: Category,
    pub(crate) tags: Vec<String>,
    pub(crate) persona: String,
    pub(crate) model: String,
    pub(crate) temperature_percent: u16,
    pub(crate) max_tokens: u32,
    pub(crate) talkativeness: u8,
    pub(crate) scope: Scope,
    pub(crate) message_price: Option<Money>,
    pub(crate) sample_prompts: Vec<String>,
}

/// What a seller changes in it; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ContentEdit {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) category: Option<Category>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) persona: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) temperature_percent: Option<u16>,
    pub(crate) max_tokens: Option<u32>,
    pub(crate) talkativeness: Option<u8>,
    pub(crate) scope: Option<Scope>,
    pub(crate) message_price: Option<Option<Money>>,
    pub(crate) sample_prompts: Option<Vec<String>>,
}

impl ContentEdit {
    /// Tells whether nothing is changed.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn set<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

impl Content {
    /// Takes the changes over.
    pub(crate) fn apply(&mut self, edit: &ContentEdit) {
        set(&mut self.name, edit.name.as_ref());
        set(&mut self.description, edit.description.as_ref());
        set(&mut self.category, edit.category.as_ref());
        set(&mut self.tags, edit.tags.as_ref());
        set(&mut self.persona, edit.persona.as_ref());
        set(&mut self.model, edit.model.as_ref());
        set(&mut self.temperature_percent, edit.temperature_percent.as_ref());
        set(&mut self.max_tokens, edit.max_tokens.as_ref());
        set(&mut self.talkativeness, edit.talkativeness.as_ref());
        set(&mut self.scope, edit.scope.as_ref());
        set(&mut self.message_price, edit.message_price.as_ref());
        set(&mut self.sample_prompts, edit.sample_prompts.as_ref());
    }

    /// Returns what is still missing before a moderator may look at it.
    pub(crate) fn missing(&self) -> Vec<FieldError> {
        let fields = [
            ("description", &self.description),
            ("persona", &self.persona),
            ("model", &self.model),
        ];
        let blank = fields.into_iter().filter(|(_, text)| text.trim().is_empty());
        blank
            .map(|(field, _)| FieldError {
                field: field.into(),
                message: "must be filled in before the card is submitted".into(),
            })
            .collect()
    }
}

/// Brings tags into their one spelling: small letters, trimmed, each once, in the seller's order.
pub(crate) fn tidy_tags(tags: &[String]) -> Vec<String> {
    let mut tidy: Vec<String> = Vec::new();
    for tag in tags {
        let tag = tag.trim().to_lowercase();
        if !tag.is_empty() && !tidy.contains(&tag) {
            tidy.push(tag);
        }
    }
    tidy
}

/// Says what is wrong with an amount: another currency than the installation's, or out of `low..=high` minor units.
pub(crate) fn wrong_amount(money: Money, currency: Currency, low: i64, high: i64) -> Option<String> {
    if money.currency != currency {
        return Some(format!("must be in {currency:?}"));
    }
    (!(low..=high).contains(&money.amount)).then(|| format!("must be {low} to {high} minor units"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_spelling_and_stand_once() {
        let tags = ["  Rust ", "rust", "", "Ökonomie"].map(str::to_owned);
        assert_eq!(tidy_tags(&tags), ["rust", "ökonomie"]);
    }

    #[test]
    fn amounts_are_of_the_house_s_currency_and_within_bounds() {
        let euro = |amount| Money {
            amount,
            currency: Currency::EUR,
        };
        assert_eq!(wrong_amount(euro(5), Currency::EUR, 0, 5), None);
        assert!(wrong_amount(euro(6), Currency::EUR, 0, 5).is_some());
        assert!(wrong_amount(euro(-1), Currency::EUR, 0, 5).is_some());
        assert!(wrong_amount(euro(5), Currency::USD, 0, 5).is_some());
    }
}
