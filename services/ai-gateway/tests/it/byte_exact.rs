//! What the caller and the provider say in the same dialect passes byte for byte, both ways, but for the model's name.

use bytes::Bytes;
use testkit::{Script, ScriptedUpstream};
use tokio::sync::mpsc;

use super::{Dialect, Frames, Setup};

/// The model as callers name it, as it stands in the bodies below.
const ASKED: &str = "\"local\\/scripted-1\"";
/// The same as the provider gets it.
const SENT: &str = "\"scripted-1\"";

/// Tools, structured output, images as parts, fields nobody has heard of, odd whitespace, numbers that no machine word holds, and
/// escapes, even half of a surrogate pair. `model` stands first, last, in the middle, under an escaped key, and also where it means
/// nothing.
const OPENAI: [&str; 5] = [
    "{\"model\":\"local\\/scripted-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{\"type\":\"object\",\"properties\":{\"model\":{\"type\":\"string\"}},\"required\":[]}}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}}",
    "{ \"response_format\" : {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\",\"properties\":{\"zeta\":{},\"alpha\":{}}}}},\r\n\t\"messages\":[ {\"content\":\"hi\",\"role\":\"user\"} ]\n,\n\"model\"\t:\n\"local\\/scripted-1\"}",
    "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\\u00e9\\uD83D\\uDE00 \\ud800 \\/ \u{1F600}\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\",\"detail\":\"high\"}}]}],\"mod\\u0065l\":\"local\\/scripted-1\"}",
    "{\"seed\":123456789012345678901234567890,\"temperature\":0.70000000000000000001,\"max_tokens\":1E2,\"far\":-1e999,\"model\":\"local\\/scripted-1\",\"messages\":[{\"role\":\"user\",\"content\":\"n\",\"model\":\"x\"}]}",
    "  {\"tomorrow\":{\"model\":[null,true,{}]},\"messages\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": 1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"\"}],\"model\":\"local\\/scripted-1\"}\n\n",
];
const ANTHROPIC: [&str; 4] = [
    "{\"model\":\"local\\/scripted-1\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"model\":{}}}},{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}],\"tool_choice\":{\"type\":\"any\"}}",
    "{ \"output_config\" : {\"format\":{\"type\":\"json_schema\",\"schema\":{\"zeta\":1,\"alpha\":2}}},\r\n\"system\":[{\"type\":\"text\",\"text\":\"s\",\"cache_control\":{\"type\":\"ephemeral\"}}],\n\"messages\"\t:[ {\"content\":\"hi\",\"role\":\"user\"} ] ,\"max_tokens\":1e1,\"model\" : \"local\\/scripted-1\" }\n",
    "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}},{\"type\":\"document\",\"source\":{\"type\":\"file\",\"file_id\":\"f\"}},{\"type\":\"text\",\"text\":\"\\u00e9\\uD83D\\uDE00 \\ud800 \u{1F600}\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s==\"}]}],\"mod\\u0065l\":\"local\\/scripted-1\",\"max_tokens\":3}",
    "{\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":123456789012345678901234567890},\"far\":-1e999,\"x\":0.70000000000000000001,\"max_tokens\":3,\"model\":\"local\\/scripted-1\",\"messages\":[{\"role\":\"user\",\"content\":\"n\"}]}",
];

const ANSWER: &str = "{ \"id\":\"x\", \"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"input_tokens\":3,\"output_tokens\":2},\r\n \"choices\":[{\"message\":{\"content\":\"h\\u00e9 \\ud83d\\ude00 \u{1F600}\"}}],\t\"far\":1e999, \"big\":12345678901234567890123 }\n";

struct Exchange {
    dialect: Dialect,
    path: &'static str,
    bodies: &'static [&'static str],
    /// What ends a stream of the dialect.
    end: &'static str,
}

