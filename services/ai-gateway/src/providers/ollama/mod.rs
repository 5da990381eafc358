//! Owns the adapter to Ollama's own API, which knows more of its models than its OpenAI-compatible one: what there is, and
//! what is read is counted. Refuses what it cannot translate with 422.

pub(crate) mod host;
mod lines;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use kernel::Ambient;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::domain::outline::estimate;
use crate::domain::vectors::VectorRequest;
use crate::error::Error;
use crate::providers::answer::Patience;
use crate::providers::deltas::{begun, failed};
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Provider, Reply};

/// How long a server may take to list its models.
const FIND_WAIT: Duration = Duration::from_secs(2);
/// Models that are listed of one server at most.
const MODELS_MAX: usize = 1_000;
/// The tag that Ollama means when none is named.
pub(crate) const LATEST: &str = ":latest";

/// An Ollama server.
pub(crate) struct Ollama {
    name: String,
    upstream: Upstream,
    chat: Url,
    embed: Url,
    tags: Url,
    ambient: Ambient,
}

impl Ollama {
    /// Speaks to `upstream`, called `name`.
    pub(crate) fn new(name: &str, upstream: Upstream, ambient: Ambient) -> Self {
        Self {
            name: name.into(),
            chat: upstream.at("api/chat"),
            embed: upstream.at("api/embed"),
            tags: upstream.at("api/tags"),
            upstream,
            ambient,
        }
    }
}

#[derive(Deserialize)]
struct Embedded {
    embeddings: Vec<Vec<f32>>,
    prompt_eval_count: Option<u32>,
}

#[derive(Deserialize)]
struct Tags {
    models: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    family: Option<String>,
}

impl Tag {
    /// Models that only embed must not become the default: their families are BERT's, or their names say so.
    fn only_embeds(&self) -> bool {
        let family = self.details.as_ref().and_then(|d| d.family.as_deref());
        family.is_some_and(|family| family.contains("bert")) || self.name.contains("embed")
    }
}

#[async_trait]
impl Provider for Ollama {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let (body, prompt_estimate) = request::translate(&ask.body, &ask.model)?;
        let answer = self.upstream.post(&self.chat, body, ask.how(true)).await?;
        let line_bytes_max = self.upstream.limits.event_bytes_max;
        let reader = lines::Reader::new(&self.name, line_bytes_max, prompt_estimate, self.ambient.clone());
        Ok(Reply::Deltas(begun(answer.frames(), reader).await?))
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let wanted = VectorRequest::read(&ask.body)?;
        // A text that is too long is refused, as OpenAI does, not cut.
        let mut body = json!({"model": ask.model, "input": wanted.texts, "truncate": false});
        if let (Some(dimensions), Some(body)) = (wanted.dimensions, body.as_object_mut()) {
            body.insert("dimensions".into(), json!(dimensions));
        }
        let answer = self
            .upstream
            .post(&self.embed, body.to_string().into(), ask.how(false))
            .await?;
        let whole = answer.whole().await?;
        let embedded: Embedded =
            serde_json::from_slice(&whole).map_err(|_| failed(&self.name, "it wrote vectors that cannot be read."))?;
        if embedded.embeddings.len() != wanted.texts.len() {
            return Err(failed(&self.name, "it wrote not as many vectors as texts."));
        }
        let tokens = embedded.prompt_eval_count;
        let tokens = tokens.unwrap_or_else(|| estimate(wanted.texts.iter().map(String::len).sum()));
        let model = format!("{}/{}", self.name, ask.model);
        Ok(Reply::json(wanted.answer(&embedded.embeddings, &model, tokens)))
    }

    async fn find_models(&self) -> Option<Result<Vec<String>, Error>> {
        let read = async || {
            let whole = self
                .upstream
                .get(&self.tags, Patience::brief(FIND_WAIT))
                .await?
                .whole()
                .await?;
            let tags: Tags = serde_json::from_slice(&whole)
                .map_err(|_| failed(&self.name, "it wrote a list of models that cannot be read."))?;
            let (last, first): (Vec<Tag>, Vec<Tag>) = tags.models.into_iter().partition(Tag::only_embeds);
            let names = first
                .into_iter()
                .chain(last)
                .map(|tag| match tag.name.strip_suffix(LATEST) {
                    Some(name) => name.to_owned(),
                    None => tag.name,
                });
            Ok(names.take(MODELS_MAX).collect())
        };
        Some(read().await)
    }
}
