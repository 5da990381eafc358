//! Owns a gateway on a loopback port and everything around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Bus, BusError, DeadLetter, Handler, Subscription};
use chassis::Verifier;
use chassis::auth::{AUDIENCE, Claims, ISSUER, TOKEN_TYPE};
use chassis::supervisor::Supervisor;
use contracts::ai_chat_host::{RunSnapshot, Runs};
use contracts::auth::{AccountSummary, Accounts, revoked_session_key};
use contracts::chat::{Message, MessageEvent};
use contracts::{Event, EventBody, Topic};
use ephemeral::Ephemeral as _;
use ephemeral::memory::MemoryEphemeral;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Ambient, Fault, RoomId, RunId, SessionId, UserId};
use parking_lot::Mutex;
use realtime_gateway::{Config, Deps};
use testkit::{FakeRelationships, FakeUsers, World};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::FakeChat;
use crate::client::DEADLINE;

/// An Ed25519 key (RFC 8410) from the seed 7, 7, 7, …, and its public half.
const PRIVATE_HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
const PUBLIC: &str = "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw";

struct Keys;

#[async_trait]
impl Accounts for Keys {
    async fn jwks(&self) -> Result<String, Fault> {
        Ok(serde_json::json!({"keys": [{"kid": "k", "kty": "OKP", "crv": "Ed25519", "x": PUBLIC}]}).to_string())
    }
    async fn account(&self, _: UserId) -> Result<AccountSummary, Fault> {
        Err(Fault::not_found("auth.not_found"))
    }
    async fn has_ended(&self, _: UserId, _: SessionId) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn erase(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    async fn ban(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

/// A bus that only tells, and whose tails a test may cut.
#[derive(Default)]
pub(crate) struct FakeBus(Mutex<Vec<mpsc::UnboundedSender<Vec<Event>>>>);

impl FakeBus {
    pub(crate) fn cut(&self) {
        self.0.lock().clear();
    }
    pub(crate) fn tails(&self) -> usize {
        self.0.lock().len()
    }
}

#[async_trait]
impl Bus for FakeBus {
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        self.0.lock().retain(|tail| tail.send(events.to_vec()).is_ok());
        Ok(())
    }
    async fn consume(&self, _: Subscription, _: Arc<dyn Handler>, stop: CancellationToken) -> Result<(), BusError> {
        stop.cancelled().await;
        Ok(())
    }
    async fn tail(&self, _: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.0.lock().push(sender);
        Ok(futures::stream::unfold(receiver, |mut r| async move { Some((r.recv().await?, r)) }).boxed())
    }
    async fn dead_letters(&self, _: Topic, _: &str, _: usize) -> Result<Vec<DeadLetter>, BusError> {
        Ok(vec![])
    }
    async fn release(&self, _: Topic, _: &str, _: &str) -> Result<u64, BusError> {
        Ok(0)
    }
    async fn lag(&self, _: Topic, _: &str) -> Result<u64, BusError> {
        Ok(0)
    }
    async fn ping(&self) -> Result<(), BusError> {
        Ok(())
    }
    async fn close(&self) {}
}

#[derive(Default)]
pub(crate) struct FakeRuns {
    pub(crate) live: Mutex<Vec<RunSnapshot>>,
    pub(crate) cancelled: Mutex<Vec<(UserId, RoomId, RunId)>>,
}

#[async_trait]
impl Runs for FakeRuns {
    async fn live(&self, _: RoomId) -> Result<Vec<RunSnapshot>, Fault> {
        Ok(self.live.lock().clone())
    }
    async fn cancel(&self, user: UserId, room: RoomId, run: RunId) -> Result<(), Fault> {
        self.cancelled.lock().push((user, room, run));
        Ok(())
    }
}

pub(crate) struct Rig {
    pub(crate) world: World,
    pub(crate) ambient: Ambient,
    pub(crate) bus: Arc<FakeBus>,
    pub(crate) chat: Arc<FakeChat>,
    pub(crate) runs: Arc<FakeRuns>,
    pub(crate) users: Arc<FakeUsers>,
    pub(crate) relationships: Arc<FakeRelationships>,
    pub(crate) ephemeral: Arc<MemoryEphemeral>,
    pub(crate) address: SocketAddr,
    pub(crate) supervisor: tokio::sync::Mutex<Supervisor>,
    stop: CancellationToken,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let world = World::new().await;
        let ambient = world.ambient();
        let (bus, runs) = (Arc::new(FakeBus::default()), Arc::new(FakeRuns::default()));
        let chat = Arc::new(FakeChat::new(ambient.clone()));
        let ephemeral = world.ephemeral();
        // With a memory of its own: a revocation that a test notes in the gateway's has come right after the token's check.
        let unaware = MemoryEphemeral::new(ambient.clone());
        let verifier = Verifier::new(Arc::new(Keys), unaware, ambient.clone());
        let deps = Deps {
            ambient: ambient.clone(),
            ephemeral: ephemeral.clone(),
            bus: bus.clone(),
            verifier: verifier.clone(),
            chat_reader: chat.clone(),
            chat_writer: chat.clone(),
            relationships: world.relationships(),
            users: world.users(),
            runs: runs.clone(),
            config,
        };
        let mut service = realtime_gateway::service(deps).await.unwrap();
        let (router, _) = std::mem::take(&mut service.routes).split_for_parts();
        let router = chassis::http::around_for_tests(router, verifier, ambient.clone());
        let supervisor = Supervisor::start(vec![service], bus.clone(), ephemeral.clone(), &ambient);
        let listener = chassis::http::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(chassis::http::serve(listener, router, stop.clone()));
        let (users, relationships) = (world.users(), world.relationships());
        let supervisor = tokio::sync::Mutex::new(supervisor);
        let rig = Self {
            world,
            ambient,
            bus,
            chat,
            runs,
            users,
            relationships,
            ephemeral,
            address,
            supervisor,
            stop,
        };
        rig.eventually("the tails", || rig.bus.tails() == 2).await;
        rig
    }

    /// People and a room of all of them.
    pub(crate) async fn people<const N: usize>(names: [&str; N]) -> (Self, [UserId; N], RoomId) {
        let rig = Self::new().await;
        let users = names.map(|name| rig.users.add(name));
        let room = rig.chat.room(&users);
        (rig, users, room)
    }

    pub(crate) fn token(&self, user: UserId) -> String {
        self.token_of(user, self.ambient.id())
    }

    pub(crate) fn token_of(&self, user: UserId, session: SessionId) -> String {
        self.token_until(user, session, 900)
    }

    pub(crate) fn token_until(&self, user: UserId, session: SessionId, seconds: i64) -> String {
        let now = self.ambient.now().seconds();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user,
            sid: session,
            iat: now,
            exp: now + seconds,
            adm: false,
        };
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        (header.kid, header.typ) = (Some("k".into()), Some(TOKEN_TYPE.into()));
        let der = [&PRIVATE_HEAD[..], &[7; 32]].concat();
        jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_ed_der(&der)).unwrap()
    }

    /// Publishes an event.
    pub(crate) async fn publish<B: EventBody>(&self, body: &B) {
        self.bus
            .publish(&[Event::new(&self.ambient, body).unwrap()])
            .await
            .unwrap();
    }

    /// Tells the bus of a message.
    pub(crate) async fn tell(&self, message: &Message) {
        self.publish(&MessageEvent::Sent(message.clone())).await;
    }

    /// Commits a message and tells the bus.
    pub(crate) async fn sent(&self, room: RoomId, user: UserId, text: &str) -> Message {
        let message = self.chat.commit(room, user, text);
        self.tell(&message).await;
        message
    }

    /// Notes the end of a session without telling the bus.
    pub(crate) async fn revoke(&self, session: SessionId) {
        let (key, ttl) = (revoked_session_key(session), Duration::from_secs(900));
        self.ephemeral.set(&key, "1".into(), ttl).await.unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Moves the held clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.world.advance(by);
    }

    /// Waits until something holds.
    pub(crate) async fn eventually(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let end = tokio::time::Instant::now() + DEADLINE;
        while !holds() {
            assert!(tokio::time::Instant::now() < end, "never came: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
