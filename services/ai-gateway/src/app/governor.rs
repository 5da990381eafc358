//! Owns what stands between a caller and a model: may it ask this model, so often, so much, and is there money for the most
//! it can cost. What passes is reserved; what was used is charged, once, when the call ends. Refuses to know how budgets are kept.

use std::sync::Arc;

use contracts::ai_gateway::Principal;
use kernel::{Cost, Fault};
use parking_lot::Mutex;

use crate::app::Gone;
use crate::app::allowances::Allowances;
use crate::app::rates::{Rates, Slot, Taken};
use crate::app::treasury::{Account, Treasury};
use crate::config::Config;
use crate::domain::delta::Usage;
use crate::domain::price::{Price, Prices};
use crate::domain::prompt::Need;
use crate::domain::purse::{CallId, Part};
use crate::domain::subject::{Allowance, Budget, Subject, Unit};
use crate::domain::window::Window;
use crate::error::Error;
use crate::repo::Repo;
use crate::repo::books::AccountId;
use crate::{Deps, config::Budgets};

/// The judge of every call.
pub(crate) struct Governor {
    pub(crate) prices: Prices,
    pub(crate) allowances: Allowances,
    pub(crate) treasury: Treasury,
    /// Tokens reserved for an answer whose caller names no limit.
    pub(crate) unnamed_tokens: u32,
    /// The same of an answer that comes whole.
    unnamed_whole_tokens: u32,
    rates: Rates,
}

/// What a caller wants.
pub(crate) struct Wanted<'a> {
    /// The model as it was asked for.
    pub(crate) asked: &'a str,
    /// The models that may answer, `provider/model`: the dearest is reserved for.
    pub(crate) models: &'a [&'a str],
    pub(crate) need: Need,
    /// Whether no model is behind it: the demo needs no price.
    pub(crate) is_demo: bool,
    /// A field of the body by which whoever gets it may choose another model.
    pub(crate) chooses: Option<&'static str>,
}

/// What is reserved for one call. Refunded whole when it is dropped before it is settled.
pub(crate) struct Hold {
    governor: Arc<Governor>,
    call: CallId,
    /// By which it was reserved.
    price: Option<Price>,
    /// Tokens of the request that it is reserved for, and of the answer.
    prompt: u32,
    covered: u32,
    lines: Vec<Line>,
    taken: Vec<Taken>,
    /// What attempts used that came to nothing.
    lost: Mutex<Lost>,
    settled: bool,
    _slots: Vec<Slot>,
}

struct Line {
    account: Arc<Account>,
    unit: Unit,
    limit: u64,
    reserved: u64,
}

#[derive(Default)]
struct Lost {
    micros: u64,
    tokens: u64,
}

fn tokens(used: Usage) -> u64 {
    u64::from(used.prompt_tokens) + u64::from(used.completion_tokens)
}

impl Governor {
    pub(crate) fn open(deps: &Deps, repo: &Arc<Repo>, gone: &Arc<Gone>) -> Result<Arc<Self>, Fault> {
        let Config {
            currency,
            prices,
            budgets,
            ..
        } = &deps.config;
        let Budgets {
            unnamed_tokens,
            unnamed_whole_tokens,
            ..
        } = *budgets;
        budgets.check()?;
        let prices = Prices::read(currency.0, prices).map_err(|words| {
            let words = format!("ai.prices: {words}");
            Fault::new(kernel::ErrorCode::Invalid, "ai.config_invalid", words)
        })?;
        Ok(Arc::new(Self {
            prices,
            allowances: Allowances::new(repo.clone(), budgets),
            treasury: Treasury::new(repo.clone(), gone.clone(), deps.ambient.clone()),
            unnamed_tokens,
            unnamed_whole_tokens,
            rates: Rates::new(deps.ephemeral.clone()),
        }))
    }

