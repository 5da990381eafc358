//! Reads a page of a home timeline: entries, those of them that the reader may see now, in their order, with the reason of each.

use std::collections::{HashMap, HashSet};

use kernel::{Fault, PostId, Timestamp, UserId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::App;
use crate::domain::chain::{Chain, Order, WINDOW_MAX};
use crate::domain::entry::{Entry, written_at};
use crate::domain::rank::{Parts, Signals, best_first};
use crate::domain::recent::Recent;
use crate::domain::ties::Ties;
use crate::error::Error;

/// Windows that one page looks into; a page that is still not full then says where to go on.
const WINDOWS_MAX: usize = 4;
/// How often one page asks post for views.
const VIEWS_MAX: usize = 6;
/// Posts that are asked for beyond those needed, since some may be hidden.
const SPARE: usize = 5;
/// Most posts of one question to post.
const VIEWS_AT_ONCE: usize = 200;
/// Newer posts that are counted; beyond, there are more.
const NEWS_MAX: usize = 50;
/// Newer entries that are looked at to count them.
const NEWS_LOOK_MAX: usize = 100;

/// Why a post stands in a home timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HomeKind {
    /// You wrote it.
    #[serde(rename = "self")]
    Own,
    /// A friend wrote it.
    Friend,
    /// A friend shares another post with it.
    Shared,
}

/// Why a post stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HomeReason {
    kind: HomeKind,
    /// The sum of the parts, as of the first page of the chain; `ranked` puts the greatest first.
    score: f64,
    parts: Parts,
}

/// A post in a home timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HomeItem {
    /// The post as `GET /api/posts/{id}` gives it.
    #[schema(value_type = Object)]
    post: Value,
    reason: HomeReason,
}

/// A page of a home timeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Home {
    /// Posts in their order. Fewer than asked for does not mean the end.
    items: Vec<HomeItem>,
    /// What to pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// The newest post there when the first page was read, shown or not: `since` for `/api/feed/new`. Null when nothing was there.
    #[schema(required = true)]
    newest: Option<PostId>,
}

/// How much is new.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct News {
    /// Posts by others, at most 50.
    count: usize,
    /// There may be more than these.
    more: bool,
}

/// Where a reader's entries come from.
struct Sources {
    reader: UserId,
    ties: Ties,
    recents: Vec<Recent>,
    /// The newest post when the chain began; none at its beginning.
    head: Option<PostId>,
}

impl Sources {
    /// Puts what is pulled between the entries of the timeline, newest first.
    fn merge(&self, mut entries: Vec<Entry>, within: impl Fn(PostId) -> bool) -> Vec<Entry> {
        let pulled = self
            .recents
            .iter()
            .flat_map(|recent| recent.entries(self.reader, self.head));
        let before = entries.len();
        entries.extend(pulled.filter(|e| within(e.post)));
        if entries.len() > before {
            // Equal posts stay in the order in which they came: the one that was laid there first.
            entries.sort_by_key(|e| std::cmp::Reverse(e.post));
            entries.dedup_by_key(|e| e.post);
        }
        entries
    }
}

impl App {
    /// Returns a page of at most `limit` posts.
    pub(crate) async fn home(
        &self,
        reader: UserId,
        limit: usize,
        order: Option<Order>,
        cursor: Option<&str>,
    ) -> Result<Home, Error> {
        let going_on = cursor.map(|cursor| Chain::decode(cursor, order)).transpose()?;
        let mut sources = self.sources(reader).await?;
        sources.head = going_on.as_ref().map(|chain| chain.head);
        let (mut chain, mut entries) = match going_on {
            Some(chain) => (chain, None),
            None => match self.begin(&sources, order.unwrap_or_default()).await? {
                Some((chain, entries)) => (chain, Some(entries)),
                None => return Ok(Home::empty()),
            },
        };
        let (mut page, most) = (Page::new(limit), self.config.timeline_items_max);
        for _ in 0..WINDOWS_MAX {
            if page.is_full() || page.views_left == 0 || chain.is_over(most) {
                break;
            }
            let window = match entries.take() {
                Some(entries) => entries,
                None => self.window(&sources, &mut chain).await?,
            };
            self.fill(&sources, &mut chain, window, &mut page).await?;
        }
        Ok(Home {
            items: page.items,
            next_cursor: (!chain.is_over(most)).then(|| chain.encode()),
            newest: Some(chain.head),
        })
    }

