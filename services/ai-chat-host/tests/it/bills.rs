//! What a message with a price costs, whom, and when: put aside before a model is asked, taken or given back once.

use contracts::ai_chat_host::RunChange;
use contracts::chat::AiState;
use kernel::{ErrorCode, Fault};
use serde_json::json;

use crate::house::{sage, until};
use crate::sold::{allowance, bob, cents, sold, sold_beside};

#[tokio::test]
async fn so_many_messages_that_wait_to_be_paid_are_said_too() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    let many = Fault::new(ErrorCode::Conflict, "payments.too_many_holds", "no");
    house.market.refuse_holds(Some(many));
    house.say("@oracle1 will it rain?");
    let refused = house.answer(1).await.text;
    assert!(
        refused.ends_with("too many messages are waiting to be paid; please try again in a moment."),
        "{refused}"
    );
}

#[tokio::test]
async fn payments_that_are_away_cost_no_attempt() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    let away = Fault::new(ErrorCode::Unavailable, "link.unavailable", "no");
    house.market.refuse_holds(Some(away));
    house.say("@oracle1 will it rain?");
    for attempt in 1..=4 {
        house.excused(attempt).await;
        if attempt == 4 {
            house.market.refuse_holds(None);
        }
        house.lapse();
    }
    assert_eq!(house.answer(1).await.text, "Wait and see.");
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    assert_eq!((house.models.calls(), house.market.credit(house.ada)), (1, 95));
}

#[tokio::test]
async fn payments_that_answer_too_late_cost_no_attempt() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    let mut late = house.market.hold_up();
    house.say("@oracle1 will it rain?");
    for _ in 1..=4 {
        late.wait().await;
        house.lapse();
        let next = house.market.hold_up();
        late.wait().await;
        late = next;
    }
    late.wait().await;
    late.wait().await;
    assert_eq!(house.answer(1).await.text, "Wait and see.");
    assert_eq!(house.models.calls(), 1);
}

#[tokio::test]
async fn a_message_that_another_wallet_pays_in_the_end_is_paid_by_that_alone() {
    let (house, host, revision) = sold(cents(5)).await;
    let (bob, path) = (bob(&house).await, allowance(&house, &revision));
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    house.market.give_credit(bob, 100);
    let (dead, script) = (house.models.script(), house.models.script());
    house.chat.say(house.room, bob, "@oracle1 will it rain?");
    let run = house.started(1).await;
    dead.say("Perhaps");
    house.heard(run.run_id, 1, "Perhaps").await;
    host.kill().await;
    assert_eq!((house.market.credit(house.ada), house.market.credit(bob)), (95, 100));
    house.market.grant(bob, &revision);
    let next = house.deaf_host().await;
    house.lapse();
    script.say("Yes.").end();
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    assert_eq!(house.market.captured()[0].payer_id, bob);
    assert_eq!((house.market.credit(house.ada), house.market.credit(bob)), (100, 95));
    let seen = next.app.by(house.ada).get(&path).await.expect(200);
    assert_eq!(seen["spentToday"], json!(0));
}

#[tokio::test]
async fn a_message_that_is_there_is_paid_for_though_its_agent_has_left_before_anybody_knew() {
    let (house, host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    house.chat.lose_answers(1);
    house.say("@oracle1 will it rain?");
    house.answer(1).await;
    until("a send without an answer", async || {
        let runs = house.docs("runs").await;
        (runs[0]["state"] == "sending").then_some(())
    })
    .await;
    host.kill().await;
    house.chat.detach(house.room, revision.agent_id, house.ada);
    let _next = house.deaf_host().await;
    house.lapse();
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    let end = house.ended(1).await[0].change;
    assert_eq!(
        end,
        RunChange::Ended {
            state: AiState::Complete
        }
    );
}

#[tokio::test]
async fn a_message_is_paid_for_once_when_it_is_there_and_a_failure_is_not() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    house.say("@oracle1 will it rain?");
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    house.models.refuse(ErrorCode::Upstream, "ai.upstream");
    house.say("@oracle1 will it snow?");
    until("the release", async || (house.market.released() == 1).then_some(())).await;
    assert_eq!(house.market.captured().len(), 1);
    let answers = house.answers().into_iter().map(|answer| answer.text);
    assert_eq!(answers.filter(|text| text == "Wait and see.").count(), 1);
}

#[tokio::test]
async fn a_bill_that_cannot_be_settled_now_holds_no_answer_up_and_is_settled_later() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    house.market.set_away(true);
    for _ in 0..2 {
        house.say("@oracle1 will it rain?");
    }
    house.answer(2).await;
    assert!(house.market.captured().is_empty());
    house.market.set_away(false);
    house.world.advance(std::time::Duration::from_secs(11));
    house.say("@oracle1 and now?");
    until("all bills", async || (house.market.captured().len() == 3).then_some(())).await;
}

#[tokio::test]
async fn a_message_that_nobody_got_costs_nothing() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    let script = house.models.script();
    house.say("@oracle1 will it rain?");
    let run = house.started(1).await;
    script.say("Wait and see.");
    house.heard(run.run_id, 1, "Wait and see.").await;
    house.chat.detach(house.room, revision.agent_id, house.ada);
    script.end();
    until("the release", async || (house.market.released() == 1).then_some(())).await;
    assert!(house.market.captured().is_empty());
}

#[tokio::test]
async fn a_message_whose_host_died_is_paid_for_once() {
    let (house, host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    let (dead, script) = (house.models.script(), house.models.script());
    house.say("@oracle1 will it rain?");
    let run = house.started(1).await;
    dead.say("Perhaps");
    house.heard(run.run_id, 1, "Perhaps").await;
    host.kill().await;
    let _next = house.deaf_host().await;
    house.lapse();
    house.started(2).await;
    script.say("Yes.").end();
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    assert_eq!(house.market.captured()[0].run_id, run.run_id);
}

#[tokio::test]
async fn one_that_waits_for_payments_lets_the_others_of_the_room_speak_and_is_told_of_once() {
    let (house, _host, revision) = sold_beside(cents(5), &[(sage(), "sage")]).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    let away = Fault::new(ErrorCode::Unavailable, "link.unavailable", "no");
    house.market.refuse_holds(Some(away));
    house.say("@oracle1 and @sage, will it rain?");
    assert_eq!(house.answer(1).await.author.agent(), Some(sage()));
    house.ended(1).await;
    house.lapse();
    let runs = until("another excuse", async || {
        let runs = house.docs("runs").await;
        runs.iter().any(|run| run["excused"] == 2).then_some(runs)
    })
    .await;
    assert!(runs.iter().any(|run| run["state"] == "requested"));
    house.market.refuse_holds(None);
    house.lapse();
    assert_eq!(house.answer(2).await.author.agent(), Some(revision.agent_id));
    let started = house
        .facts()
        .await
        .into_iter()
        .filter(|fact| fact.change == RunChange::Started);
    let started: Vec<_> = started.map(|fact| (fact.agent_id, fact.attempt)).collect();
    assert_eq!(started, [(sage(), 1), (revision.agent_id, 3)]);
}
