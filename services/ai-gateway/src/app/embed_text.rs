//! Embeds texts through a provider that can.

use bytes::Bytes;
use contracts::ai_gateway::Principal;

use crate::app::registry::Stop;
use crate::app::{App, Completed, CompletedBody, Errand, Kind};
use crate::domain::outline::read_embedding;
use crate::domain::tap::usage_of;
use crate::error::Error;
use crate::providers::Reply;

impl App {
    /// Answers the request for embeddings in `body`.
    pub(crate) async fn embed_text(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let (model, estimate) = read_embedding(&body)?;
        let place = self.place(who.user_id, &model.name)?;
        let errand = Errand {
            who: &who,
            kind: Kind::Embeddings,
            stream: false,
            prompt_estimate: estimate,
        };
        let named = |to: &Stop| model.replaced(&body, &to.target.model);
        let (place, reply) = self.route_call(place, errand, named).await?;
        let public = place.target.public.clone();
        let mut call = place.begin(&self.meter, who, estimate);
        match reply {
            Reply::Whole { content_type, body } => {
                call.usage = usage_of(&body);
                Ok(Completed {
                    content_type,
                    body: CompletedBody::Whole(body),
                })
            }
            Reply::Frames { .. } | Reply::Deltas(_) => Err(Error::NoEmbeddings(public)),
        }
    }
}
