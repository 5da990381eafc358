//! One question to an agent that is on sale, by somebody who does not hold it.

use contracts::ai_gateway::TurnRole;
use kernel::ErrorCode;
use serde_json::json;

use crate::house::{Host, House};
use crate::sold::{cents, sold};

/// Asks as Ada, and returns status and answer.
async fn ask(host: &Host, house: &House, text: &str) -> (u16, serde_json::Value) {
    let card = crate::sold::card();
    let path = format!("/api/agents/cards/{card}/try-out");
    let answer = host.app.by(house.ada).post(&path, json!({"text": text})).await;
    (answer.status.into(), answer.json())
}

#[tokio::test]
async fn who_does_not_hold_an_agent_asks_it_one_question_that_costs_them_no_money() {
    let (house, host, _) = sold(cents(5)).await;
    let (status, answer) = ask(&host, &house, " Will it rain? ").await;
    assert_eq!(
        (status, answer),
        (200, json!({"text": "Wait and see.", "badge": "Demo", "left": 9}))
    );
    let (principal, asked) = house.models.asked().remove(0);
    assert_eq!(
        (principal.user_id, principal.agent_id, principal.room_id),
        (house.ada, None, None)
    );
    let [system, question] = asked.turns.as_slice() else {
        panic!("{:?}", asked.turns)
    };
    assert!(system.role == TurnRole::System && system.content.starts_with("You are Oracle."));
    assert_eq!(
        (question.role, question.content.as_str()),
        (TurnRole::User, "Guest: Will it rain?")
    );
    assert_eq!(asked.max_tokens, 400, "shorter than in a room");
    assert!(house.market.captured().is_empty() && house.market.used().is_empty());
}

#[tokio::test]
async fn the_newest_revision_is_tried_and_none_of_a_card_that_is_not_on_sale() {
    let (house, host, revision) = sold(None).await;
    let next = house.market.publish(revision.seller_id, crate::sold::CARD, 2, None);
    host.publish(&house, &next).await;
    assert_eq!(ask(&host, &house, "Who are you?").await.0, 200);
    assert!(house.models.asked()[0].1.turns[0].content.contains("@oracle2"));
    house.market.unpublish_all();
    let (status, answer) = ask(&host, &house, "And now?").await;
    assert_eq!((status, &answer["code"]), (404, &json!("card.not_found")));
    assert_eq!(house.models.calls(), 1);
}

#[tokio::test]
async fn nothing_to_say_is_told_as_that() {
    let (house, host, _) = sold(None).await;
    house.models.always("*PASS*");
    assert_eq!(ask(&host, &house, "Hm.").await.1["text"], json!(null));
}

#[tokio::test]
async fn a_day_has_a_few_questions_and_what_came_to_nothing_is_none_of_them() {
    let (mut house, host, _) = sold(None).await;
    drop(host);
    house.config.try_outs.per_day = 2;
    let host = house.deaf_host().await;
    assert_eq!(ask(&host, &house, "One?").await.1["left"], 1);
    house.models.refuse(ErrorCode::RateLimited, "ai.budget_exhausted");
    let (status, refused) = ask(&host, &house, "Two?").await;
    assert_eq!((status, &refused["code"]), (429, &json!("ai.budget_exhausted")));
    assert_eq!(ask(&host, &house, "Two?").await.1["left"], 0);
    let (status, refused) = ask(&host, &house, "Three?").await;
    assert_eq!((status, &refused["code"]), (429, &json!("agent.tried_out_enough")));
    assert_eq!(ask(&host, &house, "Four?").await.0, 429);
    assert_eq!(house.models.calls(), 3, "no model was asked for a question too many");
    for text in ["", " \n", &"x".repeat(301)] {
        assert_eq!(ask(&host, &house, text).await.0, 422, "{text:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_none_and_the_model_is_left() {
    let (mut house, host, _) = sold(None).await;
    drop(host);
    house.config.try_outs.seconds_max = 1;
    let host = house.deaf_host().await;
    let script = house.models.script();
    script.say("Well");
    let (status, late) = ask(&host, &house, "Well?").await;
    assert_eq!((status, &late["code"]), (504, &json!("ai.too_slow")));
    script.dropped().await;
    assert_eq!(ask(&host, &house, "And now?").await.1["left"], 8, "a model had begun");
}
