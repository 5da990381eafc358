//! What survives a host that dies, stalls or leaves.

use contracts::ai_chat_host::RunChange;
use contracts::chat::AiState;
use ephemeral::memory::MemoryEphemeral;

use crate::house::{House, until};

#[tokio::test]
async fn a_run_whose_host_died_is_answered_by_the_next_one_in_the_same_message() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let (dead, script) = (house.models.script(), house.models.script());
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    let run = house.started(1).await;
    dead.say("Once upon");
    house.heard(run.run_id, 1, "Once upon").await;
    host.kill().await;
    let next = house.deaf_host().await;
    next.hear(&event).await;
    assert_eq!(house.models.calls(), 1, "the dead host's lease still holds");
    house.lapse();
    let again = house.started(2).await;
    assert_eq!((again.run_id, again.message_id), (run.run_id, run.message_id));
    script.say("There was").end();
    let answer = house.answer(1).await;
    assert_eq!((answer.id, answer.text.as_str()), (run.message_id, "There was"));
    assert_eq!(house.streamed(run.run_id, 2), "There was");
    assert_eq!(house.ended(1).await.len(), 1);
    assert!(
        house.attempts_heard().is_sorted(),
        "no delta of an old attempt comes after a new one's"
    );
    let spent = answer.ai.unwrap();
    assert_eq!((spent.state, house.answers().len()), (AiState::Complete, 1));
}

#[tokio::test]
async fn a_gateway_that_went_away_is_asked_again_when_the_lease_has_lapsed() {
    let house = House::new().await;
    let (broken, script) = (house.models.script(), house.models.script());
    let host = house.deaf_host().await;
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    let run = house.started(1).await;
    broken.say("Once upon");
    house.heard(run.run_id, 1, "Once upon").await;
    broken.break_off();
    house.lapse();
    house.started(2).await;
    script.say("There was").end();
    let answer = house.answer(1).await;
    assert_eq!((answer.id, answer.text.as_str()), (run.message_id, "There was"));
    assert_eq!(house.streamed(run.run_id, 2), "There was");
}

#[tokio::test]
async fn a_gateway_that_stays_away_ends_the_run_with_what_there_is() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let scripts = [(); 3].map(|()| house.models.script());
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    for (attempt, script) in (1..).zip(&scripts) {
        let run = house.started(attempt).await;
        script.say("Once upon");
        house.heard(run.run_id, attempt, "Once upon").await;
        script.break_off();
        house.lapse();
    }
    assert_eq!(house.answer(1).await.text, "Once upon");
    assert_eq!(house.ended(1).await.len(), 1);
}

#[tokio::test]
async fn a_waiting_run_is_found_at_the_next_start() {
    let house = House::new().await;
    house.models.always("Here I am.");
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    let host = house.deaf_host().await;
    // Its workers are dead: it only writes the wish down.
    let handler = host.kill().await;
    handler.handle(&event).await.unwrap();
    assert_eq!(house.models.calls(), 0);
    let _next = house.deaf_host().await;
    assert_eq!(house.answer(1).await.text, "Here I am.");
}

#[tokio::test]
async fn a_host_that_lost_its_lease_writes_and_shows_nothing_more() {
    for its_model_ends in [false, true] {
        let mut house = House::new().await;
        // The old host never beats, as if it had been asleep.
        house.config.heartbeat_ms = 3_600_000;
        house.config.lease_ms = 3 * 3_600_000;
        let asleep = house.deaf_host().await;
        let (old, new) = (house.models.script(), house.models.script());
        let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
        asleep.hear(&event).await;
        let run = house.started(1).await;
        old.say("I was");
        house.heard(run.run_id, 1, "I was").await;
        house.world.advance(std::time::Duration::from_secs(4 * 3_600));
        let _awake = house.deaf_host().await;
        house.started(2).await;
        old.say(" first");
        if its_model_ends {
            old.end();
        }
        old.dropped().await;
        new.say("No, I am").end();
        let answer = house.answer(1).await;
        assert_eq!((answer.text.as_str(), answer.id), ("No, I am", run.message_id));
        house.ended(1).await;
        assert_eq!(
            (house.streamed(run.run_id, 1), house.chat.agent_sends()),
            ("I was".into(), 1)
        );
        assert!(house.attempts_heard().is_sorted());
    }
}

#[tokio::test]
async fn two_hosts_never_speak_in_one_room_at_a_time() {
    let house = House::new().await;
    let (one, two) = (house.deaf_host().await, house.deaf_host().await);
    let scripts = [house.models.script(), house.models.script()];
    let (_, event) = house
        .chat
        .said(house.room, house.ada, "@sage and @muse, both of you", None);
    tokio::join!(one.hear(&event), two.hear(&event));
    for (at, script) in scripts.iter().enumerate() {
        house.asked(at + 1).await;
        assert_eq!((house.models.calls(), house.answers().len()), (at + 1, at));
        script.say(&format!("answer {at}")).end();
        house.answer(at + 1).await;
    }
    assert_eq!(house.ended(2).await.len(), 2);
}

