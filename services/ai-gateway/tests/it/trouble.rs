//! What goes wrong at a provider is told as it is, in every dialect: of the provider, and of the caller.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{Dialect, Frames, Setup, config};

/// Each dialect of a provider, how an answer of it begins, and how it says in mid-stream that it failed.
const PROVIDERS: [(Dialect, &str, &str); 4] = [
    (
        Dialect::OpenAi,
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"error\":{\"message\":\"no more\"}}\n\n",
    ),
    (
        Dialect::Anthropic,
        "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n",
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"no more\"}}\n\n",
    ),
    (
        Dialect::Gemini,
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n",
        "data: {\"error\":{\"code\":503,\"message\":\"no more\"}}\n\n",
    ),
    (
        Dialect::Ollama,
        "{\"message\":{\"content\":\"a\"},\"done\":false}\n",
        "{\"error\":\"no more\"}\n",
    ),
];
const PATHS: [&str; 2] = ["/v1/chat/completions", "/v1/messages"];

fn body(stream: bool) -> Value {
    json!({"model": "scripted-1", "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": "x"}]})
}

/// Reads a stream to its end and returns the `error` of its last event, as either dialect writes it.
async fn last_error(s: &Setup, path: &str) -> Value {
    let mut frames = Frames::at(path, &s.ada(), &body(true).to_string()).await;
    let mut text = String::new();
    while let Some(frame) = frames.next().await {
        text.push_str(&frame);
    }
    let last = text.trim_end().rsplit("\n\n").next().unwrap().to_owned();
    let data = last
        .lines()
        .find_map(|l| l.strip_prefix("data: "))
        .ok_or(&text)
        .unwrap();
    let event: Value = serde_json::from_str(data).unwrap();
    if path == PATHS[1] {
        assert!(last.starts_with("event: error\n") && event["type"] == "error", "{text}");
    }
    event["error"].clone()
}

#[tokio::test]
async fn a_failure_before_the_first_byte_has_a_status_of_its_own() {
    let whole = |status, headers, text: &str| Script::Whole(status, headers, text.to_owned());
    for ((dialect, ..), path) in PROVIDERS.iter().flat_map(|p| PATHS.map(|path| (p, path))) {
        for stream in [true, false] {
            let upstream = ScriptedUpstream::start([
                whole(429, vec![("retry-after", "17".into())], "{}"),
                whole(500, Vec::new(), r#"{"error":{"message":"exploded"}}"#),
                whole(400, Vec::new(), r#"{"error":{"message":"too long"}}"#),
                Script::Stream(Vec::new(), End::Cut),
            ])
            .await;
            let s = Setup::before(&upstream, *dialect).await;
            let ask = async || s.ada().post(path, body(stream)).await;
            let limited = ask().await;
            assert_eq!(limited.headers["retry-after"], "17", "{dialect:?} {path}");
            assert_eq!(limited.expect_code(429), "ai.upstream_rate_limited");
            let failed = ask().await.expect(502);
            assert!(
                failed["error"]["message"].as_str().unwrap().contains("exploded"),
                "{failed}"
            );
            assert_eq!(ask().await.expect_code(400), "ai.upstream_refused");
            assert_eq!(ask().await.expect_code(502), "ai.upstream_failed", "{dialect:?} {path}");
            assert!(s.metered().await.is_empty(), "what never began is not metered");
        }
    }
}

#[tokio::test]
async fn a_failure_in_mid_stream_is_the_last_event_in_the_callers_dialect() {
    for ((dialect, begun, error), path) in PROVIDERS.iter().flat_map(|p| PATHS.map(|path| (p, path))) {
        let half = begun.get(..begun.len() / 2).unwrap();
        let native = matches!(
            (dialect, path),
            (Dialect::OpenAi, "/v1/chat/completions") | (Dialect::Anthropic, "/v1/messages")
        );
        let wrong = begun.replace(['{', '}'], "<");
        let mut cases = vec![
            (vec![(*begun).to_owned(), half.to_owned()], End::Cut, "broke off"),
            (vec![(*begun).to_owned(), half.to_owned()], End::Done, "broke off"),
            (vec![(*begun).to_owned()], End::Stall, "too long"),
            (vec![(*begun).to_owned(), (*error).to_owned()], End::Done, "no more"),
        ];
        if !native {
            // Of bytes that pass through nobody reads more than must be.
            cases.push((vec![(*begun).to_owned(), wrong], End::Done, "cannot be read"));
        }
        for (frames, end, words) in cases {
            let upstream = ScriptedUpstream::start([Script::Stream(frames, end)]).await;
            let s = Setup::before(&upstream, *dialect).await;
            let told = last_error(&s, path).await;
            assert!(
                told["message"].as_str().unwrap().contains(words),
                "{dialect:?} {path} {words}: {told}"
            );
            assert_eq!(s.metered().await.len(), 1, "what was written is paid for");
        }
    }
}

#[tokio::test]
async fn a_provider_that_never_begins_is_given_up_in_either_dialect() {
    for ((dialect, ..), path) in PROVIDERS.iter().flat_map(|p| PATHS.map(|path| (p, path))) {
        let upstream = ScriptedUpstream::start([Script::Silence]).await;
        let s = Setup::before(&upstream, *dialect).await;
        assert_eq!(
            s.ada().post(path, body(true)).await.expect_code(504),
            "ai.upstream_timeout"
        );
        upstream.abandoned(1).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_a_failure_where_it_must_be_read() {
    for (dialect, path) in [
        (Dialect::OpenAi, PATHS[1]),
        (Dialect::Anthropic, PATHS[0]),
        (Dialect::Gemini, PATHS[0]),
        (Dialect::Ollama, PATHS[0]),
    ] {
        let upstream =
            ScriptedUpstream::start([Script::Whole(200, Vec::new(), "<html>it works</html>\n\n".into())]).await;
        let s = Setup::before(&upstream, dialect).await;
        let problem = s.ada().post(path, body(false)).await.expect(502);
        assert_eq!(problem["code"], "ai.upstream_failed", "{dialect:?}");
    }
}

/// Accepts one request, answers with the head of a stream, and then with nothing or with the connection's end.
async fn head_alone(stall: bool) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        let count = |asked: &[u8], brace| asked.iter().filter(|byte| **byte == brace).count();
        while count(&asked, b'{') == 0 || count(&asked, b'{') > count(&asked, b'}') {
            assert!(socket.read_buf(&mut asked).await.unwrap() > 0);
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        if stall {
            // Until the gateway gives up.
            let _ = socket.read(&mut [0]).await;
        }
    });
    (url, server)
}

#[tokio::test]
async fn a_stream_that_ends_or_stalls_between_its_head_and_its_first_byte_has_a_status_too() {
    for ((dialect, ..), path) in PROVIDERS.iter().flat_map(|p| PATHS.map(|path| (p, path))) {
        for (stall, status, code) in [(false, 502, "ai.upstream_failed"), (true, 504, "ai.upstream_timeout")] {
            let (url, server) = head_alone(stall).await;
            let upstream = ScriptedUpstream::start([]).await;
            let mut config = config(&upstream, *dialect);
            config.providers[0].base_url = Some(format!("{url}/v1"));
            let s = Setup::with(config).await;
            assert_eq!(
                s.ada().post(path, body(true)).await.expect_code(status),
                code,
                "{dialect:?} {path}"
            );
            tokio::time::timeout(Duration::from_secs(10), server)
                .await
                .unwrap()
                .unwrap();
        }
    }
}
