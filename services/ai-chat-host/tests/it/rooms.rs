//! Who answers in a room, how often, and when nobody does.

use contracts::ai_chat_host::RunChange;
use contracts::chat::{AgentPolicy, AiState, RoomKind};

use crate::house::{House, muse, sage, until};

#[tokio::test]
async fn a_mention_is_answered_once_however_often_its_event_comes() {
    let house = House::new().await;
    house.models.always("Good morning.");
    let (first, second) = (house.deaf_host().await, house.deaf_host().await);
    let (message, event) = house.chat.said(house.room, house.ada, "@sage good morning", None);
    for _ in 0..3 {
        first.hear(&event).await;
        second.hear(&event).await;
    }
    let ends = house.ended(1).await;
    first.hear(&event).await;
    let answers = house.answers();
    assert_eq!((ends.len(), answers.len(), house.models.calls()), (1, 1, 1));
    let answer = &answers[0];
    assert_eq!(
        (answer.reply_to, answer.root_id, answer.hop),
        (Some(message.id), message.id, 1)
    );
    assert_eq!((answer.text.as_str(), answer.author.name()), ("Good morning.", "Sage"));
    let ai = answer.ai.clone().unwrap();
    assert_eq!(
        (ai.run_id, ai.state, ai.demo),
        (ends[0].run_id, AiState::Complete, true)
    );
    assert_eq!(
        (ai.model.as_str(), ai.prompt_tokens, ai.completion_tokens),
        ("fixed", 11, 7)
    );
    let changes: Vec<RunChange> = house.facts().await.iter().map(|f| f.change).collect();
    assert_eq!(
        changes,
        [
            RunChange::Requested,
            RunChange::Started,
            RunChange::Ended {
                state: AiState::Complete
            }
        ]
    );
}

#[tokio::test]
async fn mentions_told_in_the_wrong_order_and_again_are_each_answered_once() {
    let house = House::new().await;
    house.models.always("An answer.");
    let (first, second) = (house.deaf_host().await, house.deaf_host().await);
    let said: Vec<_> = (0..3)
        .map(|n| {
            house
                .chat
                .said(house.room, house.ada, &format!("@sage question {n}"), None)
        })
        .collect();
    for _ in 0..2 {
        for (_, event) in said.iter().rev() {
            first.hear(event).await;
            second.hear(event).await;
        }
    }
    house.ended(said.len()).await;
    for (_, event) in &said {
        second.hear(event).await;
    }
    let mut answered: Vec<_> = house.answers().iter().map(|answer| answer.root_id).collect();
    let mut asked: Vec<_> = said.iter().map(|(message, _)| message.id).collect();
    answered.sort();
    asked.sort();
    assert_eq!(answered, asked);
    assert_eq!(house.models.calls(), said.len());
}

#[tokio::test]
async fn a_reply_to_an_agent_is_answered_and_other_talk_is_not() {
    let house = House::new().await;
    house.models.always("Yes.");
    let host = house.host().await;
    house.say("nobody is spoken to");
    house.say("@sage are you there?");
    let answer = house.answer(1).await;
    house.chat.reply(house.room, house.ada, answer.id, "and how are you?");
    assert_eq!(house.answer(2).await.author.agent(), Some(sage()));
    house.ended(2).await;
    assert_eq!((house.models.calls(), house.facts().await.len()), (2, 6));
    host.stop().await;
}

#[tokio::test]
async fn an_agent_alone_with_a_person_answers_everything_and_reads_what_was_said() {
    let house = House::with(RoomKind::Direct, AgentPolicy::Mention, &[(muse(), "muse")]).await;
    house.models.always("I see.");
    let _host = house.host().await;
    house.say("my name is Ada");
    house.answer(1).await;
    house.say("what is my name?");
    house.answer(2).await;
    let (principal, request) = house.models.asked().remove(1);
    assert_eq!(
        (principal.user_id, principal.agent_id, principal.room_id),
        (house.ada, Some(muse()), Some(house.room))
    );
    let turns: Vec<&str> = request.turns.iter().skip(1).map(|t| t.content.as_str()).collect();
    assert_eq!(turns, ["Ada: my name is Ada", "I see.", "Ada: what is my name?"]);
}

