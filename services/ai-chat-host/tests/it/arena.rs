//! A room with an audience, in which debates are begun, heard and voted on.

use std::sync::Arc;

use contracts::chat::{AgentPolicy, RoomKind};
use contracts::realtime::room_channel;
use ephemeral::Ephemeral as _;
use kernel::{AgentId, RoomId, UserId};
use parking_lot::Mutex;
use serde_json::{Value, json};
use store::{Op, RawDocument, Store};
use testkit::App;

use crate::house::{Host, House, muse, sage, until};

/// Turns of a debate of two sides with one round of rebuttals.
pub const TURNS: usize = 10;

pub struct Arena {
    pub house: House,
    pub room: RoomId,
    /// Who begins debates, and two who listen.
    pub people: [UserId; 3],
    /// All that the room's live channel has carried, as it was sent.
    frames: Arc<Mutex<Vec<String>>>,
}

impl Arena {
    pub async fn new() -> Self {
        Self::with(&[(sage(), "sage"), (muse(), "muse")], 0).await
    }

    /// With these agents, and `more` people in the room.
    pub async fn with(agents: &[(AgentId, &str)], more: usize) -> Self {
        let mut house = House::new().await;
        house.config.debates.retry_ms = 0;
        let ambient = house.world.ambient();
        let people = [house.ada, ambient.id(), ambient.id()];
        let mut members = people.to_vec();
        members.extend((0..more).map(|_| ambient.id::<UserId>()));
        let room = house.chat.room(RoomKind::Group, AgentPolicy::Mention, &members, agents);
        let arena = Self {
            house,
            room,
            people,
            frames: Arc::default(),
        };
        arena.listen().await;
        arena
    }

    async fn listen(&self) {
        let mut subscriber = self.house.world.ephemeral().subscriber().await.unwrap();
        subscriber.subscribe(&room_channel(self.room)).await.unwrap();
        let frames = self.frames.clone();
        tokio::spawn(async move {
            while let Some((_, payload)) = subscriber.next().await {
                frames.lock().push(String::from_utf8_lossy(&payload).into_owned());
            }
        });
    }

    pub fn frames(&self) -> Vec<String> {
        self.frames.lock().clone()
    }

    /// Puts together what the room has heard of an attempt at a turn.
    pub fn heard(&self, turn: u64, attempt: u64) -> String {
        let frames = self
            .frames()
            .into_iter()
            .map(|frame| serde_json::from_str::<Value>(&frame).unwrap());
        let of = frames.filter(|f| f["t"] == "debate.delta" && f["d"]["turn"] == turn && f["d"]["attempt"] == attempt);
        of.fold(String::new(), |heard, frame| {
            assert_eq!(frame["d"]["pos"], heard.chars().count());
            heard + frame["d"]["text"].as_str().unwrap()
        })
    }

    /// Waits until the room has heard `text` of an attempt.
    pub async fn hears(&self, turn: u64, attempt: u64, text: &str) {
        until(text, async || (self.heard(turn, attempt) == text).then_some(())).await;
    }

    /// The routes of a process whose workers do nothing.
    pub async fn idle(&self) -> App {
        self.idle_on(self.house.store.clone()).await
    }

    /// The same, on another store.
    pub async fn idle_on(&self, store: Arc<dyn Store>) -> App {
        let deps = ai_chat_host::Deps {
            ambient: self.house.world.ambient(),
            store,
            ephemeral: self.house.world.ephemeral(),
            chat_reader: self.house.chat.clone(),
            chat_writer: self.house.chat.clone(),
            ai_gateway: self.house.models.clone(),
            cards: self.house.market.clone(),
            entitlements: self.house.market.clone(),
            billing: self.house.market.clone(),
            config: self.house.config.clone(),
        };
        let (_, service) = ai_chat_host::open(deps).await.unwrap();
        self.house.world.app(service)
    }

    pub fn wish(&self) -> Value {
        json!({"roomId": self.room, "motion": "Tea is better than coffee", "agentIds": [sage(), muse()]})
    }

    /// Begins a debate; returns its path.
    pub async fn begin(&self, app: &App) -> String {
        let debate = app
            .by(self.people[0])
            .post("/api/debates", self.wish())
            .await
            .expect(201);
        format!("/api/debates/{}", debate["id"].as_str().unwrap())
    }

    /// Starts a debate and waits until all was said and the second vote is open.
    pub async fn heard_out(&self, app: &App) -> String {
        let path = self.start(app).await;
        self.phase(app, &path, "voting_after").await;
        path
    }

    /// Begins a debate and ends the voting before it.
    pub async fn start(&self, app: &App) -> String {
        let path = self.begin(app).await;
        app.by(self.people[0])
            .post_empty(&format!("{path}/start"))
            .await
            .expect(200);
        path
    }

    /// Has somebody vote for a side, or undecided.
    pub async fn vote(&self, app: &App, path: &str, user: UserId, when: &str, side: Value) -> Value {
        let path = format!("{path}/votes/{when}");
        app.by(user).put(&path, json!({ "side": side })).await.expect(200)
    }

    /// Reads a debate as who began it sees it.
    pub async fn read(&self, app: &App, path: &str) -> Value {
        app.by(self.people[0]).get(path).await.expect(200)
    }

    /// Waits until a debate looks as it should.
    pub async fn until(&self, app: &App, path: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        until(what, async || {
            Some(self.read(app, path).await).filter(|debate| is_so(debate))
        })
        .await
    }

    pub async fn phase(&self, app: &App, path: &str, phase: &str) -> Value {
        self.until(app, path, phase, |debate| debate["phase"] == phase).await
    }

    /// Waits for the end of the voting after a debate, and for its result.
    pub async fn result(&self, app: &App, path: &str) -> Value {
        self.phase(app, path, "voting_after").await;
        self.house.world.advance(std::time::Duration::from_secs(601));
        let debate = self
            .until(app, path, "the result", |debate| !debate["result"].is_null())
            .await;
        debate["result"].clone()
    }

    /// Puts an agent of somebody's into the store.
    pub async fn own_agent(&self, _host: &Host, id: AgentId, handle: &str, owner: UserId) {
        let agent = json!({"id": id, "handle": handle, "name": handle, "description": "", "persona": "You argue.",
            "model": "default", "ownerId": owner, "enabled": true, "replyPolicy": "mention", "temperature": 0.5,
            "maxTokens": 500, "createdAt": self.house.world.ambient().now(), "listedAs": handle});
        let spec = ai_chat_host::COLLECTIONS
            .iter()
            .find(|spec| spec.collection == "agents")
            .unwrap();
        let raw = RawDocument::from_json(spec, id.to_string(), agent.to_string().into()).unwrap();
        self.house.store.write(Op::Insert(raw).into()).await.unwrap();
    }
}

/// Returns the states of a debate's turns.
pub fn states(debate: &Value) -> Vec<&str> {
    let turns = debate["turns"].as_array().unwrap();
    turns.iter().map(|turn| turn["state"].as_str().unwrap()).collect()
}
