//! Owns the models of one provider: those that the operator named, or those that were found at the provider itself, which
//! may change. Refuses to know how they are found.

use std::sync::Arc;

use parking_lot::RwLock;

/// The models of one provider, the default first. Clones see the same.
#[derive(Clone, Debug)]
pub(crate) struct Models(Arc<RwLock<Option<Arc<[String]>>>>);

impl Models {
    /// Nobody has asked the provider yet, or it did not answer.
    pub(crate) fn unknown() -> Self {
        Self(Arc::default())
    }

    /// Returns them; none when they are unknown.
    pub(crate) fn names(&self) -> Arc<[String]> {
        self.0.read().clone().unwrap_or_default()
    }

    /// Tells whether they are known.
    pub(crate) fn are_known(&self) -> bool {
        self.0.read().is_some()
    }

    /// Tells whether `name` is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().iter().any(|model| model == name)
    }

    /// Replaces them; tells whether that is a change.
    pub(crate) fn found(&self, names: Vec<String>) -> bool {
        let names: Arc<[String]> = names.into();
        let mut known = self.0.write();
        let news = known.as_ref() != Some(&names);
        *known = Some(names);
        news
    }
}

impl From<Vec<String>> for Models {
    fn from(names: Vec<String>) -> Self {
        Self(Arc::new(RwLock::new(Some(names.into()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_seen_by_all_and_is_news_once() {
        let models = Models::unknown();
        let seen = models.clone();
        assert!(!seen.are_known() && seen.names().is_empty() && !seen.has("a"));
        assert!(models.found(vec!["a".into()]) && seen.has("a") && seen.are_known());
        assert!(!models.found(vec!["a".into()]) && models.found(Vec::new()));
        assert!(seen.are_known() && seen.names().is_empty());
    }
}