#[tokio::test]
async fn after_three_dead_hosts_the_text_so_far_is_the_answer() {
    let house = House::new().await;
    let (message, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    for attempt in 1..=3 {
        let script = house.models.script();
        let host = house.deaf_host().await;
        host.hear(&event).await;
        let run = house.started(attempt).await;
        until("the model to be asked", async || {
            (house.models.calls() == attempt as usize).then_some(())
        })
        .await;
        if attempt == 2 {
            script.say("As far as I came");
            house.heard(run.run_id, attempt, "As far as I came").await;
            house.kept("As far as I came").await;
        }
        host.kill().await;
        house.lapse();
    }
    let _host = house.deaf_host().await;
    let answer = house.answer(1).await;
    assert_eq!(
        (answer.text.as_str(), answer.reply_to),
        ("As far as I came", Some(message.id))
    );
    assert_eq!(answer.ai.unwrap().state, AiState::Interrupted);
    assert_eq!(
        house.ended(1).await[0].change,
        RunChange::Ended {
            state: AiState::Interrupted
        }
    );
    assert_eq!(house.models.calls(), 3);
}

#[tokio::test]
async fn a_final_text_that_could_not_be_sent_is_sent_later_and_no_model_is_asked_again() {
    let house = House::new().await;
    let host = house.host().await;
    house.chat.fail_sends(1);
    house.models.always("Said once.");
    house.say("@sage tell");
    until("a send that fails", async || {
        (house.chat.agent_sends() == 1).then_some(())
    })
    .await;
    assert!(house.answers().is_empty());
    host.kill().await;
    let _next = house.deaf_host().await;
    house.lapse();
    assert_eq!(house.answer(1).await.text, "Said once.");
    house.ended(1).await;
    assert_eq!((house.models.calls(), house.answers().len()), (1, 1));
}

#[tokio::test]
async fn a_host_that_leaves_hands_over_at_once() {
    let house = House::new().await;
    let leaving = house.deaf_host().await;
    let (old, new) = (house.models.script(), house.models.script());
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    leaving.hear(&event).await;
    let run = house.started(1).await;
    old.say("I must");
    house.heard(run.run_id, 1, "I must").await;
    leaving.stop().await;
    old.dropped().await;
    // No time passes: the lease was given back.
    let _next = house.deaf_host().await;
    house.started(2).await;
    new.say("I go on").end();
    assert_eq!(house.answer(1).await.text, "I go on");
}

#[tokio::test]
async fn however_often_a_reply_is_handed_over_it_is_written() {
    let house = House::new().await;
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    for attempt in 1..=3 {
        let script = house.models.script();
        let leaving = house.deaf_host().await;
        leaving.hear(&event).await;
        house.started(attempt).await;
        house.asked(attempt as usize).await;
        leaving.stop().await;
        script.dropped().await;
    }
    house.models.always("At last.");
    let _stays = house.deaf_host().await;
    let answer = house.answer(1).await;
    assert_eq!(
        (answer.text.as_str(), answer.ai.unwrap().state),
        ("At last.", AiState::Complete)
    );
}

#[tokio::test]
async fn a_host_that_leaves_lets_a_short_reply_end() {
    let mut house = House::new().await;
    house.config.drain_ms = 10_000;
    let leaving = house.deaf_host().await;
    let script = house.models.script();
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    leaving.hear(&event).await;
    house.started(1).await;
    script.say("Goodbye.").end();
    leaving.stop().await;
    assert_eq!(
        house.answers().first().map(|a| a.text.clone()).as_deref(),
        Some("Goodbye.")
    );
    assert_eq!(house.ended(1).await.len(), 1);
}

#[tokio::test]
async fn a_run_cancelled_while_its_host_is_dead_is_not_begun_again_though_nothing_but_the_store_is_left() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let script = house.models.script();
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    let run = house.started(1).await;
    script.say("Half a");
    house.heard(run.run_id, 1, "Half a").await;
    house.kept("Half a").await;
    host.kill().await;
    let next = house.deaf_host().await;
    next.runs.cancel(house.ada, house.room, run.run_id).await.unwrap();
    next.kill().await;
    let _last = house.deaf_host_on(MemoryEphemeral::new(house.world.ambient())).await;
    house.lapse();
    let answer = house.answer(1).await;
    assert_eq!(
        (answer.text.as_str(), answer.ai.unwrap().state),
        ("Half a", AiState::Cancelled)
    );
    assert_eq!((house.models.calls(), house.ended(1).await.len()), (1, 1));
}

#[tokio::test]
async fn a_call_to_stop_that_nobody_published_is_read_at_the_next_beat() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let script = house.models.script();
    let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
    host.hear(&event).await;
    let run = house.started(1).await;
    script.say("Half a");
    house.heard(run.run_id, 1, "Half a").await;
    let other = house.deaf_host_on(MemoryEphemeral::new(house.world.ambient())).await;
    other.runs.cancel(house.ada, house.room, run.run_id).await.unwrap();
    script.dropped().await;
    assert_eq!(house.answer(1).await.ai.unwrap().state, AiState::Cancelled);
}