#[tokio::test]
async fn a_policy_of_off_silences_all_and_everyone_lets_all_speak() {
    let house = House::with(RoomKind::Group, AgentPolicy::Off, &[(sage(), "sage"), (muse(), "muse")]).await;
    house.models.always("Here.");
    let host = house.host().await;
    let (_, unheard) = house.chat.said(house.room, house.ada, "@sage are you there?", None);
    host.hear(&unheard).await;
    house.chat.set_policy(house.room, AgentPolicy::Everyone, house.ada);
    let heard = house.say("and now, everybody?");
    house.ended(2).await;
    let roots: Vec<_> = house
        .answers()
        .iter()
        .map(|a| (a.root_id == heard.id, a.author.agent()))
        .collect();
    assert_eq!(roots.len(), 2);
    assert!(
        roots.contains(&(true, Some(sage()))) && roots.contains(&(true, Some(muse()))),
        "{roots:?}"
    );
}

#[tokio::test]
async fn two_agents_that_always_name_each_other_come_to_an_end() {
    let house = House::new().await;
    let _host = house.host().await;
    for n in 0..40 {
        let script = house.models.script();
        script
            .say(&format!("number {n}: what do you say, @sage and @muse?"))
            .end();
    }
    house.say("@sage and @muse, talk");
    let turns = until("quiet", async || {
        let facts = house.facts().await;
        let of = |change: fn(&RunChange) -> bool| facts.iter().filter(|f| change(&f.change)).count();
        let (asked, over) = (
            of(|c| *c == RunChange::Requested),
            of(|c| matches!(c, RunChange::Ended { .. })),
        );
        // Each answer has been heard: its event has been dealt with when nothing more waits.
        (asked == over && asked >= 5 && house.answers().len() == asked).then_some(asked)
    })
    .await;
    assert!((5..=8).contains(&turns), "{turns}");
    assert!(house.answers().iter().all(|a| a.hop <= 4));
    house.models.always("Again.");
    house.say("@sage once more");
    house.answer(turns + 1).await;
}

#[tokio::test]
async fn pass_ends_a_run_without_a_message_and_without_a_delta() {
    let house = House::new().await;
    let _host = house.host().await;
    house.models.script().say("PA").say("SS").say("\n").end();
    house.say("@sage anything to add?");
    let ends = house.ended(1).await;
    assert_eq!(
        ends[0].change,
        RunChange::Ended {
            state: AiState::Complete
        }
    );
    assert_eq!(
        (house.answers().len(), house.streamed(ends[0].run_id, 1)),
        (0, String::new())
    );
    assert!(house.typing() > 0);
}

#[tokio::test]
async fn an_agent_that_echoes_an_agent_ends_the_cascade() {
    let house = House::new().await;
    let _host = house.host().await;
    house
        .models
        .always("Just as I said: what do you think, @sage and @muse?");
    house.say("@sage please begin");
    // sage speaks, muse would say the very same.
    let ends = house.ended(2).await;
    assert_eq!((ends.len(), house.answers().len()), (2, 1));
    house.say("@sage the same question by a person");
    house.answer(2).await;
}

#[tokio::test]
async fn an_agent_that_says_again_what_it_said_before_ends_the_cascade() {
    let mut house = House::new().await;
    house.config.limits.hops_max = 9;
    house.config.limits.pair_exchanges_max = 9;
    let _host = house.host().await;
    for text in [
        "It is the tea. @muse",
        "It is the pot. @sage",
        "It is the cup. @muse",
        "No, the lid! @sage",
        "It is the tea! @muse",
    ] {
        house.models.script().say(text).end();
    }
    house.say("@sage please begin");
    let ends = house.ended(5).await;
    assert_eq!((ends.len(), house.answers().len()), (5, 4));
}

