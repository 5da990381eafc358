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
    /// Whether the operator's file has it; what that lists comes before all that was added since. Never the demo.
    pub(crate) of_file: bool,
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

    /// Finds where `name` leads: `default`, `provider/model`, or a bare model that one provider has. What a provider of the file lists
    /// leads there, whatever was added. A name that only providers with `any_model` could know goes to the one there is.
    pub(crate) fn resolve(&self, name: &str) -> Result<Target, Error> {
        if name == DEFAULT {
            let first = self.0.first().map(|l| l.models.names());
            let first = first.as_ref().and_then(|models| models.first());
            return first
                .map(|model| self.target(0, model))
                .ok_or_else(|| self.no_default());
        }
        let of_file = self.places(|l| l.of_file && l.models.has(name));
        if let Some((provider, model)) = name.split_once('/') {
            let found = self.0.iter().position(|l| l.provider == provider);
            if let Some((at, listing)) = found.and_then(|at| Some((at, self.0.get(at)?)))
                && (listing.takes_any() || listing.models.has(model))
                && (listing.of_file || of_file.is_empty())
            {
                return Ok(self.target(at, model));
            }
        }
        let later: [&dyn Fn(&Listing) -> bool; 3] = [
            &|l| l.models.has(name),
            &|l| l.of_file && l.takes_any(),
            &Listing::takes_any,
        ];
        let mut places = of_file;
        for has in later {
            if places.is_empty() {
                places = self.places(has);
            }
        }
        match places.as_slice() {
            [] => Err(Error::ModelNotFound(name.into())),
            [only] => Ok(self.target(*only, name)),
            _ => Err(Error::ModelAmbiguous(name.into())),
        }
    }

    /// Says why there is no default: the first provider was not reached yet, or has nothing.
    fn no_default(&self) -> Error {
        match self.0.first() {
            Some(first) if !first.models.are_known() => Error::ModelsUnknown(first.provider.clone()),
            _ => Error::ModelNotFound(DEFAULT.into()),
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
            of_file: true,
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
    fn what_the_file_lists_leads_there_whatever_is_added() {
        let listing = |provider: &str, models: &[&str], of_file: bool| Listing {
            provider: provider.into(),
            models: models.iter().map(|m| (*m).into()).collect::<Vec<String>>().into(),
            any_model: !of_file,
            of_file,
        };
        let all = Catalogue::new(vec![
            listing("openrouter", &["meta-llama/llama-3", "both"], true),
            listing("meta-llama", &["both", "own"], false),
        ]);
        for (name, target) in [
            ("meta-llama/llama-3", "openrouter/meta-llama/llama-3"),
            ("openrouter/meta-llama/llama-3", "openrouter/meta-llama/llama-3"),
            ("both", "openrouter/both"),
            ("meta-llama/both", "meta-llama/both"),
            ("meta-llama/other", "meta-llama/other"),
            ("own", "meta-llama/own"),
        ] {
            assert_eq!(all.resolve(name).unwrap().public, target, "{name}");
        }
    }

    #[test]
    fn an_unknown_model_is_named_in_the_refusal() {
        let closed = Catalogue::new(vec![Listing {
            provider: "a".into(),
            models: vec!["one".into()].into(),
            any_model: false,
            of_file: true,
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
            of_file: true,
        }]);
        assert!(matches!(away.resolve("default"), Err(Error::ModelsUnknown(_))));
        assert!(away.resolve("a/one").is_ok() && away.resolve("one").is_ok() && away.resolve("default").is_err());
        models.found(vec!["two".into()]);
        assert!(away.resolve("a/one").is_err() && away.resolve("one").is_err());
        assert_eq!(away.resolve("default").unwrap().public, "a/two");
        assert_eq!(away.list().count(), 1);
    }
}
