//! Owns which model is where: the public names, and what each resolves to. Refuses to know how a provider is spoken to.

use crate::domain::models::Models;
use crate::error::Error;

/// The word for the operator's first model.
pub(crate) const DEFAULT: &str = "default";

/// A provider's models.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// The provider's name.
    pub(crate) provider: String,
    /// Its models, the default first.
    pub(crate) models: Models,
    /// Whether other names are passed on as well.
    pub(crate) any_model: bool,
}

impl Listing {
    /// Tells whether `model` is passed on although it is not listed. While the models are unknown, the provider says so itself.
    fn takes_any(&self) -> bool {
        self.any_model || !self.models.are_known()
    }
}

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Index of the provider.
    pub(crate) provider: usize,
    /// The model as the provider names it.
    pub(crate) model: String,
    /// The model as we name it: `provider/model`.
    pub(crate) public: String,
}

/// All models.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue(Vec<Listing>);

impl Catalogue {
    /// Builds it of the providers' listings, in the operator's order.
    pub(crate) fn new(listings: Vec<Listing>) -> Self {
        Self(listings)
    }

    /// Lists all models, in the operator's order.
    pub(crate) fn list(&self) -> impl Iterator<Item = Target> {
        self.0.iter().enumerate().flat_map(move |(at, l)| {
            let targets: Vec<Target> = l.models.names().iter().map(|m| self.target(at, m)).collect();
            targets
        })
    }

    /// Returns the name of a target's provider.
    pub(crate) fn provider_of(&self, target: &Target) -> &str {
        self.0.get(target.provider).map_or("", |l| l.provider.as_str())
    }

    /// Finds where `name` leads: `default`, `provider/model`, or a bare model that one provider has. A name that only
    /// providers with `any_model` could know goes to the one there is.
    pub(crate) fn resolve(&self, name: &str) -> Result<Target, Error> {
        if name == DEFAULT {
            let first = self.0.first().map(|l| l.models.names());
            let first = first.as_ref().and_then(|models| models.first());
            return first
                .map(|model| self.target(0, model))
                .ok_or_else(|| Error::ModelNotFound(name.into()));
        }
        if let Some((provider, model)) = name.split_once('/') {
            let found = self.0.iter().position(|l| l.provider == provider);
            if let Some((at, listing)) = found.and_then(|at| Some((at, self.0.get(at)?)))
                && (listing.takes_any() || listing.models.has(model))
            {
                return Ok(self.target(at, model));
            }
        }
        let listed = self.places(|l| l.models.has(name));
        let places = if listed.is_empty() {
            self.places(Listing::takes_any)
        } else {
            listed
        };
        match places.as_slice() {
            [] => Err(Error::ModelNotFound(name.into())),
            [only] => Ok(self.target(*only, name)),
            _ => Err(Error::ModelAmbiguous(name.into())),
        }
    }

    fn places(&self, has: impl Fn(&Listing) -> bool) -> Vec<usize> {
        self.0
            .iter()
            .enumerate()
            .filter(|(_, l)| has(l))
            .map(|(at, _)| at)
            .collect()
    }

    fn target(&self, provider: usize, model: &str) -> Target {
        let name = self.0.get(provider).map_or("", |l| l.provider.as_str());
        Target {
            provider,
            model: model.into(),
            public: format!("{name}/{model}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let listing = |provider: &str, models: &[&str], any_model| Listing {
            provider: provider.into(),
            models: models.iter().map(|m| (*m).into()).collect::<Vec<String>>().into(),
            any_model,
        };
        Catalogue::new(vec![
            listing("a", &["one", "both"], false),
            listing("b", &["both", "org/two"], true),
        ])
    }

    #[test]
    fn a_name_leads_to_one_provider_or_nowhere() {
        let at = |name: &str| {
            catalogue()
                .resolve(name)
                .map(|t| format!("{}:{}", t.provider, t.model))
                .ok()
        };
        for (name, target) in [
            ("default", Some("0:one")),
            ("one", Some("0:one")),
            ("a/one", Some("0:one")),
            ("b/both", Some("1:both")),
            ("both", None),
            ("org/two", Some("1:org/two")),
            ("b/org/two", Some("1:org/two")),
            ("unheard-of", Some("1:unheard-of")),
            ("b/unheard-of", Some("1:unheard-of")),
        ] {
            assert_eq!(at(name).as_deref(), target, "{name}");
        }
        let names: Vec<String> = catalogue().list().map(|t| t.public).collect();
        assert_eq!(names, ["a/one", "a/both", "b/both", "b/org/two"]);
    }

    #[test]
    fn an_unknown_model_is_named_in_the_refusal() {
        let closed = Catalogue::new(vec![Listing {
            provider: "a".into(),
            models: vec!["one".into()].into(),
            any_model: false,
        }]);
        for name in ["no-such", "a/no-such", "no/such", ""] {
            let error = closed.resolve(name).unwrap_err();
            assert!(matches!(error, Error::ModelNotFound(_)) && error.to_string().contains(name));
        }
    }

    #[test]
    fn a_provider_whose_models_are_unknown_says_itself_what_it_has() {
        let models = Models::unknown();
        let away = Catalogue::new(vec![Listing {
            provider: "a".into(),
            models: models.clone(),
            any_model: false,
        }]);
        assert!(away.resolve("a/one").is_ok() && away.resolve("one").is_ok() && away.resolve("default").is_err());
        models.found(vec!["two".into()]);
        assert!(away.resolve("a/one").is_err() && away.resolve("one").is_err());
        assert_eq!(away.resolve("default").unwrap().public, "a/two");
        assert_eq!(away.list().count(), 1);
    }
}
