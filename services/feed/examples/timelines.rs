//! Measures timelines on the embedded store: a page of a home timeline among many, and the delivery of one post to many followers.
//! `cargo run --release -p feed --example timelines -- [directory] [people] [entries each] [followers] [pages]`
//!
//! Post and friendship answer from memory at once, so that what is measured is feed and its store. Every page is asked through the
//! router, as a request is; every delivery is seen in the timelines of its followers afterwards.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program that measures: a panic is the report"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use contracts::Event;
use contracts::friendship::{Relation, Relationships};
use contracts::post::{PostChange, PostEvent, PostSummary, Posts, Visibility};
use ephemeral::memory::MemoryEphemeral;
use kernel::{Ambient, Fault, Page, PostId, Timestamp, UserId};
use serde_json::{Value, json};
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use testkit::World;

/// Deliveries that are measured.
const DELIVERIES: usize = 20;

/// Everybody is everybody's friend; `followers` of them are told of.
struct Everybody {
    followers: Vec<UserId>,
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
impl Posts for Everybody {
    async fn views(&self, _: UserId, ids: &[PostId]) -> Result<Vec<Value>, Fault> {
        Ok(ids.iter().map(|id| json!({ "id": id })).collect())
    }
    async fn summaries(&self, ids: &[PostId]) -> Result<Vec<PostSummary>, Fault> {
        Ok(ids.iter().map(|id| summary(*id, self.followers[0])).collect())
    }
    async fn of_author(&self, _: UserId, _: Option<PostId>, _: usize) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
    async fn scan(&self, _: Option<PostId>, _: usize) -> Result<Vec<PostSummary>, Fault> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Relationships for Everybody {
    async fn relations(&self, _: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        let friends = Relation {
            friends: true,
            blocked: false,
        };
        Ok(others.iter().map(|_| friends).collect())
    }
    async fn friends(&self, _: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        Ok(self.followers.iter().skip(1).take(limit).copied().collect())
    }
    async fn block(&self, _: UserId, _: UserId) -> Result<(), Fault> {
        Ok(())
    }
    async fn unblock(&self, _: UserId, _: UserId) -> Result<(), Fault> {
        Ok(())
    }
    async fn blocks(&self, _: UserId, _: usize, _: Option<&str>) -> Result<Page<(UserId, Timestamp)>, Fault> {
        Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        })
    }
}

fn created(ambient: &Ambient, author: UserId) -> Event {
    let change = PostChange::Created {
        visibility: Visibility::Friends,
        tags: Vec::new(),
        mentions: Vec::new(),
        media_ids: Vec::new(),
        shared: None,
        created_at: ambient.now(),
    };
    let post_id = ambient.id();
    Event::new(
        ambient,
        &PostEvent {
            post_id,
            author_id: author,
            version: 1,
            change,
        },
    )
    .unwrap()
}

fn quantiles(mut took: Vec<Duration>) -> Value {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_micros();
    json!({ "p50Us": at(0.5) as u64, "p99Us": at(0.99) as u64, "maxUs": at(1.0) as u64, "runs": took.len() })
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let directory = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let mut number = |default: usize| args.next().map_or(default, |text| text.parse().unwrap());
    let (people, each, followers, pages) = (number(10_000), number(100), number(10_000), number(2_000));
    let path = directory.join("timelines.db");
    drop(std::fs::remove_file(&path));
    let ambient = Ambient::system();
    let store: Arc<dyn Store> = SqliteStore::open(&path, SqliteOptions::default(), ambient.clone()).unwrap();
    let everybody: Vec<UserId> = (0..people.max(followers + 1)).map(|_| ambient.id()).collect();
    let others = Arc::new(Everybody {
        followers: everybody[..=followers].to_vec(),
    });
    let config = feed::Config {
        push_followers_max: followers,
        ..feed::Config::default()
    };
    let deps = feed::Deps {
        ambient: ambient.clone(),
        store: store.clone(),
        ephemeral: MemoryEphemeral::new(ambient.clone()),
        posts: others.clone(),
        relationships: others,
        config,
    };
    let mut service = feed::service(deps).await.unwrap();
    let consumers = std::mem::take(&mut service.consumers);
    let posts = consumers.iter().find(|c| c.subscription.group == "feed").unwrap();
    let world = World::new().await;
    let app = world.app(service);

    // Delivered as everything is: each post to all of the followers, until there are enough entries.
    let deliveries = people * each / followers;
    let begun = Instant::now();
    for _ in 0..deliveries {
        posts.handler.handle(&created(&ambient, everybody[0])).await.unwrap();
    }
    let filled = begun.elapsed();
    let mut delivered = Vec::new();
    for _ in 0..DELIVERIES {
        let event = created(&ambient, everybody[0]);
        let begun = Instant::now();
        posts.handler.handle(&event).await.unwrap();
        delivered.push(begun.elapsed());
        let seen = app
            .by(everybody[followers / 2])
            .get("/api/feed?limit=1&order=latest")
            .await
            .expect(200);
        assert_eq!(seen["items"][0]["post"]["id"], *event.key);
    }
    let page = async |query: &str| {
        let mut took = Vec::new();
        for n in 0..pages {
            let reader = everybody[1 + (n * 7_919) % followers];
            let begun = Instant::now();
            let reply = app.by(reader).get(query).await;
            took.push(begun.elapsed());
            assert_eq!(reply.json()["items"].as_array().unwrap().len(), 20);
        }
        quantiles(took)
    };
    let (ranked, latest) = (
        page("/api/feed?limit=20").await,
        page("/api/feed?limit=20&order=latest").await,
    );
    store.close().await;
    let bytes = std::fs::metadata(&path).unwrap().len();
    let entries = (deliveries + DELIVERIES) * (followers + 1);
    let result = json!({
        "entries": entries, "people": people, "followers": followers, "fileBytes": bytes,
        "bytesPerEntry": bytes / entries as u64,
        "entriesPerSecondWhileFilled": (deliveries * (followers + 1)) as f64 / filled.as_secs_f64(),
        "delivery": quantiles(delivered), "homeRanked": ranked, "homeLatest": latest,
    });
    println!("{}", serde_json::to_string_pretty(&result).unwrap());
}
