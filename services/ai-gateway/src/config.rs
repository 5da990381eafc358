//! Owns the service's settings: section `[ai]` of the configuration file. Refuses to know where the file lies.

mod governance;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Secret;

pub use governance::{BudgetConfig, Budgets, HouseCurrency, PriceConfig};
pub(crate) use governance::{check_budget, check_rate};

/// Settings of ai-gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Where models are. Default none: then the environment says (see [`Config::with_environment`]), else the scripted demo.
    pub providers: Vec<ProviderConfig>,
    /// How long to wait for a provider.
    pub timeouts: Timeouts,
    /// How much is taken at most.
    pub limits: Limits,
    /// The one currency of prices and budgets. Default USD. To be chosen before the first call: sums are not exchanged.
    pub currency: HouseCurrency,
    /// What models cost. Default nothing: a model without a price costs nothing.
    pub prices: Vec<PriceConfig>,
    /// What people, agents and rooms may use.
    pub budgets: Budgets,
}

/// One provider. Its models are addressed as `name/model`, or bare where only one provider has the name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderConfig {
    /// Name, 1-40 of `[a-z0-9_-]`.
    pub name: String,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where it is, such as `https://api.openai.com/v1`. Defaults to the dialect's own maker. Chosen by the operator, so
    /// trusted; redirects are never followed.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Its key.
    #[serde(default)]
    pub api_key: Option<Secret>,
    /// A file that holds its key alone, instead of `apiKey`.
    #[serde(default)]
    pub api_key_file: Option<PathBuf>,
    /// Its models, the first one being its default; at least one, except with `demo`.
    #[serde(default)]
    pub models: Vec<String>,
    /// Whether names that `models` does not list are passed on to it as well. Default false.
    #[serde(default)]
    pub any_model: bool,
}

/// A provider's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// OpenAI's: OpenAI, vLLM, Ollama, llama.cpp, LM Studio, OpenRouter.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
    /// The built-in scripted replies, without any model.
    Demo,
}

impl Dialect {
    /// Returns where the dialect's own maker serves it.
    pub(crate) const fn home(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::Demo => "",
        }
    }
}

/// How long to wait for a provider, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Timeouts {
    /// For the connection. Default 5,000.
    pub connect_ms: u64,
    /// For the first piece of a streamed answer. Default 60,000.
    pub first_token_ms: u64,
    /// Between two pieces of a streamed answer. Default 30,000.
    pub between_tokens_ms: u64,
    /// For a whole answer, streamed or not. Default 600,000.
    pub total_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_ms: 5_000,
            first_token_ms: 60_000,
            between_tokens_ms: 30_000,
            total_ms: 600_000,
        }
    }
}

/// How much is taken at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request. Default 2 MiB; raise it for large images.
    pub body_bytes_max: usize,
    /// Bytes of an answer that is not streamed. Default 32 MiB.
    pub answer_bytes_max: usize,
    /// Bytes of one event of a stream, which is all that is ever held of it. Default 1 MiB.
    pub event_bytes_max: usize,
    /// Calls under way at once in this process; beyond, 503. Default 4,096.
    pub calls_max: usize,
    /// Of these, calls of one person, agents' runs that the person pays for included; beyond, 429. Default 64.
    pub calls_per_user_max: usize,
    /// How often a call is tried again before its first byte. Default 2.
    pub retries_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: chassis::extract::JSON_BODY_BYTES_MAX,
            answer_bytes_max: 32 * 1024 * 1024,
            event_bytes_max: 1024 * 1024,
            calls_max: 4_096,
            calls_per_user_max: 64,
            retries_max: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_the_file_is_read_and_its_key_is_never_printed() {
        let text = r#"
            timeouts = { connectMs = 100 }
            [[providers]]
            name = "local"
            dialect = "openai"
            baseUrl = "http://127.0.0.1:9999/v1"
            apiKey = "sk-very-secret"
            models = ["scripted-1"]
        "#;
        let config: Config = toml::from_str(text).unwrap();
        assert_eq!(config.providers[0].dialect, Dialect::OpenAi);
        assert_eq!(
            config.timeouts,
            Timeouts {
                connect_ms: 100,
                ..Timeouts::default()
            }
        );
        assert!(!format!("{config:?}").contains("secret"));
        assert!(!toml::to_string(&config).unwrap().contains("secret"));
        assert!(toml::from_str::<Config>("provider = []").is_err());
    }
}
