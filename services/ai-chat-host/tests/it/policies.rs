//! Who answers by weight, and by a moderator's word; and when people interrupt.

use contracts::ai_chat_host::RunChange;
use contracts::chat::{AgentPolicy, AiState, RoomKind};
use kernel::{AgentId, ErrorCode};
use serde_json::json;

use crate::house::{House, muse, sage, scout, until};

/// How the question to a moderator begins.
const MODERATES: &str = "You moderate";

async fn house(policy: AgentPolicy) -> House {
    let agents = [(sage(), "sage"), (muse(), "muse"), (scout(), "scout")];
    House::with(RoomKind::Group, policy, &agents).await
}

fn speakers(house: &House) -> Vec<Option<AgentId>> {
    house.answers().iter().map(|answer| answer.author.agent()).collect()
}

/// Waits until no run is open.
async fn quiet(house: &House, calls: usize) {
    house.asked(calls).await;
    until("quiet", async || {
        let runs = house.docs("runs").await;
        runs.iter().all(|run| run["openRoom"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn by_weight_whom_it_concerns_answers_and_who_likes_to_talk() {
    let house = house(AgentPolicy::Weighted).await;
    house.models.always("Yes.");
    let host = house.host().await;
    house.say("we had pasta");
    house.say("a plan for the goal, in ordered steps: which researcher knows?");
    house.ended(1).await;
    let path = format!("/api/agents/{}", muse());
    host.app
        .by_admin(house.ada)
        .patch(&path, json!({"talkativeness": 100}))
        .await
        .expect(200);
    house.say("we had pasta");
    house.ended(2).await;
    assert_eq!(speakers(&house), [Some(scout()), Some(muse())]);
}

#[tokio::test]
async fn a_moderator_says_who_speaks_and_nobody_sees_it() {
    let house = house(AgentPolicy::Moderator).await;
    house.models.price(2);
    house.models.when(MODERATES, Some("@scout, muse, nobody_here"));
    house.models.always("Here I am.");
    let _host = house.host().await;
    house
        .chat
        .set_room(house.room, house.ada, |room| room.moderator_id = Some(sage()));
    let question = house.say("who can help?");
    house.ended(2).await;
    assert_eq!(speakers(&house), [Some(scout()), Some(muse())]);
    let (principal, request) = house.models.asked_as(MODERATES).remove(0);
    assert_eq!(
        (principal.agent_id, principal.user_id, request.max_tokens),
        (Some(sage()), house.ada, 64)
    );
    assert!(request.turns.iter().any(|turn| turn.content == "Ada: who can help?"));
    assert!(
        house.facts().await.iter().all(|fact| fact.agent_id != sage()),
        "its call is told to nobody"
    );
    let runs = house.docs("runs").await;
    let of_root = runs.iter().filter(|run| run["rootId"] == json!(question.id));
    assert_eq!(
        of_root
            .map(|run| run["usage"]["cost"]["micros"].as_u64().unwrap())
            .sum::<u64>(),
        3 * 36
    );
}

#[tokio::test]
async fn a_mention_goes_before_the_moderator() {
    let house = house(AgentPolicy::Moderator).await;
    house.models.always("Yes.");
    let _host = house.host().await;
    house.say("@muse are you there?");
    house.ended(1).await;
    assert_eq!(
        (speakers(&house), house.models.asked_as(MODERATES).len()),
        (vec![Some(muse())], 0)
    );
}

#[tokio::test]
async fn when_a_moderator_passes_fails_or_rambles_nobody_speaks() {
    let house = house(AgentPolicy::Moderator).await;
    house.models.always("I should not speak.");
    let _host = house.host().await;
    let answers = [
        Some("PASS"),
        Some("I think that muse should speak."),
        Some("@nobody_here"),
        None,
    ];
    for (calls, answer) in (1..).zip(answers) {
        house.models.when(MODERATES, answer);
        house.say("anybody?");
        quiet(&house, calls).await;
    }
    house.models.refuse(ErrorCode::RateLimited, "ai.budget_exhausted");
    house.say("anybody?");
    quiet(&house, 5).await;
    assert_eq!(
        (house.answers().len(), house.models.calls(), house.facts().await.len()),
        (0, 5, 0)
    );
}

#[tokio::test]
async fn a_moderators_turn_counts_in_every_limit() {
    let mut house = house(AgentPolicy::Moderator).await;
    house.config.limits.turns_since_human_max = 3;
    house.models.when(MODERATES, Some("sage, muse, scout"));
    house.models.always("And you, @sage @muse @scout?");
    let _host = house.host().await;
    house.say("anybody?");
    quiet(&house, 3).await;
    assert_eq!((house.answers().len(), house.models.calls()), (2, 3));
}

#[tokio::test]
async fn what_a_moderator_said_survives_its_host_and_is_done_once() {
    let house = house(AgentPolicy::Moderator).await;
    let host = house.deaf_host().await;
    let script = house.models.script();
    let (_, event) = house.chat.said(house.room, house.ada, "anybody?", None);
    host.hear(&event).await;
    house.asked(1).await;
    script.say("mu");
    host.kill().await;
    house.models.when(MODERATES, Some("muse"));
    house.models.always("Me.");
    house.lapse();
    let (one, two) = (house.deaf_host().await, house.deaf_host().await);
    house.ended(1).await;
    one.hear(&event).await;
    two.hear(&event).await;
    quiet(&house, 3).await;
    assert_eq!((speakers(&house), house.models.calls()), (vec![Some(muse())], 3));
}

#[tokio::test]
async fn a_newer_word_of_a_person_makes_an_old_moderation_pointless() {
    let house = house(AgentPolicy::Moderator).await;
    let _host = house.host().await;
    let (first, second) = (house.models.script(), house.models.script());
    house.say("anybody?");
    house.asked(1).await;
    house.say("@muse you, then");
    until("the second run", async || {
        (house.facts().await.len() == 1).then_some(())
    })
    .await;
    first.say("sage, scout").end();
    house.asked(2).await;
    second.say("Me.").end();
    house.ended(1).await;
    quiet(&house, 2).await;
    assert_eq!(speakers(&house), [Some(muse())]);
}

#[tokio::test]
async fn where_people_interrupt_a_reply_that_nobody_asked_for_stops_and_stays() {
    let house = house(AgentPolicy::Everyone).await;
    house
        .chat
        .set_room(house.room, house.ada, |room| room.people_interrupt = true);
    let _host = house.host().await;
    let (first, asked) = (house.models.script(), house.models.script());
    house.say("what do you all think?");
    let run = house.started(1).await;
    first.say("I think that");
    house.heard(run.run_id, 1, "I think that").await;
    house.say("@sage wait, a question for you");
    first.dropped().await;
    let stopped = house.answer(1).await;
    assert_eq!(
        (stopped.text.as_str(), stopped.ai.unwrap().state),
        ("I think that", AiState::Cancelled)
    );
    house.asked(2).await;
    house.models.always("Me too.");
    asked.say("You asked me");
    house.say("hello, everybody");
    until("the others' turns", async || {
        let facts = house.facts().await;
        (facts.iter().filter(|f| f.change == RunChange::Requested).count() == 7).then_some(())
    })
    .await;
    asked.end();
    assert_eq!(
        house.answer(2).await.text,
        "You asked me",
        "what a person asked for goes on"
    );
}