    /// Counts posts by others that are newer than `since` and that the reader may see.
    pub(crate) async fn news(&self, reader: UserId, since: PostId) -> Result<News, Error> {
        let sources = self.sources(reader).await?;
        let entries = self.repo.timelines.above(reader, since, NEWS_LOOK_MAX).await?;
        let mut entries = sources.merge(entries, |post| post > since);
        let more = entries.len() >= NEWS_LOOK_MAX;
        entries.retain(|e| e.author != reader);
        entries.truncate(NEWS_LOOK_MAX);
        let friends = self.friends_among(reader, &entries).await?;
        entries.retain(|e| friends.contains(&e.author));
        let ids: Vec<PostId> = entries.iter().map(|e| e.post).collect();
        let count = self.views(reader, &ids).await?.len();
        Ok(News {
            count: count.min(NEWS_MAX),
            more: more || count > NEWS_MAX,
        })
    }

    async fn sources(&self, reader: UserId) -> Result<Sources, Error> {
        let ties = self.repo.readers.ties(reader).await?;
        let recents = self.repo.readers.recents(&ties.pulls).await?;
        let head = None;
        Ok(Sources {
            reader,
            ties,
            recents,
            head,
        })
    }

    /// Begins a chain, with its first window; nothing when there is nothing to read.
    async fn begin(&self, sources: &Sources, order: Order) -> Result<Option<(Chain, Vec<Entry>)>, Error> {
        let (entries, last) = self.newest(sources, None).await?;
        let (Some(head), Some(low)) = (entries.first(), entries.last()) else {
            return Ok(None);
        };
        // Another process whose clock is ahead may have laid some of these.
        let at = entries.iter().map(|e| e.added).max().unwrap_or_default();
        let at = self.ambient.now().max(Timestamp::from_millis(at));
        let mut chain = Chain::start(order, head.post, at);
        chain.open(low.post, last);
        Ok(Some((chain, entries)))
    }

    /// Returns the entries of the open window, or opens the next.
    async fn window(&self, sources: &Sources, chain: &mut Chain) -> Result<Vec<Entry>, Error> {
        if let Some((low, _)) = chain.window {
            let entries = self.repo.timelines.between(sources.reader, low, chain.high).await?;
            return Ok(sources.merge(entries, |post| low <= post && post < chain.high));
        }
        let (entries, last) = self.newest(sources, Some(chain.high)).await?;
        match entries.last() {
            Some(low) => chain.open(low.post, last),
            None => chain.end(),
        }
        Ok(entries)
    }

    /// Returns the newest entries below `high`, as many as a window has, and whether these are the last.
    async fn newest(&self, sources: &Sources, high: Option<PostId>) -> Result<(Vec<Entry>, bool), Error> {
        let laid = self.repo.timelines.below(sources.reader, high, WINDOW_MAX).await?;
        let all_laid = laid.len() < WINDOW_MAX;
        let mut entries = sources.merge(laid, |post| high.is_none_or(|high| post < high));
        let last = all_laid && entries.len() <= WINDOW_MAX;
        entries.truncate(WINDOW_MAX);
        Ok((entries, last))
    }

