//! What other services get in process.

use contracts::ai_gateway::{Completion, Piece, Principal, Turn, TurnRole};
use futures::StreamExt as _;
use kernel::Fault;
use serde_json::{Value, json};
use testkit::{End, FaultProxy, Script, ScriptedUpstream};

use super::{Dialect, Setup, config};

impl Setup {
    pub(super) async fn pieces(&self, model: &str, text: &str) -> Result<Vec<Result<Piece, Fault>>, Fault> {
        let turn = |role, content: &str| Turn {
            role,
            content: content.into(),
        };
        let turns = vec![turn(TurnRole::System, "You are Sage."), turn(TurnRole::User, text)];
        let request = Completion {
            model: model.into(),
            turns,
            max_tokens: 100,
            temperature: 0.6,
        };
        let who = Principal {
            user_id: self.ada,
            agent_id: Some(self.world.ambient().id()),
            room_id: Some(self.world.ambient().id()),
            key_id: None,
        };
        Ok(self.gateway.stream(who, request).await?.collect().await)
    }
}

fn text_of(pieces: &[Result<Piece, Fault>]) -> String {
    pieces
        .iter()
        .filter_map(|p| {
            if let Ok(Piece::Text { text }) = p {
                Some(text.as_str())
            } else {
                None
            }
        })
        .collect()
}

#[tokio::test]
async fn the_demo_says_so_first_and_what_it_cost_last() {
    let s = Setup::demo().await;
    let pieces = s.pieces("default", "hello").await.unwrap();
    assert_eq!(
        pieces[0],
        Ok(Piece::Began {
            model: "demo/scripted".into(),
            demo: true
        })
    );
    assert!(text_of(&pieces).starts_with("Hello!"));
    assert!(
        matches!(pieces.last(), Some(Ok(Piece::Ended { reason, completion_tokens, .. })) if reason == "stop" && *completion_tokens > 0)
    );
    let metered = &s.metered().await[0];
    assert!(metered.agent_id.is_some() && metered.room_id.is_some());
    assert_eq!(
        s.pieces("default", "/demo error").await.unwrap_err().code,
        "ai.upstream_failed"
    );
    assert_eq!(
        s.gateway.badge("default").await.unwrap().as_deref(),
        Some("Demo: scripted replies, no AI model")
    );
    assert_eq!(s.gateway.badge("nothing").await.unwrap(), None);
    assert_eq!(
        s.pieces("nothing", "hello").await.unwrap_err().code,
        "ai.model_not_found"
    );
}

#[tokio::test]
async fn a_provider_of_openais_dialect_is_read_however_it_is_cut() {
    let stream = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
        data: {\"choices\":[{\"delta\":{\"content\":\"Wörd \"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"two\"},\"finish_reason\":\"length\"}]}\n\n\
        data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n\ndata: [DONE]\n\n";
    let frames: Vec<String> = stream.chars().map(String::from).collect();
    let whole = r#"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    let upstream = ScriptedUpstream::start([
        Script::Stream(frames, End::Done),
        Script::Whole(200, Vec::new(), whole.into()),
    ])
    .await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let pieces = s.pieces("scripted-1", "hello").await.unwrap();
    let text_piece = |text: &str| Ok(Piece::Text { text: text.into() });
    let expected = [
        Ok(Piece::Began {
            model: "local/scripted-1".into(),
            demo: false,
        }),
        text_piece("Wörd "),
        text_piece("two"),
        Ok(Piece::Ended {
            reason: "length".into(),
            prompt_tokens: 5,
            completion_tokens: 6,
            cost: None,
        }),
    ];
    assert_eq!(pieces, expected);
    let sent: Value = serde_json::from_slice(&upstream.received()[0].body).unwrap();
    let turns = json!([{"role": "system", "content": "You are Sage."}, {"role": "user", "content": "hello"}]);
    let options = json!({"include_usage": true});
    let asked = json!({"model": "scripted-1", "messages": turns, "max_tokens": 100, "temperature": 0.6, "stream": true, "stream_options": options});
    assert_eq!(sent, asked);
    let pieces = s.pieces("scripted-1", "hello").await.unwrap();
    assert_eq!(
        pieces[1..],
        [
            text_piece("whole"),
            Ok(Piece::Ended {
                reason: "stop".into(),
                prompt_tokens: 1,
                completion_tokens: 2,
                cost: None,
            })
        ]
    );
}

