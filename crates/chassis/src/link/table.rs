//! The table of what services ask each other: one line a method. Owns nothing else: how a call travels is `call.rs`, how it
//! is served `serve.rs`.
//!
//! `#[once]` marks what must not be done twice; everything else may be tried again. `near x` sends calls with the same `x`
//! to the same replica as long as it is there: chat remembers rooms, and the replica that changed a room is the first to
//! know. After `=>` stand streams: they are answered piece by piece, never tried again once they were asked for, and end
//! where they began when the caller drops them. How long one may take to begin and be silent is its owner's to say.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::routing::post;
use contracts::ai_chat_host::{AgentDirectory, AgentSummary, RunSnapshot, Runs};
use contracts::ai_gateway::{AiGateway, Completion, Piece, Principal};
use contracts::ai_model_cards::{HoldAnswer, HoldRequest, ModelCards, Offer, Revision};
use contracts::auth::{AccountSummary, Accounts};
use contracts::chat::{ChatReader, ChatWriter, Message, RoomSummary, SendAgentMessage, SendMessage, Sent};
use contracts::friendship::{Relation, Relationships};
use contracts::media::{AssetView, MediaLibrary};
use contracts::orders::{Entitlement, Entitlements, Orders, Payable, Standing};
use contracts::payments::{Billing, MessageCharge};
use contracts::post::{PostSummary, Posts};
use contracts::user::{Privacy, Profile, UserDirectory};
use futures::stream::BoxStream;
use kernel::{
    AgentId, AssetId, CardId, Cost, EntitlementId, Fault, MessageId, OrderId, Page, PostId, RoomId, RunId, SessionId,
    Timestamp, UserId,
};

use super::call::Method;
use super::serve::{Arguments, answer, answer_stream};
use super::wire::Argument;
use super::{Contract, Link, Remote};

/// Whether a method may be tried again.
macro_rules! repeats {
    () => {
        true
    };
    (once) => {
        false
    };
}