    /// Puts into a page what the reader may see of a window, the first in order first.
    async fn fill(
        &self,
        sources: &Sources,
        chain: &mut Chain,
        mut window: Vec<Entry>,
        page: &mut Page,
    ) -> Result<(), Error> {
        window.retain(|e| chain.holds(e.post, e.added));
        let friends = self.friends_among(sources.reader, &window).await?;
        window.retain(|e| e.author == sources.reader || friends.contains(&e.author));
        let mut left = in_order(sources, chain, window).into_iter().peekable();
        while !page.is_full() && left.peek().is_some() {
            if page.views_left == 0 {
                return Ok(());
            }
            let asked: Vec<_> = left.by_ref().take(page.ask()).collect();
            let ids: Vec<PostId> = asked.iter().map(|(entry, _)| entry.post).collect();
            let mut views = self.views(sources.reader, &ids).await?;
            for (entry, reason) in asked {
                if page.is_full() {
                    return Ok(());
                }
                chain.consume(entry.post);
                page.items
                    .extend(views.remove(&entry.post).map(|post| HomeItem { post, reason }));
            }
        }
        if left.peek().is_none() {
            chain.close();
        }
        Ok(())
    }

    /// Returns those of the authors who are friends of the reader now. An entry outlives a friendship by moments.
    async fn friends_among(&self, reader: UserId, entries: &[Entry]) -> Result<HashSet<UserId>, Fault> {
        let authors: HashSet<UserId> = entries.iter().map(|e| e.author).filter(|a| *a != reader).collect();
        if authors.is_empty() {
            return Ok(authors);
        }
        let authors: Vec<UserId> = authors.into_iter().collect();
        let mut friends = HashSet::new();
        for some in authors.chunks(1_000) {
            let relations = self.relationships.relations(reader, some).await?;
            let each = some.iter().zip(relations).filter(|(_, r)| r.friends && !r.blocked);
            friends.extend(each.map(|(author, _)| *author));
        }
        Ok(friends)
    }

    /// Returns the posts that the reader may see now.
    pub(super) async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<HashMap<PostId, Value>, Error> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let views = self.posts.views(reader, ids).await?.into_iter();
        let with_id = views.map(|view| {
            let id = view.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            Ok((id.ok_or(Error::BadView)?, view))
        });
        with_id.collect()
    }
}

/// Puts entries into the chain's order, each with its reason.
fn in_order(sources: &Sources, chain: &Chain, window: Vec<Entry>) -> Vec<(Entry, HomeReason)> {
    let with_reason = |entry: Entry| {
        let own = entry.author == sources.reader;
        let parts = Parts::of(Signals {
            age: chain.at.since(written_at(entry.post)),
            friend: !own,
            closeness: sources.ties.closeness(entry.author, chain.at),
            media: entry.media,
        });
        let kind = match (own, entry.shared) {
            (true, _) => HomeKind::Own,
            (false, true) => HomeKind::Shared,
            (false, false) => HomeKind::Friend,
        };
        let score = parts.score();
        (entry, HomeReason { kind, score, parts })
    };
    let mut entries: Vec<_> = window.into_iter().map(with_reason).collect();
    if chain.order == Order::Ranked {
        entries.sort_by(|(a, x), (b, y)| best_first((&x.parts, a.post), (&y.parts, b.post)));
    }
    entries
}

/// A page that is being filled.
struct Page {
    items: Vec<HomeItem>,
    limit: usize,
    views_left: usize,
}

impl Page {
    fn new(limit: usize) -> Self {
        Self {
            items: Vec::with_capacity(limit),
            limit,
            views_left: VIEWS_MAX,
        }
    }

    fn missing(&self) -> usize {
        self.limit.saturating_sub(self.items.len())
    }

    /// Returns how many to ask for next: more each time, since much was hidden.
    fn ask(&mut self) -> usize {
        let turn = VIEWS_MAX - self.views_left + 1;
        self.views_left = self.views_left.saturating_sub(1);
        ((self.missing() + SPARE) * turn).min(VIEWS_AT_ONCE)
    }

    fn is_full(&self) -> bool {
        self.missing() == 0
    }
}

impl Home {
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            next_cursor: None,
            newest: None,
        }
    }
}
