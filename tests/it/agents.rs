//! Agents in rooms: who speaks, what streams, what survives.

use std::time::Duration;

use blackbox::{
    Actor, DEADLINE, Field as _, Instance, Log, Socket, assemble, assert_gap_free, eventually, friends, within,
};
use serde_json::{Value, json};

use crate::lives::{market, sell};

/// A room is quiet when this long nothing has happened in it.
const QUIET: Duration = Duration::from_secs(3);
/// The most agent turns in a row without a human.
const TURNS_MAX: usize = 8;

#[tokio::test]
async fn an_agent_speaks_when_mentioned_or_replied_to_and_is_silent_otherwise() {
    let (ada, room, socket) = room_with(Instance::shared(), &["sage"], json!({})).await;
    ada.say(&room, "good morning, all of you").await;
    ada.say(&room, "nobody is spoken to").await;
    let mention = ada.say(&room, "@sage good morning").await;
    let first = agent_message(&socket, &room, 0).await;
    assert!(first.number("seq") > mention.number("seq"));
    assert_eq!(
        first.text("rootId"),
        mention.text("id"),
        "the cascade's root is the human message"
    );
    ada.reply(&room, &first, "and how are you?").await;
    let second = agent_message(&socket, &room, 1).await;
    assert_eq!(
        (second.text("origin"), second["author"]["name"].is_string()),
        ("agent".into(), true)
    );
    let history = ada.history(&room).await;
    assert_eq!(
        history.iter().filter(|message| by_agent(message)).count(),
        2,
        "{history:#?}"
    );
}

#[tokio::test]
async fn two_agents_that_mention_each_other_come_to_an_end() {
    let product = Instance::shared();
    let (ada, room, socket) = room_with(product, &["sage", "muse"], json!({"agentPolicy": "everyone"})).await;
    ada.say(
        &room,
        "@sage and @muse: talk to each other, always ending with @sage @muse",
    )
    .await;
    agent_message(&socket, &room, 0).await;
    quiet(&socket).await;
    let history = ada.history(&room).await;
    let turns = history.iter().filter(|message| by_agent(message)).count();
    assert!((1..=TURNS_MAX).contains(&turns), "{turns} turns");
    assert!(history.iter().all(|message| message.number("hop") <= 4), "{history:#?}");
}

#[tokio::test]
async fn an_agent_policy_of_off_silences_even_a_mentioned_agent() {
    let product = Instance::shared();
    let (ada, room, socket) = room_with(product, &["sage"], json!({"agentPolicy": "off"})).await;
    ada.say(&room, "@sage are you there?").await;
    quiet(&socket).await;
    ada.patch(&format!("/api/chat/rooms/{room}"), json!({"agentPolicy": "mention"}))
        .await
        .is(200);
    let heard = ada.say(&room, "@sage and now?").await;
    let answer = agent_message(&socket, &room, 0).await;
    assert_eq!(answer.text("rootId"), heard.text("id"));
}

#[tokio::test]
async fn in_a_moderated_room_the_one_it_concerns_answers_and_the_moderator_is_not_seen() {
    let policy = json!({"agentPolicy": "moderator"});
    let (ada, room, socket) = room_with(Instance::shared(), &["sage", "muse"], policy).await;
    let question = ada.say(&room, "we need a writer who drafts a better word").await;
    let answer = agent_message(&socket, &room, 0).await;
    assert_eq!(answer.text("author.id"), ada.agent("muse").await);
    assert_eq!(answer.text("rootId"), question.text("id"));
    quiet(&socket).await;
    let begun = socket.frames().into_iter().filter(|frame| frame.has("t", "ai.started"));
    assert_eq!(begun.count(), 1);
    let memory = format!("/api/agents/{}/rooms/{room}/memory", ada.agent("muse").await);
    assert_eq!(ada.get(&memory).await.is(200)["facts"], json!([]));
}

