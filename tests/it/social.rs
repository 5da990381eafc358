//! Posts, feeds, comments and what is told of them: who sees what, at once.

use blackbox::{Actor, Field as _, Instance, Socket, eventually, friends, strangers};
use serde_json::{Value, json};

/// The ids of the posts of a person's home timeline.
async fn timeline(of: &Actor) -> Vec<String> {
    let page = of.get("/api/feed?order=latest&limit=100").await.is(200);
    page.list("items").iter().map(|item| item.text("post.id")).collect()
}

async fn reaches(who: &Actor, post: &str) {
    eventually("a post in a friend's timeline", async || {
        timeline(who).await.iter().any(|id| id == post).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_post_reaches_a_friends_feed_and_no_stranger_and_a_block_hides_it_at_once() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let [eve] = strangers(Instance::shared(), ["eve"]).await;
    let post = ada.post_to("friends", "only for friends", &[]).await.text("id");
    let path = format!("/api/posts/{post}");
    reaches(&bob, &post).await;
    assert_eq!(bob.get(&path).await.is(200).text("text"), "only for friends");
    eve.get(&path).await.fails_with(404, "post.not_found");
    assert!(!timeline(&eve).await.contains(&post));
    let shown = eve.get(&format!("/api/posts?author={}", ada.id)).await.is(200);
    assert!(shown.list("items").is_empty(), "{shown}");

    ada.put_empty(&format!("/api/users/me/blocks/{}", bob.id)).await.is(204);
    bob.get(&path).await.fails_with(404, "post.not_found");
    assert!(!timeline(&bob).await.contains(&post));
    bob.post(&format!("{path}/comments"), json!({"text": "let me in"}))
        .await
        .fails(404);
}

#[tokio::test]
async fn what_is_made_private_or_deleted_leaves_the_feed_at_once() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let (kept, gone) = (
        ada.post_to("public", "one", &[]).await.text("id"),
        ada.post_to("public", "two", &[]).await.text("id"),
    );
    reaches(&bob, &kept).await;
    reaches(&bob, &gone).await;
    ada.patch(&format!("/api/posts/{kept}"), json!({"visibility": "private"}))
        .await
        .is(200);
    ada.delete(&format!("/api/posts/{gone}")).await.is(204);
    let seen = timeline(&bob).await;
    assert!(!seen.contains(&kept) && !seen.contains(&gone), "{seen:?}");
    assert!(timeline(&ada).await.contains(&kept));
}

#[tokio::test]
async fn a_comment_tells_the_author_on_the_socket_and_is_counted_until_it_is_read() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let post = ada.post_to("friends", "what do you think?", &[]).await.text("id");
    let counted = async || ada.get("/api/notifications/unread").await.is(200).number("unread");
    eventually("the friendship is told", async || (counted().await == 1).then_some(())).await;
    let socket = Socket::open(&ada).await;
    let path = format!("/api/posts/{post}");
    bob.post(&format!("{path}/comments"), json!({"text": "quite good"}))
        .await
        .is(201);
    bob.put_empty(&format!("{path}/reactions/love")).await.is(200);
    for kind in ["comment", "reaction"] {
        let told = socket
            .own_event("notification", |told| told["item"]["kind"] == kind)
            .await;
        assert_eq!(told["item"]["subject"]["postId"], json!(post), "{told}");
    }
    assert_eq!(counted().await, 3);
    let list = ada.get("/api/notifications").await.is(200);
    let comment = list
        .list("items")
        .into_iter()
        .find(|item| item.has("kind", "comment"))
        .unwrap();
    assert_eq!(comment["actors"][0]["user"]["id"], json!(bob.id), "{comment}");
    ada.put("/api/notifications/read", json!({"ids": [comment.text("id")]}))
        .await
        .is(200);
    assert_eq!(counted().await, 2);
    eventually("the counters of the post", async || {
        let seen = bob.get(&path).await.is(200);
        (seen.number("comments") == 1 && seen["reactions"][0]["count"] == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_friend_who_is_online_is_told_that_something_new_lies_there() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let socket = Socket::open(&bob).await;
    ada.post_to("friends", "news", &[]).await;
    socket.own_event("feed", |_| true).await;
}

#[tokio::test]
async fn a_reported_post_waits_for_a_moderator_who_takes_it_away() {
    let variables = [
        ("AICHAT_AUTH__ADMINS", r#"["judge@example.com"]"#),
        ("AICHAT_AUTH__PROVEN_DOMAINS", r#"["example.com"]"#),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let Some(product) = Instance::own_with(variables.to_vec()) else {
        return;
    };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let judge = Actor::signup_as(&product, "judge", ("judge", "judge@example.com")).await;
    let post = ada.post_to("public", "buy my things", &[]).await.text("id");
    let path = format!("/api/posts/{post}");
    bob.post(&format!("{path}/reports"), json!({"reason": "spam"}))
        .await
        .is(202);
    bob.get("/api/posts/moderation")
        .await
        .fails_with(403, "post.not_moderator");
    let queue = judge.get("/api/posts/moderation").await.is(200).list("items");
    assert_eq!(queue.len(), 1);
    let case = &queue[0];
    assert_eq!((case.text("postId"), case.number("reportCount")), (post, 1));
    let decide = format!("/api/posts/moderation/{}/decide", case.text("subject"));
    judge
        .post(&decide, json!({"action": "remove", "note": "adverts"}))
        .await
        .is(200);
    bob.get(&path).await.fails(404);
    assert!(
        judge
            .get("/api/posts/moderation")
            .await
            .is(200)
            .list("items")
            .is_empty()
    );
    judge.post(&decide, json!({"action": "dismiss"})).await.fails(404);
}

#[tokio::test]
async fn the_demo_people_have_posted_and_news_wait() {
    let demo = vec![("AICHAT_DEMO_DATA".to_owned(), "true".to_owned())];
    let Some(product) = Instance::own_with(demo) else {
        return;
    };
    let http = blackbox::Http::anonymous(&product);
    let body = json!({"login": "ada@demo.aichat.local", "password": "demo-password-1"});
    let ada = http.with_token(&http.post("/api/auth/signin", body).await.is(200).text("accessToken"));
    let seen = eventually("a full timeline and news", async || {
        let feed: Value = ada.get("/api/feed?limit=20").await.is(200);
        let unread = ada.get("/api/notifications/unread").await.is(200).number("unread");
        (feed.list("items").len() == 4 && unread > 0).then_some(feed)
    })
    .await;
    let pictured = seen
        .list("items")
        .into_iter()
        .find(|item| !item["post"]["media"].as_array().unwrap().is_empty());
    let variants = pictured.unwrap()["post"]["media"][0].list("variants");
    assert!(
        variants.iter().any(|variant| variant.has("name", "thumb")),
        "{variants:?}"
    );
}
