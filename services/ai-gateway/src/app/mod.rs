//! Owns what handlers and consumers work with: who can be asked, keys, governor, meter.

mod added_providers;
mod allowances;
mod attempt;
mod batch;
mod budgets;
mod complete_chat;
mod create_message;
mod embed_text;
mod exact_cache;
mod found_models;
mod gone;
mod governor;
mod keys;
mod meter;
mod rates;
mod registry;
mod remembered;
mod repeat_answer;
mod route_call;
mod seats;
mod stream_pieces;
mod sums;
mod targets;
mod tempers;
mod treasury;

use std::sync::Arc;

use chassis::resilience::Budget;
use contracts::ai_gateway::Principal;
use http::{HeaderMap, HeaderValue, header};
use kernel::{Ambient, ErrorCode, Fault, UserId};
use url::Url;

use crate::config::{Dialect, Limits, ProviderConfig};
use crate::domain::catalogue::{Listing, Target};
use crate::domain::models::Models;
use crate::domain::outline::ChatOutline;
use crate::domain::prompt::Need;
use crate::error::Error;
use crate::providers::Provider;
use crate::providers::anthropic::Anthropic;
use crate::providers::demo::{self, Demo};
use crate::providers::gemini::Gemini;
use crate::providers::observed::Observed;
use crate::providers::ollama::Ollama;
use crate::providers::openai::OpenAi;
use crate::providers::reach::Reach;
use crate::providers::upstream::Upstream;
use crate::repo::{Repo, SumRepo};
use crate::{Config, Deps};

pub(crate) use added_providers::{AddedProviders, KeyChange, NewProvider};
pub(crate) use attempt::Kind;
pub(crate) use budgets::Standing;
pub(crate) use complete_chat::{Completed, CompletedBody};
pub(crate) use create_message::MessageAsk;
use exact_cache::ExactCache;
pub(crate) use found_models::Finder;
pub(crate) use gone::Gone;
pub(crate) use governor::Wanted;
use governor::{Governor, Hold};
pub(crate) use keys::Keys;
pub(crate) use meter::{Call, Meter};
use registry::{Opened, Registries};
pub(crate) use registry::{Registry, Route};
pub(crate) use repeat_answer::{CacheWish, Source};
pub(crate) use route_call::Errand;
use seats::{Seat, Seats};
use sums::Sums;
use tempers::Tempers;

/// Longest name of a provider.
const PROVIDER_NAME_MAX: usize = 40;

/// The gateway.
pub(crate) struct App {
    pub(crate) added: Arc<AddedProviders>,
    pub(crate) keys: Keys,
    pub(crate) gone: Arc<Gone>,
    pub(crate) governor: Arc<Governor>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) repo: Arc<Repo>,
    pub(crate) sums: SumRepo,
    /// None when the operator wants no cache.
    pub(crate) cache: Option<Arc<ExactCache>>,
    pub(crate) limits: Limits,
    pub(crate) ambient: Ambient,
    /// When it was opened, seconds since 1970: `created` of every model.
    pub(crate) opened: i64,
    pub(crate) finder: Arc<Finder>,
    registries: Arc<Registries>,
    /// Of all calls: what is tried again, on the same target or another, is paid from it.
    retries: Budget,
    seats: Seats,
    tempers: Tempers,
}

/// What a call runs on, kept until its answer ends.
pub(crate) struct Place {
    /// Who answers: the first target of the route until the call is on its way, see [`App::route_call`].
    pub(crate) target: Target,
    pub(crate) provider: Arc<dyn Provider>,
    route: Arc<Route>,
    seat: Seat,
}

impl App {
    pub(crate) async fn open(deps: Deps) -> Result<Self, Fault> {
        let (opened, finder) = open_providers(deps.config.clone(), Reach::Anywhere, &deps.ambient).await?;
        finder.look().await;
        let rules = deps.config.breaker.rules();
        let of_file = opened
            .into_iter()
            .map(|(listing, provider)| Opened::new(listing, provider, rules));
        let registries = Registries::open(of_file.collect(), deps.config.models.clone(), deps.config.timeouts)?;
        let registries = Arc::new(registries);
        let repo = Arc::new(Repo::open(&deps.store, deps.ambient.clone()).await?);
        let gone = Gone::new(repo.clone());
        let governor = Governor::open(&deps, &repo, &gone)?;
        let Deps {
            ambient, store, config, ..
        } = deps;
        config.cache.check()?;
        let sums = SumRepo::open(&store).await?;
        let books = (governor.clone(), Sums::new(sums.clone(), gone.clone()));
        let meter = Meter::new(repo.clone(), gone.clone(), books, ambient.clone());
        let cache = ExactCache::open(config.cache, &config.limits, gone.clone(), ambient.clone());
        let (limits, retries) = (config.limits, Budget::new(config.retries.share()));
        let added = AddedProviders::new(repo.clone(), registries.clone(), config, ambient.clone());
        added.reload().await?;
        Ok(Self {
            added: Arc::new(added),
            cache,
            keys: Keys::new(repo.clone(), gone.clone(), meter.clone(), governor.clone()),
            gone,
            governor,
            meter,
            repo,
            sums,
            limits,
            opened: ambient.now().seconds(),
            ambient,
            finder: Arc::new(finder),
            registries,
            retries,
            seats: Seats::new(&limits),
            tempers: Tempers::default(),
        })
    }