    /// Lets a call pass and reserves the most that it can use, everywhere that it is counted; or says what stands against it.
    /// A refused call has cost nothing but its place in the limit of calls a minute.
    pub(crate) async fn admit(self: &Arc<Self>, who: &Principal, wanted: Wanted<'_>) -> Result<Hold, Error> {
        let allowances = self.allowances.of(who).await?;
        let Need { prompt, completion } = wanted.need;
        let most = Usage::of(prompt, completion);
        let prices = wanted.models.iter().filter_map(|model| self.prices.of(model));
        let mut hold = Hold {
            governor: self.clone(),
            call: self.treasury.call(),
            price: prices.max_by_key(|price| price.most_micros(most)),
            prompt,
            covered: completion,
            lines: Vec::new(),
            taken: Vec::new(),
            lost: Mutex::default(),
            settled: false,
            _slots: Vec::new(),
        };
        for (subject, allowance) in &allowances {
            let listed = |name: &str| allowance.models.iter().any(|pattern| pattern.fits(name));
            if !allowance.models.is_empty() && !listed(wanted.asked) && !wanted.models.iter().all(|name| listed(name)) {
                return Err(Error::ModelNotAllowed(wanted.asked.into()));
            }
            if let Some(field) = wanted.chooses
                && (allowance.money.is_some() || !allowance.models.is_empty())
            {
                let words = "may choose another model, and what is allowed here is bound to the one that is named";
                return Err(Error::Invalid(field, words.into()));
            }
            if allowance.money.is_some()
                && !wanted.is_demo
                && wanted.need != Need::NOTHING
                && let Some(model) = wanted.models.iter().find(|model| self.prices.of(model).is_none())
            {
                return Err(Error::ModelUnpriced {
                    scope: subject.scope(),
                    model: (*model).to_owned(),
                });
            }
            if let Some(most) = allowance.rates.concurrent {
                hold._slots.push(self.rates.slot(*subject, most)?);
            }
        }
        let count = u32::try_from(tokens(most)).unwrap_or(u32::MAX);
        for (subject, allowance) in &allowances {
            let taken = self.rates.take(*subject, &allowance.rates, count).await?;
            hold.taken.extend(taken);
        }
        for (subject, allowance) in &allowances {
            for (unit, limit, window) in budgets(allowance) {
                hold.reserve((*subject, unit, window), (limit, allowance), most).await?;
            }
        }
        Ok(hold)
    }

    /// Returns how many tokens are reserved for an answer whose caller names no limit: at a stream the first ones, at a whole one
    /// the most that any of `models` writes.
    pub(crate) fn unnamed<'a>(&self, stream: bool, models: impl Iterator<Item = &'a str>) -> u32 {
        if stream {
            return self.unnamed_tokens;
        }
        let most = |model: &str| self.prices.completion_max(model).unwrap_or(self.unnamed_whole_tokens);
        models.map(most).max().unwrap_or(self.unnamed_whole_tokens)
    }

    /// Puts rates right that no next call did.
    pub(crate) async fn correct_rates(&self) {
        self.rates.flush().await;
    }

    /// Brings the purses' word to the accounts.
    pub(crate) async fn tell_or_warn(&self, closing: bool) {
        if let Err(e) = self.treasury.flush(closing).await {
            tracing::warn!("accounts not told yet: {e}");
        }
    }
}

/// Lists an allowance's budgets: what of, how much, for which window.
pub(crate) fn budgets(allowance: &Allowance) -> impl Iterator<Item = (Unit, u64, Window)> {
    let money = allowance
        .money
        .map(|Budget { micros, window }| (Unit::Micros, micros, window));
    let tokens = |most: Option<u64>, window| most.map(|tokens| (Unit::Tokens, tokens, window));
    let day = tokens(allowance.tokens_per_day, Window::Day);
    let month = tokens(allowance.tokens_per_month, Window::Month);
    [money, day, month].into_iter().flatten()
}

/// Returns what so much may come to at most.
fn at_most(price: Option<Price>, unit: Unit, used: Usage) -> u64 {
    match unit {
        Unit::Micros => price.map_or(0, |price| price.most_micros(used)),
        Unit::Tokens => tokens(used),
    }
}

