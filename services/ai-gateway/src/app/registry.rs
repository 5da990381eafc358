//! Owns who can be asked at the moment: providers of the file and of administrators, and the named models over them. A call
//! keeps what it found, whatever is changed meanwhile. Refuses to know where the providers come from.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::resilience::{Budget, Rules, Share};
use kernel::{ErrorCode, Fault};
use parking_lot::{Mutex, RwLock};

use crate::app::Kind;
use crate::app::targets::TargetState;
use crate::config::{NamedModel, Strategy, Timeouts};
use crate::domain::catalogue::{Catalogue, Listing, Target};
use crate::domain::route::is_model_name;
use crate::error::Error;
use crate::providers::Provider;

/// Targets that a named model may have.
const TARGETS_MAX: usize = 16;
/// Largest weight of a target.
const WEIGHT_MAX: u32 = 1_000;
/// Hedges that a named model can save up.
const HEDGES_SAVED: u32 = 10;

/// How many providers this process has opened.
static OPENED: AtomicU64 = AtomicU64::new(0);

/// A provider that is ready, with what is known of its targets.
pub(crate) struct Opened {
    pub(crate) listing: Listing,
    pub(crate) provider: Arc<dyn Provider>,
    /// By model. Models may be found later; what was once found is remembered.
    targets: Mutex<HashMap<String, Arc<TargetState>>>,
    rules: Option<Rules>,
    /// For models that are only passed on.
    others: Arc<TargetState>,
    /// No other one that this process has opened has this number: a changed provider is opened anew.
    number: u64,
}

impl Opened {
    pub(crate) fn new(listing: Listing, provider: Arc<dyn Provider>, rules: Rules) -> Arc<Self> {
        let rules = (!provider.is_demo()).then_some(rules);
        Arc::new(Self {
            targets: Mutex::default(),
            rules,
            others: TargetState::new(&format!("{}/*", listing.provider), rules),
            listing,
            provider,
            // Only uniqueness matters.
            number: OPENED.fetch_add(1, Ordering::Relaxed),
        })
    }

    fn state(&self, model: &str) -> Arc<TargetState> {
        let mut targets = self.targets.lock();
        if let Some(state) = targets.get(model) {
            return state.clone();
        }
        if !self.listing.models.has(model) {
            return self.others.clone();
        }
        let state = TargetState::new(&format!("{}/{model}", self.listing.provider), self.rules);
        targets.insert(model.to_owned(), state.clone());
        state
    }
}

/// A target that a call may go to.
pub(crate) struct Stop {
    pub(crate) target: Target,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) state: Arc<TargetState>,
    pub(crate) weight: u32,
    /// The number of its provider as it was opened.
    pub(crate) opened: u64,
}

/// Where a call may go.
pub(crate) struct Route {
    /// The named model, or the only target.
    pub(crate) name: String,
    pub(crate) strategy: Strategy,
    pub(crate) timeouts: Timeouts,
    pub(crate) hedge: Option<Arc<Hedge>>,
    /// At least one.
    pub(crate) stops: Vec<Stop>,
}

/// When a second target is asked beside a slow one.
pub(crate) struct Hedge {
    pub(crate) after: Duration,
    pub(crate) share: Budget,
}

/// A named model as it was configured, checked.
pub(crate) struct Named {
    name: String,
    strategy: Strategy,
    timeouts: Timeouts,
    hedge: Option<Arc<Hedge>>,
    /// `provider/model`, and how often it is drawn.
    targets: Vec<(String, u32)>,
}

/// Who can be asked, at one moment.
pub(crate) struct Registry {
    pub(crate) catalogue: Catalogue,
    providers: Vec<Arc<Opened>>,
    named: Vec<Arc<Route>>,
    timeouts: Timeouts,
}

impl Registry {
    fn new(providers: Vec<Arc<Opened>>, named: &[Named], timeouts: Timeouts) -> Self {
        let catalogue = Catalogue::new(providers.iter().map(|p| p.listing.clone()).collect());
        let mut registry = Self {
            catalogue,
            providers,
            named: Vec::new(),
            timeouts,
        };
        registry.named = named.iter().map(|n| Arc::new(registry.route_of(n))).collect();
        registry
    }

    /// Finds where calls for `name` go: a named model, or what the catalogue knows.
    pub(crate) fn route(&self, name: &str) -> Result<Arc<Route>, Error> {
        if let Some(route) = self.named(name) {
            return Ok(route);
        }
        let target = self.catalogue.resolve(name)?;
        let stop = self.stop(target, 1).ok_or_else(|| Error::ModelNotFound(name.into()))?;
        Ok(Arc::new(Route {
            name: stop.target.public.clone(),
            strategy: Strategy::Ordered,
            timeouts: self.timeouts,
            hedge: None,
            stops: vec![stop],
        }))
    }

    /// Finds the named model `name`.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Route>> {
        self.named.iter().find(|route| route.name == name).cloned()
    }

    /// Lists the named models, in the operator's order.
    pub(crate) fn all_named(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.named.iter()
    }

    /// Tells whether the scripted demo answers for `target`.
    pub(crate) fn is_demo(&self, target: &Target) -> bool {
        self.providers
            .get(target.provider)
            .is_some_and(|p| p.provider.is_demo())
    }

    fn stop(&self, target: Target, weight: u32) -> Option<Stop> {
        let opened = self.providers.get(target.provider)?;
        Some(Stop {
            provider: opened.provider.clone(),
            state: opened.state(&target.model),
            opened: opened.number,
            target,
            weight,
        })
    }

    /// Finds the target `provider/model`, and nothing that is only called so.
    fn exact(&self, public: &str) -> Option<Target> {
        self.catalogue.resolve(public).ok().filter(|t| t.public == public)
    }

    fn route_of(&self, named: &Named) -> Route {
        let stops = named.targets.iter();
        Route {
            name: named.name.clone(),
            strategy: named.strategy,
            timeouts: named.timeouts,
            hedge: named.hedge.clone(),
            stops: stops
                .filter_map(|(public, weight)| self.stop(self.exact(public)?, *weight))
                .collect(),
        }
    }
}

