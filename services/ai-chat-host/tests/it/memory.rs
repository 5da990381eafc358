//! What an agent remembers of a room: how it comes in, who sees it, and what takes it away.

use contracts::chat::{AgentPolicy, RoomKind};
use kernel::UserId;
use serde_json::Value;

use crate::house::{Host, House, muse, sage, until};

fn path(house: &House) -> String {
    format!("/api/agents/{}/rooms/{}/memory", sage(), house.room)
}

async fn facts(house: &House, host: &Host) -> Vec<String> {
    let memory = host.app.by(house.ada).get(&path(house)).await.expect(200);
    let text = |fact: &Value| fact["text"].as_str().unwrap().to_owned();
    memory["facts"].as_array().unwrap().iter().map(text).collect()
}

/// A room in which sage has noted that Ada likes tea.
async fn noted() -> (House, Host) {
    let house = House::new().await;
    let host = house.host().await;
    let script = house.models.script();
    house.say("@sage I like tea");
    let run = house.started(1).await;
    for piece in ["Good", " to know.\nREM", "EMBER: Ada likes", " tea\n"] {
        script.say(piece);
    }
    script.end();
    house.ended(1).await;
    assert_eq!(
        (house.answers()[0].text.as_str(), house.streamed(run.run_id, 1)),
        ("Good to know.", "Good to know.".into())
    );
    (house, host)
}

async fn forgotten(house: &House) {
    until("the memory to go", async || {
        let docs = house.docs("memories").await;
        docs.iter()
            .all(|doc| doc["facts"].as_array().unwrap().is_empty())
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_noted_is_cut_off_kept_and_read_the_next_time_as_data() {
    let (house, host) = noted().await;
    assert_eq!(facts(&house, &host).await, ["Ada likes tea"]);
    house.models.always("As I know.");
    house.say("@sage what do I like?");
    house.answer(2).await;
    let (_, request) = house.models.asked().remove(1);
    let memory = &request.turns[1].content;
    assert!(
        memory.starts_with("<<memory ") && memory.contains("\nAda likes tea\n<<end "),
        "{memory}"
    );
    assert!(!request.turns[0].content.contains("likes tea"));
    house.say("@muse what do I like?");
    house.answer(3).await;
    let (_, of_muse) = house.models.asked().remove(2);
    assert!(
        of_muse.turns.iter().all(|turn| !turn.content.contains("<<memory w")),
        "it is sage's own"
    );
}

#[tokio::test]
async fn members_see_and_erase_it_and_others_get_404() {
    let (house, host) = noted().await;
    let stranger = house.world.ambient().id::<UserId>();
    assert_eq!(
        host.app.by(stranger).get(&path(&house)).await.expect_code(404),
        "agent.no_memory"
    );
    host.app.by(stranger).delete(&path(&house)).await.expect(404);
    host.app.anonymous().get(&path(&house)).await.expect(401);
    let elsewhere = format!("/api/agents/{}/rooms/{}/memory", ai_chat_host::CRITIC, house.room);
    host.app.by(house.ada).get(&elsewhere).await.expect(404);
    assert_eq!(facts(&house, &host).await.len(), 1);
    host.app.by(house.ada).delete(&path(&house)).await.expect(204);
    host.app.by(house.ada).delete(&path(&house)).await.expect(204);
    assert!(facts(&house, &host).await.is_empty());
}

#[tokio::test]
async fn it_goes_with_the_message_that_it_came_from() {
    for of_the_answer in [false, true] {
        let (house, host) = noted().await;
        let history = house.chat.history(house.room);
        let gone = history[usize::from(of_the_answer)].id;
        host.hear(&house.chat.deleted(house.room, gone)).await;
        assert!(facts(&house, &host).await.is_empty());
    }
}

#[tokio::test]
async fn it_goes_with_the_agent_and_with_the_room() {
    let (house, _host) = noted().await;
    house.chat.detach(house.room, sage(), house.ada);
    forgotten(&house).await;
    let (house, host) = noted().await;
    host.hear(&house.chat.closed(house.room, house.ada)).await;
    assert!(house.docs("memories").await.is_empty());
}

#[tokio::test]
async fn it_goes_with_a_person_it_may_tell_of_and_none_comes_after() {
    let (house, host) = noted().await;
    let someone = house.world.ambient().id();
    host.hear_gone(&house.world.ambient(), someone).await;
    assert_eq!(facts(&house, &host).await.len(), 1, "it does not tell of them");
    host.hear_gone(&house.world.ambient(), house.ada).await;
    assert!(house.docs("memories").await.is_empty());
    house.models.script().say("Hm.\nREMEMBER: Ada likes tea").end();
    house.say("@sage I like tea");
    house.ended(2).await;
    assert!(
        house.docs("memories").await.is_empty(),
        "what was under way leaves nothing behind"
    );
}

#[tokio::test]
async fn notes_alone_are_no_message_and_survive_the_host() {
    let house = House::with(
        RoomKind::Group,
        AgentPolicy::Mention,
        &[(sage(), "sage"), (muse(), "muse")],
    )
    .await;
    let host = house.host().await;
    house.models.script().say("PASS\nREMEMBER: Ada was here").end();
    house.say("@sage hello");
    let end = house.ended(1).await.remove(0);
    assert_eq!(
        (house.answers().len(), house.streamed(end.run_id, 1)),
        (0, String::new())
    );
    assert_eq!(facts(&house, &host).await, ["Ada was here"]);
}

#[tokio::test]
async fn a_reply_that_is_stopped_notes_nothing_and_shows_nothing_of_its_notes() {
    let house = House::new().await;
    let host = house.host().await;
    let script = house.models.script();
    house.say("@sage tell");
    let run = house.started(1).await;
    script.say("Half a").say("\nREMEMBER: a secret");
    house.heard(run.run_id, 1, "Half a").await;
    host.runs.cancel(house.ada, house.room, run.run_id).await.unwrap();
    assert_eq!(house.answer(1).await.text, "Half a");
    house.ended(1).await;
    assert!(facts(&house, &host).await.is_empty());
}

#[tokio::test]
async fn nothing_is_remembered_of_a_question_that_is_edited_while_it_is_answered() {
    let house = House::new().await;
    let host = house.host().await;
    let script = house.models.script();
    let question = house.say("@sage I like tea");
    house.asked(1).await;
    // Heard before there is anything to take out.
    host.hear(&house.chat.edited(house.room, question.id, "@sage I like coffee"))
        .await;
    script.say("Good to know.\nREMEMBER: Ada likes tea").end();
    house.ended(1).await;
    assert!(facts(&house, &host).await.is_empty());
}

#[tokio::test]
async fn it_goes_with_any_message_that_was_read_for_the_reply() {
    let house = House::new().await;
    let host = house.host().await;
    let secret = house.say("I like tea");
    house
        .models
        .script()
        .say("Good to know.\nREMEMBER: Ada likes tea")
        .end();
    house.say("@sage what do I like?");
    house.ended(1).await;
    assert_eq!(facts(&house, &host).await, ["Ada likes tea"]);
    let later = house.say("By the way");
    host.hear(&house.chat.deleted(house.room, later.id)).await;
    assert_eq!(facts(&house, &host).await.len(), 1, "nobody had read it");
    host.hear(&house.chat.deleted(house.room, secret.id)).await;
    assert!(facts(&house, &host).await.is_empty());
}
