//! Measures appends: 64 writers, documents of about 400 bytes with three indexes, one event of about 700 bytes each.
//! `cargo run --release -p store --example appends -- [directory] [writers] [seconds] [text]`
//! With `--features mongodb` the directory may be a server, such as `mongodb://127.0.0.1:27017`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::event::topic;
use contracts::{Event, EventBody, Topic};
use kernel::{Ambient, MessageId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Fields, Index, Query, Store, StoreError};

const ROOMS: usize = 32;

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: MessageId,
    room_id: RoomId,
    seq: u64,
    author_id: UserId,
    client_id: String,
    sent_at: Timestamp,
    text: String,
}

impl Document for Message {
    const COLLECTION: &'static str = "messages";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_seq", &["roomId", "seq"]),
        Index::unique("by_client", &["roomId", "authorId", "clientId"]),
        Index::plain("by_author", &["authorId", "sentAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn fields(&self) -> Fields {
        Fields::new()
            .with("roomId", self.room_id)
            .with("seq", self.seq)
            .with("authorId", self.author_id)
            .with("clientId", self.client_id.as_str())
            .with("sentAt", self.sent_at)
            .with("text", self.text.as_str())
    }
}

/// The same with its words indexed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Searched(Message);

impl Document for Searched {
    const COLLECTION: &'static str = "searched";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_seq", &["roomId", "seq"]),
        Index::unique("by_client", &["roomId", "authorId", "clientId"]),
        Index::plain("by_author", &["authorId", "sentAt"]),
        Index::text("words", Some("roomId"), &["text"]),
    ];
    fn id(&self) -> String {
        self.0.id()
    }
    fn fields(&self) -> Fields {
        self.0.fields()
    }
}

#[derive(Serialize, Deserialize)]
struct Sent {
    message: Message,
    members: u32,
    notice: String,
}

impl EventBody for Sent {
    const TOPIC: Topic = topic::MESSAGE;
    const SOURCE: &'static str = "chat";
    fn kind(&self) -> &'static str {
        "message.sent"
    }
    fn key(&self) -> String {
        self.message.room_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.message.seq)
    }
}

const TEXT: &str =
    "The quick brown fox jumps over the lazy dog while nine zebras watch, and everybody in the room agrees";

async fn write_until<D: Document>(
    messages: Collection<D>,
    ambient: Ambient,
    room: RoomId,
    until: Instant,
    wrap: fn(Message) -> D,
) -> Vec<Duration> {
    let author: UserId = ambient.id();
    let mut took = Vec::new();
    while Instant::now() < until {
        let (id, sent_at) = (ambient.id(), ambient.now());
        // Clients make ids that grow, as UUIDv7 do.
        let (ambient, client_id) = (ambient.clone(), ambient.id::<MessageId>().to_string());
        let begun = Instant::now();
        let build = move |seq| {
            let text = TEXT.to_owned();
            let message = Message {
                id,
                room_id: room,
                seq,
                author_id: author,
                client_id: client_id.clone(),
                sent_at,
                text,
            };
            let event = Event::new(
                &ambient,
                &Sent {
                    message: message.clone(),
                    members: 12,
                    notice: "none".into(),
                },
            )?;
            Ok((wrap(message), vec![event]))
        };
        match messages.append("by_seq", room, build).await {
            Ok(_) => took.push(begun.elapsed()),
            Err(e) => eprintln!("not appended: {e}"),
        }
    }
    took
}

async fn measure<D: Document>(
    store: Arc<dyn Store>,
    ambient: Ambient,
    writers: usize,
    seconds: u64,
    wrap: fn(Message) -> D,
) {
    let Ok(messages) = Collection::<D>::open(&store).await else {
        return;
    };
    let rooms: Vec<RoomId> = (0..ROOMS).map(|_| ambient.id()).collect();
    let relay = tokio::spawn(relay(store.clone()));
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..writers)
        .zip(rooms.iter().cycle())
        .map(|(_, room)| tokio::spawn(write_until(messages.clone(), ambient.clone(), *room, until, wrap)))
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.unwrap_or_default());
    }
    let rate = took.len() as f64 / begun.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |share: f64| {
        took.get((took.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{} appends, {rate:.0}/s, p50 {:?}, p99 {:?}, p99.9 {:?}, max {:?}",
        took.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        took.last().copied().unwrap_or_default()
    );
    relay.abort();
    let asked = Instant::now();
    let mut pages = 0;
    while asked.elapsed() < Duration::from_secs(1) {
        if let Some(room) = rooms.get(pages % ROOMS) {
            drop(
                messages
                    .find(Query::on("by_seq").eq(*room).descending().limit(50))
                    .await,
            );
        }
        pages += 1;
    }
    println!("{pages} pages of 50 read in a second by one reader");
}

/// Takes events out of the outbox as the product's relay does, without a bus behind it.
async fn relay(store: Arc<dyn Store>) {
    let signal = store.outbox_signal();
    loop {
        match store.pending_events(512).await {
            Ok(events) if !events.is_empty() => {
                let ids: Vec<_> = events.iter().map(|e| e.id).collect();
                drop(store.mark_sent(&ids).await);
            }
            _ => signal.notified().await,
        }
    }
}

async fn open(place: &Path, ambient: &Ambient) -> Result<Arc<dyn Store>, StoreError> {
    #[cfg(feature = "mongodb")]
    if let Some(url) = place.to_str().filter(|place| place.starts_with("mongodb")) {
        use store::mongodb::{MongoOptions, MongoStore};
        let database = format!("bench_{}", ambient.id::<RoomId>());
        return Ok(MongoStore::open(url, &database, MongoOptions::default(), ambient.clone()).await?);
    }
    drop(std::fs::remove_dir_all(place));
    let file = place.join("bench.db");
    Ok(SqliteStore::open(&file, SqliteOptions::default(), ambient.clone())?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().unwrap_or_else(|| "target/appends".into()));
    let writers = arguments.next().map_or(Ok(64), |n| n.parse())?;
    let seconds = arguments.next().map_or(Ok(10), |n| n.parse())?;
    let text = arguments.next().is_some();
    let ambient = Ambient::system();
    let store = open(&directory, &ambient).await?;
    if text {
        measure::<Searched>(store.clone(), ambient, writers, seconds, Searched).await;
    } else {
        measure::<Message>(store.clone(), ambient, writers, seconds, |m| m).await;
    }
    let closing = Instant::now();
    store.close().await;
    let bytes = std::fs::metadata(directory.join("bench.db")).map_or(0, |file| file.len());
    println!("closed in {:?}; the file has {} MiB", closing.elapsed(), bytes >> 20);
    Ok(())
}
