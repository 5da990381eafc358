//! Measures timelines on the embedded store: pages of home timelines among a million entries, and the delivery of one post.
//! `cargo run --release -p feed --example timelines -- [directory] [friends of each author] [posts of each author] [pages]`
//!
//! Two authors with as many friends as a post may be laid before (4,999) fill the timelines of 10,000 people by delivery, as events
//! would; then an author with 10,000 followers writes, whose posts are pulled. Post and friendship answer from memory at once, so
//! that what is measured is feed and its store. Every page is asked through the router, as a request is; after every delivery the
//! post is looked for in timelines of its followers.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program that measures: a panic is the report"
)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use contracts::Event;
use contracts::friendship::{FriendshipEvent, Relation, Relationships};
use contracts::post::{PostChange, PostEvent, PostSummary, Posts, Visibility};
use ephemeral::memory::MemoryEphemeral;
use kernel::{Ambient, Fault, Page, PostId, Timestamp, UserId};
use parking_lot::Mutex;
use serde_json::{Value, json};
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use testkit::{App, World};

/// Deliveries that are measured.
const DELIVERIES: usize = 20;
/// Friendship tells of no more.
const FRIENDS_TOLD_MAX: usize = 5_000;
/// Posts of a page.
const PAGE: usize = 20;

/// Two circles of friends around an author each, and an author whom all of them follow.
struct Circles {
    authors: [UserId; 2],
    circles: [Vec<UserId>; 2],
    famous: UserId,
    posts: Mutex<HashMap<PostId, UserId>>,
}

impl Circles {
    fn new(ambient: &Ambient, friends: usize) -> Self {
        let circle = |_| (0..friends).map(|_| ambient.id()).collect();
        Self {
            authors: [ambient.id(), ambient.id()],
            circles: [0, 1].map(circle),
            famous: ambient.id(),
            posts: Mutex::default(),
        }
    }

    fn everybody(&self) -> Vec<UserId> {
        self.circles.concat()
    }

    fn friends_of(&self, user: UserId) -> Vec<UserId> {
        match self.authors.iter().position(|author| *author == user) {
            Some(circle) => self.circles[circle].clone(),
            None if user == self.famous => self.everybody(),
            None => Vec::new(),
        }
    }

    fn written(&self, ambient: &Ambient, author: UserId) -> Event {
        let change = PostChange::Created {
            visibility: Visibility::Friends,
            tags: Vec::new(),
            mentions: Vec::new(),
            media_ids: Vec::new(),
            shared: None,
            created_at: ambient.now(),
        };
        let post_id = ambient.id();
        self.posts.lock().insert(post_id, author);
        let post = PostEvent {
            post_id,
            author_id: author,
            version: 1,
            change,
        };
        Event::new(ambient, &post).unwrap()
    }
}

fn summary(id: PostId, author: UserId) -> PostSummary {
    PostSummary {
        id,
        author_id: author,
        visibility: Visibility::Friends,
        tags: Vec::new(),
        has_media: false,
        shared: None,
        reactions: 0,
        comments: 0,
        shares: 0,
        created_at: Timestamp::from_millis(0),
    }
}

#[async_trait]
impl Posts for Circles {
    async fn views(&self, _: UserId, ids: &[PostId]) -> Result<Vec<Value>, Fault> {
        Ok(ids.iter().map(|id| json!({ "id": id })).collect())
    }
    async fn summaries(&self, ids: &[PostId]) -> Result<Vec<PostSummary>, Fault> {
        let posts = self.posts.lock();
        Ok(ids.iter().map(|id| summary(*id, posts[id])).collect())
    }
    async fn of_author(&self, author: UserId, _: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault> {
        let posts = self.posts.lock();
        let theirs = posts.iter().filter(|(_, who)| **who == author);
        let mut theirs: Vec<PostSummary> = theirs.map(|(id, who)| summary(*id, *who)).collect();
        theirs.sort_by_key(|post| std::cmp::Reverse(post.id));
        theirs.truncate(limit);
        Ok(theirs)
    }
    async fn scan(&self, _: Option<PostId>, _: usize) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Relationships for Circles {
    async fn relations(&self, _: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        let friends = Relation {
            friends: true,
            blocked: false,
        };
        Ok(others.iter().map(|_| friends).collect())
    }
    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        let mut friends = self.friends_of(user);
        friends.truncate(limit.min(FRIENDS_TOLD_MAX));
        Ok(friends)
    }
    async fn friends_page(&self, user: UserId, _: usize, _: Option<&str>) -> Result<Page<UserId>, Fault> {
        Ok(Page {
            items: self.friends_of(user),
            next_cursor: None,
        })
    }
    async fn block(&self, _: UserId, _: UserId) -> Result<(), Fault> {
        Ok(())
    }
    async fn unblock(&self, _: UserId, _: UserId) -> Result<(), Fault> {
        Ok(())
    }
    async fn parted(&self, _: UserId, _: usize) -> Result<Vec<UserId>, Fault> {
        Ok(Vec::new())
    }
    async fn blocks(&self, _: UserId, _: usize, _: Option<&str>) -> Result<Page<(UserId, Timestamp)>, Fault> {
        Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        })
    }
}

