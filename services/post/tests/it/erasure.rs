//! What is left of a person whose account is gone: nothing.

use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn an_erased_person_leaves_no_trace_in_any_collection_and_counters_of_others_follow() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let asset = stage.asset_of(&bob);
    let theirs = ada.post("public", "hello @bob").await;
    let body = json!({ "text": "mine", "visibility": "public", "clientId": "c", "mediaIds": [asset] });
    let own = bob.write(body.clone()).await;
    let deleted = bob
        .write(json!({ "text": "gone", "visibility": "public", "clientId": "d" }))
        .await;
    bob.delete(&deleted).await;
    ada.react(&own, "like").await;
    ada.comment(&own, "@bob hm").await;
    ada.comment(&theirs, "@bob look").await;
    for person in [&bob, &cyd] {
        person.react(&theirs, "love").await;
        person.comment(&theirs, "hm").await;
        person.share(&theirs, json!({})).await;
    }
    ada.ask
        .post(&format!("/api/posts/{own}/reports"), json!({ "reason": "spam" }))
        .await
        .expect(202);
    bob.ask
        .post(
            &format!("/api/posts/{theirs}/reports"),
            json!({ "reason": "spam", "detail": "me" }),
        )
        .await
        .expect(202);
    stage.settle_clean().await;
    stage.erase(&bob).await;
    stage.settle_clean().await;
    for spec in post::COLLECTIONS {
        for document in stage.all(spec.collection).await {
            assert!(
                spec.collection == "gone" || !document.contains(&bob.id.to_string()),
                "{}: {document}",
                spec.collection
            );
        }
    }
    let view = ada.view(&theirs).await;
    assert_eq!(
        (
            view["reactions"][0]["count"].clone(),
            view["comments"].clone(),
            view["shares"].clone()
        ),
        (json!(1), json!(2), json!(1))
    );
    assert!(!ada.sees(&own).await && stage.media.claims.lock().is_empty());
}

#[tokio::test]
async fn much_of_one_person_is_erased_a_few_writes_at_once() {
    let stage = Stage::open().await;
    let [ada, other] = stage.people(["ada", "other"]);
    let theirs = {
        let mut posts = Vec::new();
        for _ in 0..20 {
            posts.push(ada.post("public", "hello").await);
        }
        posts
    };
    for kind in ["posts", "comments", "reactions", "mentions", "cases"] {
        let bob = stage.person(kind);
        for post in &theirs {
            match kind {
                "posts" => drop(bob.post("public", "hi").await),
                "comments" => drop(bob.comment(post, "hi").await),
                "reactions" => drop(bob.react(post, "like").await),
                "mentions" => drop(other.comment(post, "look, @mentions").await),
                _ => {
                    let path = format!("/api/posts/{post}/reports");
                    bob.ask.post(&path, json!({ "reason": "spam" })).await.expect(202);
                }
            }
        }
        stage.settle().await;
        stage.between.most_at_once();
        stage.erase(&bob).await;
        let most = stage.between.most_at_once();
        assert!((2..=16).contains(&most), "{kind}: {most}");
    }
    stage.settle_clean().await;
}

#[tokio::test]
async fn the_erasure_of_one_whose_words_were_judged_keeps_the_judgement_without_them() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "bad words").await;
    bob.ask
        .post(&format!("/api/posts/{post}/reports"), json!({ "reason": "abuse" }))
        .await
        .expect(202);
    let by = stage.app.by_admin(stage.world.users().add("moderator"));
    let path = format!("/api/posts/moderation/post:{post}/decide");
    by.post(&path, json!({ "action": "remove", "note": "hate" }))
        .await
        .expect(200);
    stage.settle_clean().await;
    stage.erase(&ada).await;
    let kept = by.get("/api/posts/moderation?decided=true").await.expect(200);
    let case = &kept["items"][0];
    assert_eq!(
        (
            case["excerpt"].clone(),
            case["author"].clone(),
            case["decision"]["note"].clone()
        ),
        (json!(""), json!(null), json!("hate"))
    );
}
