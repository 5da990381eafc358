//! Writing, changing and deleting.

use futures::future::join_all;
use post::Config;
use serde_json::json;

use crate::stage::{Stage, id_of};

#[tokio::test]
async fn a_post_is_shown_with_its_tags_mentions_and_media() {
    let stage = Stage::open().await;
    let [ada, _bob] = stage.people(["ada", "bob_1"]);
    let asset = stage.asset_of(&ada);
    let body =
        json!({ "text": "#Rust for @bob_1 and @nobody, ＃Ｒｕｓｔ", "visibility": "public", "mediaIds": [asset] });
    let reply = ada.ask.post("/api/posts", body).await;
    assert_eq!(reply.headers["etag"], "\"1\"");
    let post = reply.expect(201);
    assert_eq!(post["tags"], json!(["rust"]));
    assert_eq!(post["mentions"][0]["handle"], "bob_1");
    assert_eq!(
        (post["media"][0]["id"].clone(), post["author"]["handle"].clone()),
        (json!(asset), json!("ada"))
    );
    assert_eq!(ada.view(&id_of(&post)).await, post);
    assert_eq!(stage.media.claims.lock().len(), 1);
}

#[tokio::test]
async fn the_same_client_id_is_one_post_for_ever_however_many_ask_at_once() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let asset = stage.asset_of(&ada);
    let body = json!({ "text": "once", "visibility": "public", "clientId": "c", "mediaIds": [asset] });
    let replies = join_all((0..8).map(|_| ada.ask.post("/api/posts", body.clone()))).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    let posts: Vec<String> = replies.iter().map(|r| id_of(&r.json())).collect();
    assert!(posts.iter().all(|id| *id == posts[0]), "{posts:?}");
    assert_eq!(
        stage.media.claims.lock().len(),
        1,
        "only the post that stands keeps its claim"
    );
    assert_ne!(
        bob.write(json!({ "text": "mine", "visibility": "public", "clientId": "c" }))
            .await,
        posts[0]
    );
    ada.delete(&posts[0]).await;
    stage.settle_clean().await;
    ada.ask.post("/api/posts", body).await.expect(404);
    assert!(stage.media.claims.lock().is_empty());
}

#[tokio::test]
async fn a_wrong_body_is_named_and_nothing_is_written() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (mine, theirs) = (stage.asset_of(&ada), stage.asset_of(&bob));
    for (body, field) in [
        (json!({ "text": "x" }), "visibility"),
        (json!({ "text": " \n", "visibility": "public" }), "text"),
        (json!({ "text": "x".repeat(5001), "visibility": "public" }), "text"),
        (json!({ "text": "a\u{0}b", "visibility": "public" }), "text"),
        (json!({ "text": "x", "visibility": "everybody" }), "visibility"),
        (
            json!({ "text": "x", "visibility": "public", "mediaIds": [theirs] }),
            "mediaIds",
        ),
        (
            json!({ "text": "x", "visibility": "public", "mediaIds": [mine, mine] }),
            "mediaIds",
        ),
        (json!({ "text": "x", "visibility": "public", "author": "me" }), "author"),
        (
            json!({ "text": "x", "visibility": "public", "clientId": "" }),
            "clientId",
        ),
    ] {
        let problem = ada.ask.post("/api/posts", body).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert!(stage.all("posts").await.is_empty());
    ada.post("public", &"é".repeat(5000)).await;
}

