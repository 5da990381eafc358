//! A house with one room, chat and models faked, in which hosts are started, stopped and killed.

use std::sync::Arc;
use std::time::Duration;

use bus::Handler;
use contracts::Event;
use contracts::ai_chat_host::{RunChange, RunEvent, Runs};
use contracts::auth::AccountEvent;
use contracts::chat::{AgentPolicy, Author, Message, RoomKind};
use contracts::realtime::{LiveFrame, room_channel};
use ephemeral::Ephemeral;
use kernel::{AgentId, RoomId, RunId, UserId};
use parking_lot::Mutex;
use store::Store;
use testkit::{App, World};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::chat::FakeChat;
use crate::market::FakeMarket;
use crate::models::FakeModels;

/// A test that waits longer has failed.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until `found` finds something.
pub async fn until<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let end = tokio::time::Instant::now() + DEADLINE;
    loop {
        if let Some(found) = found().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < end, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// One process of ai-chat-host.
pub struct Host {
    pub runs: Arc<dyn Runs>,
    pub app: App,
    handler: Arc<dyn Handler>,
    accounts: Arc<dyn Handler>,
    pub cards: Arc<dyn Handler>,
    stop: CancellationToken,
    drain: Option<chassis::service::Drain>,
    tasks: Vec<JoinHandle<()>>,
}

impl Host {
    /// Dies at this instant; what heard for it is left.
    pub async fn kill(self) -> Arc<dyn Handler> {
        for task in self.tasks {
            task.abort();
            let _ = task.await;
        }
        self.handler
    }
    /// Drains and stops, as on SIGTERM.
    pub async fn stop(mut self) {
        if let Some(drain) = self.drain.take() {
            drain().await;
        }
        self.stop.cancel();
        for task in self.tasks {
            tokio::time::timeout(DEADLINE, task)
                .await
                .expect("a worker does not stop")
                .unwrap();
        }
    }
    /// Hears that an account is gone.
    pub async fn hear_gone(&self, ambient: &kernel::Ambient, user_id: UserId) {
        let event = Event::new(ambient, &AccountEvent::Deleted { user_id }).unwrap();
        self.accounts.handle(&event).await.unwrap();
    }
    pub async fn hear(&self, event: &Event) {
        self.handler.handle(event).await.unwrap();
    }
}

pub struct House {
    pub world: World,
    pub chat: Arc<FakeChat>,
    pub models: Arc<FakeModels>,
    pub market: Arc<FakeMarket>,
    pub store: Arc<dyn Store>,
    pub config: ai_chat_host::Config,
    pub ada: UserId,
    pub room: RoomId,
    frames: Arc<Mutex<Vec<LiveFrame>>>,
    events: Mutex<Option<UnboundedReceiver<Event>>>,
}

pub fn sage() -> AgentId {
    ai_chat_host::SAGE.into()
}
pub fn muse() -> AgentId {
    ai_chat_host::MUSE.into()
}
pub fn scout() -> AgentId {
    ai_chat_host::SCOUT.into()
}

impl House {
    pub async fn new() -> Self {
        Self::with(
            RoomKind::Group,
            AgentPolicy::Mention,
            &[(sage(), "sage"), (muse(), "muse")],
        )
        .await
    }

    pub async fn with(kind: RoomKind, policy: AgentPolicy, agents: &[(AgentId, &str)]) -> Self {
        let world = World::new().await;
        let store = world.store("ai-chat-host").await;
        let (chat, events) = FakeChat::new(world.ambient());
        let ada = world.ambient().id();
        let mut members = vec![ada];
        if kind == RoomKind::Group {
            members.push(world.ambient().id());
        }
        let room = chat.room(kind, policy, &members, agents);
        let config = ai_chat_host::Config {
            sweep_ms: 20,
            heartbeat_ms: 20,
            drain_ms: 100,
            ..Default::default()
        };
        let house = Self {
            chat: Arc::new(chat),
            models: Arc::default(),
            market: Arc::default(),
            config,
            store,
            ada,
            room,
            frames: Arc::default(),
            events: Mutex::new(Some(events)),
            world,
        };
        house.listen().await;
        house
    }

    async fn listen(&self) {
        let mut subscriber = self.world.ephemeral().subscriber().await.unwrap();
        subscriber.subscribe(&room_channel(self.room)).await.unwrap();
        let frames = self.frames.clone();
        tokio::spawn(async move {
            while let Some((_, payload)) = subscriber.next().await {
                frames.lock().push(serde_json::from_slice(&payload).unwrap());
            }
        });
    }

    /// Starts a host that hears nothing but what a test tells it.
    pub async fn deaf_host(&self) -> Host {
        self.deaf_host_on(self.world.ephemeral()).await
    }

    /// The same, with another ephemeral store: what the others publish and keep there it does not know.
    pub async fn deaf_host_on(&self, ephemeral: Arc<dyn Ephemeral>) -> Host {
        let deps = ai_chat_host::Deps {
            ambient: self.world.ambient(),
            store: self.store.clone(),
            ephemeral,
            chat_reader: self.chat.clone(),
            chat_writer: self.chat.clone(),
            ai_gateway: self.models.clone(),
            cards: self.market.clone(),
            entitlements: self.market.clone(),
            billing: self.market.clone(),
            config: self.config.clone(),
        };
        let (runs, mut service) = ai_chat_host::open(deps).await.unwrap();
        let stop = CancellationToken::new();
        let tasks = service.workers.iter().map(|worker| {
            let running = (worker.run)(stop.clone());
            tokio::spawn(async move { running.await.unwrap() })
        });
        let tasks = tasks.collect();
        let handler = service.consumers[0].handler.clone();
        let accounts = service.consumers[1].handler.clone();
        let cards = service.consumers[2].handler.clone();
        let drain = service.drain.take();
        Host {
            runs,
            app: self.world.app(service),
            handler,
            accounts,
            cards,
            stop,
            drain,
            tasks,
        }
    }

    /// Starts the host that hears what chat publishes.
    pub async fn host(&self) -> Host {
        let mut host = self.deaf_host().await;
        let mut events = self.events.lock().take().expect("one listening host at a time");
        let handler = host.handler.clone();
        host.tasks.push(tokio::spawn({
            let stop = host.stop.clone();
            async move {
                loop {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        event = events.recv() => match event {
                            Some(event) => handler.handle(&event).await.unwrap(),
                            None => return,
                        },
                    }
                }
            }
        }));
        host
    }

    pub fn say(&self, text: &str) -> Message {
        self.chat.say(self.room, self.ada, text)
    }

    /// Returns the facts about runs, oldest first.
    pub async fn facts(&self) -> Vec<RunEvent> {
        let events = self.world.pending(&self.store).await;
        events.iter().map(|event| event.body().unwrap()).collect()
    }

    pub async fn ended(&self, count: usize) -> Vec<RunEvent> {
        until("the end of runs", async || {
            let ends: Vec<_> = self
                .facts()
                .await
                .into_iter()
                .filter(|f| matches!(f.change, RunChange::Ended { .. }))
                .collect();
            (ends.len() >= count).then_some(ends)
        })
        .await
    }

    pub async fn started(&self, attempt: u32) -> RunEvent {
        until("the start of a run", async || {
            let facts = self.facts().await;
            facts
                .into_iter()
                .find(|f| f.change == RunChange::Started && f.attempt == attempt)
        })
        .await
    }

    /// Waits until the room has heard `text` of an attempt.
    pub async fn heard(&self, run: RunId, attempt: u32, text: &str) {
        until(text, async || (self.streamed(run, attempt) == text).then_some(())).await;
    }

    /// Puts together what the room has heard of an attempt; positions must fit.
    pub fn streamed(&self, run: RunId, attempt: u32) -> String {
        let mut all = String::new();
        for frame in self.frames.lock().iter() {
            if let LiveFrame::AiDelta {
                run_id,
                attempt: of,
                pos,
                text,
                ..
            } = frame
                && (*run_id, *of) == (run, attempt)
            {
                assert_eq!(*pos, all.chars().count() as u64, "{frame:?}");
                all.push_str(text);
            }
        }
        all
    }

    pub fn attempts_heard(&self) -> Vec<u32> {
        let frames = self.frames.lock();
        frames
            .iter()
            .filter_map(|f| {
                if let LiveFrame::AiDelta { attempt, .. } = f {
                    Some(*attempt)
                } else {
                    None
                }
            })
            .collect()
    }

    /// Waits until models have been asked `calls` times.
    pub async fn asked(&self, calls: usize) {
        until("the model to be asked", async || {
            (self.models.calls() >= calls).then_some(())
        })
        .await;
    }

    pub fn typing(&self) -> usize {
        self.frames
            .lock()
            .iter()
            .filter(|f| matches!(f, LiveFrame::Typing { agent_id: Some(_), .. }))
            .count()
    }

    pub fn answers(&self) -> Vec<Message> {
        let all = self.chat.history(self.room);
        all.into_iter()
            .filter(|m| matches!(m.author, Author::Agent { .. }))
            .collect()
    }

    pub async fn answer(&self, count: usize) -> Message {
        until("an answer", async || {
            (self.answers().len() >= count).then(|| self.answers()[count - 1].clone())
        })
        .await
    }

    /// Waits until so many attempts of the only run are excused.
    pub async fn excused(&self, count: u32) {
        until("an excuse", async || {
            let runs = self.docs("runs").await;
            runs.first().is_some_and(|run| run["excused"] == count).then_some(())
        })
        .await;
    }

    /// Waits until `text` is kept in the run.
    pub async fn kept(&self, text: &str) {
        until("the text to be kept", async || {
            let runs = self.store.scan("runs", None, 100).await.unwrap();
            runs.iter()
                .any(|run| String::from_utf8_lossy(&run.body).contains(text))
                .then_some(())
        })
        .await;
    }

    /// Returns the documents of a collection, as JSON.
    pub async fn docs(&self, collection: &'static str) -> Vec<serde_json::Value> {
        let all = self.store.scan(collection, None, 100).await.unwrap();
        all.iter()
            .map(|doc| serde_json::from_slice(&doc.body).unwrap())
            .collect()
    }

    pub fn lapse(&self) {
        self.world.advance(Duration::from_secs(6));
    }
}
