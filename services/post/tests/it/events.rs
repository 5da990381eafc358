//! What post tells the others.

use contracts::Event;
use contracts::post::{CommentChange, CommentEvent, PostChange, PostEvent, ReactionEvent, Visibility};
use contracts::user::{ModerationAction, ModerationEvent};
use serde_json::json;

use crate::stage::Stage;

async fn told(stage: &Stage) -> Vec<Event> {
    let events = stage.world.pending(&stage.store).await;
    stage.settle().await;
    events
}

#[tokio::test]
async fn a_post_tells_of_its_life_in_order_with_growing_versions() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "#a @bob").await;
    let path = format!("/api/posts/{post}");
    ada.ask.patch(&path, json!({ "text": "#b @bob" })).await.expect(200);
    ada.ask
        .patch(&path, json!({ "visibility": "private" }))
        .await
        .expect(200);
    ada.ask
        .patch(&path, json!({ "visibility": "private", "text": "#b @bob" }))
        .await
        .expect(200);
    ada.delete(&post).await;
    let told: Vec<PostEvent> = told(&stage).await.iter().map(|e| e.body().unwrap()).collect();
    assert_eq!(told.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(
        matches!(&told[0].change, PostChange::Created { mentions, tags, .. } if *mentions == [bob.id] && *tags == ["a"])
    );
    assert_eq!(
        told[1].change,
        PostChange::Edited {
            tags: vec!["b".into()],
            mentions: vec![]
        }
    );
    assert_eq!(
        told[2].change,
        PostChange::VisibilityChanged {
            visibility: Visibility::Private
        }
    );
    assert_eq!(told[3].change, PostChange::Deleted);
}

#[tokio::test]
async fn who_may_not_see_a_post_is_not_told_that_it_names_them() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    stage.befriend(&ada, &bob);
    let post = ada.post("friends", "@bob @cyd @ada").await;
    ada.comment(&post, "@cyd @bob").await;
    let told = told(&stage).await;
    let created: PostEvent = told[0].body().unwrap();
    assert!(matches!(created.change, PostChange::Created { mentions, .. } if mentions == [bob.id]));
    let comment: CommentEvent = told[1].body().unwrap();
    assert!(matches!(comment.change, CommentChange::Created { mentions, .. } if mentions == [bob.id]));
    let _ = cyd;
}

#[tokio::test]
async fn a_changed_comment_tells_who_is_new_in_it_and_may_see_the_post() {
    let stage = Stage::open().await;
    let [ada, bob, cyd, dan] = stage.people(["ada", "bob", "cyd", "dan"]);
    stage.befriend(&ada, &bob);
    stage.befriend(&ada, &dan);
    let post = ada.post("friends", "words").await;
    let comment = ada.comment(&post, "@bob").await;
    told(&stage).await;
    let path = format!("/api/posts/{post}/comments/{comment}");
    let edit = json!({ "text": "@bob @cyd @dan @ada" });
    ada.ask.patch(&path, edit).await.expect(200);
    let told: CommentEvent = told(&stage).await[0].body().unwrap();
    assert_eq!(told.change, CommentChange::Edited { mentions: vec![dan.id] });
    let _ = cyd;
}

#[tokio::test]
async fn reactions_comments_and_shares_tell_whose_post_it_is_and_are_readable_as_their_contract() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    told(&stage).await;
    bob.react(&post, "like").await;
    bob.react(&post, "wow").await;
    bob.comment(&post, "hm").await;
    bob.share(&post, json!({})).await;
    let told = told(&stage).await;
    let reaction: ReactionEvent = told[1].body().unwrap();
    assert_eq!((reaction.post_author_id, reaction.user_id), (ada.id, bob.id));
    assert_eq!(json!(reaction.reaction), json!("wow"));
    let comment: CommentEvent = told[2].body().unwrap();
    assert_eq!((comment.post_author_id, &*told[2].key), (ada.id, &*post));
    let share: PostEvent = told[3].body().unwrap();
    assert!(
        matches!(share.change, PostChange::Created { shared: Some((id, author)), .. } if id.to_string() == post && author == ada.id)
    );
}

#[tokio::test]
async fn a_warning_is_told_with_its_words_and_says_that_post_speaks() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "bad").await;
    bob.ask
        .post(&format!("/api/posts/{post}/reports"), json!({ "reason": "abuse" }))
        .await
        .expect(202);
    let by = stage.app.by_admin(stage.world.users().add("moderator"));
    let path = format!("/api/posts/moderation/post:{post}/decide");
    by.post(&path, json!({ "action": "warn", "note": "be kind" }))
        .await
        .expect(200);
    let told = told(&stage).await;
    let (reported, decided) = (&told[1], &told[2]);
    assert!(String::from_utf8_lossy(&reported.bytes).contains(r#""source":"post""#));
    assert_eq!(
        (&*reported.topic, &*decided.key),
        ("platform.moderation.v1", &*format!("post:{post}"))
    );
    let decided: ModerationEvent = decided.body().unwrap();
    assert!(
        matches!(decided, ModerationEvent::Decided { action: ModerationAction::Warn, author: Some(a), note: Some(n), post_id: Some(p), .. } if a == ada.id && n == "be kind" && p.to_string() == post)
    );
    assert!(ada.sees(&post).await);
}