fn amount(price: Option<Price>, unit: Unit, used: Usage) -> u64 {
    match unit {
        Unit::Micros => price.map_or(0, |price| price.micros(used)),
        Unit::Tokens => tokens(used),
    }
}

impl Hold {
    async fn reserve(
        &mut self,
        (subject, unit, window): (Subject, Unit, Window),
        (limit, allowance): (u64, &Allowance),
        most: Usage,
    ) -> Result<(), Error> {
        let need = at_most(self.price, unit, most);
        // What costs nothing needs no budget.
        if need == 0 {
            return Ok(());
        }
        let id = AccountId { subject, unit, window };
        let treasury = &self.governor.treasury;
        let account = treasury.account(id, allowance.owner)?;
        // Noted first: should the caller leave while it waits, what was granted meanwhile is settled as well.
        self.lines.push(Line {
            account: account.clone(),
            unit,
            limit,
            reserved: need,
        });
        let part = Part {
            call: self.call,
            before: 0,
        };
        treasury.reserve(&account, part, need, limit).await
    }

    /// Makes sure that what is written is reserved for: reserves more once `written` tokens are more than that, or says that it
    /// is not to be had, and then the answer must end. Waits for nothing as long as there is enough. What was `used` so far is paid
    /// from what was reserved so far.
    pub(crate) async fn cover(&mut self, written: u32, used: Usage) -> Result<(), Error> {
        if written <= self.covered || self.lines.is_empty() {
            return Ok(());
        }
        let more = self.governor.unnamed_tokens.max(written.saturating_sub(self.covered));
        let price = self.price;
        for line in &mut self.lines {
            let need = amount(price, line.unit, Usage::of(0, more));
            let part = Part {
                call: self.call,
                before: amount(price, line.unit, used).min(line.reserved),
            };
            let treasury = &self.governor.treasury;
            treasury.reserve(&line.account, part, need, line.limit).await?;
            line.reserved = line.reserved.saturating_add(need);
        }
        self.covered = self.covered.saturating_add(more);
        Ok(())
    }

    /// Returns an estimate that is not over what is reserved, where anything is.
    pub(crate) fn within(&self, estimate: Usage) -> Usage {
        if self.lines.is_empty() {
            return estimate;
        }
        Usage::of(
            estimate.prompt_tokens.min(self.prompt),
            estimate.completion_tokens.min(self.covered),
        )
    }

    /// Says which model answers: its price holds from now on.
    pub(crate) fn serve(&mut self, model: &str) {
        self.price = self.governor.prices.of(model);
    }

    /// Returns the price that holds.
    pub(crate) const fn price(&self) -> Option<Price> {
        self.price
    }

    /// Returns what so much costs.
    pub(crate) fn cost(&self, used: Usage) -> Option<Cost> {
        self.price.map(|price| price.cost(used))
    }

    /// Notes what an attempt used that came to nothing; returns the price that it is charged by, as far as the reservation reaches:
    /// beyond, it is the operator's loss.
    pub(crate) fn lost(&self, model: &str, used: Usage) -> Option<Price> {
        let price = self.governor.prices.of(model);
        let mut lost = self.lost.lock();
        lost.micros = lost.micros.saturating_add(price.map_or(0, |price| price.micros(used)));
        lost.tokens = lost.tokens.saturating_add(tokens(used));
        price
    }

    /// Charges what was used and refunds the rest. Only the first time.
    pub(crate) fn settle(&mut self, used: Usage) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let lost = self.lost.lock();
        for line in &self.lines {
            let own = amount(self.price, line.unit, used);
            let beside = match line.unit {
                Unit::Micros => lost.micros,
                Unit::Tokens => lost.tokens,
            };
            let beside = beside.min(line.reserved.saturating_sub(own));
            line.account.settle(self.call, own.saturating_add(beside));
        }
        for taken in &self.taken {
            self.governor
                .rates
                .correct(taken, tokens(used).saturating_add(lost.tokens));
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.settle(Usage::default());
    }
}
