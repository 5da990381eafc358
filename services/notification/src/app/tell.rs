//! Tells news: to nobody of their own deeds, nor of those of people whom a block parts from them, nor to who wants no such thing or is gone.

use std::collections::HashSet;

use contracts::Event;
use contracts::realtime::online_set;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{EventId, Fault, PostId, UserId};
use store::Mark;
use uuid::Uuid;

use super::App;
use crate::domain::item::{News, Telling};
use crate::domain::subject::{Actor, of_user};

/// The consumer's name in inbox marks.
pub(crate) const CONSUMER: &str = "notification";
/// People that one question about relations names.
const RELATIONS_MAX: usize = 1_000;
/// Questions and writes at once for one event.
const AT_ONCE: usize = 16;

/// Returns the person who did it.
fn actor(news: &News) -> Option<UserId> {
    news.deed.actor.as_ref().and_then(Actor::user)
}

impl App {
    /// Tells news that came of `event`. Each item is a write of its own with a mark of its own, so that an event that comes again does what
    /// is missing, and nothing twice.
    pub(crate) async fn tell(&self, event: &Event, news: Vec<News>) -> Result<(), Fault> {
        let by = news.iter().find_map(actor);
        if let Some(by) = by
            && self.repo.is_gone(by).await?
        {
            return Ok(());
        }
        let news = self.without_blocked(news).await?;
        let telling = futures::stream::iter(news).map(|news| self.tell_one(event, news));
        telling
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await
            .map(drop)
    }

    async fn without_blocked(&self, news: Vec<News>) -> Result<Vec<News>, Fault> {
        let mut kept = Vec::with_capacity(news.len());
        for chunk in news.chunks(RELATIONS_MAX) {
            // One event has one actor.
            let Some(by) = chunk.iter().find_map(actor) else {
                kept.extend_from_slice(chunk);
                continue;
            };
            let readers: Vec<UserId> = chunk.iter().map(|news| news.user_id).filter(|id| *id != by).collect();
            let relations = self.relationships.relations(by, &readers).await?;
            let open: HashSet<UserId> = readers
                .iter()
                .zip(&relations)
                .filter(|(_, relation)| !relation.blocked)
                .map(|(id, _)| *id)
                .collect();
            kept.extend(chunk.iter().filter(|news| open.contains(&news.user_id)).cloned());
        }
        Ok(kept)
    }

    async fn tell_one(&self, event: &Event, news: News) -> Result<(), Fault> {
        let repo = &self.repo;
        let channels = repo.preferences_of(news.user_id).await?.channels(news.kind);
        if !channels.any() || repo.is_gone(news.user_id).await? {
            return Ok(());
        }
        let now = repo.ambient.now();
        let fresh = now.since(event.time) <= repo.config.push_fresh();
        let telling = Telling {
            channels,
            now,
            push_at: fresh.then(|| now + repo.config.push_delay()),
            deeds_max: repo.config.deeds_max,
        };
        let mark = Mark {
            consumer: CONSUMER,
            event: EventId::from(Uuid::new_v5(&event.id.uuid(), news.item_id().uuid().as_bytes())),
        };
        if repo.tell(&news, telling, mark).await? {
            self.undo_for_gone(&news).await?;
        }
        Ok(())
    }

    /// Takes back what was written while one of the two was erased.
    async fn undo_for_gone(&self, news: &News) -> Result<(), Fault> {
        if self.repo.is_gone(news.user_id).await? {
            self.repo.items.delete(news.item_id()).await?;
        }
        match actor(news) {
            Some(by) if self.repo.is_gone(by).await? => Ok(self.repo.forget(&of_user(by), Some(news.user_id)).await?),
            _ => Ok(()),
        }
    }

    /// Returns those who may see a post now, in any order.
    pub(crate) async fn who_sees(&self, post: PostId, readers: Vec<UserId>) -> Result<HashSet<UserId>, Fault> {
        let asked = futures::stream::iter(readers).map(|reader| async move {
            let views = self.posts.views(reader, &[post]).await?;
            Ok::<_, Fault>((!views.is_empty()).then_some(reader))
        });
        let seen: Vec<Option<UserId>> = asked.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(seen.into_iter().flatten().collect())
    }

    /// Returns those who have no socket open now. When nobody can say, they count as away: better told than not.
    pub(crate) async fn away(&self, people: Vec<UserId>) -> Vec<UserId> {
        let asked = futures::stream::iter(people).map(|user| async move {
            let places = self.ephemeral.members(&online_set(user)).await.unwrap_or_default();
            places.is_empty().then_some(user)
        });
        asked
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await
    }
}
