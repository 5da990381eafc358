//! Answers a client of `/v1` from the cache where the operator switched one on, and fills it. Runs of agents in rooms never
//! come by: what they write again is meant to be new.

use std::sync::Arc;

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::UserId;

use crate::app::exact_cache::{CacheKey, ExactCache, Recording, Route};
use crate::app::registry::Route as Ways;
use crate::app::{App, Call, Completed, CompletedBody, Kind, Wanted};
use crate::domain::kept::Kept;
use crate::domain::outline::{ChatOutline, EmbeddingOutline, Named};
use crate::domain::prompt::Need;
use crate::error::Error;

/// What a caller wants of the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CacheWish {
    /// An answer that is there, else a new one, to be kept.
    #[default]
    Use,
    /// A new one, to be kept in the place of what is there.
    Refresh,
    /// A new one, not to be kept.
    Off,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The cache.
    Hit,
    /// The model.
    Miss,
}

impl Source {
    /// Returns its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
        }
    }
}

/// What may be asked of the cache for one request.
struct Slot {
    cache: Arc<ExactCache>,
    key: CacheKey,
    /// The model as the caller names it, and who would be asked first.
    asked: String,
    model: String,
    ways: Arc<Ways>,
    chooses: Option<&'static str>,
    route: Route,
}

impl App {
    /// Completes the chat in `body`, or repeats its answer. Says which, unless no cache was asked.
    pub(crate) async fn complete_chat_or_repeat(
        &self,
        who: Principal,
        body: Bytes,
        wish: CacheWish,
    ) -> Result<(Completed, Option<Source>), Error> {
        let Some(cache) = self.cache_for(wish) else {
            return Ok((self.complete_chat(who, body).await?, None));
        };
        let outline = ChatOutline::read(&body)?;
        let slot = self.slot(cache, &who, Route::Chat, (&outline.model, outline.chooses), &body)?;
        if let Some(again) = self.repeat(&slot, &who, wish).await? {
            return Ok((again, Some(Source::Hit)));
        }
        Ok(slot.keep(self.complete_chat(who, body).await?))
    }

    /// Answers the request for embeddings in `body`, or repeats its answer. Says which, unless no cache was asked.
    pub(crate) async fn embed_text_or_repeat(
        &self,
        who: Principal,
        body: Bytes,
        wish: CacheWish,
    ) -> Result<(Completed, Option<Source>), Error> {
        let Some(cache) = self.cache_for(wish) else {
            return Ok((self.embed_text(who, body).await?, None));
        };
        let outline = EmbeddingOutline::read(&body)?;
        let named = (&outline.model, outline.chooses);
        let slot = self.slot(cache, &who, Route::Embeddings, named, &body)?;
        if let Some(again) = self.repeat(&slot, &who, wish).await? {
            return Ok((again, Some(Source::Hit)));
        }
        Ok(slot.keep(self.embed_text(who, body).await?))
    }

    /// Removes the answers of a person whose account ended.
    pub(crate) fn forget_answers(&self, user: UserId) {
        if let Some(cache) = &self.cache {
            cache.forget(user);
        }
    }

    fn cache_for(&self, wish: CacheWish) -> Option<Arc<ExactCache>> {
        self.cache.clone().filter(|_| wish != CacheWish::Off)
    }

    fn slot(
        &self,
        cache: Arc<ExactCache>,
        who: &Principal,
        route: Route,
        (named, chooses): (&Named, Option<&'static str>),
        body: &Bytes,
    ) -> Result<Slot, Error> {
        let ways = self.registry().route(&named.name)?;
        let first = ways
            .stops
            .first()
            .ok_or_else(|| Error::ModelNotFound(named.name.clone()))?;
        let sent = named.replaced(body, &first.target.model);
        // A named model is one model to its callers, whoever answers; a provider that was changed is another one.
        let model = format!("{}#{}", ways.name, first.opened);
        let key = CacheKey::of(who, route, &model, &sent);
        Ok(Slot {
            cache,
            key,
            asked: named.name.clone(),
            model: first.target.public.clone(),
            chooses: chooses.filter(|_| ways.passes_on(Kind::Chat)),
            ways: ways.clone(),
            route,
        })
    }

    /// Gives what is there again, as a call that cost nothing.
    async fn repeat(&self, slot: &Slot, who: &Principal, wish: CacheWish) -> Result<Option<Completed>, Error> {
        let found = match wish {
            CacheWish::Use => slot.cache.find(&slot.key).await?,
            CacheWish::Refresh | CacheWish::Off => None,
        };
        let source = if found.is_some() { Source::Hit } else { Source::Miss };
        metrics::counter!("ai_cache_answers_total", "route" => slot.route.name(), "source" => source.name())
            .increment(1);
        let Some(kept) = found else { return Ok(None) };
        let seat = self.seats.take(who.user_id)?;
        // It costs nothing, but counts among the calls of a minute, and a key must be for this model.
        let models: Vec<&str> = slot.ways.public_models().collect();
        let nothing = Wanted {
            asked: &slot.asked,
            models: &models,
            need: Need::NOTHING,
            is_demo: false,
            chooses: slot.chooses,
        };
        let hold = self.governor.admit(who, nothing).await?;
        let mut call = Call::begin(self.meter.clone(), who.clone(), slot.model.clone(), 0, (seat, hold));
        call.cached = true;
        let content_type = kept.content_type.clone();
        Ok(Some(if kept.streamed {
            Completed::stream(content_type, replayed(kept, call))
        } else {
            Completed::whole(content_type, kept.whole(), &call)
        }))
    }
}

impl Slot {
    fn keep(self, completed: Completed) -> (Completed, Option<Source>) {
        let Self { cache, key, route, .. } = self;
        let Completed {
            content_type,
            body,
            cost,
        } = completed;
        let body = match body {
            CompletedBody::Whole(bytes) => {
                cache.keep_whole(key, route, content_type.clone(), &bytes);
                CompletedBody::Whole(bytes)
            }
            CompletedBody::Stream(frames) => {
                CompletedBody::Stream(recorded(frames, cache.record(key, content_type.clone())))
            }
        };
        let completed = Completed {
            content_type,
            body,
            cost,
        };
        (completed, Some(Source::Miss))
    }
}

/// Passes frames on and keeps them by the way.
fn recorded(frames: BoxStream<'static, Bytes>, mut recording: Recording) -> BoxStream<'static, Bytes> {
    frames.inspect(move |frame| recording.add(frame)).boxed()
}

/// Gives the frames one by one, as fast as they are taken. The call lasts as long.
fn replayed(kept: Arc<Kept>, call: Call) -> BoxStream<'static, Bytes> {
    let frames = kept.frames();
    stream::unfold((frames, call), |(mut frames, call)| async move {
        let frame = frames.next()?;
        Some((frame, (frames, call)))
    })
    .boxed()
}
