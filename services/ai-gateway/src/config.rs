//! Owns the service's settings: section `[ai]` of the configuration file. Refuses to know where the file lies.

mod cache;
mod governance;
mod routing;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Secret;

pub use cache::CacheConfig;
pub use governance::{BudgetConfig, Budgets, HouseCurrency, PriceConfig};
pub(crate) use governance::{check_budget, check_rate};
pub use routing::{BreakerConfig, HedgeConfig, NamedModel, OwnTimeouts, RetryConfig, Strategy, TargetConfig};

/// Settings of ai-gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Where models are. Default none: then the environment says (see [`Config::with_environment`]), else the scripted demo.
    pub providers: Vec<ProviderConfig>,
    /// Names that stand for several targets. Default none.
    pub models: Vec<NamedModel>,
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
    /// Whether answers are kept and given again.
    pub cache: CacheConfig,
    /// When a target is left alone.
    pub breaker: BreakerConfig,
    /// How many calls may be tried again.
    pub retries: RetryConfig,
    /// Whether providers that administrators add while it runs may be on this machine or in a private network. Those of
    /// the file always may. Default false.
    pub providers_may_be_private: bool,
    /// File with the secret that their keys are sealed under: 32 bytes as unpadded URL-safe base64; made when the first key
    /// is sealed. Default `ai.secret` in the data directory of an instance in one process. All processes of ai-gateway must
    /// share it; a process without it takes no keys.
    pub secret_file: Option<PathBuf>,
}

impl Config {
    /// Returns where the secret is kept, in an instance with this data directory.
    pub fn secret_path(&self, data_dir: &Path) -> PathBuf {
        let default = || data_dir.join("ai.secret");
        self.secret_file.clone().unwrap_or_else(default)
    }

    /// Keeps the secret in this data directory, unless a file is named.
    #[must_use]
    pub fn with_secret_in(mut self, data_dir: &Path) -> Self {
        self.secret_file = Some(self.secret_path(data_dir));
        self
    }
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
    /// Its models, the first one being its default; at least one, except with `demo` and with `ollama`, which is asked for its
    /// own when none is named.
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
    /// OpenAI's: OpenAI, vLLM, llama.cpp, LM Studio, OpenRouter.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// Ollama's own.
    Ollama,
    /// The built-in scripted replies, without any model.
    Demo,
}

impl Dialect {
    /// Returns where the dialect's own maker serves it.
    pub(crate) const fn home(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta",
            Self::Ollama => "http://127.0.0.1:11434",
            Self::Demo => "",
        }
    }

    /// Returns the path of an address that has none.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::Anthropic => "/v1",
            Self::Gemini => "/v1beta",
            Self::OpenAi | Self::Ollama | Self::Demo => "",
        }
    }

    /// Tells whether a provider of this dialect can be asked which models it has.
    pub(crate) const fn finds_models(self) -> bool {
        matches!(self, Self::Ollama)
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
    /// How often a call is tried again on the same target before its first byte. Default 2.
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
        assert!(!format!("{config:?}").contains("very-secret"));
        assert!(!toml::to_string(&config).unwrap().contains("very-secret"));
        assert!(toml::from_str::<Config>("provider = []").is_err());
    }
}
