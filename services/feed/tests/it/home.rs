//! The home timeline.

use std::cell::Cell;
use std::collections::BTreeSet;

use contracts::post::Visibility;
use feed::Config;
use kernel::{Ambient, HeldClock, PostId, SeededRandom, Timestamp, UserId};
use serde_json::{Value, json};
use testkit::World;

use crate::stage::{HOUR, Stage, posts};

fn set(posts: &[PostId]) -> BTreeSet<PostId> {
    posts.iter().copied().collect()
}

fn kinds(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|i| i["reason"]["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_timeline_holds_own_posts_and_those_of_friends_each_with_its_reason() {
    let s = Stage::new().await;
    let [ada, grace, stranger] = s.people();
    s.society.befriend(ada, grace);
    let hers = s.society.post(grace);
    let mine = s.society.write(ada, Visibility::Private, |_| {});
    let shared = s
        .society
        .write(grace, Visibility::Public, |post| post.shared = Some(mine));
    s.society.post_publicly(stranger, &[]);
    s.hear_all().await;
    let page = s.page(ada, "order=latest").await;
    assert_eq!(posts(&page), [shared, mine, hers]);
    assert_eq!(kinds(&page), ["shared", "self", "friend"]);
    assert_eq!((&page["nextCursor"], &page["newest"]), (&Value::Null, &json!(shared)));
    let nothing = s.page(s.people::<1>()[0], "").await;
    assert_eq!(nothing, json!({ "items": [], "nextCursor": null, "newest": null }));
}

#[tokio::test]
async fn what_one_may_not_see_any_more_is_hidden_before_any_event_is_heard() {
    let s = Stage::new().await;
    let [ada, grace, alan, linus] = s.people();
    [grace, alan, linus]
        .iter()
        .for_each(|friend| s.society.befriend(ada, *friend));
    let [kept, private, deleted] = std::array::from_fn(|_| s.society.post(grace));
    let (by_alan, by_linus) = (s.society.post_publicly(alan, &[]), s.society.post_publicly(linus, &[]));
    s.hear_all().await;
    assert_eq!(
        posts(&s.page(ada, "order=latest").await),
        [by_linus, by_alan, deleted, private, kept]
    );
    s.society.show_to(private, Visibility::Private);
    s.society.delete(deleted);
    s.society.part(ada, alan);
    s.society.set_blocked(linus, ada);
    assert_eq!(posts(&s.page(ada, "order=latest").await), [kept]);
    assert_eq!(s.newer(ada, kept).await, (0, false));
    s.hear_all().await;
    assert_eq!(s.laid_before(ada).await, [kept]);
}

#[tokio::test]
async fn a_page_is_filled_up_when_some_of_it_is_hidden() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    s.society.befriend(ada, grace);
    let all: Vec<PostId> = (0..250).map(|_| s.society.post(grace)).collect();
    s.hear_all().await;
    all[10..]
        .iter()
        .for_each(|post| s.society.show_to(*post, Visibility::Private));
    let shown = s.chain(ada, "limit=10").await;
    assert_eq!(set(&shown), set(&all[..10]));
    let thirds: Vec<PostId> = all[10..].iter().copied().step_by(3).collect();
    thirds
        .iter()
        .for_each(|post| s.society.show_to(*post, Visibility::Friends));
    assert_eq!(
        posts(&s.page(ada, "limit=60").await).len(),
        60,
        "two of three are hidden"
    );
    assert_eq!(
        set(&s.chain(ada, "limit=7").await),
        set(&[&all[..10], &thirds].concat())
    );
}

