//! What an attempt keeps, fences off, costs and leaves behind.

use contracts::ai_chat_host::RunChange;
use uuid::Uuid;

use super::*;

fn run() -> RunDoc {
    let request = Request {
        task: Task::Reply,
        room_id: Uuid::from_u128(1).into(),
        agent_id: Uuid::from_u128(2).into(),
        trigger_id: Uuid::from_u128(3).into(),
        trigger_seq: 9,
        caller_id: None,
        generation: 1,
        root_id: Uuid::from_u128(3).into(),
        hop: 1,
        payer_id: Uuid::from_u128(4).into(),
        called: false,
        key: None,
    };
    RunDoc::requested(
        request,
        Uuid::from_u128(5).into(),
        Uuid::from_u128(6).into(),
        Timestamp::from_millis(0),
    )
}

#[test]
fn a_new_attempt_fences_the_old_one_and_keeps_what_it_said_and_used() {
    let at = Timestamp::from_millis;
    let mut run = run();
    assert!(!run.is_held(at(0)));
    run.begin(7, at(0), at(5_000));
    run.keep(
        "half a sentence",
        &Usage {
            prompt_tokens: 100,
            completion_tokens: 4,
            ..Usage::default()
        },
    );
    assert!(run.is_held(at(4_999)) && !run.is_held(at(5_000)) && run.is_of(Hold { attempt: 1, fence: 7 }));
    assert_eq!(run.kept(), "half a sentence");
    run.begin(8, at(6_000), at(11_000));
    assert!(!run.is_of(Hold { attempt: 1, fence: 7 }) && run.is_of(Hold { attempt: 2, fence: 8 }));
    assert_eq!(
        (run.kept(), run.text.as_str(), run.spent_tokens),
        ("", "half a sentence", 104)
    );
}

#[test]
fn only_a_waiting_turn_that_nobody_asked_for_is_pre_empted() {
    let (mut run, other) = (run(), Uuid::from_u128(99).into());
    assert!(run.is_pre_empted_by(other) && !run.is_pre_empted_by(run.root_id));
    run.called = true;
    assert!(!run.is_pre_empted_by(other));
    run.called = false;
    run.begin(1, Timestamp::from_millis(0), Timestamp::from_millis(1));
    assert!(!run.is_pre_empted_by(other));
}

#[test]
fn what_is_over_holds_no_text_and_stands_in_no_open_index() {
    let mut run = run();
    run.begin(1, Timestamp::from_millis(0), Timestamp::from_millis(1));
    let ending = Ending {
        state: AiState::Complete,
        message: Some("done".into()),
    };
    run.settle(&ending, &Noted::default(), Timestamp::from_millis(2));
    assert_eq!(
        (run.state, run.message("Sage", "m").text),
        (RunState::Sending, "done".into())
    );
    run.end(AiState::Complete, Timestamp::from_millis(3));
    assert_eq!((run.text.as_str(), run.open_room, run.lease_until), ("", None, None));
}

#[test]
fn each_attempt_is_charged_once_however_it_ended() {
    let cost = |micros| {
        Some(Cost {
            micros,
            currency: kernel::Currency::EUR,
        })
    };
    let used = |cost| Usage {
        model: "m".into(),
        cost,
        ..Usage::default()
    };
    let at = Timestamp::from_millis;
    let mut run = run();
    run.begin(1, at(0), at(1));
    run.keep("half", &used(None));
    let lapsed = |attempt| Lapsed { attempt, cost: cost(5) };
    lapsed(2).put_into(&mut run.usage, run.attempt);
    assert_eq!(run.spend().micros(), 0, "it tells of another attempt");
    lapsed(1).put_into(&mut run.usage, run.attempt);
    lapsed(1).put_into(&mut run.usage, run.attempt);
    run.begin(2, at(2), at(3));
    assert_eq!(run.spend().micros(), 5);
    run.keep("whole", &used(cost(70)));
    lapsed(2).put_into(&mut run.usage, run.attempt);
    let said = Ending {
        state: AiState::Complete,
        message: Some("whole".into()),
    };
    run.settle(&said, &Noted::default(), at(4));
    assert_eq!(run.message("Sage", "m").ai.cost, cost(75));
    run.end(AiState::Complete, at(5));
    assert_eq!(run.spend().micros(), 75);
}

#[test]
fn a_moderators_call_is_told_to_nobody() {
    let mut run = run();
    assert!(run.event(RunChange::Started).is_some());
    run.task = Task::Moderate;
    assert!(run.event(RunChange::Started).is_none());
}

#[test]
fn an_attempt_that_is_excused_does_not_count_for_as_long_as_the_message_may_be_answered() {
    let at = Timestamp::from_millis;
    let tries = Tries {
        max: 3,
        excused_for: Duration::from_secs(60),
    };
    let mut run = run();
    for _ in 0..5 {
        run.begin(1, at(0), at(1));
        run.postpone(at(2), true);
    }
    assert!(!run.is_used_up(tries, at(60_000)) && run.is_used_up(tries, at(60_001)));
    (3..=4).for_each(|fence| run.begin(fence, at(3), at(4)));
    assert!(!run.is_used_up(tries, at(5)));
    run.begin(5, at(3), at(4));
    assert!(run.is_used_up(tries, at(5)));
}

#[test]
fn one_that_asked_no_model_waits_anew_and_keeps_what_was_said_before() {
    let at = Timestamp::from_millis;
    let mut run = run();
    run.begin(1, at(0), at(5));
    run.postpone(at(9), false);
    assert!(run.is_postponed(at(8)) && !run.is_postponed(at(9)) && run.is_unsaid());
    run.begin(2, at(9), at(15));
    run.keep("Half", &Usage::default());
    run.postpone(at(20), true);
    assert_eq!(run.state, RunState::Running, "its usage is not priced yet");
    run.begin(3, at(20), at(25));
    run.postpone(at(30), false);
    assert!(run.is_postponed(at(29)) && !run.is_unsaid());
}