#[tokio::test]
async fn a_person_writes_so_many_posts_an_hour_and_comments_a_minute() {
    let few = Config {
        posts_per_hour_max: 2,
        comments_per_minute_max: 1,
        ..Config::default()
    };
    let stage = Stage::open_with(few).await;
    let [ada] = stage.people(["ada"]);
    let first = ada.post("public", "one").await;
    let gone = ada.post("public", "two").await;
    ada.delete(&gone).await;
    // Nothing of it is left to be counted.
    stage.settle().await;
    let third = json!({ "text": "three", "visibility": "public" });
    assert_eq!(
        ada.ask.post("/api/posts", third.clone()).await.expect_code(429),
        "post.too_many"
    );
    ada.comment(&first, "one").await;
    let path = format!("/api/posts/{first}/comments");
    assert!(
        ada.ask
            .post(&path, json!({ "text": "two" }))
            .await
            .headers
            .contains_key("retry-after")
    );
    stage.world.advance(std::time::Duration::from_secs(3_601));
    ada.write(third).await;
    ada.comment(&first, "two").await;
}

#[tokio::test]
async fn no_more_get_through_at_once_than_one_after_the_other() {
    let few = Config {
        posts_per_hour_max: 2,
        ..Config::default()
    };
    let stage = Stage::open_with(few).await;
    let [ada] = stage.people(["ada"]);
    let body = json!({ "text": "more", "visibility": "public" });
    let all = futures::future::join_all((0..8).map(|_| ada.ask.post("/api/posts", body.clone()))).await;
    assert_eq!(all.iter().filter(|r| r.status == 201).count(), 2);
    assert!(all.iter().all(|r| r.status == 201 || r.status == 429));
}

#[tokio::test]
async fn changes_reactions_and_reports_are_limited_and_taking_back_is_not() {
    let one = Config {
        changes_per_hour_max: 1,
        reactions_per_minute_max: 1,
        reports_per_hour_max: 1,
        ..Config::default()
    };
    let stage = Stage::open_with(one).await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (post, other) = (ada.post("public", "words").await, ada.post("public", "more").await);
    let comment = ada.comment(&post, "hm").await;
    let path = format!("/api/posts/{post}");
    let narrow = json!({ "visibility": "friends" });
    ada.ask.patch(&path, json!({ "text": "new" })).await.expect(200);
    ada.ask.patch(&path, narrow).await.expect(429);
    let edit = json!({ "text": "x" });
    ada.ask
        .patch(&format!("{path}/comments/{comment}"), edit)
        .await
        .expect(429);
    bob.react(&post, "like").await;
    bob.ask
        .put(&format!("{path}/reactions/love"), json!(null))
        .await
        .expect(429);
    bob.ask.delete(&format!("{path}/reactions/like")).await.expect(200);
    let report = json!({ "reason": "spam" });
    bob.ask
        .post(&format!("{path}/reports"), report.clone())
        .await
        .expect(202);
    bob.ask
        .post(&format!("/api/posts/{other}/reports"), report)
        .await
        .expect(429);
}

#[tokio::test]
async fn an_edit_keeps_the_words_before_and_is_meant_for_one_version() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let id = ada.post("public", "first #one").await;
    let path = format!("/api/posts/{id}");
    assert_eq!(
        bob.ask.patch(&path, json!({ "text": "mine" })).await.expect_code(403),
        "post.not_author"
    );
    let edited = ada.ask.clone().header("if-match", "\"1\"");
    let post = edited.patch(&path, json!({ "text": "second #two" })).await.expect(200);
    assert_eq!(
        (post["tags"].clone(), post["version"].clone(), post["edits"].clone()),
        (json!(["two"]), json!(2), json!(1))
    );
    edited.patch(&path, json!({ "text": "third" })).await.expect(412);
    ada.ask.patch(&path, json!({ "text": "third" })).await.expect(200);
    ada.ask.patch(&path, json!({ "text": "" })).await.expect(422);
    let history = bob.ask.get(&format!("{path}/history?limit=1")).await.expect(200);
    assert_eq!(history["items"][0]["text"], "second #two");
    let cursor = history["nextCursor"].as_str().unwrap();
    let rest = bob
        .ask
        .get(&format!("{path}/history?cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(
        (rest["items"][0]["text"].clone(), rest["items"][1].clone()),
        (json!("first #one"), json!(null))
    );
}