#[tokio::test]
async fn a_person_takes_the_word_from_agents_that_wait_but_not_from_the_one_that_speaks() {
    let house = House::with(
        RoomKind::Group,
        AgentPolicy::Everyone,
        &[(sage(), "sage"), (muse(), "muse")],
    )
    .await;
    let _host = house.host().await;
    let (first, _second) = (house.models.script(), house.models.script());
    house.say("what do you all think?");
    let speaking = house.started(1).await;
    first.say("I think");
    house.heard(speaking.run_id, 1, "I think").await;
    let next = house.say("wait, another question");
    let ends = house.ended(1).await;
    assert_eq!(
        ends[0].change,
        RunChange::Ended {
            state: AiState::Cancelled
        }
    );
    assert_ne!(ends[0].run_id, speaking.run_id);
    first.end();
    assert_eq!(house.answer(1).await.id, speaking.message_id);
    let asked = until("the new turns", async || {
        let facts = house.facts().await;
        let asked = facts
            .iter()
            .filter(|f| f.trigger_id == next.id && f.change == RunChange::Requested)
            .count();
        (asked == 2).then_some(asked)
    });
    asked.await;
}

#[tokio::test]
async fn what_a_person_asked_of_an_agent_outlives_other_peoples_talk() {
    let house = House::new().await;
    let _host = house.host().await;
    let first = house.models.script();
    house.models.always("An answer.");
    house.say("@sage a long question");
    house.started(1).await;
    house.say("@muse and one for you");
    house.say("I only say hello");
    first.say("done").end();
    house.ended(2).await;
    let speakers: Vec<_> = house.answers().iter().map(|a| a.author.agent()).collect();
    assert_eq!(speakers, [Some(sage()), Some(muse())]);
}

#[tokio::test]
async fn who_has_left_is_neither_answered_nor_speaks() {
    let house = House::new().await;
    let _host = house.host().await;
    let first = house.models.script();
    house.say("@sage the first question");
    house.started(1).await;
    house.say("@muse the second");
    until("both runs", async || (house.facts().await.len() >= 3).then_some(())).await;
    house.chat.remove_member(house.room, house.ada);
    first.say("too late, but begun").end();
    let ends = house.ended(2).await;
    assert_eq!(
        ends[1].change,
        RunChange::Ended {
            state: AiState::Cancelled
        }
    );
    assert_eq!((house.answers().len(), house.models.calls()), (1, 1));
}

#[tokio::test]
async fn an_agent_that_is_taken_out_of_the_room_stops_speaking() {
    let house = House::new().await;
    let _host = house.host().await;
    let script = house.models.script();
    house.say("@sage tell me everything");
    let run = house.started(1).await;
    script.say("It all began");
    house.heard(run.run_id, 1, "It all began").await;
    house.chat.detach(house.room, sage(), house.ada);
    script.dropped().await;
    let ends = house.ended(1).await;
    assert_eq!(
        ends[0].change,
        RunChange::Ended {
            state: AiState::Cancelled
        }
    );
    assert!(house.answers().is_empty());
}

#[tokio::test]
async fn a_room_that_asks_too_much_in_a_minute_is_not_answered_until_later() {
    let mut house = House::new().await;
    house.config.limits.room_turns_per_minute_max = 2;
    house.models.always("Yes.");
    let _host = house.host().await;
    for n in 0..4 {
        house.say(&format!("@sage question {n}"));
    }
    house.ended(2).await;
    house.world.advance(std::time::Duration::from_secs(61));
    let last = house.say("@sage and now?");
    let answer = house.answer(3).await;
    assert_eq!((answer.reply_to, house.answers().len()), (Some(last.id), 3));
}

#[tokio::test]
async fn tokens_of_a_cascade_are_checked_before_a_model_is_asked() {
    let mut house = House::new().await;
    house.config.limits.root_tokens_max = 10;
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
async fn an_old_message_is_not_answered_after_a_long_outage() {
    let house = House::new().await;
    house.models.always("Yes.");
    let host = house.deaf_host().await;
    let (_, old) = house
        .chat
        .said(house.room, house.ada, "@sage a question of yesterday", None);
    house.world.advance(std::time::Duration::from_secs(3_601));
    let (new, event) = house.chat.said(house.room, house.ada, "@sage a question of now", None);
    host.hear(&old).await;
    host.hear(&event).await;
    assert_eq!(house.answer(1).await.reply_to, Some(new.id));
    assert_eq!(house.models.calls(), 1);
}