#[tokio::test]
async fn a_failure_in_mid_stream_comes_after_what_was_said() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".to_owned();
    let error = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n".to_owned();
    let upstream = ScriptedUpstream::start([
        Script::Stream(vec![begun.clone()], End::Cut),
        Script::Stream(vec![begun.clone()], End::Done),
        Script::Stream(vec![begun, error], End::Done),
    ])
    .await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for words in ["broke off", "broke off", "out of memory"] {
        let pieces = s.pieces("scripted-1", "x").await.unwrap();
        assert_eq!(text_of(&pieces), "a");
        let fault = pieces.last().unwrap().as_ref().unwrap_err();
        assert!(fault.detail.contains(words), "{fault}");
    }
}

#[tokio::test]
async fn a_model_that_takes_no_temperature_is_asked_without_one_and_remembered() {
    let words = "Unsupported value: 'temperature' does not support 0.6 with this model.";
    let refused = Script::Whole(400, Vec::new(), json!({"error": {"message": words}}).to_string());
    let chunk = json!({"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]});
    let answer = || Script::Stream(vec![format!("data: {chunk}\n\n"), "data: [DONE]\n\n".into()], End::Done);
    let upstream = ScriptedUpstream::start([refused, answer(), answer()]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for _ in 0..2 {
        assert_eq!(text_of(&s.pieces("scripted-1", "hi").await.unwrap()), "x");
    }
    let told = |asked: &testkit::Received| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        body.get("temperature").is_some()
    };
    let told: Vec<bool> = upstream.received().iter().map(told).collect();
    assert_eq!(told, [true, false, false]);
}

#[tokio::test]
async fn the_temperature_that_models_have_anyway_is_not_told() {
    let upstream = ScriptedUpstream::start([super::routes::streamed("x")]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let who = Principal {
        user_id: s.ada,
        agent_id: None,
        room_id: None,
        key_id: None,
    };
    let request = Completion {
        model: "default".into(),
        turns: Vec::new(),
        max_tokens: 100,
        temperature: 1.0,
    };
    s.gateway.stream(who, request).await.unwrap().collect::<Vec<_>>().await;
    assert!(!String::from_utf8_lossy(&upstream.received()[0].body).contains("temperature"));
}

#[tokio::test]
async fn connections_rest_between_the_calls_of_other_services() {
    let chunk = json!({"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]});
    let openai = vec![format!("data: {chunk}\n\n"), "data: [DONE]\n\n".into()];
    let text = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}});
    let anthropic = vec![
        format!("data: {text}\n\n"),
        "data: {\"type\":\"message_stop\"}\n\n".into(),
    ];
    for (dialect, frames) in [(Dialect::OpenAi, openai), (Dialect::Anthropic, anthropic)] {
        let scripts = (0..3).map(|_| Script::Stream(frames.clone(), End::Done));
        let upstream = ScriptedUpstream::start(scripts).await;
        let door = FaultProxy::before(upstream.url.trim_start_matches("http://")).await;
        let mut config = config(&upstream, dialect);
        config.providers[0].base_url = Some(format!("http://{}/v1", door.address()));
        let s = Setup::with(config).await;
        for _ in 0..3 {
            assert_eq!(text_of(&s.pieces("scripted-1", "x").await.unwrap()), "x");
        }
        assert_eq!(door.accepted(), 1, "{dialect:?}");
    }
}
