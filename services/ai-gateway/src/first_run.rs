//! Owns which providers there are when the configuration names none: those the environment has a key for, else the
//! scripted demo. A model server on this machine is only ever *offered*. Refuses to read the environment by itself.

use std::time::Duration;

use futures::future::join_all;
use serde::Deserialize;

use crate::config::{Config, Dialect, ProviderConfig};
use crate::providers::ollama::host::base_url;
use crate::secret::Secret;

/// Name of the built-in provider.
pub const DEMO_PROVIDER: &str = "demo";
/// Ports where model servers usually listen: Ollama, llama.cpp, vLLM, LM Studio, Jan.
const LOCAL_PORTS: [u16; 5] = [11434, 8080, 8000, 1234, 1337];
/// How long a port of this machine may take to answer.
const PROBE_TIMEOUT: Duration = Duration::from_millis(400);
/// The model that is `default` with a key from the environment, unless `OPENAI_MODEL` and the like name one.
const OPENAI_MODEL: &str = "gpt-4o-mini";
const ANTHROPIC_MODEL: &str = "claude-haiku-4-5";
const GEMINI_MODEL: &str = "gemini-2.5-flash";
/// The provider that `OLLAMA_HOST` names.
const OLLAMA_PROVIDER: &str = "ollama";

impl Config {
    /// Fills in the providers when none is configured: `OPENAI_API_KEY` (with `OPENAI_BASE_URL`, `OPENAI_MODEL`), the same of
    /// `ANTHROPIC` and `GEMINI`, and `OLLAMA_HOST`, in this order, as `variable` gives them, else the demo.
    #[must_use]
    pub fn with_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        if !self.providers.is_empty() {
            return self;
        }
        let variable = |name: &str| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let named = |name: &str, dialect, prefix: &str, model: &str| {
            let key = variable(&format!("{prefix}_API_KEY"))?;
            Some(ProviderConfig {
                name: name.into(),
                dialect,
                base_url: variable(&format!("{prefix}_BASE_URL")),
                api_key: Some(Secret::new(key)),
                api_key_file: None,
                models: vec![variable(&format!("{prefix}_MODEL")).unwrap_or_else(|| model.into())],
                any_model: true,
            })
        };
        self.providers
            .extend(named("openai", Dialect::OpenAi, "OPENAI", OPENAI_MODEL));
        self.providers
            .extend(named("anthropic", Dialect::Anthropic, "ANTHROPIC", ANTHROPIC_MODEL));
        self.providers
            .extend(named("gemini", Dialect::Gemini, "GEMINI", GEMINI_MODEL));
        self.providers
            .extend(variable("OLLAMA_HOST").map(|host| ProviderConfig {
                name: OLLAMA_PROVIDER.into(),
                dialect: Dialect::Ollama,
                base_url: Some(base_url(&host)),
                ..ProviderConfig::demo()
            }));
        if self.providers.is_empty() {
            self.providers.push(ProviderConfig::demo());
        }
        self
    }

    /// Tells whether every answer comes from the scripted demo.
    pub fn is_demo(&self) -> bool {
        self.providers.iter().all(|p| p.dialect == Dialect::Demo)
    }
}

impl ProviderConfig {
    /// Describes the built-in provider.
    pub(crate) fn demo() -> Self {
        Self {
            name: DEMO_PROVIDER.into(),
            dialect: Dialect::Demo,
            base_url: None,
            api_key: None,
            api_key_file: None,
            models: Vec::new(),
            any_model: false,
        }
    }
}

/// Looks for OpenAI-compatible model servers on this machine's usual ports and returns their base addresses, to be
/// *offered* to the operator. Takes less than half a second; nothing that it finds is used.
pub async fn probe_local_servers() -> Vec<String> {
    probe(LOCAL_PORTS).await
}

async fn probe(ports: impl IntoIterator<Item = u16>) -> Vec<String> {
    let plain = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .timeout(PROBE_TIMEOUT)
        .build();
    let Ok(client) = plain else { return Vec::new() };
    join_all(ports.into_iter().map(|port| answers(&client, port)))
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// A list of models, as far as it proves that a model server answers.
#[derive(Deserialize)]
struct Models {
    #[serde(rename = "data")]
    _data: Vec<serde::de::IgnoredAny>,
}

async fn answers(client: &reqwest::Client, port: u16) -> Option<String> {
    let base = format!("http://127.0.0.1:{port}/v1");
    let answer = client
        .get(format!("{base}/models"))
        .send()
        .await
        .ok()?
        .error_for_status()
        .ok()?;
    answer.json::<Models>().await.ok()?;
    Some(base)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn chosen(config: Config, variables: &[(&str, &str)]) -> Vec<String> {
        let map: HashMap<&str, &str> = variables.iter().copied().collect();
        let config = config.with_environment(|name| map.get(name).map(|v| (*v).to_owned()));
        config.providers.into_iter().map(|p| p.name).collect()
    }

    #[test]
    fn the_configuration_comes_before_the_environment_and_that_before_the_demo() {
        let configured = Config {
            providers: vec![ProviderConfig {
                name: "mine".into(),
                ..ProviderConfig::demo()
            }],
            ..Config::default()
        };
        assert_eq!(chosen(configured, &[("OPENAI_API_KEY", "k")]), ["mine"]);
        let both = [("OPENAI_API_KEY", "k"), ("ANTHROPIC_API_KEY", "k")];
        assert_eq!(chosen(Config::default(), &both), ["openai", "anthropic"]);
        assert_eq!(
            chosen(
                Config::default(),
                &[("GEMINI_API_KEY", "k"), ("OLLAMA_HOST", "0.0.0.0")]
            ),
            ["gemini", "ollama"]
        );
        assert_eq!(chosen(Config::default(), &[("OPENAI_API_KEY", " ")]), ["demo"]);
        assert_eq!(chosen(Config::default(), &[]), ["demo"]);
    }

    #[test]
    fn a_key_from_the_environment_brings_its_address_and_model_along() {
        let variable = |name: &str| match name {
            "OPENAI_API_KEY" => Some("sk-1".to_owned()),
            "OPENAI_BASE_URL" => Some("http://127.0.0.1:1/v1".to_owned()),
            "OPENAI_MODEL" => Some("mine".to_owned()),
            _ => None,
        };
        let config = Config::default().with_environment(variable);
        assert!(!config.is_demo());
        assert_eq!(config.providers[0].base_url.as_deref(), Some("http://127.0.0.1:1/v1"));
        assert_eq!(config.providers[0].models, ["mine"]);
    }

    #[test]
    fn ollamas_variable_names_its_address_and_it_says_itself_what_it_has() {
        let variable = |name: &str| (name == "OLLAMA_HOST").then(|| "gpu.local".to_owned());
        let ollama = Config::default().with_environment(variable).providers.remove(0);
        assert_eq!(ollama.base_url.as_deref(), Some("http://gpu.local:11434"));
        assert_eq!((ollama.dialect, ollama.models.len()), (Dialect::Ollama, 0));
    }

    #[tokio::test]
    async fn only_a_server_that_lists_models_is_offered() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = axum::Router::new().route("/v1/models", axum::routing::get(|| async { r#"{"data":[]}"# }));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        assert_eq!(probe([port, closed]).await, [format!("http://127.0.0.1:{port}/v1")]);
        server.abort();
    }
}
