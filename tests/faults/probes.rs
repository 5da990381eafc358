//! Owns looks at what happens behind the answers: consumers that follow events, and outboxes. It refuses to ask a broker.

use blackbox::{Actor, Field as _, within};
use serde_json::{Value, json};

use crate::stand::Stand;
use crate::traffic::RECOVERY_MAX;

/// Mentions the agent in each room, and waits for its answer: somebody of the group that follows messages is at work there.
pub async fn agents_answer(owner: &Actor, rooms: &[String]) {
    for room in rooms {
        let mention = owner.say(room, "@sage are you there?").await;
        let asked = mention.text("id");
        within(RECOVERY_MAX, &format!("an agent's answer in {room}"), async || {
            let above = format!("/api/chat/rooms/{room}/messages?after={}", mention.number("seq"));
            let later = owner.get(&above).await.is(200).list("items");
            let answers = |message: &Value| message.has("origin", "agent") && message.has("rootId", &asked);
            later.iter().any(answers).then_some(())
        })
        .await;
    }
}

/// Signs somebody up, befriends them, takes them into a room and erases the account: every service that follows accounts
/// must forget them.
pub async fn accounts_are_followed(stand: &Stand) {
    let owner = stand.people.senders.first().unwrap();
    let ghost = Actor::signup(&stand.product, "ghost").await;
    owner.befriend(&ghost).await;
    let room = owner.group(&[&ghost]).await;
    let gone = ghost
        .delete_with("/api/users/me", json!({"password": ghost.password}))
        .await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    within(
        RECOVERY_MAX,
        "chat lets an erased account leave its rooms",
        async || {
            let members = owner.room(&room).await.list("members");
            members
                .iter()
                .all(|member| !member.has("userId", &ghost.id))
                .then_some(())
        },
    )
    .await;
    within(RECOVERY_MAX, "friendship forgets an erased account", async || {
        let friends = owner.get("/api/friendships").await.is(200).list("items");
        friends
            .iter()
            .all(|friend| !friend.has("user.id", &ghost.id))
            .then_some(())
    })
    .await;
    within(RECOVERY_MAX, "user forgets an erased account", async || {
        let profile = owner.get(&format!("/api/users/{}", ghost.id)).await;
        (profile.status == 404).then_some(())
    })
    .await;
}

/// Waits until every process that has an outbox says that it is empty.
pub async fn outboxes_are_empty(stand: &Stand) {
    let mut known = 0;
    for name in stand.processes() {
        let process = stand.product.process(name);
        let what = format!("an empty outbox of {name}");
        let depths = within(RECOVERY_MAX, &what, async || {
            let metrics = process.get("/metrics").await;
            assert_eq!(metrics.status, 200);
            let depths = depths(&metrics.text);
            depths.iter().all(|depth| *depth == 0.0).then_some(depths.len())
        });
        known += depths.await;
    }
    assert!(known > 0, "no process tells the depth of an outbox");
}

fn depths(metrics: &str) -> Vec<f64> {
    let lines = metrics.lines().filter(|line| line.starts_with("outbox_depth{"));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect()
}

/// Finds the process that writes a reply now, where one does.
pub async fn writer(stand: &Stand) -> String {
    within(RECOVERY_MAX, "a process that writes a reply", async || {
        for name in hosts(stand) {
            let metrics = stand.product.process(name).get("/metrics").await.text;
            let mut lines = metrics.lines().filter(|line| line.starts_with("ai_runs_running"));
            if lines.any(|line| line.ends_with(" 1")) {
                return Some(name.to_owned());
            }
        }
        None
    })
    .await
}

fn hosts(stand: &Stand) -> impl Iterator<Item = &str> {
    let names = stand.processes().into_iter();
    names.filter(|name| name.starts_with("ai-chat-host-"))
}

/// Counts the sockets that were cut off because they read too slowly.
pub async fn slow_consumers(stand: &Stand) -> f64 {
    let mut all = 0.0;
    for name in stand
        .processes()
        .into_iter()
        .filter(|name| name.starts_with("realtime-gateway-"))
    {
        let metrics = stand.product.process(name).get("/metrics").await.text;
        let lines = metrics
            .lines()
            .filter(|line| line.starts_with("realtime_drops_total{class=\"socket\"}"));
        all += lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum::<f64>();
    }
    all
}
