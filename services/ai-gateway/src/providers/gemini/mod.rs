//! Owns the adapter to Google's Gemini API (v1beta). The request is translated, the answer always streamed and put together
//! by the gateway. The key travels in a header, never in an address. Refuses what it cannot translate with 422.

mod events;
mod request;
mod schema;

use async_trait::async_trait;
use kernel::Ambient;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::domain::outline::estimate;
use crate::domain::vectors::VectorRequest;
use crate::error::Error;
use crate::providers::deltas::{begun, failed};
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Provider, Reply};

/// Texts of one `batchEmbedContents`, which is Google's own limit.
const BATCH_MAX: usize = 100;
/// What a resource may begin with besides a bare model.
const RESOURCES: [&str; 2] = ["models/", "tunedModels/"];
/// What Google's words say of a key that does not hold; its status is 400.
const KEY_WORDS: &str = "API key";

/// A Gemini provider.
pub(crate) struct Gemini {
    name: String,
    upstream: Upstream,
    ambient: Ambient,
}

impl Gemini {
    /// Speaks to `upstream`, called `name`.
    pub(crate) fn new(name: &str, upstream: Upstream, ambient: Ambient) -> Self {
        Self {
            name: name.into(),
            upstream,
            ambient,
        }
    }

    /// Returns the address of `method` of `resource`.
    fn at(&self, resource: &str, method: &str, query: Option<&str>) -> Url {
        let mut url = self.upstream.at(&format!("{resource}:{method}"));
        url.set_query(query);
        url
    }

    /// Google tells of a key that does not hold with a 400, which is no fault of the caller's.
    fn blame(&self, error: Error) -> Error {
        match error {
            Error::UpstreamRefused { words, .. } if words.contains(KEY_WORDS) => {
                failed(&self.name, "it does not accept the gateway's key.")
            }
            error => error,
        }
    }
}

/// Returns the resource of `model`: `models/gemini-…`. A name that could lead elsewhere is refused.
fn resource(model: &str) -> Result<String, Error> {
    let bare = RESOURCES.iter().find_map(|prefix| model.strip_prefix(prefix));
    let name = bare.unwrap_or(model);
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.contains("..") || !name.chars().all(fits) {
        return Err(Error::Invalid("model", "is no name of a Gemini model".into()));
    }
    Ok(if bare.is_some() {
        model.to_owned()
    } else {
        format!("models/{model}")
    })
}

#[derive(Deserialize)]
struct Embedded {
    embeddings: Vec<Values>,
    #[serde(rename = "usageMetadata")]
    usage: Option<events::Counted>,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f32>,
}

#[async_trait]
impl Provider for Gemini {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let resource = resource(&ask.model)?;
        let body = request::translate(&ask.body, &ask.model)?;
        let url = self.at(&resource, "streamGenerateContent", Some("alt=sse"));
        let answer = self.upstream.post(&url, body, ask.how(true)).await;
        let answer = answer.map_err(|e| self.blame(e))?;
        let reader = events::Reader::new(&self.name, self.upstream.limits.event_bytes_max, self.ambient.clone());
        Ok(Reply::Deltas(begun(answer.frames(), reader).await?))
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let resource = resource(&ask.model)?;
        let wanted = VectorRequest::read(&ask.body)?;
        let url = self.at(&resource, "batchEmbedContents", None);
        let (mut vectors, mut counted) = (Vec::with_capacity(wanted.texts.len()), None);
        for batch in wanted.texts.chunks(BATCH_MAX) {
            let one = |text: &String| {
                let mut one = json!({"model": resource, "content": {"parts": [{"text": text}]}});
                if let (Some(dimensions), Some(one)) = (wanted.dimensions, one.as_object_mut()) {
                    one.insert("outputDimensionality".into(), json!(dimensions));
                }
                one
            };
            let requests: Vec<Value> = batch.iter().map(one).collect();
            let body = json!({ "requests": requests }).to_string().into();
            let answer = self.upstream.post(&url, body, ask.how(false)).await;
            let whole = answer.map_err(|e| self.blame(e))?.whole().await?;
            let embedded: Embedded = serde_json::from_slice(&whole)
                .map_err(|_| failed(&self.name, "it wrote vectors that cannot be read."))?;
            if embedded.embeddings.len() != batch.len() {
                return Err(failed(&self.name, "it wrote not as many vectors as texts."));
            }
            vectors.extend(embedded.embeddings.into_iter().map(|e| e.values));
            let read = embedded.usage.map(|u| u.read());
            counted = read.map(|read| read.saturating_add(counted.unwrap_or(0))).or(counted);
        }
        let tokens = counted.unwrap_or_else(|| estimate(wanted.texts.iter().map(String::len).sum()));
        let model = format!("{}/{}", self.name, ask.model);
        Ok(Reply::json(wanted.answer(&vectors, &model, tokens)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_a_resource_and_leads_nowhere_else() {
        assert_eq!(resource("gemini-2.5-flash").unwrap(), "models/gemini-2.5-flash");
        assert_eq!(resource("models/gemini-2.5-flash").unwrap(), "models/gemini-2.5-flash");
        assert_eq!(resource("tunedModels/mine-1").unwrap(), "tunedModels/mine-1");
        for bad in [
            "",
            "a/b",
            "../x",
            "models/../x",
            "a?key=1",
            "a:generateContent",
            "a%2f",
            "models/",
        ] {
            assert!(resource(bad).is_err(), "{bad}");
        }
    }
}