#[tokio::test]
async fn words_that_were_for_few_are_not_told_to_the_many_for_whom_the_post_is_opened_later() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    stage.befriend(&ada, &bob);
    let id = ada.post("private", "secret").await;
    let path = format!("/api/posts/{id}");
    for change in [
        json!({ "text": "for friends" }),
        json!({ "visibility": "friends" }),
        json!({ "text": "for all", "visibility": "public" }),
    ] {
        ada.ask.patch(&path, change).await.expect(200);
    }
    for (person, words) in [
        (&ada, vec!["for friends", "secret"]),
        (&bob, vec!["for friends"]),
        (&cyd, vec![]),
    ] {
        let history = person.ask.get(&format!("{path}/history")).await.expect(200);
        let told: Vec<&str> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["text"].as_str().unwrap())
            .collect();
        // What was written together with the opening stood before only a narrower circle.
        assert_eq!(told, words);
    }
}

#[tokio::test]
async fn two_edits_at_once_are_both_kept_or_one_is_refused() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let id = ada.post("public", "0").await;
    let path = format!("/api/posts/{id}");
    let edits = (1..=6).map(|n| {
        let (ask, path) = (ada.ask.clone(), path.clone());
        async move { ask.patch(&path, json!({ "text": n.to_string() })).await.expect(200) }
    });
    join_all(edits).await;
    let history = ada.ask.get(&format!("{path}/history")).await.expect(200);
    let mut texts: Vec<String> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["text"].as_str().unwrap().to_owned())
        .collect();
    texts.push(ada.view(&id).await["text"].as_str().unwrap().to_owned());
    texts.sort();
    assert_eq!(texts, ["0", "1", "2", "3", "4", "5", "6"]);
}

#[tokio::test]
async fn a_deleted_post_takes_everything_with_it() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let id = ada.post("public", "words").await;
    ada.ask
        .patch(&format!("/api/posts/{id}"), json!({ "text": "others" }))
        .await
        .expect(200);
    bob.react(&id, "like").await;
    bob.comment(&id, "hm").await;
    let (bare, quote) = (
        bob.share(&id, json!({})).await,
        ada.share(&id, json!({ "text": "look" })).await,
    );
    stage.settle_clean().await;
    ada.delete(&id).await;
    assert!(!ada.sees(&id).await && !bob.sees(&id).await);
    stage.settle_clean().await;
    for collection in ["reactions", "comments", "revisions", "tallies"] {
        assert!(stage.all(collection).await.is_empty(), "{collection}");
    }
    assert!(!bob.sees(&bare).await);
    let quote = bob.view(&quote).await;
    assert_eq!(
        (quote["isShare"].clone(), quote["shared"].clone()),
        (json!(true), json!(null))
    );
}

#[tokio::test]
async fn an_asset_that_is_gone_is_dropped_and_a_post_of_nothing_else_goes_with_it() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let asset = stage.asset_of(&ada);
    let with_words = ada
        .write(json!({ "text": "look", "visibility": "public", "mediaIds": [asset] }))
        .await;
    let alone = ada.write(json!({ "visibility": "public", "mediaIds": [asset] })).await;
    stage.delete_asset(&ada, asset).await;
    assert_eq!(ada.view(&with_words).await["media"], json!([]));
    assert!(!ada.sees(&alone).await);
    assert!(!stage.all("posts").await.iter().any(|d| d.contains(&asset.to_string())));
    stage.settle_clean().await;
}

#[tokio::test]
async fn a_post_that_is_written_again_claims_again_what_an_outage_let_go() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let asset = stage.asset_of(&ada);
    let body = json!({ "text": "", "visibility": "public", "mediaIds": [asset], "clientId": "c" });
    ada.write(body.clone()).await;
    stage.media.claims.lock().clear();
    ada.ask.post("/api/posts", body).await.expect(200);
    assert_eq!(stage.media.claims.lock().len(), 1);
}