#[tokio::test]
async fn a_chain_shows_each_post_of_its_first_page_once_while_others_post_and_react() {
    let s = Stage::new().await;
    let [ada, grace, alan] = s.people();
    [grace, alan].iter().for_each(|friend| s.society.befriend(ada, *friend));
    let there: Vec<PostId> = (0..450).map(|n| s.society.post([grace, alan][n % 2])).collect();
    s.hear_all().await;
    for order in ["ranked", "latest"] {
        let late = Cell::new(0);
        let query = format!("order={order}&limit=30");
        let seen = s.chain_while(ada, &query, async || {
            s.society.post(alan);
            s.society.react(ada, there[late.get()]);
            late.set(late.get() + 1);
            s.world.advance(HOUR / 4);
            s.hear_all().await;
        });
        let seen = seen.await;
        let first: BTreeSet<PostId> = seen.iter().copied().collect();
        assert_eq!(first.len(), seen.len(), "{order}: no post twice");
        assert!(set(&there).is_subset(&first), "{order}: every post that was there");
        assert!(late.get() >= 14);
    }
}

#[tokio::test]
async fn what_is_laid_into_the_middle_later_waits_for_another_chain() {
    let s = Stage::new().await;
    let [ada, grace, alan] = s.people();
    s.society.befriend(ada, grace);
    let there: Vec<PostId> = (0..40)
        .flat_map(|_| [s.society.post(grace), s.society.post(alan)])
        .collect();
    s.hear_all().await;
    let seen = s.chain_while(ada, "limit=10", async || {
        s.world.advance(HOUR);
        s.society.befriend(ada, alan);
        s.hear_all().await;
    });
    assert_eq!(seen.await.len(), 40);
    assert_eq!(set(&s.chain(ada, "limit=10").await), set(&there));
}

#[tokio::test]
async fn a_window_stays_whole_when_more_than_a_thousand_are_laid_into_it() {
    let config = Config {
        timeline_items_max: 2_000,
        ..Config::default()
    };
    let s = Stage::with(config).await;
    let [ada, grace] = s.people();
    let others: [UserId; 22] = s.people();
    s.society.befriend(ada, grace);
    let mut there = vec![s.society.post(grace)];
    for _ in 0..50 {
        for other in others {
            s.society.post(other);
        }
        there.push(s.society.post(grace));
    }
    s.hear_all().await;
    let seen = s.chain_while(ada, "limit=10", async || {
        s.world.advance(HOUR);
        others.iter().for_each(|other| s.society.befriend(ada, *other));
        s.hear_all().await;
    });
    assert_eq!(set(&seen.await), set(&there));
}

#[tokio::test]
async fn the_ranked_order_follows_the_score_and_the_parts_add_up() {
    let s = Stage::new().await;
    let [ada, grace, alan] = s.people();
    [grace, alan].iter().for_each(|friend| s.society.befriend(ada, *friend));
    let liked = s.society.post(grace);
    let (plain, picture) = (
        s.society.post(alan),
        s.society.write(alan, Visibility::Friends, |p| p.has_media = true),
    );
    s.society.react(ada, liked);
    s.society.comment(ada, liked);
    let events = s.society.told();
    for event in events.iter().chain(&events) {
        s.hear(event).await;
    }
    let page = s.page(ada, "").await;
    assert_eq!(
        posts(&page),
        [liked, picture, plain],
        "closeness before media before nothing"
    );
    for item in page["items"].as_array().unwrap() {
        let parts = item["reason"]["parts"].as_object().unwrap();
        let sum: f64 = parts.values().map(|v| v.as_f64().unwrap()).sum();
        assert!(
            (sum - item["reason"]["score"].as_f64().unwrap()).abs() < 0.001,
            "{item}"
        );
    }
    let interactions = &page["items"][0]["reason"]["parts"]["interactions"];
    assert_eq!(
        interactions,
        &json!(8.571),
        "two interactions, although they were heard twice"
    );
    s.world.advance(HOUR * 48);
    let late = s.society.post(alan);
    s.hear_all().await;
    assert_eq!(
        posts(&s.page(ada, "").await)[0],
        late,
        "two days later the new is first"
    );
}

