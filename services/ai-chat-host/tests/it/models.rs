//! Models, faked: each call is answered by the next script of the test, word by word, or by a fixed text.

use std::collections::VecDeque;

use async_trait::async_trait;
use contracts::ai_gateway::{AiGateway, Completion, Piece, Principal};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Cost, Currency, ErrorCode, Fault};
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::house::DEADLINE;

type Pieces = Result<Piece, Fault>;
type Answer = Box<dyn Fn(&Completion) -> String + Send>;

/// The test's end of one answer.
pub struct Script(UnboundedSender<Pieces>, Option<Cost>);

/// What a million tokens cost is what a token costs in millionths.
fn cost(micros_per_token: u64, tokens: u64) -> Cost {
    Cost {
        micros: micros_per_token * tokens,
        currency: Currency::EUR,
    }
}

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
            cost: self.1,
        }));
    }
    pub fn fail(&self, kind: ErrorCode) {
        self.fail_with(kind, "ai.failed");
    }
    pub fn fail_with(&self, kind: ErrorCode, code: &'static str) {
        let _ = self.0.send(Err(Fault::new(kind, code, "no")));
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
    by: Option<Answer>,
    /// Answers to calls whose system turn holds a word.
    when: Vec<(String, Option<String>)>,
    refusals: Vec<Fault>,
    micros_per_token: Option<u64>,
    quotes: u32,
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
        let mut inside = self.0.lock();
        inside.scripts.push_back(receiver);
        Script(sender, inside.micros_per_token.map(|m| cost(m, 18)))
    }
    /// Answers calls without a script by what is asked.
    pub fn by(&self, answer: impl Fn(&Completion) -> String + Send + 'static) {
        self.0.lock().by = Some(Box::new(answer));
    }
    /// Answers calls whose system turn holds `word`, whatever scripts there are; `None`: it breaks off.
    pub fn when(&self, word: &str, answer: Option<&str>) {
        let mut inside = self.0.lock();
        inside.when.retain(|(known, _)| known != word);
        inside.when.push((word.into(), answer.map(Into::into)));
    }
    /// Refuses a coming call before it begins.
    pub fn refuse(&self, kind: ErrorCode, code: &'static str) {
        self.0.lock().refusals.push(Fault::new(kind, code, "no"));
    }
    /// Gives tokens a price, before scripts are written.
    pub fn price(&self, micros_per_token: u64) {
        self.0.lock().micros_per_token = Some(micros_per_token);
    }
    pub fn quotes(&self) -> u32 {
        self.0.lock().quotes
    }
    /// Returns the calls whose system turn holds `word`.
    pub fn asked_as(&self, word: &str) -> Vec<(Principal, Completion)> {
        let mut asked = self.asked();
        asked.retain(|(_, request)| request.turns[0].content.contains(word));
        asked
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
        inside.asked.push((principal, request.clone()));
        if let Some(fault) = inside.refusals.pop() {
            return Err(fault);
        }
        let special = inside
            .when
            .iter()
            .find(|(word, _)| request.turns[0].content.contains(word));
        let special = special.map(|(_, answer)| answer.clone());
        if special.is_none()
            && let Some(mut script) = inside.scripts.pop_front()
        {
            return Ok(futures::stream::poll_fn(move |cx| script.poll_recv(cx)).boxed());
        }
        let answer = match special {
            Some(answer) => answer,
            None => inside.by.as_ref().map(|by| by(&request)).or(inside.fixed.clone()),
        };
        let Some(text) = answer else {
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
                cost: inside.micros_per_token.map(|m| cost(m, 18)),
            }),
        ];
        Ok(futures::stream::iter(pieces).boxed())
    }
    async fn badge(&self, _: &str) -> Result<Option<String>, Fault> {
        Ok(Some("Demo".into()))
    }
    async fn quote(&self, _: &str, prompt_tokens: u32, completion_tokens: u32) -> Result<Option<Cost>, Fault> {
        let mut inside = self.0.lock();
        inside.quotes += 1;
        let tokens = u64::from(prompt_tokens) + u64::from(completion_tokens);
        Ok(inside.micros_per_token.map(|m| cost(m, tokens)))
    }
}
