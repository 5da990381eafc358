//! Owns what handlers and consumers work with: catalogue, providers, keys, meter.

mod complete_chat;
mod embed_text;
mod exact_cache;
mod gone;
mod keys;
mod meter;
mod repeat_answer;
mod seats;
mod stream_pieces;
mod sums;

use std::sync::Arc;

use contracts::ai_gateway::Principal;
use http::{HeaderMap, HeaderValue, header};
use kernel::{Ambient, ErrorCode, Fault, UserId};
use url::Url;

use crate::config::{Dialect, Limits, ProviderConfig};
use crate::domain::catalogue::{Catalogue, Listing, Target};
use crate::error::Error;
use crate::providers::anthropic::Anthropic;
use crate::providers::demo::{self, Demo};
use crate::providers::observed::Observed;
use crate::providers::openai::OpenAi;
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Provider};
use crate::repo::{Repo, SumRepo};
use crate::{Config, Deps};

pub(crate) use complete_chat::{Completed, CompletedBody};
use exact_cache::ExactCache;
pub(crate) use gone::Gone;
pub(crate) use keys::Keys;
pub(crate) use meter::{Call, Meter};
pub(crate) use repeat_answer::{CacheWish, Source};
use seats::{Seat, Seats};
use sums::Sums;

/// Longest name of a provider.
const PROVIDER_NAME_MAX: usize = 40;

/// The gateway.
pub(crate) struct App {
    pub(crate) catalogue: Catalogue,
    pub(crate) keys: Keys,
    pub(crate) gone: Arc<Gone>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) repo: Arc<Repo>,
    pub(crate) sums: SumRepo,
    /// None when the operator wants no cache.
    pub(crate) cache: Option<Arc<ExactCache>>,
    pub(crate) limits: Limits,
    pub(crate) ambient: Ambient,
    /// When it was opened, seconds since 1970: `created` of every model.
    pub(crate) opened: i64,
    providers: Vec<Arc<dyn Provider>>,
    seats: Seats,
}

/// What a call runs on, kept until its answer ends.
pub(crate) struct Place {
    pub(crate) target: Target,
    pub(crate) provider: Arc<dyn Provider>,
    seat: Seat,
}

impl App {
    pub(crate) async fn open(deps: Deps) -> Result<Self, Fault> {
        let Deps { ambient, store, config } = deps;
        let (listings, providers) = open_providers(config.clone(), &ambient).await?;
        config.cache.check()?;
        let repo = Arc::new(Repo::open(&store, ambient.clone()).await?);
        let sums = SumRepo::open(&store).await?;
        let gone = Gone::new(repo.clone());
        let waiting = Sums::new(sums.clone(), gone.clone());
        let meter = Meter::new(repo.clone(), gone.clone(), waiting, ambient.clone());
        Ok(Self {
            catalogue: Catalogue::new(listings),
            keys: Keys::new(repo.clone(), gone.clone(), meter.clone()),
            cache: ExactCache::open(config.cache, &config.limits, gone.clone(), ambient.clone()),
            gone,
            meter,
            repo,
            sums,
            limits: config.limits,
            opened: ambient.now().seconds(),
            ambient,
            providers,
            seats: Seats::new(&config.limits),
        })
    }

    /// Finds the provider of `model` and takes a place for a call that `user` pays for: with an agent's run in a room,
    /// whoever is at the root of it.
    fn place(&self, user: UserId, model: &str) -> Result<Place, Error> {
        let target = self.catalogue.resolve(model)?;
        let provider = self
            .providers
            .get(target.provider)
            .cloned()
            .ok_or_else(|| Error::ModelNotFound(model.into()))?;
        let seat = self.seats.take(user)?;
        Ok(Place { target, provider, seat })
    }

    /// Tells whether the scripted demo answers for `target`.
    pub(crate) fn is_demo(&self, target: &Target) -> bool {
        self.providers.get(target.provider).is_some_and(|p| p.is_demo())
    }
}

impl Place {
    fn ask(&self, body: bytes::Bytes, stream: bool) -> Ask {
        Ask {
            body,
            model: self.target.model.clone(),
            stream,
        }
    }