    /// Returns who can be asked now.
    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.registries.now()
    }

    /// Finds the targets of `model` and takes a place for a call that `user` pays for: with an agent's run in a room,
    /// whoever is at the root of it.
    fn place(&self, user: UserId, model: &str) -> Result<Place, Error> {
        let route = self.registry().route(model)?;
        let first = route.stops.first().ok_or_else(|| Error::ModelNotFound(model.into()))?;
        let (target, provider) = (first.target.clone(), first.provider.clone());
        let seat = self.seats.take(user)?;
        Ok(Place {
            target,
            provider,
            route,
            seat,
        })
    }

    /// Returns what the chat in `outline` may need at most of whoever answers.
    fn need(&self, outline: &ChatOutline, place: &Place) -> Need {
        Need::of_chat(outline, || {
            let models = place.route.public_models();
            self.governor.unnamed(outline.stream, models)
        })
    }

    /// Reserves what a call may use most, before it is made; twice that where a second target may be asked beside the first.
    async fn admit(
        &self,
        who: &Principal,
        (asked, chooses): (&str, Option<&'static str>),
        place: &Place,
        need: Need,
    ) -> Result<Hold, Error> {
        let models: Vec<&str> = place.route.public_models().collect();
        let need = if place.route.hedge.is_some() {
            need.doubled()
        } else {
            need
        };
        let wanted = Wanted {
            asked,
            models: &models,
            need,
            is_demo: place.route.is_demo(),
            chooses,
        };
        self.governor.admit(who, wanted).await
    }
}

impl Place {
    /// Moves to the target number `at` of the route, which answers.
    fn at(mut self, at: usize) -> Self {
        if let Some(stop) = self.route.stops.get(at) {
            self.target = stop.target.clone();
            self.provider = stop.provider.clone();
        }
        self
    }

    /// Returns the name of the provider that answers.
    fn provider_name(&self) -> &str {
        self.target.public.split('/').next().unwrap_or_default()
    }

    /// Turns it into a call that is metered from now on.
    fn begin(self, meter: &Arc<Meter>, who: Principal, prompt_estimate: u32, hold: Hold) -> Call {
        let reserved = (self.seat, hold);
        Call::begin(meter.clone(), who, self.target.public, prompt_estimate, reserved)
    }
}

/// A provider's models, and the provider.
type Ready = (Listing, Arc<dyn Provider>);

/// Opens the providers of a configuration, which may be as far away as `reach` says; returns them with what looks for the models of
/// those that were not told any.
async fn open_providers(config: Config, reach: Reach, ambient: &Ambient) -> Result<(Vec<Ready>, Finder), Fault> {
    let (timeouts, limits) = (config.timeouts, config.limits);
    let (mut listings, mut providers): (Vec<Listing>, Vec<Arc<dyn Provider>>) = (Vec::new(), Vec::new());
    let mut finder = Finder::default();
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
        let finds = provider.dialect.finds_models() && provider.models.is_empty();
        if provider.models.is_empty() && !finds {
            return Err(wrong(&provider.name, "lists no models; the first one is its default"));
        }
        let upstream = async || {
            let headers = headers(&provider).await?;
            let base = base_url(&provider)?;
            Upstream::new(&provider.name, base, headers, (timeouts, limits), reach)
        };
        let adapter: Arc<dyn Provider> = match provider.dialect {
            Dialect::OpenAi => Arc::new(OpenAi::new(upstream().await?)),
            Dialect::Anthropic => Arc::new(Anthropic::new(&provider.name, upstream().await?)),
            Dialect::Gemini => Arc::new(Gemini::new(&provider.name, upstream().await?, ambient.clone())),
            Dialect::Ollama => Arc::new(Ollama::new(&provider.name, upstream().await?, ambient.clone())),
            Dialect::Demo => Arc::new(Demo::new(&provider.name)),
        };
        let models = if finds {
            Models::unknown()
        } else {
            provider.models.into()
        };
        let opened = Arc::new(Observed::new(adapter, &provider.name, models.clone()));
        if finds {
            finder.seek(&provider.name, models.clone(), opened.clone());
        }
        providers.push(opened);
        listings.push(Listing {
            provider: provider.name,
            models,
            any_model: provider.any_model,
            of_file: provider.dialect != Dialect::Demo,
        });
    }
    Ok((listings.into_iter().zip(providers).collect(), finder))
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

/// Returns the address with its version, which the makers' own variables leave out.
fn base_url(provider: &ProviderConfig) -> Result<Url, Fault> {
    let given = provider.base_url.as_deref().unwrap_or(provider.dialect.home());
    let mut url: Url = given
        .parse()
        .map_err(|_| wrong(&provider.name, "has a baseUrl that is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(&provider.name, "has a baseUrl that is neither http nor https"));
    }
    if matches!(url.path(), "" | "/") {
        url.set_path(provider.dialect.version());
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
            Dialect::Gemini => (http::HeaderName::from_static("x-goog-api-key"), key.trim().to_owned()),
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
