//! Owns the surroundings of the tests: the service, people, and what the other services tell.

use std::sync::Arc;
use std::time::Duration;

use bus::{Handler, Subscription};
use chassis::Worker;
use contracts::chat::{AgentPolicy, Author, Mention, Message, MessageEvent, Origin, RoomKind, RoomSummary};
use contracts::post::{CommentChange, CommentEvent, PostChange, PostEvent, ReactionEvent, ReactionKind, Visibility};
use contracts::realtime::online_set;
use contracts::{Event, EventBody};
use ephemeral::Ephemeral as _;
use kernel::{Ambient, CommentId, MessageId, PostId, RoomId, UserId};
use notification::{Config, Deps};
use serde_json::{Value, json};
use store::{Op, RawDocument, Store};
use testkit::{App, Between, World};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::fakes::{FakeChat, FakeMailboxes, FakePosts, Turning};

/// How long a test waits for what a worker does.
const PATIENCE: Duration = Duration::from_secs(60);

/// What outlives the service.
pub struct Around {
    pub store: Arc<dyn Store>,
    pub between: Arc<Between>,
    pub posts: Arc<FakePosts>,
    pub chat: Arc<FakeChat>,
    pub relations: Arc<Turning>,
    pub mailboxes: Arc<FakeMailboxes>,
    /// How mails leave.
    pub mails: mail::Config,
}

pub struct House {
    pub world: World,
    pub ambient: Ambient,
    around: Around,
    pub app: App,
    pub config: Config,
    handler: Arc<dyn Handler>,
    live: Arc<dyn Handler>,
    pub subscriptions: Vec<Subscription>,
    workers: Vec<Worker>,
}

fn consumer(service: &chassis::Service, group: &str) -> Arc<dyn Handler> {
    let mut consumers = service.consumers.iter();
    let found = consumers.find(|consumer| consumer.subscription.group == group);
    found.unwrap().handler.clone()
}

/// Settings under which nothing waits.
pub fn quick() -> Config {
    Config {
        sweep_each_ms: 10,
        push_delay_ms: 0,
        ..Config::default()
    }
}

impl std::ops::Deref for House {
    type Target = Around;
    fn deref(&self) -> &Around {
        &self.around
    }
}

