//! Who leaves closes the provider's connection, wherever on the way through several targets the call is. Over real
//! sockets on both sides.

use std::time::{Duration, Instant};

use ai_gateway::{Config, HedgeConfig};
use testkit::{Script, ScriptedUpstream};
use tokio::sync::{mpsc, oneshot};

use super::cancel::{begun, client, served};
use super::routes::{failing, over};
use super::{Dialect, Setup, chat};

/// Between the client's leaving and the provider's noticing.
const AT_ONCE: Duration = Duration::from_millis(50);
/// How often each case is tried, and how often it must be in time: a busy machine may be late once, code that waits for something
/// is so more often.
const TRIES: usize = 5;
const IN_TIME: usize = 4;

/// Takes note of one more try; tells whether enough were in time, as long as that is still to be had.
fn is_enough(took: &mut Vec<Duration>, more: Duration) -> bool {
    took.push(more);
    let late = took.iter().filter(|took| **took >= AT_ONCE).count();
    assert!(late <= TRIES - IN_TIME, "{took:?}");
    took.len() - late >= IN_TIME
}

/// How a call stands when its client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// The first target has not said anything.
    Waiting,
    /// It has begun.
    Begun,
    /// The first has failed, the second has not said anything.
    FallenBack,
    /// The same, and it has begun.
    FallenBackAndBegun,
    /// Two are asked, neither has said anything.
    Hedged,
}

fn config(stand: Stand, upstreams: &[&ScriptedUpstream]) -> Config {
    let mut config = over(upstreams);
    config.timeouts.first_token_ms = 60_000;
    config.timeouts.between_tokens_ms = 60_000;
    if stand == Stand::Hedged {
        config.models[0].hedge = Some(HedgeConfig {
            after_ms: 10,
            percent_max: 100,
        });
    }
    config
}

/// Brings a call to where `stand` says, leaves, and returns how long it took until all who were asked noticed.
async fn leaves(stand: Stand, stream: bool) -> Duration {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let (frames, live) = mpsc::unbounded_channel();
    match stand {
        Stand::Waiting => a.then(Script::Silence),
        Stand::Begun => a.then(Script::Live(live)),
        Stand::FallenBack => {
            a.then(failing(500));
            b.then(Script::Silence);
        }
        Stand::FallenBackAndBegun => {
            a.then(failing(500));
            b.then(Script::Live(live));
        }
        Stand::Hedged => {
            a.then(Script::Silence);
            b.then(Script::Silence);
        }
    }
    let s = Setup::with(config(stand, &[&a, &b])).await;
    let (url, key, stop) = served(&s).await;
    let request = client().post(&url).bearer_auth(key).json(&chat("fast", "x", stream));
    let last = if matches!(stand, Stand::Waiting | Stand::Begun) {
        &a
    } else {
        &b
    };
    let begins = matches!(stand, Stand::Begun | Stand::FallenBackAndBegun);
    let (seen, come) = oneshot::channel();
    let asking = tokio::spawn(async move {
        let mut answer = request.send().await.unwrap();
        answer.chunk().await.unwrap();
        let _ = seen.send(());
        while answer.chunk().await.unwrap().is_some() {}
    });
    while last.received().is_empty() {
        tokio::task::yield_now().await;
    }
    if begins {
        begun().into_iter().for_each(|frame| frames.send(frame).unwrap());
        come.await.unwrap();
    }
    let left = Instant::now();
    asking.abort();
    if stand == Stand::Hedged {
        a.abandoned(1).await;
    }
    last.abandoned(1).await;
    let took = left.elapsed();
    stop.cancel();
    let metered = s.metered().await;
    assert_eq!(
        metered.len(),
        if stand == Stand::Hedged { 2 } else { 1 },
        "{stand:?}: {metered:?}"
    );
    let written = if begins { 5 } else { 0 };
    assert!(
        metered
            .iter()
            .all(|e| e.prompt_tokens > 0 && e.completion_tokens == written),
        "{metered:?}"
    );
    took
}

#[tokio::test]
async fn who_leaves_closes_all_connections_to_providers_within_50_ms() {
    for stand in [
        Stand::Waiting,
        Stand::Begun,
        Stand::FallenBack,
        Stand::FallenBackAndBegun,
        Stand::Hedged,
    ] {
        // A whole answer that passes through has not begun before it is there.
        let ways: &[bool] = match stand {
            Stand::Begun | Stand::FallenBackAndBegun => &[true],
            _ => &[true, false],
        };
        for stream in ways.iter().copied() {
            let mut took = Vec::new();
            while !is_enough(&mut took, leaves(stand, stream).await) {}
        }
    }
}

#[tokio::test]
async fn who_leaves_while_a_whole_answer_is_put_together_closes_it_and_pays_for_what_was_written() {
    let (a, (frames, live)) = (ScriptedUpstream::start([]).await, mpsc::unbounded_channel());
    a.then(Script::Live(live));
    let mut config = config(Stand::Begun, &[&a]);
    config.providers[0].dialect = Dialect::Anthropic;
    let s = Setup::with(config).await;
    let (url, key, stop) = served(&s).await;
    let asking = tokio::spawn(
        client()
            .post(&url)
            .bearer_auth(key)
            .json(&chat("fast", "x", false))
            .send(),
    );
    while a.received().is_empty() {
        tokio::task::yield_now().await;
    }
    let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    frames.send(format!("data: {text}\n\n")).unwrap();
    asking.abort();
    a.abandoned(1).await;
    let metered = s.metered().await;
    assert!(
        metered.len() == 1 && metered[0].prompt_tokens > 0 && metered[0].completion_tokens <= 1,
        "{metered:?}"
    );
    stop.cancel();
}

#[tokio::test]
async fn who_leaves_a_stream_of_anthropics_dialect_closes_it_as_fast() {
    let start = r#"{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}"#;
    let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    let mut took = Vec::new();
    loop {
        let (a, (frames, live)) = (ScriptedUpstream::start([]).await, mpsc::unbounded_channel());
        a.then(Script::Live(live));
        let mut config = config(Stand::Begun, &[&a]);
        config.providers[0].dialect = Dialect::Anthropic;
        let s = Setup::with(config).await;
        let (url, key, stop) = served(&s).await;
        let mut body = chat("fast", "x", true);
        body["max_tokens"] = 9.into();
        let url = url.replace("chat/completions", "messages");
        let asking = tokio::spawn(client().post(url).bearer_auth(key).json(&body).send());
        frames
            .send(format!("data: {start}\n\ndata: {text}\n\ndata: {text}\n\n"))
            .unwrap();
        let mut answer = asking.await.unwrap().unwrap();
        answer.chunk().await.unwrap();
        let left = Instant::now();
        drop(answer);
        a.abandoned(1).await;
        let left = left.elapsed();
        stop.cancel();
        let metered = s.metered().await;
        assert_eq!((metered[0].prompt_tokens, metered[0].completion_tokens), (3, 2));
        if is_enough(&mut took, left) {
            return;
        }
    }
}
