//! Links: what crosses, what is tried again, what is given up, who is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chassis::Trail;
use chassis::link::{FAILURES_MAX, NO_METHOD, PATIENCE, TRIES_MAX};
use contracts::ai_gateway::{AiGateway, Completion, Piece, Principal};
use contracts::auth::{AccountSummary, Accounts};
use contracts::friendship::Relationships;
use contracts::user::{Privacy, UserDirectory};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Ambient, Cost, ErrorCode, Fault, SessionId, UserId};
use testkit::World;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::rig::{DEADLINE, SECRET, links, nobody, remote, rude, serve, serve_at};

/// An auth that takes its time, and notes on which trail it was asked and that somebody left.
#[derive(Default)]
struct SlowAccounts {
    trail: parking_lot::Mutex<Option<Trail>>,
    left: Arc<Notify>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[async_trait]
impl Accounts for SlowAccounts {
    async fn jwks(&self) -> Result<String, Fault> {
        *self.trail.lock() = Some(Trail::current());
        Ok("{}".into())
    }
    async fn account(&self, _: UserId) -> Result<AccountSummary, Fault> {
        let _left = OnDrop(self.left.clone());
        std::future::pending().await
    }
    async fn has_ended(&self, _: UserId, _: SessionId) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn erase(&self, _: UserId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    async fn ban(&self, _: UserId, _: &str) -> Result<(), Fault> {
        panic!("a defect")
    }
}

/// A model that says one word and then nothing, until somebody leaves.
struct OneWord(Arc<Notify>);

#[async_trait]
impl AiGateway for OneWord {
    async fn stream(
        &self,
        principal: Principal,
        request: Completion,
    ) -> Result<BoxStream<'static, Result<Piece, Fault>>, Fault> {
        if request.model == "none" {
            return Err(Fault::not_found("ai.no_model"));
        }
        let text = principal.user_id.to_string();
        let said = futures::stream::iter([Ok(Piece::Text { text }), Err(Fault::not_found("ai.cut"))]);
        let left = OnDrop(self.0.clone());
        let silence = futures::stream::once(async move {
            let _left = left;
            std::future::pending().await
        });
        Ok(match request.model.as_str() {
            "short" => said.boxed(),
            _ => said.take(1).chain(silence).boxed(),
        })
    }
    async fn badge(&self, model: &str) -> Result<Option<String>, Fault> {
        Ok((model == "demo").then(|| "Demo".into()))
    }
    async fn quote(&self, _: &str, _: u32, _: u32) -> Result<Option<Cost>, Fault> {
        Ok(None)
    }
}

fn completion(model: &str) -> Completion {
    Completion {
        model: model.into(),
        turns: Vec::new(),
        max_tokens: 1,
        temperature: 0.7,
    }
}

fn payer() -> Principal {
    Principal {
        user_id: Ambient::system().id(),
        agent_id: None,
        room_id: None,
        key_id: None,
    }
}

#[tokio::test]
async fn what_the_owner_answers_is_what_the_caller_gets() {
    let world = World::new().await;
    let local: Arc<dyn UserDirectory> = world.users();
    let server = serve(local.clone()).await;
    let remote = remote::<dyn UserDirectory>(&[server.address]);
    let (ada, grace) = (world.users().add("ada"), world.users().add("grace"));
    assert_eq!(
        remote.profiles(&[ada, grace]).await,
        local.profiles(&[ada, grace]).await
    );
    assert_eq!(remote.by_handle("ada \"\\ é").await, Ok(None));
    assert_eq!(remote.by_handle("ada").await.unwrap().unwrap().id, ada);
    assert_eq!(remote.privacy(ada).await, Ok(Privacy::default()));
    assert_eq!(remote.activate(ada).await, Ok(()));
    let taken = remote.claim(grace, "ada", "Ada").await.unwrap_err();
    assert_eq!(taken, local.claim(grace, "ada", "Ada").await.unwrap_err());
}

#[tokio::test]
async fn pages_and_optional_arguments_cross() {
    let world = World::new().await;
    let local: Arc<dyn Relationships> = world.relationships();
    let server = serve(local.clone()).await;
    let remote = remote::<dyn Relationships>(&[server.address]);
    let (ada, grace) = (world.users().add("ada"), world.users().add("grace"));
    remote.block(ada, grace).await.unwrap();
    for cursor in [None, Some("x")] {
        let (there, here) = (
            remote.blocks(ada, 10, cursor).await,
            local.blocks(ada, 10, cursor).await,
        );
        assert_eq!(there.unwrap().items, here.unwrap().items);
    }
    assert_eq!(
        remote.relations(grace, &[ada]).await,
        local.relations(grace, &[ada]).await
    );
}

#[tokio::test]
async fn a_request_id_and_a_trace_are_carried_on_and_a_deadline_is_honoured_on_both_sides() {
    let slow = Arc::new(SlowAccounts::default());
    let server = serve::<dyn Accounts>(slow.clone()).await;
    let remote = remote::<dyn Accounts>(&[server.address]);
    let trail = Trail {
        request_id: Some("request-7".into()),
        trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok(),
        deadline: Some(tokio::time::Instant::now() + Duration::from_millis(500)),
    };
    trail.clone().follow(remote.jwks()).await.unwrap();
    let seen = slow.trail.lock().clone().unwrap();
    let (theirs, ours) = (seen.trace.unwrap(), trail.trace.unwrap());
    assert_eq!((seen.request_id, theirs.id), (trail.request_id.clone(), ours.id));
    assert!(
        theirs.sampled && theirs.span != ours.span,
        "a deed of its own: {theirs}"
    );
    assert!(seen.deadline.unwrap() <= trail.deadline.unwrap() + Duration::from_millis(100));

    let begun = Instant::now();
    let late = trail.follow(remote.account(Ambient::system().id())).await.unwrap_err();
    assert_eq!((late.kind, &*late.code), (ErrorCode::Timeout, "link.timeout"));
    assert!(begun.elapsed() < Duration::from_secs(3), "not the link's own patience");
    timeout(DEADLINE, slow.left.notified())
        .await
        .expect("the owner goes on for nobody");
}

#[tokio::test]
async fn a_process_without_the_secret_is_refused_and_its_people_are_not_signed_out() {
    let world = World::new().await;
    let server = serve::<dyn UserDirectory>(world.users()).await;
    let stranger = links("user", &[server.address], &[b'x'; 32])
        .remote::<dyn UserDirectory>()
        .unwrap();
    let refused = stranger.by_handle("ada").await.unwrap_err();
    assert_eq!(refused.kind, ErrorCode::Internal, "{refused}");
    assert!(refused.detail.contains("401"), "{refused}");
    // A token for one service opens no other.
    let other = links("auth", &[server.address], SECRET)
        .remote::<dyn Accounts>()
        .unwrap();
    assert!(other.jwks().await.is_err());
}

#[tokio::test]
async fn a_method_that_its_owner_does_not_have_yet_is_not_now() {
    let world = World::new().await;
    let server = serve::<dyn UserDirectory>(world.users()).await;
    let asked = remote::<dyn Accounts>(&[server.address]).jwks().await.unwrap_err();
    assert_eq!((asked.kind, &*asked.code), (ErrorCode::Unavailable, NO_METHOD));
}

#[tokio::test]
async fn a_defect_of_the_owner_is_internal_and_not_asked_again() {
    let server = serve::<dyn Accounts>(Arc::new(SlowAccounts::default())).await;
    let fault = remote::<dyn Accounts>(&[server.address])
        .ban(Ambient::system().id(), "x")
        .await
        .unwrap_err();
    assert_eq!(fault.kind, ErrorCode::Internal);
}

#[tokio::test]
async fn a_dead_replica_is_noticed_once_and_costs_no_answer() {
    let world = World::new().await;
    let server = serve::<dyn UserDirectory>(world.users()).await;
    let remote = remote::<dyn UserDirectory>(&[nobody().await, server.address]);
    for _ in 0..100 {
        assert_eq!(remote.by_handle("ada").await, Ok(None));
    }
}

#[tokio::test]
async fn the_only_replica_may_be_started_again_without_a_failed_call() {
    let world = World::new().await;
    let address = nobody().await;
    let remote = remote::<dyn UserDirectory>(&[address]);
    let asked = tokio::spawn(async move { remote.by_handle("ada").await });
    tokio::task::yield_now().await;
    let _server = serve_at::<dyn UserDirectory>(address, world.users()).await;
    assert_eq!(timeout(DEADLINE, asked).await.unwrap().unwrap(), Ok(None));
}

#[tokio::test]
async fn after_a_while_nobody_waits_for_who_is_gone() {
    let remote = remote::<dyn UserDirectory>(&[nobody().await]);
    let begun = Instant::now();
    let first = remote.by_handle("ada").await.unwrap_err();
    assert_eq!((first.kind, &*first.code), (ErrorCode::Unavailable, "link.unavailable"));
    assert!(begun.elapsed() < PATIENCE + Duration::from_secs(3));
    let begun = Instant::now();
    remote.by_handle("ada").await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn what_may_have_been_done_is_done_again_only_where_the_table_allows_it() {
    let (address, count) = rude().await;
    let accounts = remote::<dyn Accounts>(&[address]);
    let someone = Ambient::system().id();
    let fault = accounts.erase(someone, "password").await.unwrap_err();
    assert_eq!((fault.kind, &*fault.code), (ErrorCode::Unavailable, "link.unavailable"));
    assert!(fault.retry_after_ms.is_some());
    assert_eq!(count.swap(0, Ordering::SeqCst), 1);
    accounts.ban(someone, "spam").await.unwrap_err();
    assert_eq!(count.load(Ordering::SeqCst), TRIES_MAX);
}

#[tokio::test]
async fn whoever_never_answers_is_left_alone_after_a_few_failures() {
    let (address, count) = rude().await;
    let accounts = remote::<dyn Accounts>(&[address]);
    for _ in 0..50 {
        assert_eq!(accounts.jwks().await.unwrap_err().code, "link.unavailable");
    }
    let asked = count.load(Ordering::SeqCst);
    // One trial for each second that this may have taken.
    assert!(asked <= FAILURES_MAX as usize + 10, "{asked}");
}

#[tokio::test]
async fn calls_with_one_home_go_to_one_replica() {
    #[derive(Default)]
    struct Counts(AtomicUsize);
    #[async_trait]
    impl contracts::chat::ChatWriter for Counts {
        async fn send(&self, _: UserId, _: contracts::chat::SendMessage) -> Result<contracts::chat::Sent, Fault> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Err(Fault::not_found("chat.not_found"))
        }
        async fn send_as_agent(&self, _: contracts::chat::SendAgentMessage) -> Result<contracts::chat::Sent, Fault> {
            Err(Fault::not_found("chat.not_found"))
        }
        async fn mark_read(&self, _: UserId, _: kernel::RoomId, seq: u64) -> Result<(u64, u64), Fault> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok((seq, 0))
        }
    }
    let (one, two) = (Arc::new(Counts::default()), Arc::new(Counts::default()));
    let servers = (
        serve::<dyn contracts::chat::ChatWriter>(one.clone()).await,
        serve::<dyn contracts::chat::ChatWriter>(two.clone()).await,
    );
    let chat = remote::<dyn contracts::chat::ChatWriter>(&[servers.0.address, servers.1.address]);
    let ambient = Ambient::system();
    let (mut first, mut second) = (0, 0);
    for _ in 0..40 {
        let room = ambient.id();
        chat.mark_read(ambient.id(), room, 7).await.unwrap();
        let message = contracts::chat::SendMessage {
            room_id: room,
            client_id: "a".into(),
            text: "b".into(),
            reply_to: None,
            attachment_ids: Vec::new(),
        };
        assert_eq!(
            chat.send(ambient.id(), message).await.unwrap_err().code,
            "chat.not_found"
        );
        let asked = (one.0.swap(0, Ordering::SeqCst), two.0.swap(0, Ordering::SeqCst));
        assert!(asked == (2, 0) || asked == (0, 2), "{asked:?}");
        (first, second) = (first + asked.0, second + asked.1);
    }
    assert!(first > 0 && second > 0, "both are homes");
}