#[tokio::test]
async fn one_who_joins_during_a_run_gets_the_text_so_far_and_then_the_rest() {
    let (ada, room, early) = room_with(Instance::shared(), &["sage"], json!({})).await;
    ada.say(&room, "@sage /demo slow").await;
    early
        .until("some text", |log| {
            (log.frames.iter().filter(|frame| frame.has("op", "ai")).count() > 3).then_some(())
        })
        .await;
    let late = Socket::in_room(&ada, &room).await;
    let first = late.wait("the text so far", |frame| frame.has("op", "ai")).await;
    assert!(first.number("pos") == 0 && !first.text("text").is_empty(), "{first}");
    for socket in [early, late] {
        let answer = agent_message(&socket, &room, 0).await;
        assert_eq!(answer.text("id"), first.text("messageId"));
        assert_eq!(assemble(&socket.frames(), &answer.text("id")), answer.text("text"));
        ended(&socket, &room, &answer.text("ai.runId"), "complete").await;
    }
}

#[tokio::test]
async fn a_cancelled_run_keeps_what_was_said_and_says_that_it_was_cancelled() {
    let (ada, room, socket) = room_with(Instance::shared(), &["sage"], json!({})).await;
    ada.say(&room, "@sage /demo slow").await;
    let words = socket
        .wait("some text", |frame| frame.has("op", "ai") && frame.number("pos") > 0)
        .await;
    socket
        .ask(json!({"op": "cancel", "r": room, "runId": words.text("runId")}))
        .await;
    let answer = agent_message(&socket, &room, 0).await;
    assert_eq!(answer.text("ai.state"), "cancelled");
    assert!(!answer.text("text").is_empty());
    ended(&socket, &room, &words.text("runId"), "cancelled").await;
}

#[tokio::test]
async fn a_run_is_cancelled_over_http_by_members_only() {
    let product = Instance::shared();
    let (ada, room, socket) = room_with(product, &["sage"], json!({})).await;
    ada.say(&room, "@sage /demo slow").await;
    let run = socket.event(&room, "ai.started", |_| true).await.text("runId");
    let cancel = format!("/api/agents/rooms/{room}/runs/{run}/cancel");
    Actor::signup(product, "mallory")
        .await
        .post_empty(&cancel)
        .await
        .fails(404);
    ada.post_empty(&cancel).await.is(202);
    ended(&socket, &room, &run, "cancelled").await;
}

#[tokio::test]
async fn a_provider_that_fails_ends_the_run_as_failed() {
    let (ada, room, socket) = room_with(Instance::shared(), &["sage"], json!({})).await;
    ada.say(&room, "@sage /demo error").await;
    let run = socket.event(&room, "ai.started", |_| true).await.text("runId");
    ended(&socket, &room, &run, "failed").await;
    ada.say(&room, "@sage hello again").await;
    socket
        .event(&room, "message.sent", |message| {
            by_agent(message) && message.text("ai.state") == "complete"
        })
        .await;
}

#[tokio::test]
async fn an_answer_can_be_asked_for_again() {
    let (ada, room, socket) = room_with(Instance::shared(), &["sage"], json!({})).await;
    ada.say(&room, "@sage hello").await;
    let answer = agent_message(&socket, &room, 0).await;
    let path = format!("/api/agents/rooms/{room}/messages/{}/regenerate", answer.text("id"));
    let run = ada.post_empty(&path).await.is(202).text("runId");
    assert_ne!(run, answer.text("ai.runId"));
    ended(&socket, &room, &run, "complete").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_survives_kill_9_and_ends_in_exactly_one_message() {
    let Some(mut product) = Instance::own() else { return };
    let (ada, room, before) = room_with(&product, &["sage"], json!({})).await;
    let question = ada.say(&room, "@sage /demo slow").await;
    let words = before
        .wait("some text", |frame| frame.has("op", "ai") && frame.number("pos") > 0)
        .await;
    product.kill9();
    product.up();
    let after = Socket::open(&ada).await;
    after.sub_from(&room, question.number("seq")).await;
    // A host that died is noticed when its lease ends; then the run is done anew, slowly.
    let answer = within(DEADLINE * 3, "an answer", async || {
        ada.history(&room).await.into_iter().find(by_agent)
    })
    .await;
    assert_eq!(
        answer.text("id"),
        words.text("messageId"),
        "the message that was being written"
    );
    let seen = agent_message(&after, &room, 0).await;
    // It may have been done before anybody listened again.
    let typed = assemble(&after.frames(), &answer.text("id"));
    assert!(
        typed.is_empty() || typed == seen.text("text"),
        "nobody is left typing: {typed}"
    );
    let history = ada.history(&room).await;
    assert_eq!(
        history.iter().filter(|message| by_agent(message)).count(),
        1,
        "{history:#?}"
    );
    assert_gap_free(&history);
}

#[tokio::test]
async fn the_starter_agents_are_there_and_only_an_owner_changes_an_agent() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    for handle in ["sage", "muse", "critic", "scout"] {
        let agent = ada
            .get(&format!("/api/agents/{}", ada.agent(handle).await))
            .await
            .is(200);
        assert!(agent.flag("enabled") && agent["ownerId"].is_null(), "{agent}");
        assert_eq!(agent.text("badge"), "Demo: scripted replies, no AI model");
    }
    let path = format!("/api/agents/{}", ada.agent("sage").await);
    ada.patch(&path, json!({"name": "Mine"}))
        .await
        .fails_with(403, "agent.not_owner");
}