const EXCHANGES: [Exchange; 2] = [
    Exchange {
        dialect: Dialect::OpenAi,
        path: "/v1/chat/completions",
        bodies: &OPENAI,
        end: "data: [DONE]\n\n",
    },
    Exchange {
        dialect: Dialect::Anthropic,
        path: "/v1/messages",
        bodies: &ANTHROPIC,
        end: "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    },
];

async fn posted(s: &Setup, path: &str, body: &str) -> Bytes {
    let response = s.ada().open(http::Method::POST, path, Some(body.to_owned())).await;
    assert_eq!(response.status(), 200, "{body}");
    axum::body::to_bytes(response.into_body(), 100_000).await.unwrap()
}

#[tokio::test]
async fn a_request_arrives_and_an_answer_returns_as_it_was_written() {
    for Exchange {
        dialect, path, bodies, ..
    } in EXCHANGES
    {
        let upstream =
            ScriptedUpstream::start(bodies.iter().map(|_| Script::Whole(200, Vec::new(), ANSWER.into()))).await;
        let s = Setup::before(&upstream, dialect).await;
        for (at, body) in bodies.iter().enumerate() {
            assert_eq!(posted(&s, path, body).await, ANSWER);
            let asked = &upstream.received()[at];
            assert_eq!(asked.path, path);
            assert_eq!(asked.body, body.replace(ASKED, SENT), "{path}");
            assert_eq!(body.matches(ASKED).count(), 1);
        }
        let metered = s.metered().await;
        assert!(metered.iter().all(|m| (m.prompt_tokens, m.completion_tokens) == (3, 2)));
        assert_eq!(metered.len(), bodies.len());
    }
}

#[tokio::test]
async fn each_frame_goes_on_as_it_comes_and_as_it_is() {
    for Exchange {
        dialect,
        path,
        bodies,
        end,
    } in EXCHANGES
    {
        let (frames, live) = mpsc::unbounded_channel();
        let upstream = ScriptedUpstream::start([Script::Live(live)]).await;
        let s = Setup::before(&upstream, dialect).await;
        let body = bodies[0].replacen('{', "{\"stream\": true ,", 1);
        let sent = [
            "\u{feff}: comment\n\n",
            "event: ping\r\ndata: {\"type\": \"ping\",\r\ndata: \"tomorrow\":1e999}\r\n\r\n",
            "id: 7\nretry: 10\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"h\\u00e9 \u{1F600}\"},\"big\":12345678901234567890123}\n\n",
            "data: not json at all\n\ndata:",
            "\n\ndata: {\"half",
            "\":1}\n",
            "\n",
            end,
        ];
        // A comment and a ping alone are no beginning; then all goes on.
        for frame in &sent[..3] {
            frames.send((*frame).to_owned()).unwrap();
        }
        let mut got = Frames::at(path, &s.ada(), &body).await;
        // The next frame is sent only when this one has arrived: nothing is held back, joined or cut.
        for (at, frame) in sent.iter().enumerate() {
            if at > 2 {
                frames.send((*frame).to_owned()).unwrap();
            }
            assert_eq!(got.next().await.as_deref(), Some(*frame), "{path}");
        }
        drop(frames);
        assert_eq!(got.next().await, None, "nothing is added");
        assert_eq!(upstream.received()[0].body, body.replace(ASKED, SENT));
    }
}

#[tokio::test]
async fn a_count_of_tokens_and_embeddings_pass_as_they_are_too() {
    let answer = "{ \"input_tokens\" : 14,\"tomorrow\":1e999 }";
    for (dialect, path) in [
        (Dialect::Anthropic, "/v1/messages/count_tokens"),
        (Dialect::OpenAi, "/v1/embeddings"),
    ] {
        let upstream = ScriptedUpstream::start([Script::Whole(200, Vec::new(), answer.into())]).await;
        let s = Setup::before(&upstream, dialect).await;
        let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"\\u0041\"}] ,\"input\":\"\\u0041\", \"model\":\"local\\/scripted-1\"}";
        assert_eq!(posted(&s, path, body).await, answer);
        let asked = &upstream.received()[0];
        assert_eq!(
            (asked.path.as_str(), &asked.body[..]),
            (path, body.replace(ASKED, SENT).as_bytes())
        );
    }
}