macro_rules! link {
    ($($contract:ident at $owner:literal {
        $($(#[$once:ident])? $method:ident($($arg:ident: $type:ty),*) -> $result:ty $(, near $home:expr)?;)*
    } $(=> { $($stream:ident($($sarg:ident: $stype:ty),*) -> $piece:ty;)* })?)*) => {$(
        #[async_trait]
        impl $contract for Remote<dyn $contract> {
            $(async fn $method(&self, $($arg: $type),*) -> Result<$result, Fault> {
                const METHOD: Method = Method {
                    path: concat!("/internal/", $owner, "/", stringify!($method)),
                    repeats: repeats!($($once)?),
                };
                let home: Option<String> = None$(.or(Some($home.to_string())))?;
                self.link.call(&METHOD, home.as_deref(), &($(&$arg,)*)).await
            })*
            $($(async fn $stream(&self, $($sarg: $stype),*) -> Result<BoxStream<'static, Result<$piece, Fault>>, Fault> {
                const METHOD: Method = Method {
                    path: concat!("/internal/", $owner, "/", stringify!($stream)),
                    repeats: false,
                };
                self.link.stream(&METHOD, &($(&$sarg,)*)).await
            })*)?
        }

        impl Contract for dyn $contract {
            const OWNER: &'static str = $owner;

            fn remote(link: Arc<Link>) -> Arc<Self> {
                Arc::new(Remote::<dyn $contract>::new(link))
            }

            fn routes(local: Arc<Self>) -> Router {
                let router = Router::new();
                $(let router = router.route(concat!("/internal/", $owner, "/", stringify!($method)), post({
                    let local = local.clone();
                    move |arguments: Arguments| async move {
                        let ($($arg,)*): ($(<$type as Argument<'_>>::Owned,)*) = match arguments.read() {
                            Ok(read) => read,
                            Err(fault) => return answer::<()>(Err(fault)),
                        };
                        answer(local.$method($(<$type as Argument<'_>>::lend(&$arg)),*).await)
                    }
                }));)*
                $($(let router = router.route(concat!("/internal/", $owner, "/", stringify!($stream)), post({
                    let local = local.clone();
                    move |arguments: Arguments| async move {
                        let ($($sarg,)*): ($(<$stype as Argument<'_>>::Owned,)*) = match arguments.read() {
                            Ok(read) => read,
                            Err(fault) => return answer::<()>(Err(fault)),
                        };
                        answer_stream(async move { local.$stream($(<$stype as Argument<'_>>::lend(&$sarg)),*).await })
                    }
                }));)*)?
                router
            }
        }
    )*};
}

link! {
    Accounts at "auth" {
        jwks() -> String;
        account(user: UserId) -> AccountSummary;
        has_ended(user: UserId, session: SessionId) -> bool;
        // Done once, it is gone: a second time would be told that the password is wrong.
        #[once] erase(user: UserId, password: &str) -> ();
        ban(user: UserId, reason: &str) -> ();
    }

    UserDirectory at "user" {
        profiles(ids: &[UserId]) -> Vec<Profile>;
        by_handle(handle: &str) -> Option<Profile>;
        privacy(id: UserId) -> Privacy;
        claim(id: UserId, handle: &str, display_name: &str) -> Profile;
        activate(id: UserId) -> ();
        release(id: UserId) -> ();
    }

    Relationships at "friendship" {
        relations(user: UserId, others: &[UserId]) -> Vec<Relation>;
        friends(user: UserId, limit: usize) -> Vec<UserId>;
        friends_page(user: UserId, limit: usize, cursor: Option<&str>) -> Page<UserId>;
        block(user: UserId, other: UserId) -> ();
        unblock(user: UserId, other: UserId) -> ();
        parted(user: UserId, limit: usize) -> Vec<UserId>;
        blocks(user: UserId, limit: usize, cursor: Option<&str>) -> Page<(UserId, Timestamp)>;
    }

    // Sends are idempotent for ever by the sender's own id, so that they may be tried again.
    ChatWriter at "chat" {
        send(user: UserId, message: SendMessage) -> Sent, near message.room_id;
        send_as_agent(message: SendAgentMessage) -> Sent, near message.room_id;
        mark_read(user: UserId, room: RoomId, seq: u64) -> (u64, u64), near room;
    }

    ChatReader at "chat" {
        room(room: RoomId) -> RoomSummary, near room;
        is_member(room: RoomId, user: UserId) -> bool, near room;
        head(room: RoomId, user: UserId) -> (String, u64), near room;
        read_seqs(room: RoomId, users: &[UserId]) -> Vec<u64>, near room;
        rooms_of(user: UserId) -> Vec<RoomId>;
        messages(room: RoomId, after: u64, upto: u64, limit: usize) -> Vec<Message>, near room;
        changed_since(room: RoomId, upto: u64, limit: usize) -> Vec<Message>, near room;
        message(room: RoomId, message: MessageId) -> Message, near room;
    }

    AgentDirectory at "ai-chat-host" {
        agents(ids: &[AgentId]) -> Vec<AgentSummary>;
        may_use(user: UserId, agent: AgentId) -> bool;
    }

    Runs at "ai-chat-host" {
        live(room: RoomId) -> Vec<RunSnapshot>;
        cancel(user: UserId, room: RoomId, run: RunId) -> ();
    }

    // A hold is idempotent by its order.
    ModelCards at "ai-model-cards" {
        offer(card: CardId) -> Offer;
        agent_for(card: CardId, user: UserId) -> AgentId;
        hold(request: HoldRequest) -> HoldAnswer, near request.card_id;
        revision(card: CardId, revision: u32) -> Revision;
    }

    Orders at "orders" {
        // Done once, the order is in payment: a second time would be told that a payment is under way.
        #[once] begin_payment(buyer: UserId, order: OrderId) -> Payable;
        standing(order: OrderId) -> Option<Standing>;
    }

    Entitlements at "orders" {
        entitlement(user: UserId, agent: AgentId) -> Option<Entitlement>;
        agents_of(user: UserId) -> Vec<AgentId>;
        holds(user: UserId, card: CardId) -> bool;
        admit(user: UserId, agent: AgentId, room: RoomId) -> Entitlement;
        leave(agent: Option<AgentId>, room: RoomId) -> ();
        used(entitlement: EntitlementId, run: RunId, tokens: u64) -> ();
    }

    // Idempotent by the run.
    Billing at "payments" {
        authorise(charge: MessageCharge) -> ();
        capture(payer: UserId, run: RunId) -> ();
        release(payer: UserId, run: RunId) -> ();
    }

    MediaLibrary at "media" {
        views(ids: &[AssetId]) -> Vec<AssetView>;
        claim(user: UserId, ids: &[AssetId], used_by: &str) -> ();
        release(ids: &[AssetId], used_by: &str) -> ();
        // Each time another asset.
        #[once] keep(user: UserId, file_name: &str, bytes: Vec<u8>, until: Timestamp) -> AssetId;
    }

    Posts at "post" {
        views(reader: UserId, ids: &[PostId]) -> Vec<serde_json::Value>;
        summaries(ids: &[PostId]) -> Vec<PostSummary>;
        of_author(author: UserId, before: Option<PostId>, limit: usize) -> Vec<PostSummary>;
        scan(after: Option<PostId>, limit: usize) -> Vec<PostSummary>;
    }

    AiGateway at "ai-gateway" {
        badge(model: &str) -> Option<String>;
        quote(model: &str, prompt_tokens: u32, completion_tokens: u32) -> Option<Cost>;
    } => {
        // Costs money each time.
        stream(principal: Principal, request: Completion) -> Piece;
    }
}