#[tokio::test]
async fn newer_posts_of_others_are_counted_up_to_fifty_and_only_those_one_may_see() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    s.society.befriend(ada, grace);
    let since = s.society.post(grace);
    s.hear_all().await;
    assert_eq!(s.newer(ada, since).await, (0, false));
    s.society.post(ada);
    s.society.write(grace, Visibility::Private, |_| {});
    let secret = s.society.post(grace);
    s.society.post(grace);
    s.hear_all().await;
    assert_eq!(s.newer(ada, since).await, (2, false));
    s.society.show_to(secret, Visibility::Private);
    assert_eq!(s.newer(ada, since).await, (1, false));
    for _ in 0..60 {
        s.society.post(grace);
    }
    s.hear_all().await;
    assert_eq!(s.newer(ada, since).await, (50, true));
}

#[tokio::test]
async fn two_who_become_friends_find_the_latest_of_each_other() {
    let config = Config {
        backfill_posts: 3,
        ..Config::default()
    };
    let s = Stage::with(config).await;
    let [ada, grace] = s.people();
    let hers: Vec<PostId> = (0..5).map(|_| s.society.post(grace)).collect();
    s.society.write(grace, Visibility::Private, |_| {});
    let mine = s.society.post(ada);
    s.hear_all().await;
    s.society.befriend(ada, grace);
    s.hear_all().await;
    assert_eq!(
        s.chain(ada, "order=latest").await,
        [mine, hers[4], hers[3], hers[2]],
        "three, and the private one takes no place"
    );
    assert!(s.chain(grace, "").await.contains(&mine));
    s.society.part(grace, ada);
    s.hear_all().await;
    assert_eq!(s.laid_before(ada).await, [mine]);
    assert!(!s.laid_before(grace).await.contains(&mine));
}

#[tokio::test]
async fn a_timeline_is_bounded_and_the_oldest_go() {
    let clock = HeldClock::new(Timestamp::from_millis(1_767_225_600_000));
    let ambient = Ambient::new(clock, SeededRandom::new(4));
    let config = Config {
        timeline_items_max: 200,
        ..Config::default()
    };
    let s = Stage::of(World::new().await, ambient, config).await;
    let [ada, grace] = s.people();
    s.society.befriend(ada, grace);
    let all: Vec<PostId> = (0..1_500).map(|_| s.society.post(grace)).collect();
    s.hear_all().await;
    let laid = s.laid_before(ada).await;
    assert!((200..700).contains(&laid.len()), "{}", laid.len());
    assert_eq!(
        laid[..],
        all.iter().rev().copied().take(laid.len()).collect::<Vec<_>>()[..]
    );
    assert_eq!(s.chain(ada, "limit=50").await.len(), 200, "a chain ends there, too");
}

#[tokio::test]
async fn what_is_no_question_is_refused() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    s.society.befriend(ada, grace);
    for _ in 0..3 {
        s.society.post(grace);
    }
    s.hear_all().await;
    let asked = s.running.app.by(ada);
    for (path, field) in [
        ("/api/feed?limit=0", "limit"),
        ("/api/feed?limit=101", "limit"),
        ("/api/feed?order=best", "order"),
        ("/api/feed?cursor=nonsense", "cursor"),
        ("/api/feed?page=2", "page"),
        ("/api/feed/new", "since"),
        ("/api/feed/new?since=now", "since"),
        ("/api/feed/trending?limit=51", "limit"),
    ] {
        let problem = asked.get(path).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], field, "{path}: {problem}");
    }
    let cursor = s.page(ada, "limit=1&order=latest").await["nextCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = asked
        .get(&format!("/api/feed?order=ranked&cursor={cursor}"))
        .await
        .expect(422);
    assert_eq!(other["errors"][0]["field"], "order");
    for path in ["/api/feed", "/api/feed/trending", "/api/feed/new?since=x"] {
        s.running.app.anonymous().get(path).await.expect(401);
    }
}
