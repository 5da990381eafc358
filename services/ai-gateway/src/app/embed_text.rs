//! Embeds texts through a provider that can.

use bytes::Bytes;
use contracts::ai_gateway::Principal;

use crate::app::{App, Completed, CompletedBody};
use crate::domain::outline::read_embedding;
use crate::domain::tap::usage_of;
use crate::error::Error;
use crate::providers::Reply;

impl App {
    /// Answers the request for embeddings in `body`.
    pub(crate) async fn embed_text(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let (model, estimate) = read_embedding(&body)?;
        let place = self.place(who.user_id, &model.name)?;
        let ask = place.ask(model.replaced(&body, &place.target.model), false);
        let reply = place.provider.embed(ask).await;
        let reply = reply.inspect_err(|e| self.meter.note_failure(&who, &place.target.public, e))?;
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
