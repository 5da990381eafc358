//! What is heard while a reply is written, and how it is stopped or asked for again.

use contracts::ai_chat_host::RunChange;
use contracts::chat::{AgentPolicy, AiState};
use kernel::{ErrorCode, RunId};

use crate::house::{House, sage};

fn ended(state: AiState) -> RunChange {
    RunChange::Ended { state }
}

#[tokio::test]
async fn deltas_put_together_are_the_message_and_typing_comes_first() {
    let house = House::new().await;
    let _host = house.host().await;
    let script = house.models.script();
    house.say("@sage sing");
    let run = house.started(1).await;
    for piece in [" ", "Ein ", "schöner ", "Tag 👍", " und\n", "mehr. ", "\n"] {
        script.say(piece);
        tokio::task::yield_now().await;
    }
    script.end();
    let answer = house.answer(1).await;
    assert_eq!(answer.text, "Ein schöner Tag 👍 und\nmehr.");
    assert_eq!(
        (answer.id, house.streamed(run.run_id, 1)),
        (run.message_id, answer.text)
    );
    assert!(house.typing() > 0);
}

#[tokio::test]
async fn one_who_joins_late_gets_the_text_so_far_here_and_from_another_host() {
    let house = House::new().await;
    let (host, other) = (house.host().await, house.deaf_host().await);
    let script = house.models.script();
    house.say("@sage tell");
    let run = house.started(1).await;
    assert!(
        host.runs.live(house.room).await.unwrap().is_empty(),
        "nothing is written yet"
    );
    script.say("Once upon");
    house.heard(run.run_id, 1, "Once upon").await;
    script.say(" a time");
    house.heard(run.run_id, 1, "Once upon a time").await;
    for host in [&host, &other] {
        let live = host.runs.live(house.room).await.unwrap();
        assert_eq!(
            (live.len(), live[0].run_id, live[0].message_id, live[0].attempt),
            (1, run.run_id, run.message_id, 1)
        );
        assert_eq!(live[0].text, "Once upon a time");
    }
    script.end();
    house.ended(1).await;
    assert!(host.runs.live(house.room).await.unwrap().is_empty());
    assert!(other.runs.live(house.room).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_cancelled_run_keeps_its_text_and_lets_go_of_the_provider() {
    let house = House::new().await;
    let host = house.host().await;
    let script = house.models.script();
    house.say("@sage tell");
    let run = house.started(1).await;
    script.say("Half a");
    house.heard(run.run_id, 1, "Half a").await;
    let path = format!("/api/agents/rooms/{}/runs/{}/cancel", house.room, run.run_id);
    let stranger = house.world.ambient().id();
    assert_eq!(
        host.app.by(stranger).post_empty(&path).await.expect_code(404),
        "run.not_found"
    );
    host.app.by(house.ada).post_empty(&path).await.expect(202);
    script.dropped().await;
    let answer = house.answer(1).await;
    let ai = answer.ai.unwrap();
    assert_eq!(
        (answer.text.as_str(), ai.state, ai.completion_tokens),
        ("Half a", AiState::Cancelled, 2)
    );
    assert_eq!(house.ended(1).await[0].change, ended(AiState::Cancelled));
    host.app.by(house.ada).post_empty(&path).await.expect(202);
    let unknown = format!(
        "/api/agents/rooms/{}/runs/{}/cancel",
        house.room,
        house.world.ambient().id::<RunId>()
    );
    host.app.by(house.ada).post_empty(&unknown).await.expect(404);
}

#[tokio::test]
async fn a_run_is_cancelled_over_another_host_before_its_first_word() {
    let house = House::new().await;
    let (_host, other) = (house.host().await, house.deaf_host().await);
    let script = house.models.script();
    house.say("@sage tell");
    let run = house.started(1).await;
    house.asked(1).await;
    other.runs.cancel(house.ada, house.room, run.run_id).await.unwrap();
    script.dropped().await;
    assert_eq!(house.ended(1).await[0].change, ended(AiState::Cancelled));
    assert!(house.answers().is_empty());
}

#[tokio::test]
async fn a_waiting_run_is_cancelled_without_asking_a_model() {
    let house = House::new().await;
    let host = house.host().await;
    let first = house.models.script();
    house.say("@sage one");
    house.started(1).await;
    house.say("@sage two");
    let waiting = crate::house::until("the second run", async || {
        house
            .facts()
            .await
            .into_iter()
            .filter(|f| f.change == RunChange::Requested)
            .nth(1)
    });
    let waiting = waiting.await;
    host.runs.cancel(house.ada, house.room, waiting.run_id).await.unwrap();
    first.say("one").end();
    house.ended(2).await;
    assert_eq!((house.answers().len(), house.models.calls()), (1, 1));
}

#[tokio::test]
async fn a_provider_that_fails_at_once_is_said_in_words_for_people() {
    let house = House::new().await;
    let _host = house.host().await;
    house.models.script().fail(ErrorCode::Timeout);
    house.say("@sage tell");
    let answer = house.answer(1).await;
    assert_eq!(answer.text, "I could not answer: the AI model took too long.");
    assert_eq!(answer.ai.unwrap().state, AiState::Failed);
    assert_eq!(house.ended(1).await[0].change, ended(AiState::Failed));
}

#[tokio::test]
async fn a_provider_that_breaks_off_leaves_what_it_said() {
    let house = House::new().await;
    let _host = house.host().await;
    let script = house.models.script();
    script.say("Half a");
    drop(script);
    house.say("@sage tell");
    let answer = house.answer(1).await;
    assert_eq!(
        (answer.text.as_str(), answer.ai.unwrap().state),
        ("Half a", AiState::Failed)
    );
}

#[tokio::test]
async fn an_answer_asked_for_again_is_a_new_message_and_the_old_one_is_not_read() {
    let house = House::new().await;
    let host = house.host().await;
    house.models.always("The answer.");
    let question = house.say("@sage the question");
    let first = house.answer(1).await;
    house.ended(1).await;
    let path = |id| format!("/api/agents/rooms/{}/messages/{id}/regenerate", house.room);
    let stranger = house.world.ambient().id();
    host.app.by(stranger).post_empty(&path(first.id)).await.expect(404);
    let refused = host.app.by(house.ada).post_empty(&path(question.id)).await;
    assert_eq!(refused.expect_code(409), "run.not_an_answer");
    let run = host.app.by(house.ada).post_empty(&path(first.id)).await.expect(202)["runId"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = house.answer(2).await;
    assert_eq!(second.ai.clone().unwrap().run_id.to_string(), run);
    assert_eq!(
        (second.reply_to, second.author.agent(), &*second.text),
        (Some(question.id), Some(sage()), "The answer.")
    );
    let read: Vec<_> = house.models.asked()[1]
        .1
        .turns
        .iter()
        .skip(1)
        .map(|t| t.content.clone())
        .collect();
    assert_eq!(read, ["Ada: @sage the question"]);
    house.ended(2).await;
    house.chat.set_policy(house.room, AgentPolicy::Off, house.ada);
    assert_eq!(
        host.app
            .by(house.ada)
            .post_empty(&path(first.id))
            .await
            .expect_code(409),
        "run.agent_silent"
    );
}

#[tokio::test]
async fn the_same_key_asks_for_one_answer_however_often_it_is_sent() {
    let mut house = House::new().await;
    house.config.limits.room_turns_per_minute_max = 4;
    let host = house.host().await;
    house.models.always("The answer.");
    house.say("@sage the question");
    let first = house.answer(1).await;
    let path = format!("/api/agents/rooms/{}/messages/{}/regenerate", house.room, first.id);
    let bob = contracts::chat::ChatReader::room(&*house.chat, house.room)
        .await
        .unwrap()
        .members[1];
    let again = async |user, key: &'static str| {
        let app = host.app.by(user).header("idempotency-key", key);
        app.post_empty(&path).await
    };
    let (one, two) = tokio::join!(again(house.ada, "k"), again(house.ada, "k"));
    let (one, two) = (one.expect(202), two.expect(202));
    assert_eq!(one["runId"], two["runId"]);
    house.ended(2).await;
    assert_ne!(
        again(bob, "k").await.expect(202)["runId"],
        one["runId"],
        "it is a person's own"
    );
    assert_ne!(again(house.ada, "l").await.expect(202)["runId"], one["runId"]);
    house.ended(4).await;
    assert_eq!(again(house.ada, "m").await.expect_code(429), "run.too_many");
    house.chat.set_policy(house.room, AgentPolicy::Off, house.ada);
    assert_eq!(again(house.ada, "k").await.expect(202)["runId"], one["runId"]);
    assert_eq!(
        again(house.ada, "not a key").await.expect_code(400),
        "run.bad_idempotency_key"
    );
    assert_eq!(house.models.calls(), 4);
}

#[tokio::test]
async fn only_one_agent_of_a_room_speaks_at_a_time_and_rooms_do_not_wait_for_each_other() {
    let house = House::new().await;
    let other_room = house.chat.room(
        contracts::chat::RoomKind::Group,
        AgentPolicy::Mention,
        &[house.ada],
        &[(sage(), "sage")],
    );
    let _host = house.host().await;
    let scripts = [house.models.script(), house.models.script(), house.models.script()];
    house.say("@sage and @muse, both of you");
    house.started(1).await;
    house.chat.say(other_room, house.ada, "@sage here too");
    crate::house::until("two speakers", async || (house.models.calls() == 2).then_some(())).await;
    let rooms: Vec<_> = house.models.asked().iter().map(|(p, _)| p.room_id).collect();
    assert_eq!(rooms, [Some(house.room), Some(other_room)], "muse waits for the floor");
    for script in &scripts {
        script.say("done").end();
    }
    house.ended(3).await;
    assert_eq!(house.answers().len(), 2);
}

#[tokio::test]
async fn a_room_whose_queue_is_long_takes_turns_with_the_others() {
    let mut house = House::new().await;
    house.config.runs_running_max = 1;
    let group = contracts::chat::RoomKind::Group;
    let other = [(sage(), "sage")];
    let other = house.chat.room(group, AgentPolicy::Mention, &[house.ada], &other);
    let host = house.deaf_host().await;
    let first = house.models.script();
    house.models.always("Words.");
    for _ in 0..6 {
        let (_, event) = house.chat.said(house.room, house.ada, "@sage tell", None);
        host.hear(&event).await;
    }
    house.asked(1).await;
    let (_, event) = house.chat.said(other, house.ada, "@sage here too", None);
    host.hear(&event).await;
    first.say("Words.").end();
    house.ended(7).await;
    let asked = house.models.asked();
    let place = asked.iter().position(|(of, _)| of.room_id == Some(other));
    assert!(place.is_some_and(|place| place < 3), "{place:?}");
}

#[tokio::test]
async fn however_many_ask_again_at_once_no_more_are_answered_than_may_be() {
    let mut house = House::new().await;
    house.config.limits.room_turns_per_minute_max = 4;
    let host = house.deaf_host().await;
    house.models.always("The answer.");
    let (_, event) = house.chat.said(house.room, house.ada, "@sage the question", None);
    host.hear(&event).await;
    let answer = house.answer(1).await;
    house.ended(1).await;
    let path = format!("/api/agents/rooms/{}/messages/{}/regenerate", house.room, answer.id);
    let again = async |key: usize| {
        let app = host.app.by(house.ada).header("idempotency-key", &key.to_string());
        app.post_empty(&path).await.status
    };
    let answered = futures::future::join_all((0..40).map(again)).await;
    let accepted: Vec<usize> = (0..40).filter(|key| answered[*key] == 202).collect();
    assert!(accepted.len() <= 3, "{answered:?}");
    house.ended(1 + accepted.len()).await;
    assert_eq!(house.docs("runs").await.len(), 1 + accepted.len());
    house.world.advance(std::time::Duration::from_secs(61));
    let refused = (0..40).find(|key| !accepted.contains(key)).unwrap();
    assert_eq!(again(refused).await, 202, "a key that was refused may be used again");
}

#[tokio::test]
async fn nobody_fills_a_process_alone() {
    let mut house = House::new().await;
    house.config.runs_per_payer_max = 2;
    let host = house.deaf_host().await;
    let group = contracts::chat::RoomKind::Group;
    let bob: kernel::UserId = house.world.ambient().id();
    let people = [house.ada, bob];
    let rooms = [(); 3].map(|()| {
        house
            .chat
            .room(group, AgentPolicy::Mention, &people, &[(sage(), "sage")])
    });
    let scripts = [house.models.script(), house.models.script()];
    house.models.always("Words.");
    for room in rooms {
        let (_, event) = house.chat.said(room, house.ada, "@sage tell", None);
        host.hear(&event).await;
    }
    house.asked(2).await;
    let (_, event) = house.chat.said(rooms[2], bob, "@sage and me?", None);
    host.hear(&event).await;
    house.ended(1).await;
    let payers: Vec<_> = house.models.asked().iter().map(|(of, _)| of.user_id).collect();
    assert_eq!(
        payers,
        [house.ada, house.ada, bob],
        "ada has to wait, and keeps bob from nothing"
    );
    scripts[0].say("Words.").end();
    house.ended(3).await;
    assert_eq!(house.models.asked()[3].0.room_id, Some(rooms[2]));
}
