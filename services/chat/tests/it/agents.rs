//! Agents as members of rooms.

use contracts::chat::{AiInfo, AiState, ChatReader as _, ChatWriter as _, SendAgentMessage};
use kernel::{AgentId, Cost, Currency, MessageId};
use serde_json::{Value, json};

use crate::stage::{Stage, at, id, on, text};

fn said(stage: &Stage, agent: AgentId, answers: &Value, words: &str) -> SendAgentMessage {
    let trigger: MessageId = text(answers, "id").parse().unwrap();
    let ai = AiInfo {
        run_id: stage.world.ambient().id(),
        model: "demo/scripted".into(),
        state: AiState::Complete,
        prompt_tokens: 1,
        completion_tokens: 2,
        cost: Some(Cost {
            micros: 1_234,
            currency: Currency::EUR,
        }),
        demo: true,
    };
    SendAgentMessage {
        message_id: stage.world.ambient().id(),
        room_id: id(&text(answers, "roomId")),
        agent_id: agent,
        agent_name: "Sage".into(),
        text: words.into(),
        reply_to: trigger,
        root_id: trigger,
        hop: 1,
        ai,
    }
}

#[tokio::test]
async fn an_agent_is_attached_mentioned_and_detached() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let sage = stage.world.agents().add("sage");
    let room = ada.group(&[&bob]).await;
    let path = format!("{}/agents/{sage}", at(&room));
    bob.put(&path, json!(null)).await.expect(403);
    let shown = ada.put(&path, json!(null)).await.expect(200);
    assert_eq!(
        shown["agents"],
        json!([{"agentId": sage, "handle": "sage", "name": "sage", "broughtBy": ada.id}])
    );
    assert_eq!(
        bob.say(&room, "@Sage?").await["mentions"],
        json!([{"kind": "agent", "id": sage}])
    );
    ada.delete(&path).await.expect(204);
    assert_eq!(ada.delete(&path).await.expect_code(404), "chat.agent_not_found");
    assert_eq!(bob.say(&room, "@sage?").await["mentions"], json!([]));
    let unknown: AgentId = stage.world.ambient().id();
    ada.put(&format!("{}/agents/{unknown}", at(&room)), json!(null))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_direct_room_with_an_agent_belongs_to_the_person() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let sage = stage.world.agents().add("sage");
    let open = || ada.open(json!({"kind": "direct", "memberIds": [], "agentIds": [sage]}));
    let room = open().await.expect(201);
    assert_eq!((&room["myRole"], &room["memberCount"]), (&json!("owner"), &json!(1)));
    assert_eq!(open().await.expect(200)["id"], room["id"]);
    let asked = ada.say(&text(&room, "id"), "hello").await;
    let answer = stage
        .chat
        .send_as_agent(said(&stage, sage, &asked, "hi"))
        .await
        .unwrap()
        .message;
    assert_eq!((answer.seq, answer.hop, answer.author.agent()), (2, 1, Some(sage)));
    let page = ada
        .get(&format!("{}/messages", at(&text(&room, "id"))))
        .await
        .expect(200);
    assert_eq!(
        page["items"][1]["ai"]["cost"],
        json!({"micros": 1_234, "currency": "EUR"})
    );
    ada.delete(&on(&serde_json::to_value(&answer).unwrap()))
        .await
        .expect(204);
    ada.delete(&at(&text(&room, "id"))).await.expect(204);
}

#[tokio::test]
async fn what_an_agent_said_is_kept_once_by_its_message_id() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let sage = stage.world.agents().add("sage");
    let room = ada
        .open(json!({"kind": "group", "memberIds": [bob.id], "agentIds": [sage]}))
        .await
        .expect(201);
    let asked = ada.say(&text(&room, "id"), "@sage?").await;
    let message = said(&stage, sage, &asked, "yes @bob");
    let first = stage.chat.send_as_agent(message.clone()).await.unwrap();
    let again = stage
        .chat
        .send_as_agent(SendAgentMessage {
            text: "no".into(),
            ..message.clone()
        })
        .await
        .unwrap();
    assert!(!first.repeat && again.repeat);
    assert_eq!((first.message.id, &again.message), (message.message_id, &first.message));
    assert_eq!(first.message.mentions.len(), 1);
    assert_eq!(bob.room(&text(&room, "id")).await["unread"], 2);
    let of_agent = serde_json::to_value(&first.message).unwrap();
    bob.delete(&on(&of_agent)).await.expect(403);
    assert_eq!(
        ada.patch(&on(&of_agent), json!({"text": "no"})).await.expect_code(403),
        "chat.not_author"
    );
    ada.delete(&on(&of_agent)).await.expect(204);
    stage.assert_verified().await;
}

#[tokio::test]
async fn a_detached_agent_can_send_nothing_more() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let sage = stage.world.agents().add("sage");
    let room = ada
        .open(json!({"kind": "group", "memberIds": [], "agentIds": [sage]}))
        .await
        .expect(201);
    let asked = ada.say(&text(&room, "id"), "@sage?").await;
    let before = said(&stage, sage, &asked, "in time");
    let first = stage.chat.send_as_agent(before.clone()).await.unwrap();
    ada.delete(&format!("{}/agents/{sage}", at(&text(&room, "id"))))
        .await
        .expect(204);
    // Its host may ask again whether that stands.
    let again = stage.chat.send_as_agent(before).await.unwrap();
    assert_eq!((again.repeat, again.message), (true, first.message));
    let refused = stage
        .chat
        .send_as_agent(said(&stage, sage, &asked, "late"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, "chat.not_found");
    let long = said(&stage, sage, &asked, &"x".repeat(32_001));
    assert_eq!(stage.chat.send_as_agent(long).await.unwrap_err().kind.status(), 422);
}

#[tokio::test]
async fn other_services_see_a_room_as_it_is() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let sage = stage.world.agents().add("sage");
    let room = ada
        .open(json!({"kind": "group", "memberIds": [bob.id], "agentIds": [sage]}))
        .await
        .expect(201);
    let room = text(&room, "id");
    ada.say(&room, "hello").await;
    let summary = stage.chat.room(id(&room)).await.unwrap();
    assert_eq!(
        (summary.last_seq, summary.members, summary.agents[0].agent_id),
        (1, vec![ada.id, bob.id], sage)
    );
    assert_eq!(stage.chat.head(id(&room), bob.id).await.unwrap(), (summary.epoch, 1));
    assert_eq!(stage.chat.rooms_of(bob.id).await.unwrap(), [id(&room)]);
    assert_eq!(
        stage.chat.room(stage.world.ambient().id()).await.unwrap_err().code,
        "chat.not_found"
    );
}