#[tokio::test]
async fn a_stream_crosses_piece_by_piece_and_ends_where_it_began_when_it_is_dropped() {
    let left = Arc::new(Notify::new());
    let server = serve::<dyn AiGateway>(Arc::new(OneWord(left.clone()))).await;
    let gateway = remote::<dyn AiGateway>(&[server.address]);
    let payer = payer();
    let mut pieces = gateway.stream(payer.clone(), completion("slow")).await.unwrap();
    let said = timeout(DEADLINE, pieces.next()).await.unwrap().unwrap().unwrap();
    let text = payer.user_id.to_string();
    assert_eq!(said, Piece::Text { text: text.clone() });
    drop(pieces);
    timeout(DEADLINE, left.notified())
        .await
        .expect("the owner's side was not dropped");

    let short: Vec<_> = gateway
        .stream(payer.clone(), completion("short"))
        .await
        .unwrap()
        .collect()
        .await;
    assert_eq!(short, [Ok(Piece::Text { text }), Err(Fault::not_found("ai.cut"))]);
    let refused = gateway.stream(payer, completion("none")).await.err().unwrap();
    assert_eq!(refused, Fault::not_found("ai.no_model"));
    assert_eq!(gateway.badge("demo").await, Ok(Some("Demo".into())));
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        let _ = io.read(&mut [0; 4096]).await;
        let line = b"{\"Ok\":{\"piece\":\"text\",\"text\":\"half\"}}\n";
        let head = format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n",
            line.len()
        );
        io.write_all(head.as_bytes()).await.unwrap();
        io.write_all(line).await.unwrap();
        io.write_all(b"\r\n").await.unwrap();
    });
    let gateway = remote::<dyn AiGateway>(&[address]);
    let pieces: Vec<_> = gateway.stream(payer(), completion("x")).await.unwrap().collect().await;
    assert_eq!(pieces.len(), 2, "{pieces:?}");
    assert_eq!(pieces[0], Ok(Piece::Text { text: "half".into() }));
    assert_eq!(pieces[1].as_ref().unwrap_err().code, "link.broken");
}
