//! Models, faked: each call is answered by the next script of the test, word by word, or by a fixed text.

use std::collections::VecDeque;

use async_trait::async_trait;
use contracts::ai_gateway::{AiGateway, Completion, Piece, Principal};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Cost, ErrorCode, Fault};
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::house::DEADLINE;

type Pieces = Result<Piece, Fault>;

/// The test's end of one answer.
pub struct Script(UnboundedSender<Pieces>);

impl Script {
    pub fn say(&self, text: &str) -> &Self {
        let _ = self.0.send(Ok(Piece::Text { text: text.into() }));
        self
    }
    pub fn end(&self) {
        let _ = self.0.send(Ok(Piece::Ended {
            reason: "stop".into(),
            prompt_tokens: 11,
            completion_tokens: 7,
            cost: None,
        }));
    }
    pub fn fail(&self, kind: ErrorCode) {
        let _ = self.0.send(Err(Fault::new(kind, "ai.failed", "no")));
    }
    /// Breaks the way to ai-gateway.
    pub fn break_off(&self) {
        let _ = self
            .0
            .send(Err(Fault::new(ErrorCode::Unavailable, "link.broken", "no")));
    }
    /// Waits until the host has let go of the stream.
    pub async fn dropped(&self) {
        tokio::time::timeout(DEADLINE, self.0.closed())
            .await
            .expect("the host holds on to the stream");
    }
}

#[derive(Default)]
struct Inside {
    scripts: VecDeque<UnboundedReceiver<Pieces>>,
    fixed: Option<String>,
    asked: Vec<(Principal, Completion)>,
}

#[derive(Default)]
pub struct FakeModels(Mutex<Inside>);

impl FakeModels {
    /// Writes the script of a coming call.
    pub fn script(&self) -> Script {
        let (sender, receiver) = unbounded_channel();
        let _ = sender.send(Ok(Piece::Began {
            model: "scripted".into(),
            demo: true,
        }));
        self.0.lock().scripts.push_back(receiver);
        Script(sender)
    }
    /// Answers calls without a script with `text`.
    pub fn always(&self, text: &str) {
        self.0.lock().fixed = Some(text.into());
    }
    pub fn asked(&self) -> Vec<(Principal, Completion)> {
        self.0.lock().asked.clone()
    }
    pub fn calls(&self) -> usize {
        self.0.lock().asked.len()
    }
}

#[async_trait]
impl AiGateway for FakeModels {
    async fn stream(&self, principal: Principal, request: Completion) -> Result<BoxStream<'static, Pieces>, Fault> {
        let mut inside = self.0.lock();
        inside.asked.push((principal, request));
        if let Some(mut script) = inside.scripts.pop_front() {
            return Ok(futures::stream::poll_fn(move |cx| script.poll_recv(cx)).boxed());
        }
        let Some(text) = inside.fixed.clone() else {
            return Err(Fault::new(ErrorCode::Upstream, "ai.unscripted", "no script"));
        };
        let pieces = [
            Ok(Piece::Began {
                model: "fixed".into(),
                demo: true,
            }),
            Ok(Piece::Text { text }),
            Ok(Piece::Ended {
                reason: "stop".into(),
                prompt_tokens: 11,
                completion_tokens: 7,
                cost: None,
            }),
        ];
        Ok(futures::stream::iter(pieces).boxed())
    }
    async fn badge(&self, _: &str) -> Result<Option<String>, Fault> {
        Ok(Some("Demo".into()))
    }
    async fn quote(&self, _: &str, _: u32, _: u32) -> Result<Option<Cost>, Fault> {
        Ok(None)
    }
}
