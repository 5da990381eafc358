//! Who sees what: every route with an id, taken from the documentation, so that none is forgotten.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Person, Stage};

/// Every route that names a post, with what it is sent.
fn routes(stage: &Stage, post: &str, comment: &str) -> Vec<(Method, String, Option<Value>)> {
    let api = post::service(&stage.posts).routes.into_openapi();
    let api = serde_json::to_value(api).unwrap();
    let mut found = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        if !path.contains("{id}") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            let body = match path.rsplit('/').next().unwrap() {
                "reports" => json!({ "reason": "spam" }),
                "shares" => json!({}),
                _ => json!({ "text": "x" }),
            };
            let body = item[method].get("requestBody").map(|_| body);
            let path = path
                .replace("{id}", post)
                .replace("{commentId}", comment)
                .replace("{kind}", "like");
            found.push((
                Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                path,
                body,
            ));
        }
    }
    assert_eq!(found.len(), 15, "{found:?}");
    found
}

async fn all_answer(stage: &Stage, asker: &testkit::Asker, (post, comment): (&str, &str), status: u16) {
    for (method, path, body) in routes(stage, post, comment) {
        asker.send(method, &path, body).await.expect(status);
    }
}

/// A post for friends with a comment by its author.
async fn set_up(ada: &Person) -> (String, String) {
    let post = ada.post("friends", "words #tag").await;
    let comment = ada.comment(&post, "hm").await;
    (post, comment)
}

#[tokio::test]
async fn every_route_of_a_post_is_404_to_whom_it_is_not_for() {
    let stage = Stage::open().await;
    let [ada, stranger, blocker, blocked, former] = stage.people(["ada", "stranger", "blocker", "blocked", "former"]);
    for friend in [&blocker, &blocked, &former] {
        stage.befriend(&ada, friend);
    }
    let (post, comment) = set_up(&ada).await;
    assert!(blocker.sees(&post).await && former.sees(&post).await);
    stage.block(&blocker, &ada);
    stage.block(&ada, &blocked);
    stage.part(&ada, &former).await;
    for person in [&stranger, &blocker, &blocked, &former] {
        all_answer(&stage, &person.ask, (&post, &comment), 404).await;
        for query in [
            "",
            "tag=tag",
            "q=words",
            &format!("author={}", ada.id),
            &format!("author={}&q=words", ada.id),
        ] {
            assert!(person.list(query).await.is_empty(), "{query}");
        }
    }
    all_answer(&stage, &stage.app.anonymous(), (&post, &comment), 401).await;
}

#[tokio::test]
async fn a_block_hides_what_is_for_everybody_too_on_every_route() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words #tag").await;
    let comment = ada.comment(&post, "hm").await;
    stage.block(&ada, &bob);
    all_answer(&stage, &bob.ask, (&post, &comment), 404).await;
    assert!(bob.list("q=words").await.is_empty() && bob.list("tag=tag").await.is_empty());
}

#[tokio::test]
async fn what_is_deleted_or_removed_is_404_on_every_route_also_to_its_author() {
    let stage = Stage::open().await;
    let [ada, bob, moderator] = stage.people(["ada", "bob", "mod"]);
    for removed in [false, true] {
        let post = ada.post("public", "words").await;
        let comment = ada.comment(&post, "hm").await;
        if removed {
            bob.ask
                .post(&format!("/api/posts/{post}/reports"), json!({ "reason": "spam" }))
                .await
                .expect(202);
            let path = format!("/api/posts/moderation/post:{post}/decide");
            stage
                .app
                .by_admin(moderator.id)
                .post(&path, json!({ "action": "remove" }))
                .await
                .expect(200);
        } else {
            ada.delete(&post).await;
        }
        for person in [&ada, &bob] {
            all_answer(&stage, &person.ask, (&post, &comment), 404).await;
        }
    }
    assert!(ada.list("q=words").await.is_empty());
}

#[tokio::test]
async fn a_private_post_is_its_authors_alone_and_one_for_friends_is_theirs_too() {
    let stage = Stage::open().await;
    let [ada, friend, stranger] = stage.people(["ada", "friend", "stranger"]);
    stage.befriend(&ada, &friend);
    let mut posts = Vec::new();
    for visibility in ["private", "friends", "public"] {
        posts.push(ada.post(visibility, "words #tag").await);
    }
    posts.reverse();
    for (person, seen) in [(&ada, 3), (&friend, 2), (&stranger, 1)] {
        for query in [
            "",
            "tag=%23TAG",
            "q=WORD",
            "q=words&tag=tag",
            &format!("author={}&tag=tag", ada.id),
        ] {
            assert_eq!(person.list(query).await, posts[..seen], "{query}");
        }
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_404_and_a_kind_that_is_none_too() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "words").await;
    ada.ask.get("/api/posts/$ne").await.expect(404);
    ada.ask
        .put(&format!("/api/posts/{post}/reactions/hate"), Value::Null)
        .await
        .expect(404);
}

#[tokio::test]
async fn mentions_of_people_across_a_block_are_neither_made_nor_shown() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    stage.block(&bob, &ada);
    let post = ada.post("public", "@bob and @cyd").await;
    assert_eq!(ada.view(&post).await["mentions"].as_array().unwrap().len(), 1);
    let [dan] = stage.people(["dan"]);
    stage.block(&dan, &cyd);
    assert_eq!(dan.view(&post).await["mentions"], json!([]));
}
