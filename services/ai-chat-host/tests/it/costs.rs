//! What a reply costs, counted once however it ended; and what ends a cascade that costs too much.

use contracts::chat::{AiState, Message};
use kernel::ErrorCode;

use crate::house::{House, sage, until};

fn micros(message: &Message) -> Option<u64> {
    message.ai.as_ref().unwrap().cost.map(|cost| cost.micros)
}

#[tokio::test]
async fn a_reply_costs_what_its_provider_said_and_nothing_where_nothing_has_a_price() {
    let house = House::new().await;
    house.models.always("Yes.");
    let _host = house.host().await;
    house.say("@sage one");
    assert_eq!(micros(&house.answer(1).await), None);
    house.models.price(3);
    house.say("@sage two");
    assert_eq!((micros(&house.answer(2).await), house.models.quotes()), (Some(54), 1));
}

#[tokio::test]
async fn a_reply_that_was_stopped_costs_what_it_is_estimated_at() {
    let house = House::new().await;
    house.models.price(10);
    let host = house.host().await;
    let script = house.models.script();
    house.say("@sage tell");
    let run = house.started(1).await;
    script.say("Half a sentence.");
    house.heard(run.run_id, 1, "Half a sentence.").await;
    host.runs.cancel(house.ada, house.room, run.run_id).await.unwrap();
    let answer = house.answer(1).await;
    let ai = answer.ai.clone().unwrap();
    assert_eq!(
        (ai.state, ai.completion_tokens, house.models.quotes()),
        (AiState::Cancelled, 4, 1)
    );
    assert_eq!(
        micros(&answer),
        Some(10 * u64::from(ai.prompt_tokens + ai.completion_tokens))
    );
}

#[tokio::test]
async fn a_reply_whose_provider_broke_off_costs_what_it_is_estimated_at() {
    let house = House::new().await;
    house.models.price(10);
    let _host = house.host().await;
    let script = house.models.script();
    script.say("Half a sentence.").fail(ErrorCode::Upstream);
    house.say("@sage tell");
    let answer = house.answer(1).await;
    let tokens = answer
        .ai
        .as_ref()
        .map(|ai| ai.prompt_tokens + ai.completion_tokens)
        .unwrap();
    assert_eq!(micros(&answer), Some(10 * u64::from(tokens)));
}

#[tokio::test]
async fn a_call_that_was_refused_costs_nothing() {
    let house = House::new().await;
    house.models.price(10);
    house.models.refuse(ErrorCode::Upstream, "ai.upstream_failed");
    let _host = house.host().await;
    house.say("@sage tell");
    let answer = house.answer(1).await;
    let ai = answer.ai.clone().unwrap();
    assert_eq!((micros(&answer), ai.prompt_tokens, house.models.quotes()), (None, 0, 0));
}

#[tokio::test]
async fn after_a_crash_each_attempt_is_charged_once() {
    let house = House::new().await;
    house.models.price(1);
    let host = house.deaf_host().await;
    let (dead, script) = (house.models.script(), house.models.script());
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    let run = house.started(1).await;
    dead.say("Once upon a time.");
    house.heard(run.run_id, 1, "Once upon a time.").await;
    house.kept("Once upon a time.").await;
    let used = house.docs("runs").await[0]["usage"]["promptTokens"].as_u64().unwrap() + 5;
    host.kill().await;
    house.lapse();
    let (_one, _two) = (house.deaf_host().await, house.deaf_host().await);
    house.started(2).await;
    script.say("There was").end();
    assert_eq!(micros(&house.answer(1).await), Some(used + 18));
    house.ended(1).await;
    let run = house.docs("runs").await.remove(0);
    assert_eq!(
        (run["spent"][0]["micros"].as_u64(), run["spentTokens"].as_u64()),
        (Some(used), Some(used))
    );
    assert_eq!(run["usage"]["cost"]["micros"], 18);
}