fn quantiles(mut took: Vec<Duration>) -> Value {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_micros();
    json!({ "p50Us": at(0.5) as u64, "p99Us": at(0.99) as u64, "maxUs": at(1.0) as u64, "runs": took.len() })
}

/// The service as it runs.
struct Rig {
    ambient: Ambient,
    circles: Arc<Circles>,
    app: App,
    consumers: Vec<chassis::Consumer>,
}

impl Rig {
    async fn new(world: &World, store: Arc<dyn Store>, circles: Arc<Circles>) -> Self {
        let ambient = Ambient::system();
        let deps = feed::Deps {
            ambient: ambient.clone(),
            store,
            ephemeral: MemoryEphemeral::new(ambient.clone()),
            posts: circles.clone(),
            relationships: circles.clone(),
            config: feed::Config {
                push_followers_max: circles.circles[0].len(),
                ..feed::Config::default()
            },
        };
        let mut service = feed::service(deps).await.unwrap();
        let consumers = std::mem::take(&mut service.consumers);
        Self {
            ambient,
            circles,
            app: world.app(service),
            consumers,
        }
    }

    async fn hear(&self, group: &str, event: &Event) -> Duration {
        let consumer = self.consumers.iter().find(|c| c.subscription.group == group).unwrap();
        let begun = Instant::now();
        consumer.handler.handle(event).await.unwrap();
        begun.elapsed()
    }

    /// Writes posts of `author`, each delivered and looked for in the timelines of some followers.
    async fn deliveries(&self, author: UserId) -> Value {
        let followers = self.circles.friends_of(author);
        let mut took = Vec::new();
        for n in 0..DELIVERIES {
            let event = self.circles.written(&self.ambient, author);
            took.push(self.hear("feed", &event).await);
            for reader in [
                followers[0],
                followers[n * 31 % followers.len()],
                followers[followers.len() - 1],
            ] {
                let seen = self
                    .app
                    .by(reader)
                    .get("/api/feed?limit=1&order=latest")
                    .await
                    .expect(200);
                assert_eq!(seen["items"][0]["post"]["id"], *event.key);
            }
        }
        let mut told = quantiles(took);
        told["followers"] = followers.len().into();
        told
    }

    /// Lets the followers beyond those that friendship tells of know, as their friendships do.
    async fn befriend_the_rest(&self, author: UserId) {
        for reader in self.circles.friends_of(author).into_iter().skip(FRIENDS_TOLD_MAX) {
            let accepted = FriendshipEvent::Accepted {
                by: author,
                other: reader,
                version: 1,
            };
            self.hear("feed.friendship", &Event::new(&self.ambient, &accepted).unwrap())
                .await;
        }
    }

    async fn pages(&self, query: &str, count: usize) -> Value {
        let readers = self.circles.everybody();
        let mut took = Vec::new();
        for n in 0..count {
            let begun = Instant::now();
            let reply = self.app.by(readers[n * 7_919 % readers.len()]).get(query).await;
            took.push(begun.elapsed());
            assert_eq!(reply.json()["items"].as_array().unwrap().len(), PAGE);
        }
        quantiles(took)
    }

    async fn both_orders(&self, count: usize) -> Value {
        let ranked = self.pages(&format!("/api/feed?limit={PAGE}"), count).await;
        let latest = self.pages(&format!("/api/feed?limit={PAGE}&order=latest"), count).await;
        json!({ "ranked": ranked, "latest": latest })
    }
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let directory = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let mut number = |default: usize| args.next().map_or(default, |text| text.parse().unwrap());
    let (friends, posts, pages) = (number(FRIENDS_TOLD_MAX - 1), number(100), number(2_000));
    let path = directory.join("timelines.db");
    drop(std::fs::remove_file(&path));
    let ambient = Ambient::system();
    let store: Arc<dyn Store> = SqliteStore::open(&path, SqliteOptions::default(), ambient.clone()).unwrap();
    let circles = Arc::new(Circles::new(&ambient, friends));
    let world = World::new().await;
    let rig = Rig::new(&world, store.clone(), circles.clone()).await;

    let begun = Instant::now();
    for n in 0..posts * 2 {
        let event = circles.written(&ambient, circles.authors[n % 2]);
        rig.hear("feed", &event).await;
    }
    let filled = begun.elapsed();
    let entries = posts * 2 * (friends + 1);
    let pushed = rig.deliveries(circles.authors[0]).await;
    let home = rig.both_orders(pages).await;

    let first = rig.hear("feed", &circles.written(&ambient, circles.famous)).await;
    rig.befriend_the_rest(circles.famous).await;
    let pulled = rig.deliveries(circles.famous).await;
    let with_pull = rig.both_orders(pages).await;
    store.close().await;
    let bytes = std::fs::metadata(&path).unwrap().len();
    let result = json!({
        "people": friends * 2 + 3, "entries": entries, "fileBytes": bytes, "bytesPerEntry": bytes / entries as u64,
        "entriesPerSecondWhileFilled": (entries as f64 / filled.as_secs_f64()) as u64,
        "deliveryByPush": pushed, "home": home,
        "firstPostThatIsPulledUs": first.as_micros() as u64, "deliveryByPull": pulled, "homeWithPull": with_pull,
    });
    println!("{}", serde_json::to_string_pretty(&result).unwrap());
}
