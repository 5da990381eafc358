//! Embeds texts through a provider that can.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use http::HeaderMap;

use crate::app::registry::Stop;
use crate::app::{App, Completed, Errand, Kind};
use crate::domain::outline::EmbeddingOutline;
use crate::domain::prompt::Need;
use crate::error::Error;
use crate::providers::Reply;

impl App {
    /// Answers the request for embeddings in `body`.
    pub(crate) async fn embed_text(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let EmbeddingOutline {
            model,
            prompt_estimate,
            prompt_bound: prompt,
            chooses,
        } = EmbeddingOutline::read(&body)?;
        let place = self.place(who.user_id, &model.name)?;
        let need = Need { prompt, completion: 0 };
        let chooses = chooses.filter(|_| place.route.passes_on(Kind::Embeddings));
        let hold = self.admit(&who, (&model.name, chooses), &place, need).await?;
        let errand = Errand {
            who: &who,
            kind: Kind::Embeddings,
            headers: HeaderMap::new(),
            stream: false,
            prompt_estimate,
            hold: &hold,
        };
        let named = |to: &Stop| Ok(model.replaced(&body, &to.target.model));
        let first = place.target.public.clone();
        let answered = self.route_call(place, errand, named).await;
        let (place, reply) = answered.inspect_err(|e| self.meter.note_failure(&who, &first, e))?;
        let public = place.target.public.clone();
        let mut call = place.begin(&self.meter, who, prompt_estimate, hold);
        match reply {
            Reply::Whole(answer) => Ok(Completed::passed(answer, &mut call)),
            Reply::Frames { .. } | Reply::Deltas(_) => Err(Error::NoEmbeddings(public)),
        }
    }
}
