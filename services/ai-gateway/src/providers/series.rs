//! Owns the histograms of providers' calls, in the words of OpenTelemetry's semantic conventions for generative AI, and which
//! names may be labels: the operator's own, and few of answering models. Refuses to show those that callers make up.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Histogram, Label};
use parking_lot::{Mutex, RwLock};

use crate::domain::delta::Usage;
use crate::domain::models::Models;
use crate::domain::outline::MODEL_CHARS_MAX;

/// Stands for every model that the operator does not list: their names are the callers'.
const OTHER: &str = "_OTHER";
/// Names of answering models that are labels, for one provider; more are [`OTHER`].
const ANSWERING_MODELS_MAX: usize = 64;

/// What is counted of one provider's calls.
pub(super) struct Series {
    pub(super) provider: String,
    models: Models,
    answering: Mutex<HashSet<String>>,
    known: RwLock<HashMap<Names, Arc<Histograms>>>,
}

/// What a call is counted by, besides the provider.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Names {
    operation: &'static str,
    request: String,
    response: Option<String>,
}

/// The histograms of calls that have the same names. Each is asked for once: to search for it costs more than to count in it.
#[derive(Default)]
struct Histograms {
    seconds: OnceLock<Histogram>,
    prompt: OnceLock<Histogram>,
    completion: OnceLock<Histogram>,
    first: OnceLock<Histogram>,
    between: OnceLock<Histogram>,
}

/// A call that has ended.
pub(super) struct Ended<'a> {
    pub(super) operation: &'static str,
    /// The model that was asked for, as the provider names it.
    pub(super) asked: &'a str,
    /// The model that answered, in the provider's words.
    pub(super) answered: Option<&'a str>,
    pub(super) usage: Option<Usage>,
    pub(super) took: Duration,
    /// Until the first piece of a stream.
    pub(super) first: Option<Duration>,
    pub(super) error: Option<&'a str>,
}

impl Series {
    /// Counts calls of what the operator calls `provider` and whose listed models are `models`.
    pub(super) fn new(provider: &str, models: Models) -> Self {
        Self {
            provider: provider.to_owned(),
            models,
            answering: Mutex::default(),
            known: RwLock::default(),
        }
    }

    /// Counts a call.
    pub(super) fn count(&self, call: &Ended<'_>) {
        let request = self.request(call.asked);
        let names = Names {
            operation: call.operation,
            response: call.answered.map(|model| self.response(request, model)),
            request: request.to_owned(),
        };
        let histograms = self.of(&names);
        let labels = || names.labels(&self.provider);
        let with = |name, value: String| {
            let mut labels = labels();
            labels.push(Label::new(name, value));
            labels
        };
        let seconds = || histogram_of_seconds(labels());
        let took = call.took.as_secs_f64();
        match call.error {
            None => histograms.seconds.get_or_init(seconds).record(took),
            Some(error) => histogram_of_seconds(with("error_type", error.to_owned())).record(took),
        }
        if let Some(usage) = call.usage {
            let tokens = [
                (&histograms.prompt, "input", usage.prompt_tokens),
                (&histograms.completion, "output", usage.completion_tokens),
            ];
            for (histogram, kind, tokens) in tokens {
                let of_kind =
                    || metrics::histogram!("gen_ai_client_token_usage", with("gen_ai_token_type", kind.to_owned()));
                histogram.get_or_init(of_kind).record(f64::from(tokens));
            }
        }
        let Some(first) = call.first.filter(|_| call.error.is_none()) else {
            return;
        };
        let until_first = || metrics::histogram!("gen_ai_server_time_to_first_token_seconds", labels());
        histograms.first.get_or_init(until_first).record(first.as_secs_f64());
        let after_first = call.usage.and_then(|u| u.completion_tokens.checked_sub(1));
        if let Some(tokens) = after_first.filter(|tokens| *tokens > 0) {
            let each = || metrics::histogram!("gen_ai_server_time_per_output_token_seconds", labels());
            let rest = call.took.saturating_sub(first).as_secs_f64();
            histograms.between.get_or_init(each).record(rest / f64::from(tokens));
        }
    }

    fn of(&self, names: &Names) -> Arc<Histograms> {
        if let Some(known) = self.known.read().get(names) {
            return known.clone();
        }
        self.known.write().entry(names.clone()).or_default().clone()
    }

    fn request<'a>(&self, model: &'a str) -> &'a str {
        if self.models.has(model) { model } else { OTHER }
    }

    /// A model that the operator lists may answer under another name, such as one with a date; a label is kept for ever, so it
    /// is no longer than a name may be.
    fn response(&self, asked: &str, model: &str) -> String {
        if asked == OTHER || model.len() > MODEL_CHARS_MAX {
            return OTHER.to_owned();
        }
        let mut answering = self.answering.lock();
        if !answering.contains(model) {
            if answering.len() >= ANSWERING_MODELS_MAX {
                return OTHER.to_owned();
            }
            answering.insert(model.to_owned());
        }
        model.to_owned()
    }
}

fn histogram_of_seconds(labels: Vec<Label>) -> Histogram {
    metrics::histogram!("gen_ai_client_operation_duration_seconds", labels)
}

impl Names {
    fn labels(&self, provider: &str) -> Vec<Label> {
        let mut labels = vec![
            Label::new("gen_ai_operation_name", self.operation),
            Label::new("gen_ai_provider_name", provider.to_owned()),
            Label::new("gen_ai_request_model", self.request.clone()),
        ];
        let response = self.response.clone();
        labels.extend(response.map(|model| Label::new("gen_ai_response_model", model)));
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_listed_are_no_labels() {
        let series = Series::new("p", vec!["m".to_owned()].into());
        assert_eq!(series.request("m"), "m");
        assert_eq!(series.request("made up"), OTHER);
        assert_eq!(series.response(OTHER, "made up"), OTHER);
        assert_eq!(series.response("m", &"m".repeat(MODEL_CHARS_MAX + 1)), OTHER);
        for number in 0..ANSWERING_MODELS_MAX {
            assert_eq!(series.response("m", &format!("m-{number}")), format!("m-{number}"));
        }
        assert_eq!(series.response("m", "one more"), OTHER);
        assert_eq!(series.response("m", "m-7"), "m-7");
    }
}
