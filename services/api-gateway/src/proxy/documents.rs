//! Owns the product's OpenAPI document when the services run in processes of their own: it is put together from theirs,
//! as they are now. Refuses to know their routes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use chassis::Problem;
use futures::future::BoxFuture;
use http::header;
use kernel::Fault;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Asks a service, by name, for its part of the document: a whole OpenAPI document of its own.
pub type Documents = Arc<dyn Fn(&str) -> BoxFuture<'static, Result<Value, Fault>> + Send + Sync>;

/// The services are asked again after so long.
const FRESH: Duration = Duration::from_secs(5);
/// How long a service may take to answer.
const ASK_MAX: Duration = Duration::from_secs(3);

/// The parts that were collected, and what was made of them.
pub(crate) struct Collected {
    ask: Documents,
    version: &'static str,
    /// Held while services are asked, so that they are asked once for all who wait.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last part of each service: one that does not answer for a while keeps its place.
    parts: BTreeMap<String, Value>,
    whole: Option<(Instant, Bytes)>,
}

impl Collected {
    pub(crate) fn new(ask: Documents, version: &'static str) -> Self {
        Self {
            ask,
            version,
            state: Mutex::default(),
        }
    }

    /// Answers with the document of `services`.
    pub(crate) async fn answer(&self, services: &[String]) -> Response {
        match self.document(services).await {
            Ok(document) => ([(header::CONTENT_TYPE, "application/json")], document).into_response(),
            Err(fault) => Problem(fault).into_response(),
        }
    }

    async fn document(&self, services: &[String]) -> Result<Bytes, Fault> {
        let mut state = self.state.lock().await;
        if let Some((made, document)) = &state.whole
            && made.elapsed() < FRESH
        {
            return Ok(document.clone());
        }
        let asked = services.iter().map(async |service| {
            let part = tokio::time::timeout(ASK_MAX, (self.ask)(service)).await;
            (
                service,
                part.unwrap_or_else(|_| Err(Fault::internal("no answer in time"))),
            )
        });
        for (service, part) in futures::future::join_all(asked).await {
            match part {
                Ok(part) => drop(state.parts.insert(service.clone(), part)),
                Err(why) => tracing::warn!("the document of {service}: {why}"),
            }
        }
        state.parts.retain(|service, _| services.contains(service));
        if state.parts.is_empty() {
            let words = "No service has told its part of the document yet.";
            return Err(Fault::unavailable("openapi.empty", words, Duration::from_secs(1)));
        }
        let mut whole = serde_json::json!({ "info": { "version": self.version } });
        state.parts.values().for_each(|part| merge(&mut whole, part));
        let document = Bytes::from(serde_json::to_vec(&whole).map_err(Fault::internal)?);
        state.whole = Some((Instant::now(), document.clone()));
        Ok(document)
    }
}

/// Adds what `part` has more. Of two that are both no objects the first stays.
fn merge(whole: &mut Value, part: &Value) {
    let (Value::Object(whole), Value::Object(part)) = (whole, part) else {
        return;
    };
    for (name, value) in part {
        match whole.get_mut(name) {
            Some(known) => merge(known, value),
            None => drop(whole.insert(name.clone(), value.clone())),
        }
    }
}
