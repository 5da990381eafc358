//! What an operator sees of calls: histograms and spans, in OpenTelemetry's words.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use testkit::{End, Script, ScriptedUpstream};
use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::{Dialect, Frames, Setup, chat, config};

const CHAT: &str = "/v1/chat/completions";

/// A provider of this name: the histograms are the process's, and other tests call providers too.
async fn named(provider: &str, scripts: Vec<Script>) -> (Setup, ScriptedUpstream) {
    chassis::telemetry::init_metrics().unwrap();
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.providers[0].name = provider.into();
    config.providers[0].any_model = true;
    (Setup::with(config).await, upstream)
}

/// Adds up the lines of a metric that have all of these words.
fn counted(metric: &str, words: &[&str]) -> f64 {
    let text = chassis::telemetry::render_metrics();
    let lines = text.lines().filter(|line| line.starts_with(&format!("{metric}{{")));
    lines
        .filter(|line| words.iter().all(|word| line.contains(word)))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
        .sum()
}

fn whole() -> Script {
    let usage = json!({"prompt_tokens": 30, "completion_tokens": 7});
    let answer =
        json!({"id": "chatcmpl-7", "model": "scripted-1-0613", "choices": [{"finish_reason": "stop"}], "usage": usage});
    Script::Whole(200, Vec::new(), answer.to_string())
}

fn chunks() -> Vec<String> {
    let chunk = |fields| format!("data: {fields}\n\n");
    vec![
        ": comment\n\n".into(),
        chunk(json!({"model": "scripted-1-0613", "choices": [{"delta": {"content": "the answer"}}]})),
        chunk(json!({"model": "scripted-1-0613", "choices": [{"delta": {}, "finish_reason": "length"}]})),
        chunk(json!({"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 5}})),
        "data: [DONE]\n\n".into(),
    ]
}

#[tokio::test]
async fn duration_tokens_and_first_token_are_counted_by_operation_provider_and_models() {
    let (s, _upstream) = named("counted", vec![whole(), Script::Stream(chunks(), End::Done)]).await;
    for stream in [false, true] {
        s.ada().post(CHAT, chat("scripted-1", "x", stream)).await;
    }
    let labels = [
        "gen_ai_operation_name=\"chat\"",
        "gen_ai_provider_name=\"counted\"",
        "gen_ai_request_model=\"scripted-1\"",
        "gen_ai_response_model=\"scripted-1-0613\"",
    ];
    let of = |metric: &str, more: &str| counted(metric, &[&labels[..], &[more]].concat());
    assert_eq!(of("gen_ai_client_operation_duration_seconds_count", ""), 2.0);
    assert_eq!(of("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"input\""), 34.0);
    assert_eq!(
        of("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"output\""),
        12.0
    );
    assert_eq!(
        of("gen_ai_client_token_usage_bucket", "le=\"16\""),
        3.0,
        "buckets by the convention"
    );
    assert_eq!(
        of("gen_ai_server_time_to_first_token_seconds_count", ""),
        1.0,
        "of the stream"
    );
    assert_eq!(of("gen_ai_server_time_per_output_token_seconds_count", ""), 1.0);
    assert_eq!(of("gen_ai_client_operation_duration_seconds_count", "error_type"), 0.0);
}

#[tokio::test]
async fn each_way_to_fail_has_its_own_word() {
    let begun = || vec!["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".to_owned()];
    let scripts = vec![
        Script::Whole(500, Vec::new(), String::new()),
        Script::Stream(begun(), End::Cut),
        Script::Stream(begun(), End::Done),
        Script::Stream(begun(), End::Stall),
        Script::Stream(begun(), End::Stall),
    ];
    let (s, upstream) = named("failing", scripts).await;
    for _ in 0..4 {
        s.ada().post(CHAT, chat("scripted-1", "x", true)).await;
    }
    drop(Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await);
    upstream.abandoned(2).await;
    for (error, count) in [
        ("ai.upstream_failed", 3.0),
        ("ai.upstream_timeout", 1.0),
        ("cancelled", 1.0),
    ] {
        let words = ["provider_name=\"failing\"", &format!("error_type=\"{error}\"")];
        assert_eq!(
            counted("gen_ai_client_operation_duration_seconds_count", &words),
            count,
            "{error}"
        );
    }
    assert_eq!(
        counted("gen_ai_client_token_usage_count", &["\"failing\""]),
        0.0,
        "nobody counted"
    );
}

#[tokio::test]
async fn names_that_callers_make_up_are_no_labels() {
    let (s, _upstream) = named("open", (0..3).map(|_| whole()).collect()).await;
    for number in 0..3 {
        s.ada()
            .post(CHAT, chat(&format!("made-up-{number}"), "x", false))
            .await
            .expect(200);
    }
    let metric = "gen_ai_client_operation_duration_seconds_count";
    assert_eq!(
        counted(
            metric,
            &["\"open\"", "request_model=\"_OTHER\"", "response_model=\"_OTHER\""]
        ),
        3.0
    );
    assert!(!chassis::telemetry::render_metrics().contains("made-up"));
}

/// Holds on to the fields of spans.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<SeenSpans>>);

#[derive(Default)]
struct SeenSpans {
    fields: BTreeMap<String, String>,
    closed: usize,
}

impl Visit for SeenSpans {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name().into(), format!("{value:?}"));
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if attributes.metadata().name() == "gen_ai" {
            attributes.record(&mut *self.0.lock().unwrap());
        }
    }
    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if context.span(id).unwrap().name() == "gen_ai" {
            values.record(&mut *self.0.lock().unwrap());
        }
    }
    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if context.span(&id).unwrap().name() == "gen_ai" {
            self.0.lock().unwrap().closed += 1;
        }
    }
}

