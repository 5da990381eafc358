//! Tells news: to nobody of their own deeds, nor of those of people whom a block parts from them, nor to who wants no such thing or is gone.

use std::collections::{HashMap, HashSet};

use contracts::Event;
use contracts::realtime::online_set;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{ErrorCode, EventId, Fault, PostId, RoomId, UserId};
use store::Mark;
use uuid::Uuid;

use super::App;
use crate::domain::item::{News, Telling};
use crate::domain::kind::{Channels, Kind};
use crate::domain::preferences::Preferences;
use crate::domain::subject::Actor;

/// The consumer's name in inbox marks.
pub(crate) const CONSUMER: &str = "notification";
/// People that one question names.
const PEOPLE_MAX: usize = 1_000;
/// Questions and writes at once for one event.
const AT_ONCE: usize = 16;

/// Who may be told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Circle {
    /// Whom it concerns.
    Concerned,
    /// Who may see a post.
    Post(PostId),
    /// The members of a room.
    Room(RoomId),
}

/// Returns the person who did it.
fn actor(news: &News) -> Option<UserId> {
    news.deed.actor.as_ref().and_then(Actor::user)
}

impl App {
    /// Tells news of a post to those of them who may see it.
    pub(crate) async fn tell_of_post(&self, event: &Event, news: Vec<News>, post: PostId) -> Result<(), Fault> {
        let circle = Circle::Post(post);
        let news = self.within(circle, news).await?;
        self.tell(event, news, circle).await
    }

    /// Tells news that came of `event`, to people of whom the caller knows that they are in `circle`. Each item is a write of its own with a mark
    /// of its own, so that an event that comes again does what is missing, and nothing twice.
    ///
    /// A block, a departure or an erasure that takes place meanwhile may be heard of before the item is written, so that nobody takes it back: all
    /// is asked again after the writes.
    pub(crate) async fn tell(&self, event: &Event, news: Vec<News>, circle: Circle) -> Result<(), Fault> {
        let news = self.without_blocked(self.without_gone(news).await?).await?;
        if news.is_empty() {
            return Ok(());
        }
        let wishes = self.wishes_of(&news).await?;
        let channels = |user: UserId, kind: Kind| {
            let said = wishes.get(&user).map(|wishes| wishes.channels(kind));
            said.unwrap_or(kind.usual())
        };
        let telling = futures::stream::iter(news.clone()).map(|news| {
            let channels = channels(news.user_id, news.kind);
            self.tell_one(event, news, channels)
        });
        telling.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        self.take_back_untellable(&news, circle).await?;
        match circle {
            Circle::Room(room) => self.read_what_was_read(room, &news).await,
            Circle::Concerned | Circle::Post(_) => Ok(()),
        }
    }

    /// Who has read the room by now has read what was just told of it: the receipt may have been heard before the message.
    async fn read_what_was_read(&self, room: RoomId, told: &[News]) -> Result<(), Fault> {
        for some in told.chunks(PEOPLE_MAX) {
            let people: Vec<UserId> = some.iter().map(|news| news.user_id).collect();
            let read = self.chat.read_seqs(room, &people).await?;
            for (news, read) in some.iter().zip(read) {
                if news.seq.is_some_and(|seq| seq <= read) {
                    self.read_room(news.user_id, room, read).await?;
                }
            }
        }
        Ok(())
    }

    async fn take_back_untellable(&self, told: &[News], circle: Circle) -> Result<(), Fault> {
        let standing = self.without_blocked(self.without_gone(told.to_vec()).await?).await?;
        let standing = self.within(circle, standing).await?;
        let still: HashSet<UserId> = standing.iter().map(|news| news.user_id).collect();
        for news in told.iter().filter(|news| !still.contains(&news.user_id)) {
            let retract = |item: &mut crate::domain::item::Item| item.retract(|deed| *deed == news.deed);
            self.repo.take_back(news.item_id(), retract).await?;
        }
        Ok(())
    }

    async fn without_gone(&self, mut news: Vec<News>) -> Result<Vec<News>, Fault> {
        let named = news.iter().flat_map(|news| [Some(news.user_id), actor(news)]);
        let mut people: Vec<UserId> = named.flatten().collect();
        people.sort();
        people.dedup();
        let mut gone = HashSet::new();
        for chunk in people.chunks(PEOPLE_MAX) {
            gone.extend(self.repo.gone_of(chunk).await?);
        }
        news.retain(|news| !gone.contains(&news.user_id) && actor(news).is_none_or(|by| !gone.contains(&by)));
        Ok(news)
    }

    async fn without_blocked(&self, news: Vec<News>) -> Result<Vec<News>, Fault> {
        let mut kept = Vec::with_capacity(news.len());
        for chunk in news.chunks(PEOPLE_MAX) {
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

    /// Keeps what is for people of `circle` now.
    async fn within(&self, circle: Circle, mut news: Vec<News>) -> Result<Vec<News>, Fault> {
        if news.is_empty() {
            return Ok(news);
        }
        let people = || news.iter().map(|news| news.user_id).collect::<Vec<_>>();
        let circle: HashSet<UserId> = match circle {
            Circle::Concerned => return Ok(news),
            Circle::Post(post) => self.who_sees(post, people()).await?,
            Circle::Room(room) => match self.chat.room(room).await {
                Ok(room) => room.members.into_iter().collect(),
                Err(fault) if fault.kind == ErrorCode::NotFound => HashSet::new(),
                Err(fault) => return Err(fault),
            },
        };
        news.retain(|news| circle.contains(&news.user_id));
        Ok(news)
    }

    async fn wishes_of(&self, news: &[News]) -> Result<HashMap<UserId, Preferences>, Fault> {
        let mut found = HashMap::new();
        for chunk in news.chunks(PEOPLE_MAX) {
            let keys: Vec<String> = chunk.iter().map(|news| news.user_id.to_string()).collect();
            let wishes = self.repo.preferences.get_many(&keys).await?;
            found.extend(wishes.into_iter().map(|wishes| (wishes.user_id, wishes)));
        }
        Ok(found)
    }

    async fn tell_one(&self, event: &Event, news: News, channels: Channels) -> Result<(), Fault> {
        if !channels.any() {
            return Ok(());
        }
        let (repo, now) = (&self.repo, self.repo.ambient.now());
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
        Ok(repo.tell(&news, telling, mark).await?)
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
