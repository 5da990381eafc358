//! Embeds texts through a provider that can.

use bytes::Bytes;
use contracts::ai_gateway::Principal;

use crate::app::{App, Completed};
use crate::domain::outline::read_embedding;
use crate::domain::prompt::Need;
use crate::domain::tap::usage_of;
use crate::error::Error;
use crate::providers::Reply;

impl App {
    /// Answers the request for embeddings in `body`.
    pub(crate) async fn embed_text(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let (model, estimate, prompt) = read_embedding(&body)?;
        let place = self.place(who.user_id, &model.name)?;
        let need = Need { prompt, completion: 0 };
        let hold = self.admit(&who, &model.name, &place, need).await?;
        let ask = place.ask(model.replaced(&body, &place.target.model), false);
        let reply = place.provider.embed(ask).await?;
        let public = place.target.public.clone();
        let mut call = place.begin(&self.meter, who, estimate, hold);
        match reply {
            Reply::Whole { content_type, body } => {
                call.usage = usage_of(&body);
                Ok(Completed::whole(content_type, body, &call))
            }
            Reply::Frames { .. } | Reply::Deltas(_) => {
                call.failed();
                Err(Error::NoEmbeddings(public))
            }
        }
    }
}