    /// Turns it into a call that is metered from now on.
    fn begin(self, meter: &Arc<Meter>, who: Principal, prompt_estimate: u32) -> Call {
        Call::begin(meter.clone(), who, self.target.public, prompt_estimate, self.seat)
    }
}

async fn open_providers(config: Config, ambient: &Ambient) -> Result<(Vec<Listing>, Vec<Arc<dyn Provider>>), Fault> {
    let (timeouts, limits) = (config.timeouts, config.limits);
    let (mut listings, mut providers): (Vec<Listing>, Vec<Arc<dyn Provider>>) = (Vec::new(), Vec::new());
    let configured = if config.providers.is_empty() {
        vec![ProviderConfig::demo()]
    } else {
        config.providers
    };
    for mut provider in configured {
        check_name(&provider.name, &listings)?;
        if provider.dialect == Dialect::Demo {
            provider.models = vec![demo::CHAT_MODEL.into(), demo::EMBEDDING_MODEL.into()];
            provider.any_model = false;
        }
        if provider.models.is_empty() {
            return Err(wrong(&provider.name, "lists no models; the first one is its default"));
        }
        let upstream = async || {
            let headers = headers(&provider).await?;
            let base = base_url(&provider)?;
            Upstream::new(&provider.name, base, headers, (timeouts, limits), ambient.clone())
        };
        let adapter: Arc<dyn Provider> = match provider.dialect {
            Dialect::OpenAi => Arc::new(OpenAi::new(upstream().await?)),
            Dialect::Anthropic => Arc::new(Anthropic::new(&provider.name, upstream().await?)),
            Dialect::Demo => Arc::new(Demo::new(&provider.name)),
        };
        providers.push(Arc::new(Observed::new(adapter, &provider.name, &provider.models)));
        listings.push(Listing {
            provider: provider.name,
            models: provider.models,
            any_model: provider.any_model,
        });
    }
    Ok((listings, providers))
}

fn wrong(provider: &str, words: &str) -> Fault {
    Fault::new(
        ErrorCode::Invalid,
        "ai.config_invalid",
        format!("ai.providers: `{provider}` {words}"),
    )
}

fn check_name(name: &str, before: &[Listing]) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    if name.is_empty() || name.len() > PROVIDER_NAME_MAX || !name.chars().all(fits) {
        return Err(wrong(name, "is not 1-40 of [a-z0-9_-]"));
    }
    if before.iter().any(|l| l.provider == name) {
        return Err(wrong(name, "is there twice"));
    }
    Ok(())
}

/// Returns the address with its version, which Anthropic's own variable leaves out.
fn base_url(provider: &ProviderConfig) -> Result<Url, Fault> {
    let given = provider.base_url.as_deref().unwrap_or(provider.dialect.home());
    let mut url: Url = given
        .parse()
        .map_err(|_| wrong(&provider.name, "has a baseUrl that is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(&provider.name, "has a baseUrl that is neither http nor https"));
    }
    if provider.dialect == Dialect::Anthropic && matches!(url.path(), "" | "/") {
        url.set_path("/v1");
    }
    Ok(url)
}

async fn headers(provider: &ProviderConfig) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let key = match (&provider.api_key, &provider.api_key_file) {
        (Some(_), Some(_)) => return Err(wrong(&provider.name, "has both apiKey and apiKeyFile")),
        (Some(key), None) => Some(key.reveal().to_owned()),
        (None, Some(file)) => Some(tokio::fs::read_to_string(file).await.map_err(|e| {
            wrong(
                &provider.name,
                &format!("has an apiKeyFile that cannot be read ({}): {e}", file.display()),
            )
        })?),
        (None, None) => None,
    };
    if let Some(key) = key {
        let (name, value) = match provider.dialect {
            Dialect::Anthropic => (http::HeaderName::from_static("x-api-key"), key.trim().to_owned()),
            _ => (header::AUTHORIZATION, format!("Bearer {}", key.trim())),
        };
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| wrong(&provider.name, "has a key with letters that no header takes"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if provider.dialect == Dialect::Anthropic {
        headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    }
    Ok(headers)
}
