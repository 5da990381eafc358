//! What people have most to do with now.

use contracts::post::Visibility;
use serde_json::json;

use crate::stage::{HOUR, Stage, hot};

#[tokio::test]
async fn public_posts_and_tags_are_ranked_by_what_people_do_and_explained() {
    let s = Stage::new().await;
    let [ada, grace, alan, reader] = s.people();
    let (warm, hot_one, cold) = (
        s.society.post_publicly(ada, &["rust", "async"]),
        s.society.post_publicly(grace, &["rust"]),
        s.society.post_publicly(alan, &["quiet"]),
    );
    s.society.react(ada, warm);
    s.society.react(alan, hot_one);
    s.society.comment(alan, hot_one);
    s.society
        .write(ada, Visibility::Friends, |post| post.shared = Some(hot_one));
    s.hear_all().await;
    let trending = s.trending(reader).await;
    assert_eq!(hot(&trending), [hot_one, warm], "{cold} has nothing yet");
    let reason = json!({ "kind": "trending", "score": 6.0, "parts": { "reactions": 1, "comments": 1, "shares": 1 } });
    assert_eq!(trending["posts"][0]["reason"], reason);
    assert_eq!(
        trending["tags"][0],
        json!({ "tag": "rust", "score": 7.0, "posts": 2, "people": 2 })
    );
    assert_eq!(
        (&trending["tags"][1]["tag"], &trending["halfLifeHours"]),
        (&json!("async"), &json!(6))
    );
}

#[tokio::test]
async fn warmth_fades_and_what_is_cold_is_forgotten() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    let (old, new) = (s.society.post_publicly(ada, &[]), s.society.post_publicly(ada, &[]));
    s.society.comment(grace, old);
    s.hear_all().await;
    s.world.advance(HOUR * 12);
    s.society.react(grace, new);
    s.hear_all().await;
    let trending = s.trending(grace).await;
    assert_eq!(hot(&trending), [new, old]);
    assert_eq!(trending["posts"][1]["reason"]["score"], json!(0.5));
    s.world.advance(HOUR * 48);
    s.work("cool", async || s.everything_of("heat").await.is_empty()).await;
    assert!(hot(&s.trending(grace).await).is_empty());
}

#[tokio::test]
async fn nothing_private_blocked_or_deleted_is_ever_trending_nor_counted_in_a_tag() {
    let s = Stage::new().await;
    let [ada, grace, alan, reader] = s.people();
    // A friend sees more of ada than what is public.
    s.society.befriend(ada, reader);
    let [a, b, c, d] = [ada, grace, alan, ada].map(|who| s.society.post_publicly(who, &["rust"]));
    let hidden = s
        .society
        .write(ada, Visibility::Friends, |post| post.tags = vec!["secret".into()]);
    [a, b, c, d, hidden]
        .iter()
        .for_each(|post| s.society.react(grace, *post));
    s.hear_all().await;
    s.world.advance(HOUR);
    assert_eq!(
        hot(&s.trending(reader).await).len(),
        4,
        "and no post waits to be looked at again"
    );
    s.society.show_to(a, Visibility::Friends);
    s.society.set_blocked(reader, grace);
    s.society.delete(c);
    s.world.advance(std::time::Duration::from_secs(5));
    for heard in [false, true] {
        let trending = s.trending(reader).await;
        assert_eq!(hot(&trending), [d], "{heard}");
        assert_eq!(trending["tags"].as_array().unwrap().len(), 1, "{heard}");
        assert_eq!(trending["tags"][0]["posts"], 1, "{heard}");
        s.hear_all().await;
    }
    assert!(hot(&s.trending(ada).await).contains(&b), "others still see it");
}

#[tokio::test]
async fn what_people_did_is_what_the_readers_own_view_says() {
    let s = Stage::new().await;
    let [ada, mallory, grace, reader] = s.people();
    let post = s.society.post_publicly(ada, &[]);
    s.society.react(mallory, post);
    s.society.react(grace, post);
    s.society.set_blocked(reader, mallory);
    s.hear_all().await;
    let parts = |trending: serde_json::Value| trending["posts"][0]["reason"]["parts"]["reactions"].clone();
    assert_eq!(parts(s.trending(reader).await), 1);
    assert_eq!(parts(s.trending(grace).await), 2);
}

#[tokio::test]
async fn an_answer_looks_only_at_what_it_shows_and_the_list_is_kept_for_some_seconds() {
    let s = Stage::new().await;
    let [ada, reader] = s.people();
    for _ in 0..150 {
        let post = s.society.post_publicly(ada, &["rust"]);
        s.society.react(reader, post);
    }
    s.hear_all().await;
    let trending = s.trending(reader).await;
    assert_eq!(trending["tags"][0]["posts"], 150);
    s.world.advance(std::time::Duration::from_secs(20));
    s.trending(reader).await;
    s.trending(reader).await;
    s.store.taken();
    s.society.viewed();
    assert_eq!(hot(&s.trending(reader).await).len(), 20);
    assert_eq!((s.store.taken().0, s.society.viewed()), (0, 25));
}

#[tokio::test]
async fn to_take_a_reaction_back_and_give_it_again_warms_once() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    let post = s.society.post_publicly(ada, &[]);
    for _ in 0..5 {
        s.society.react(grace, post);
        let given = s.society.told();
        for event in given.iter().chain(&given) {
            s.hear(event).await;
        }
        assert_eq!(hot(&s.trending(ada).await), [post]);
        s.society.take_back(grace, post);
        s.hear_all().await;
        s.trending(ada).await;
    }
    assert_eq!(s.trending(grace).await["posts"][0]["reason"]["score"], json!(1.0));
}

#[tokio::test]
async fn what_post_counts_a_moment_later_warms_the_post_all_the_same() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    let post = s.society.post_publicly(ada, &[]);
    s.society.count_late(true);
    s.society.react(grace, post);
    s.hear_all().await;
    assert!(hot(&s.trending(ada).await).is_empty(), "post has not counted it");
    s.society.count_late(false);
    assert_eq!(hot(&s.trending(ada).await), [post]);
    s.world.advance(HOUR);
    s.trending(ada).await;
    s.store.taken();
    s.trending(ada).await;
    assert!(s.store.taken().0 <= 1, "it is looked at no more");
}