/// Opens a group room of one person and some agents, with a socket in it.
async fn room_with(product: &Instance, handles: &[&str], more: Value) -> (Actor, String, Socket) {
    let [ada, bob] = friends(product, ["ada", "bob"]).await;
    let mut ids = Vec::new();
    for handle in handles {
        ids.push(ada.agent(handle).await);
    }
    let mut fields = more;
    fields["agentIds"] = json!(ids);
    let room = ada.group_with(&[&bob], fields).await;
    let socket = Socket::in_room(&ada, &room).await;
    (ada, room, socket)
}

/// Waits for the agents' message number `index` on a socket.
async fn agent_message(socket: &Socket, room: &str, index: usize) -> Value {
    let sent = |frame: &&Value| frame.has("t", "message.sent") && frame.has("r", room) && by_agent(&frame["d"]);
    socket
        .until("an agent's message", |log| {
            log.frames
                .iter()
                .filter(sent)
                .nth(index)
                .map(|frame| frame["d"].clone())
        })
        .await
}

async fn ended(socket: &Socket, room: &str, run: &str, state: &str) {
    let end = socket.event(room, "ai.ended", |event| event.has("runId", run)).await;
    assert_eq!(end.text("state"), state, "{end}");
}

/// Waits until no frame has come for [`QUIET`].
async fn quiet(socket: &Socket) {
    let noisy = async |mark| {
        tokio::time::timeout(QUIET, socket.until("noise", |log| is_longer(log, mark)))
            .await
            .is_ok()
    };
    let end = tokio::time::Instant::now() + DEADLINE;
    while noisy(socket.mark()).await {
        assert!(tokio::time::Instant::now() < end, "the room never becomes quiet");
    }
}

fn is_longer(log: &Log, mark: usize) -> Option<()> {
    log.frames
        .iter()
        .skip(mark)
        .any(|frame| !frame.has("op", "ping"))
        .then_some(())
}

fn by_agent(message: &Value) -> bool {
    message.has("author.kind", "agent")
}

/// Anybody may ask an agent that is on sale; of one that is not there is nothing to ask.
#[tokio::test]
async fn an_agent_on_sale_is_tried_out_by_somebody_who_has_not_bought_it() {
    let Some((product, moderator)) = market().await else {
        return;
    };
    let [seller, ada] = [
        Actor::signup(&product, "seller").await,
        Actor::signup(&product, "ada").await,
    ];
    let card = sell(&seller, &moderator, "seller").await;
    let path = format!("/api/agents/cards/{card}/try-out");
    // The agent comes with the news of the card.
    let answer = eventually("the agent answers", async || {
        let reply = ada.post(&path, json!({"text": "What is it good for?"})).await;
        (reply.status != 404).then(|| reply.is(200))
    })
    .await;
    assert!(!answer.text("text").is_empty() && answer["left"] == 9, "{answer}");
    seller
        .post_empty(&format!("/api/model-cards/{card}/retire"))
        .await
        .is(200);
    ada.post(&path, json!({"text": "And now?"}))
        .await
        .fails_with(404, "cards.not_found");
}