impl Route {
    /// Tells whether any of them gets the caller's own body, with fields that the gateway does not know.
    pub(crate) fn passes_on(&self, kind: Kind) -> bool {
        self.stops.iter().any(|stop| match kind {
            Kind::Chat | Kind::Embeddings => stop.provider.passes_on(),
            Kind::Message => stop.provider.messages().is_some(),
        })
    }

    /// Returns all who may answer, as `provider/model`.
    pub(crate) fn public_models(&self) -> impl Iterator<Item = &str> {
        self.stops.iter().map(|stop| stop.target.public.as_str())
    }

    /// Tells whether the scripted demo answers.
    pub(crate) fn is_demo(&self) -> bool {
        self.stops.iter().any(|stop| stop.provider.is_demo())
    }
}

/// The registry of now, and what it is made of.
pub(crate) struct Registries {
    file: Vec<Arc<Opened>>,
    named: Vec<Named>,
    timeouts: Timeouts,
    now: RwLock<Arc<Registry>>,
}

impl Registries {
    /// Begins with the providers of the file. Fails naming everything that is wrong with the named models.
    pub(crate) fn open(file: Vec<Arc<Opened>>, models: Vec<NamedModel>, timeouts: Timeouts) -> Result<Self, Fault> {
        let bare = Registry::new(file.clone(), &[], timeouts);
        let mut mistakes = Vec::new();
        for (at, model) in models.iter().enumerate() {
            if models.iter().take(at).any(|before| before.name == model.name) {
                mistakes.push(format!("`{}` is there twice", model.name));
            }
            mistakes.extend(wrong_with(model, &bare));
        }
        if !mistakes.is_empty() {
            let words = format!("ai.models: {}", mistakes.join("; "));
            return Err(Fault::new(ErrorCode::Invalid, "ai.config_invalid", words));
        }
        let named: Vec<Named> = models.into_iter().map(|model| Named::new(model, timeouts)).collect();
        let now = Registry::new(file.clone(), &named, timeouts);
        Ok(Self {
            file,
            named,
            timeouts,
            now: RwLock::new(Arc::new(now)),
        })
    }

    /// Returns who can be asked now.
    pub(crate) fn now(&self) -> Arc<Registry> {
        self.now.read().clone()
    }

    /// Tells whether the file has a provider of this name.
    pub(crate) fn is_of_file(&self, name: &str) -> bool {
        self.file.iter().any(|opened| opened.listing.provider == name)
    }

    /// From now on, these are there beside the providers of the file. They come before the demo, which never stands in for
    /// a provider that somebody has configured.
    pub(crate) fn replace_added(&self, added: Vec<Arc<Opened>>) {
        let only_demo = self.file.iter().all(|opened| opened.provider.is_demo());
        let all = if only_demo {
            added.into_iter().chain(self.file.iter().cloned()).collect()
        } else {
            self.file.iter().cloned().chain(added).collect()
        };
        *self.now.write() = Arc::new(Registry::new(all, &self.named, self.timeouts));
    }
}

impl Named {
    fn new(model: NamedModel, common: Timeouts) -> Self {
        let hedge = model.hedge.map(|hedge| {
            let share = Share {
                permille: hedge.percent_max.saturating_mul(10),
                start: 0,
                most: HEDGES_SAVED,
                per_minute: 0,
            };
            Arc::new(Hedge {
                after: Duration::from_millis(hedge.after_ms),
                share: Budget::new(share),
            })
        });
        Self {
            name: model.name,
            strategy: model.strategy,
            timeouts: model.timeouts.over(common),
            hedge,
            targets: model.targets.into_iter().map(|t| (t.model, t.weight)).collect(),
        }
    }
}

/// Lists what is wrong with a named model.
fn wrong_with(model: &NamedModel, known: &Registry) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut wrong = |words: String| mistakes.push(format!("`{}` {words}", model.name));
    if !is_model_name(&model.name) {
        wrong("is not 1-64 of [A-Za-z0-9._:-]".into());
    }
    if !(1..=TARGETS_MAX).contains(&model.targets.len()) {
        wrong(format!("has {} targets, not 1 to {TARGETS_MAX}", model.targets.len()));
    }
    let mut demos = 0;
    for (at, target) in model.targets.iter().enumerate() {
        match known.exact(&target.model) {
            None => wrong(format!(
                "has the target `{}`, which no provider of the file has",
                target.model
            )),
            Some(found) => demos += usize::from(known.is_demo(&found)),
        }
        if model.targets.iter().take(at).any(|before| before.model == target.model) {
            wrong(format!("has the target `{}` twice", target.model));
        }
        if !(1..=WEIGHT_MAX).contains(&target.weight) {
            wrong(format!(
                "gives `{}` a weight that is not 1 to {WEIGHT_MAX}",
                target.model
            ));
        }
    }
    if demos != 0 && demos != model.targets.len() {
        wrong("mixes the demo with models: it never stands in for one".into());
    }
    if let Some(hedge) = model.hedge {
        if model.targets.len() < 2 {
            wrong("hedges, but has no second target".into());
        }
        if hedge.after_ms == 0 || !(1..=100).contains(&hedge.percent_max) {
            wrong("hedges after less than 1 ms, or for not 1 to 100 calls in a hundred".into());
        }
    }
    mistakes
}