impl House {
    pub async fn new() -> Self {
        Self::with(quick()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::mailing(config, mail::Config::default()).await
    }

    /// With mails that leave by other ways than files.
    pub async fn mailing(config: Config, mails: mail::Config) -> Self {
        let world = World::new().await;
        let between = Between::over(world.store("notification").await);
        let around = Around {
            store: between.clone(),
            between,
            posts: Arc::default(),
            chat: Arc::default(),
            relations: Arc::new(Turning {
                world: world.relationships(),
                parting: parking_lot::Mutex::default(),
                silent: parking_lot::Mutex::default(),
            }),
            mailboxes: Arc::default(),
            mails,
        };
        Self::over(world, around, config).await
    }

    /// The same surroundings, and the service started anew; mails are files.
    pub async fn again(mut self, config: Config) -> Self {
        self.around.mails = mail::Config::default();
        Self::over(self.world, self.around, config).await
    }

    /// The same surroundings, and the service over the documents as an export and an import leave them.
    pub async fn moved(mut self) -> Self {
        let there = self.world.store("moved").await;
        for spec in notification::COLLECTIONS {
            there.declare(*spec).await.unwrap();
            let kept = self.around.store.scan(spec.collection, None, 1000).await.unwrap();
            let raw = kept
                .into_iter()
                .map(|one| (RawDocument::from_json(spec, one.id, one.body).unwrap(), one.version));
            there.write(Op::Restore(raw.collect()).into()).await.unwrap();
        }
        self.around.store = there;
        Self::over(self.world, self.around, self.config).await
    }

    async fn over(world: World, around: Around, config: Config) -> Self {
        let (ambient, data_dir) = (world.ambient(), world.path().join("data"));
        let deps = Deps {
            ambient: ambient.clone(),
            store: around.store.clone(),
            ephemeral: world.ephemeral(),
            users: world.users(),
            relationships: around.relations.clone(),
            posts: around.posts.clone(),
            chat: around.chat.clone(),
            accounts: around.mailboxes.clone(),
            mailer: mail::open(&around.mails, &data_dir).unwrap(),
            data_dir,
            config: config.clone(),
        };
        let mut service = notification::service(deps).await.unwrap();
        Self {
            live: consumer(&service, "notification.live"),
            handler: consumer(&service, "notification"),
            subscriptions: service.consumers.iter().map(|c| c.subscription.clone()).collect(),
            workers: std::mem::take(&mut service.workers),
            app: world.app(service),
            world,
            ambient,
            around,
            config,
        }
    }

    /// Adds people.
    pub fn people<const N: usize>(&self, handles: [&str; N]) -> [UserId; N] {
        handles.map(|handle| self.world.users().add(handle))
    }

    /// Runs the workers until the guard is dropped.
    pub fn at_work(&self) -> DropGuard {
        let stop = CancellationToken::new();
        for worker in &self.workers {
            tokio::spawn((worker.run)(stop.clone()));
        }
        stop.drop_guard()
    }

    /// Runs the worker of this name so that it can be killed.
    pub fn start(&self, name: &str) -> tokio::task::JoinHandle<()> {
        let worker = self.workers.iter().find(|worker| worker.name == name).unwrap();
        let running = (worker.run)(CancellationToken::new());
        tokio::spawn(async move { running.await.unwrap() })
    }

    /// Lets another service tell something.
    pub async fn hear<B: EventBody>(&self, body: &B) -> Event {
        let event = Event::new(&self.ambient, body).unwrap();
        self.hear_again(&event).await;
        event
    }

    /// The same, later.
    pub fn hearing<B: EventBody>(&self, body: &B) -> impl Future<Output = ()> + Send + 'static {
        let (event, handler) = (Event::new(&self.ambient, body).unwrap(), self.handler.clone());
        async move { handler.handle(&event).await.unwrap() }
    }

    pub async fn hear_again(&self, event: &Event) {
        self.handler.handle(event).await.unwrap();
    }

    /// Shows live what was told since.
    pub async fn show_live(&self) -> usize {
        let events = self.world.pending(&self.store).await;
        for event in &events {
            self.live.handle(event).await.unwrap();
        }
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        self.store.mark_sent(&ids).await.unwrap();
        events.len()
    }

    pub async fn page(&self, of: UserId) -> Value {
        self.app.by(of).get("/api/notifications").await.expect(200)
    }

