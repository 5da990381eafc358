//! Owns which models take no temperature but their own: learnt from a provider's word, once for each model and process. Refuses to
//! know what a temperature does.

use std::collections::HashSet;

use kernel::ErrorCode;
use parking_lot::RwLock;

use crate::app::registry::Route;
use crate::error::Error;

/// Models that are remembered; beyond, a call is asked twice each time.
const MODELS_MAX: usize = 1_000;

/// The models that refused one.
#[derive(Default)]
pub(crate) struct Tempers(RwLock<HashSet<String>>);

impl Tempers {
    /// Tells whether `model`, `provider/model`, may be told a temperature, as far as is known.
    pub(crate) fn may_be_told(&self, model: &str) -> bool {
        !self.0.read().contains(model)
    }

    /// Learns from the error of a call over `route` that was told one; tells whether it is worth another try without.
    pub(crate) fn learn(&self, route: &Route, error: &Error) -> bool {
        let Error::UpstreamRefused { provider, kind, words } = error else {
            return false;
        };
        let is_wrong = matches!(kind, ErrorCode::Malformed | ErrorCode::Invalid);
        if !is_wrong || !words.to_ascii_lowercase().contains("temperature") {
            return false;
        }
        let models = route.stops.iter().map(|stop| stop.target.public.as_str());
        let theirs = models.filter(|model| model.split_once('/').is_some_and(|(of, _)| of == provider));
        let mut known = self.0.write();
        let mut is_new = false;
        for model in theirs {
            is_new |= known.len() < MODELS_MAX && known.insert(model.to_owned());
        }
        is_new
    }
}
