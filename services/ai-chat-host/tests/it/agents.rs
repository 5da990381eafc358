//! Agents over HTTP.

use serde_json::{Value, json};

use crate::house::{House, sage};

fn handles(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["handle"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_starter_agents_are_listed_by_handle_in_pages() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let page = host.app.by(house.ada).get("/api/agents?limit=3").await.expect(200);
    assert_eq!(handles(&page), ["critic", "muse", "sage"]);
    let next = format!("/api/agents?limit=3&cursor={}", page["nextCursor"].as_str().unwrap());
    let page = host.app.by(house.ada).get(&next).await.expect(200);
    assert_eq!((handles(&page), page["nextCursor"].is_null()), (vec!["scout"], true));
    host.app.anonymous().get("/api/agents").await.expect(401);
    host.app.by(house.ada).get("/api/agents?cursor=x").await.expect(422);
}

#[tokio::test]
async fn an_agent_is_shown_with_its_badge_and_whoever_is_not_its_owner_cannot_change_it() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let path = format!("/api/agents/{}", sage());
    let agent = host.app.by(house.ada).get(&path).await.expect(200);
    assert_eq!(
        (agent["handle"].as_str(), agent["badge"].as_str()),
        (Some("sage"), Some("Demo"))
    );
    assert!(agent["ownerId"].is_null() && !agent["persona"].as_str().unwrap().is_empty());
    let denied = host.app.by(house.ada).patch(&path, json!({"name": "Mine"})).await;
    assert_eq!(denied.expect_code(403), "agent.not_owner");
    let unknown = host.app.by(house.ada).get(&format!("/api/agents/{}", house.ada)).await;
    assert_eq!(unknown.expect_code(404), "agent.not_found");
    host.app.by(house.ada).get("/api/agents/sage").await.expect(404);
}

#[tokio::test]
async fn a_moderator_edits_a_starter_agent_and_the_edit_survives_a_restart() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let path = format!("/api/agents/{}", sage());
    let tag = host.app.by(house.ada).get(&path).await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    let edit = json!({"name": "Sophia", "persona": "Be kind.", "replyPolicy": "always", "temperature": 1.5, "maxTokens": 64, "talkativeness": 90});
    let edited = host
        .app
        .by_admin(house.ada)
        .header("if-match", &tag)
        .patch(&path, edit)
        .await
        .expect(200);
    assert_eq!(
        (edited["name"].as_str(), edited["replyPolicy"].as_str()),
        (Some("Sophia"), Some("always"))
    );
    assert_eq!(edited["talkativeness"], 90);
    let stale = host
        .app
        .by_admin(house.ada)
        .header("if-match", &tag)
        .patch(&path, json!({"name": "X"}))
        .await;
    assert_eq!(stale.expect_code(412), "request.stale");
    host.kill().await;
    let host = house.deaf_host().await;
    let agent = host.app.by(house.ada).get(&path).await.expect(200);
    assert_eq!(
        (agent["name"].as_str(), agent["maxTokens"].as_u64()),
        (Some("Sophia"), Some(64))
    );
}

#[tokio::test]
async fn a_wrong_edit_names_its_field() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    let path = format!("/api/agents/{}", sage());
    for (edit, field) in [
        (json!({"name": " "}), "name"),
        (json!({"persona": ""}), "persona"),
        (json!({"temperature": 2.5}), "temperature"),
        (json!({"maxTokens": 0}), "maxTokens"),
        (json!({"talkativeness": 101}), "talkativeness"),
        (json!({"handle": "wise"}), "handle"),
        (json!({"replyPolicy": "never"}), "replyPolicy"),
    ] {
        let problem = host
            .app
            .by_admin(house.ada)
            .patch(&path, edit.clone())
            .await
            .expect(422);
        assert!(
            problem["errors"][0]["field"].as_str().unwrap().starts_with(field),
            "{edit}: {problem}"
        );
    }
}

#[tokio::test]
async fn a_disabled_agent_is_neither_listed_nor_given_to_others() {
    let house = House::new().await;
    let host = house.deaf_host().await;
    host.app
        .by_admin(house.ada)
        .patch(&format!("/api/agents/{}", sage()), json!({"enabled": false}))
        .await
        .expect(200);
    let page = host.app.by(house.ada).get("/api/agents").await.expect(200);
    assert_eq!(handles(&page), ["critic", "muse", "scout"]);
    let directory = ai_chat_host::local_directory(&house.store, house.world.ambient(), house.market.clone())
        .await
        .unwrap();
    assert!(directory.agents(&[sage()]).await.unwrap().is_empty());
    assert!(!directory.may_use(house.ada, sage()).await.unwrap());
}