    /// Returns the sentences in a person's list, newest first.
    pub async fn list(&self, of: UserId) -> Vec<String> {
        let page = self.page(of).await;
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["text"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn unread(&self, of: UserId) -> u64 {
        let unread = self.app.by(of).get("/api/notifications/unread").await.expect(200);
        unread["unread"].as_u64().unwrap()
    }

    pub async fn read(&self, of: UserId, what: Value) -> u64 {
        let unread = self.app.by(of).put("/api/notifications/read", what).await.expect(200);
        unread["unread"].as_u64().unwrap()
    }

    pub async fn wish(&self, of: UserId, wishes: Value) -> Value {
        self.app
            .by(of)
            .put("/api/notifications/preferences", wishes)
            .await
            .expect(200)
    }

    pub async fn wish_of(&self, of: UserId) -> Value {
        self.app.by(of).get("/api/notifications/preferences").await.expect(200)
    }

    pub async fn devices(&self, of: UserId) -> usize {
        let page = self.app.by(of).get("/api/notifications/devices").await.expect(200);
        page["items"].as_array().unwrap().len()
    }

    pub async fn phone(&self, of: UserId, name: &str) {
        let body = json!({ "kind": "expo", "token": format!("ExponentPushToken[{name}]") });
        self.app
            .by(of)
            .post("/api/notifications/devices", body)
            .await
            .expect(201);
    }

    /// Counts anew; stops the test when a counter is wrong.
    pub async fn verified(&self) -> notification::Verified {
        let found = notification::verify(&self.store, self.ambient.clone(), self.config.clone())
            .await
            .unwrap();
        assert_eq!(found.drift, 0, "{found:?}");
        found
    }

    pub async fn react(&self, by: UserId, post: (PostId, UserId), reaction: Option<ReactionKind>) -> Event {
        self.hear(&ReactionEvent {
            post_id: post.0,
            post_author_id: post.1,
            user_id: by,
            reaction,
        })
        .await
    }

    pub async fn like(&self, by: UserId, post: (PostId, UserId)) -> Event {
        self.react(by, post, Some(ReactionKind::Like)).await
    }

    /// Somebody comments; returns the comment.
    pub async fn comment(&self, by: UserId, post: (PostId, UserId), mentions: &[UserId]) -> CommentId {
        self.answer(by, post, None, mentions).await
    }

    pub async fn answer(
        &self,
        by: UserId,
        post: (PostId, UserId),
        reply_to: Option<(CommentId, UserId)>,
        mentions: &[UserId],
    ) -> CommentId {
        let id = self.ambient.id();
        let mentions = mentions.to_vec();
        self.comment_event(id, by, post, CommentChange::Created { reply_to, mentions })
            .await;
        id
    }

    pub async fn comment_event(&self, id: CommentId, by: UserId, post: (PostId, UserId), change: CommentChange) {
        self.hear(&CommentEvent {
            post_id: post.0,
            post_author_id: post.1,
            comment_id: id,
            author_id: by,
            change,
        })
        .await;
    }

    pub async fn post_event(&self, post_id: PostId, author_id: UserId, change: PostChange) {
        self.hear(&PostEvent {
            post_id,
            author_id,
            version: 1,
            change,
        })
        .await;
    }

    /// Somebody posts; returns the post.
    pub async fn post(&self, by: UserId, mentions: &[UserId], shared: Option<(PostId, UserId)>) -> PostId {
        let id = self.ambient.id();
        let created = PostChange::Created {
            visibility: Visibility::Public,
            tags: Vec::new(),
            mentions: mentions.to_vec(),
            media_ids: Vec::new(),
            shared,
            created_at: self.ambient.now(),
        };
        self.post_event(id, by, created).await;
        id
    }

    /// Opens a room.
    pub fn room(&self, title: Option<&str>, members: &[UserId]) -> RoomId {
        let id = self.ambient.id();
        let room = RoomSummary {
            id,
            kind: if title.is_some() {
                RoomKind::Group
            } else {
                RoomKind::Direct
            },
            title: title.map(str::to_owned),
            epoch: "1".into(),
            last_seq: 0,
            agent_policy: AgentPolicy::Off,
            moderator_id: None,
            people_interrupt: false,
            members: members.to_vec(),
            agents: Vec::new(),
        };
        self.chat.rooms.lock().insert(id, room);
        id
    }

    /// Somebody is online.
    pub async fn come_online(&self, user: UserId) {
        let ephemeral = self.world.ephemeral();
        ephemeral
            .join(&online_set(user), "replica", Duration::from_secs(3600))
            .await
            .unwrap();
    }

    pub fn message(&self, room_id: RoomId, seq: u64, by: UserId, mentions: &[UserId]) -> Message {
        let id: MessageId = self.ambient.id();
        Message {
            id,
            room_id,
            seq,
            client_id: None,
            author: Author::User {
                id: by,
                name: "then".into(),
            },
            origin: Origin::Human,
            text: "a secret word".into(),
            reply_to: None,
            mentions: mentions.iter().map(|id| Mention::User { id: *id }).collect(),
            attachment_ids: Vec::new(),
            reactions: Vec::new(),
            root_id: id,
            hop: 0,
            created_at: self.ambient.now(),
            edited_at: None,
            deleted: false,
            version: 1,
            ai: None,
        }
    }

    pub async fn send(&self, room: RoomId, seq: u64, by: UserId, mentions: &[UserId]) -> Message {
        let message = self.message(room, seq, by, mentions);
        self.hear(&MessageEvent::Sent(message.clone())).await;
        message
    }
}

/// Waits until `found` finds something.
pub async fn eventually<T>(what: &str, found: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(it) = found().await {
                return it;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, looking).await;
    waited.unwrap_or_else(|_| panic!("{what} did not come"))
}