#[tokio::test]
async fn a_span_lasts_until_its_stream_has_ended_and_shows_no_words_and_no_keys() {
    let seen = Seen::default();
    // With one subscriber alone, tracing believes what the thread that comes by first thinks of a span: here another test's.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(seen.clone()));
    let (frames, live) = mpsc::unbounded_channel();
    let (s, _upstream) = named("spanned", vec![Script::Live(live)]).await;
    let mut body = chat("scripted-1", "the question", true);
    (body["max_tokens"], body["temperature"]) = (json!(9), json!(0.5));
    chunks().into_iter().for_each(|chunk| frames.send(chunk).unwrap());
    let mut answer = Frames::open(&s.ada(), &body.to_string()).await;
    answer.next().await.unwrap();
    assert_eq!(seen.0.lock().unwrap().closed, 0);
    drop(frames);
    while answer.next().await.is_some() {}
    drop(answer);
    let seen = seen.0.lock().unwrap();
    assert_eq!(seen.closed, 1);
    for (field, value) in [
        ("otel.name", "\"chat scripted-1\""),
        ("gen_ai.operation.name", "\"chat\""),
        ("gen_ai.provider.name", "\"spanned\""),
        ("gen_ai.request.model", "\"scripted-1\""),
        ("gen_ai.request.stream", "true"),
        ("gen_ai.request.max_tokens", "9"),
        ("gen_ai.request.temperature", "0.5"),
        ("gen_ai.response.model", "\"scripted-1-0613\""),
        ("gen_ai.response.finish_reasons", "\"[\\\"length\\\"]\""),
        ("gen_ai.usage.input_tokens", "4"),
        ("gen_ai.usage.output_tokens", "5"),
    ] {
        assert_eq!(seen.fields.get(field).map(String::as_str), Some(value), "{field}");
    }
    assert!(!seen.fields.contains_key("error.type"));
    let all = format!("{:?}", seen.fields);
    assert!(
        !all.contains("question") && !all.contains("answer") && !all.contains("sk-"),
        "{all}"
    );
}

#[tokio::test]
async fn an_answer_in_anthropics_dialect_tells_its_model_too() {
    chassis::telemetry::init_metrics().unwrap();
    let said = json!({"id": "msg_1", "model": "scripted-1-0613", "stop_reason": "end_turn", "usage": {"input_tokens": 3, "output_tokens": 4}});
    let events = [
        json!({"type": "message_start", "message": said}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}),
        json!({"type": "message_stop"}),
    ];
    let frames = events.iter().map(|data| format!("data: {data}\n\n")).collect();
    let scripts = [
        Script::Whole(200, Vec::new(), said.to_string()),
        Script::Stream(frames, End::Done),
    ];
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = config(&upstream, Dialect::Anthropic);
    config.providers[0].name = "native".into();
    let s = Setup::with(config).await;
    for stream in [false, true] {
        let mut body = chat("scripted-1", "x", stream);
        body["max_tokens"] = json!(9);
        s.ada().post("/v1/messages", body).await;
    }
    let words = [
        "gen_ai_provider_name=\"native\"",
        "gen_ai_response_model=\"scripted-1-0613\"",
    ];
    assert_eq!(counted("gen_ai_client_operation_duration_seconds_count", &words), 2.0);
}
