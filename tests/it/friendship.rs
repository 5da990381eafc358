//! Friends, requests, suggestions and blocks.

use blackbox::{Actor, Field as _, Instance, Socket, eventually, friends, strangers, unknown_id};
use serde_json::{Value, json};

#[tokio::test]
async fn a_request_is_seen_by_both_and_accepting_makes_friends() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    let (at_ada, at_bob) = (Socket::open(&ada).await, Socket::open(&bob).await);
    let request = request(&ada, &bob).await;
    assert_eq!(
        (request.text("from.id"), request.text("to.id")),
        (ada.id.clone(), bob.id.clone())
    );
    at_bob
        .own_event("friend.requested", |event| event.has("userId", &ada.id))
        .await;
    assert_eq!(
        ids(&ada, "/api/friendships/requests?direction=outgoing", "to.id").await,
        [&*bob.id]
    );
    assert_eq!(
        ids(&bob, "/api/friendships/requests?direction=incoming", "from.id").await,
        [&*ada.id]
    );
    ada.post_empty(&on(&request, "accept")).await.fails(404);
    assert_eq!(
        bob.post_empty(&on(&request, "accept")).await.is(200).text("user.id"),
        ada.id
    );
    at_ada
        .own_event("friend.accepted", |event| event.has("userId", &bob.id))
        .await;
    assert_eq!(ids(&ada, "/api/friendships", "user.id").await, [&*bob.id]);
    assert_eq!(ids(&bob, "/api/friendships", "user.id").await, [&*ada.id]);
    let again = ada.post("/api/friendships/requests", json!({"userId": bob.id})).await;
    again.fails_with(409, "friendship.already_friends");
    ada.delete(&format!("/api/friendships/{}", bob.id)).await.is(204);
    at_bob
        .own_event("friend.removed", |event| event.has("userId", &ada.id))
        .await;
    assert!(ids(&bob, "/api/friendships", "user.id").await.is_empty());
}

#[tokio::test]
async fn a_request_can_be_declined_or_taken_back() {
    let [ada, bob, mallory] = strangers(Instance::shared(), ["ada", "bob", "mallory"]).await;
    let first = request(&ada, &bob).await;
    mallory.post_empty(&on(&first, "accept")).await.fails(404);
    mallory
        .delete(&format!("/api/friendships/requests/{}", first.text("id")))
        .await
        .fails(404);
    bob.post_empty(&on(&first, "decline")).await.is(204);
    bob.post_empty(&on(&first, "accept")).await.fails(404);
    let second = request(&mallory, &bob).await;
    mallory
        .delete(&format!("/api/friendships/requests/{}", second.text("id")))
        .await
        .is(204);
    bob.post_empty(&on(&second, "accept")).await.fails(404);
    assert!(
        ids(&bob, "/api/friendships/requests?direction=incoming", "from.id")
            .await
            .is_empty()
    );
    assert!(ids(&bob, "/api/friendships", "user.id").await.is_empty());
}

#[tokio::test]
async fn two_who_ask_each_other_are_friends() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    request(&ada, &bob).await;
    let crossed = bob
        .post("/api/friendships/requests", json!({"userId": ada.id}))
        .await
        .is(200);
    assert_eq!(crossed.text("user.id"), ada.id);
    assert_eq!(ids(&ada, "/api/friendships", "user.id").await, [&*bob.id]);
    let self_request = ada.post("/api/friendships/requests", json!({"userId": ada.id})).await;
    assert!(
        matches!(self_request.status, 404 | 409 | 422),
        "oneself: {}",
        self_request.status
    );
    let nobody = json!({"userId": blackbox::unknown_id()});
    ada.post("/api/friendships/requests", nobody).await.fails(404);
}

#[tokio::test]
async fn friends_of_friends_are_suggested() {
    let [bob, ada, cyd] = friends(Instance::shared(), ["bob", "ada", "cyd"]).await;
    let suggested = async || {
        let items = ada.get("/api/friendships/suggestions").await.is(200).list("items");
        items.into_iter().find(|item| item.has("user.id", &cyd.id))
    };
    assert_eq!(eventually("a suggestion", suggested).await.number("mutualFriends"), 1);
    cyd.put_empty(&format!("/api/users/me/blocks/{}", ada.id)).await.is(204);
    eventually("no suggestion of who blocks me", async || {
        suggested().await.is_none().then_some(())
    })
    .await;
    assert!(
        !ids(&ada, "/api/friendships/suggestions", "user.id")
            .await
            .contains(&bob.id),
        "a friend is suggested"
    );
}

#[tokio::test]
async fn a_block_acts_everywhere_at_once() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.direct(&bob).await;
    bob.say(&room, "hello").await;
    let search = format!("/api/users?query={}", ada.handle);
    eventually("found", async || {
        ids(&bob, &search, "id").await.contains(&ada.id).then_some(())
    })
    .await;
    ada.put_empty(&format!("/api/users/me/blocks/{}", bob.id)).await.is(204);
    assert_eq!(ids(&ada, "/api/users/me/blocks", "id").await, [&*bob.id]);
    bob.post("/api/friendships/requests", json!({"userId": ada.id}))
        .await
        .fails(404);
    assert!(ids(&bob, &search, "id").await.is_empty());
    // Chat keeps what two are to each other for a second at most, less when it hears of the block sooner.
    eventually("a refused message", async || {
        let sent = bob.send(&room, &unknown_id(), "do you hear me?").await;
        (sent.status == 409).then_some(())
    })
    .await;
    let unfriended = async || ids(&bob, "/api/friendships", "user.id").await.is_empty().then_some(());
    eventually("no longer friends", unfriended).await;
    ada.delete(&format!("/api/users/me/blocks/{}", bob.id)).await.is(204);
    request(&bob, &ada).await;
}

async fn request(from: &Actor, to: &Actor) -> Value {
    from.post("/api/friendships/requests", json!({"userId": to.id}))
        .await
        .is(201)
}

fn on(request: &Value, verb: &str) -> String {
    format!("/api/friendships/requests/{}/{verb}", request.text("id"))
}

async fn ids(actor: &Actor, path: &str, field: &str) -> Vec<String> {
    actor
        .get(path)
        .await
        .is(200)
        .list("items")
        .iter()
        .map(|item| item.text(field))
        .collect()
}