#[tokio::test]
async fn a_crash_between_the_last_word_and_the_message_charges_nothing_more() {
    let house = House::new().await;
    house.models.price(1);
    let host = house.host().await;
    house.chat.fail_sends(1);
    house.models.always("Said once.");
    house.say("@sage tell");
    until("a send that fails", async || {
        (house.chat.agent_sends() == 1).then_some(())
    })
    .await;
    host.kill().await;
    let _next = house.deaf_host().await;
    house.lapse();
    assert_eq!(micros(&house.answer(1).await), Some(18));
    house.ended(1).await;
    assert_eq!(
        (
            house.models.calls(),
            house.docs("runs").await[0]["spent"].as_array().map(Vec::len)
        ),
        (1, Some(0))
    );
}

#[tokio::test]
async fn a_run_that_is_given_up_costs_all_its_attempts() {
    let house = House::new().await;
    house.models.price(1);
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    let mut used = 0;
    for attempt in 1..=3 {
        let script = house.models.script();
        let host = house.deaf_host().await;
        host.hear(&event).await;
        let run = house.started(attempt).await;
        script.say(&format!("Attempt {attempt}."));
        house.heard(run.run_id, attempt, &format!("Attempt {attempt}.")).await;
        house.kept(&format!("Attempt {attempt}.")).await;
        used += house.docs("runs").await[0]["usage"]["promptTokens"].as_u64().unwrap() + 3;
        host.kill().await;
        house.lapse();
    }
    let _host = house.deaf_host().await;
    let answer = house.answer(1).await;
    assert_eq!(
        (answer.ai.as_ref().unwrap().state, micros(&answer)),
        (AiState::Interrupted, Some(used))
    );
}

#[tokio::test]
async fn a_budget_that_is_used_up_is_said_once_and_nothing_is_spoken_after_it() {
    let house = House::new().await;
    house.models.refuse(ErrorCode::RateLimited, "ai.budget_exhausted");
    house.models.always("I could have spoken.");
    let host = house.host().await;
    house.say("@sage and @muse, tell");
    house.ended(2).await;
    let answer = house.answer(1).await;
    assert_eq!(
        answer.text,
        "I could not answer: the budget for AI answers is used up for now."
    );
    assert_eq!(
        (answer.author.agent(), answer.ai.unwrap().state),
        (Some(sage()), AiState::Failed)
    );
    assert_eq!(
        (house.answers().len(), house.models.calls()),
        (1, 1),
        "no second call, nobody else"
    );
    let again = format!("/api/agents/rooms/{}/messages/{}/regenerate", house.room, answer.id);
    host.app.by(house.ada).post_empty(&again).await.expect(202);
    assert_eq!(
        house.answer(2).await.text,
        "I could have spoken.",
        "a person may ask again"
    );
}

#[tokio::test]
async fn what_a_cascade_may_cost_is_checked_before_a_model_is_asked() {
    let mut house = House::new().await;
    house.config.limits.root_micros_max = 18;
    house.models.price(1);
    house.models.always("What do you think, @muse?");
    let _host = house.host().await;
    house.say("@sage begin");
    house.answer(1).await;
    house.say("@sage and again");
    house.answer(2).await;
    house.ended(2).await;
    assert_eq!(house.models.calls(), 2, "muse is never asked");
}

#[tokio::test]
async fn who_asks_again_pays_for_all_that_it_sets_going() {
    let house = House::new().await;
    let host = house.host().await;
    let members = contracts::chat::ChatReader::room(&*house.chat, house.room)
        .await
        .unwrap()
        .members;
    let bob = members[1];
    house.models.script().say("Tea.").end();
    house.say("@sage tea or coffee?");
    let first = house.answer(1).await;
    house.models.script().say("Ask @muse.").end();
    house.models.always("Coffee.");
    let again = format!("/api/agents/rooms/{}/messages/{}/regenerate", house.room, first.id);
    host.app.by(bob).post_empty(&again).await.expect(202);
    house.answer(3).await;
    let payers: Vec<_> = house.models.asked().iter().map(|(p, _)| p.user_id).collect();
    assert_eq!(payers, [house.ada, bob, bob]);
}
