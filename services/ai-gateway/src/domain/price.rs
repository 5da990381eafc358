//! Owns what models cost: the operator's prices, and the exact cost of a call in whole millionths, rounded up once. Refuses
//! to know floats, and who pays.

use std::borrow::Cow;

use kernel::{Cost, Currency};

use crate::config::PriceConfig;
use crate::domain::delta::Usage;

/// What a price is per.
const TOKENS_PER_PRICE: u128 = 1_000_000;
/// Most micros per million tokens: a whole unit for each token.
pub(crate) const PRICE_MAX: u64 = 1_000_000_000_000;
/// Stands for the rest of a model's name.
pub(crate) const WILDCARD: char = '*';

/// What a model costs, in micros of the major unit per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) prompt: u64,
    /// Of tokens read that the provider had in its cache of prompts.
    pub(crate) cached: u64,
    /// Of tokens read that it wrote to that cache.
    pub(crate) cache_write: u64,
    pub(crate) completion: u64,
    pub(crate) currency: Currency,
}

impl Price {
    /// Returns what so many tokens cost: the exact sum, rounded up to a whole micro. The same tokens in two calls may so cost a micro more.
    pub(crate) fn micros(&self, used: Usage) -> u64 {
        let of = |tokens: u32, price: u64| u128::from(tokens) * u128::from(price);
        let written = used.cache_write_tokens.min(used.prompt_tokens);
        let cached = used.cached_tokens.min(used.prompt_tokens - written);
        let plain = used.prompt_tokens - written - cached;
        let exact = of(plain, self.prompt)
            + of(cached, self.cached)
            + of(written, self.cache_write)
            + of(used.completion_tokens, self.completion);
        u64::try_from(exact.div_ceil(TOKENS_PER_PRICE)).unwrap_or(u64::MAX)
    }

    /// Returns what so many tokens cost at most, whatever becomes of the provider's cache.
    pub(crate) fn most_micros(&self, used: Usage) -> u64 {
        let prompt = self.prompt.max(self.cached).max(self.cache_write);
        Self { prompt, ..*self }.micros(Usage::of(used.prompt_tokens, used.completion_tokens))
    }

    /// The same, with its currency.
    pub(crate) fn cost(&self, used: Usage) -> Cost {
        Cost {
            micros: self.micros(used),
            currency: self.currency,
        }
    }
}

/// The prices of all models.
pub(crate) struct Prices {
    currency: Currency,
    /// Longest name first, exact ones before prefixes of the same length, so that the first that fits is the closest.
    listed: Vec<(Pattern, PriceConfig)>,
}

/// A model's public name, or how such names begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Exact(String),
    Prefix(String),
}

impl Pattern {
    /// Reads `provider/model`, or a prefix that ends with `*`. `None` when it is empty or has a `*` elsewhere.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (name, prefix) = match text.strip_suffix(WILDCARD) {
            Some(name) => (name, true),
            None => (text, false),
        };
        if text.is_empty() || name.contains(WILDCARD) {
            return None;
        }
        Some(if prefix {
            Self::Prefix(name.into())
        } else {
            Self::Exact(name.into())
        })
    }

    /// Tells whether `model` is meant.
    pub(crate) fn fits(&self, model: &str) -> bool {
        match self {
            Self::Exact(name) => name == model,
            Self::Prefix(name) => model.starts_with(name.as_str()),
        }
    }

    fn rank(&self) -> (usize, bool) {
        match self {
            Self::Exact(name) => (name.len(), true),
            Self::Prefix(name) => (name.len(), false),
        }
    }
}

/// Returns the one name of a model that its provider knows by several: Google's are also `models/…`, those of Ollama `…:latest`.
fn plain(model: &str) -> Cow<'_, str> {
    let model = model.strip_suffix(":latest").unwrap_or(model);
    match model.split_once('/') {
        Some((provider, name)) => match name.strip_prefix("models/") {
            Some(name) => format!("{provider}/{name}").into(),
            None => model.into(),
        },
        None => model.into(),
    }
}

impl Prices {
    /// Reads the operator's list; in the error the words say what is wrong with which price.
    pub(crate) fn read(currency: Currency, configured: &[PriceConfig]) -> Result<Self, String> {
        let mut listed: Vec<(Pattern, PriceConfig)> = Vec::new();
        for price in configured {
            let model = &price.model;
            let pattern = Pattern::read(&plain(model))
                .ok_or_else(|| format!("`{model}` is neither a model nor a prefix with one `*` at its end"))?;
            if listed.iter().any(|(other, _)| *other == pattern) {
                return Err(format!("`{model}` is there twice"));
            }
            let (cached, written) = (price.cached_micros_per_million, price.cache_write_micros_per_million);
            let all = [price.prompt_micros_per_million, price.completion_micros_per_million];
            if all
                .into_iter()
                .chain(cached)
                .chain(written)
                .any(|micros| micros > PRICE_MAX)
            {
                return Err(format!(
                    "`{model}` costs more than {PRICE_MAX} micros per million tokens"
                ));
            }
            if price.completion_tokens_max == Some(0) {
                return Err(format!("`{model}` has a completionTokensMax that is not at least 1"));
            }
            listed.push((pattern, price.clone()));
        }
        listed.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.rank()));
        Ok(Self { currency, listed })
    }

    /// Returns what `model` (its public name) costs; none where the operator has given it no price.
    pub(crate) fn of(&self, model: &str) -> Option<Price> {
        let price = self.listed(model)?;
        let prompt = price.prompt_micros_per_million;
        Some(Price {
            prompt,
            cached: price.cached_micros_per_million.unwrap_or(prompt),
            cache_write: price.cache_write_micros_per_million.unwrap_or(prompt),
            completion: price.completion_micros_per_million,
            currency: self.currency,
        })
    }

    /// Returns how many tokens `model` writes at most in an answer, where the operator says so.
    pub(crate) fn completion_max(&self, model: &str) -> Option<u32> {
        self.listed(model)?.completion_tokens_max
    }

    fn listed(&self, model: &str) -> Option<&PriceConfig> {
        let model = plain(model);
        let (_, price) = self.listed.iter().find(|(pattern, _)| pattern.fits(&model))?;
        Some(price)
    }

    /// Returns the one currency of the installation.
    pub(crate) const fn currency(&self) -> Currency {
        self.currency
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(model: &str, prompt: u64) -> PriceConfig {
        PriceConfig {
            model: model.into(),
            prompt_micros_per_million: prompt,
            ..PriceConfig::default()
        }
    }

    fn flat(prompt: u64, completion: u64) -> Price {
        Price {
            prompt,
            cached: prompt,
            cache_write: prompt,
            completion,
            currency: Currency::EUR,
        }
    }

    #[test]
    fn another_name_of_a_model_has_its_price() {
        let list = [listed("g/*", 1), listed("g/pro", 9), listed("o/models/x:latest", 7)];
        let prices = Prices::read(Currency::USD, &list).unwrap();
        for (model, price) in [("g/models/pro", 9), ("g/pro:latest", 9), ("o/x", 7), ("g/prod", 1)] {
            assert_eq!(prices.of(model).map(|p| p.prompt), Some(price), "{model}");
        }
    }

    #[test]
    fn what_was_in_the_providers_cache_has_prices_of_its_own() {
        let config = PriceConfig {
            cached_micros_per_million: Some(100_000),
            cache_write_micros_per_million: Some(1_250_000),
            ..listed("a", 1_000_000)
        };
        let price = Prices::read(Currency::USD, &[config]).unwrap().of("a").unwrap();
        let used = Usage {
            cached_tokens: 700,
            cache_write_tokens: 200,
            ..Usage::of(1_000, 0)
        };
        assert_eq!(price.micros(used), 100 + 70 + 250);
        assert_eq!(price.most_micros(used), 1_250);
        let plain = Prices::read(Currency::USD, &[listed("a", 1_000_000)])
            .unwrap()
            .of("a")
            .unwrap();
        assert_eq!(plain.micros(used), 1_000, "as what was read");
    }

    #[test]
    fn the_closest_price_holds() {
        let list = [
            listed("*", 1),
            listed("a/*", 2),
            listed("a/gpt*", 3),
            listed("a/gpt", 4),
        ];
        let prices = Prices::read(Currency::USD, &list).unwrap();
        for (model, price) in [("a/gpt", 4), ("a/gpt-5", 3), ("a/other", 2), ("b/gpt", 1)] {
            assert_eq!(prices.of(model).map(|p| p.prompt), Some(price), "{model}");
        }
        let some = Prices::read(Currency::USD, &list[1..]).unwrap();
        assert_eq!(some.of("b/gpt"), None);
        for wrong in [
            vec![listed("", 1)],
            vec![listed("a*b", 1)],
            vec![listed("a", 1), listed("a", 2)],
            vec![listed("a", PRICE_MAX + 1)],
        ] {
            assert!(Prices::read(Currency::USD, &wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cost_is_the_exact_sum_rounded_up_once(
            prompt in 0..=PRICE_MAX, completion in 0..=PRICE_MAX, read: u32, written: u32,
        ) {
            let price = flat(prompt, completion);
            let micros = u128::from(price.micros(Usage::of(read, written)));
            let exact = u128::from(read) * u128::from(prompt) + u128::from(written) * u128::from(completion);
            prop_assert!(micros * TOKENS_PER_PRICE >= exact, "never less than it is");
            prop_assert!(micros * TOKENS_PER_PRICE < exact + TOKENS_PER_PRICE, "nor a whole micro more");
        }

        #[test]
        fn more_tokens_never_cost_less_and_two_calls_never_less_than_one(
            prompt in 0..=PRICE_MAX, completion in 0..=PRICE_MAX, a in 0..u32::MAX / 2, b in 0..u32::MAX / 2, w in 0..u32::MAX / 2,
        ) {
            let price = flat(prompt, completion);
            let of = |prompt_tokens, completion_tokens| price.micros(Usage::of(prompt_tokens, completion_tokens));
            prop_assert!(of(a + b, w) >= of(a, w));
            prop_assert!(of(a, w) + of(b, 0) >= of(a + b, w));
            prop_assert!(of(a, w) + of(b, 0) <= of(a + b, w) + 1);
        }
    }
}
