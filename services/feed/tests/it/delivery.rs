//! How posts come into timelines: by delivery, by pull, by building anew; and what that costs.

use std::time::Duration;

use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::post::Visibility;
use contracts::realtime::{LiveFrame, user_channel};
use ephemeral::Ephemeral as _;
use feed::Config;
use kernel::UserId;
use serde_json::json;

use crate::stage::{HOUR, Stage, hot};

fn small() -> Config {
    Config {
        push_followers_max: 3,
        ..Config::default()
    }
}

#[tokio::test]
async fn a_post_is_laid_before_a_thousand_friends_in_batches_and_a_page_is_three_reads() {
    let s = Stage::new().await;
    let [ada] = s.people();
    let friends: Vec<UserId> = (0..1_200).map(|_| s.ambient.id()).collect();
    friends.iter().for_each(|friend| s.society.befriend(ada, *friend));
    drop(s.society.told());
    let post = s.society.post(ada);
    let (_, _) = s.store.taken();
    s.hear_all().await;
    let (reads, writes) = s.store.taken();
    // One for the author, three batches; a look at one of 64 timelines.
    assert!(writes == 4 && reads < 60, "{reads} reads, {writes} writes");
    assert_eq!(s.chain(friends[700], "").await, [post]);
    assert!(s.store.taken().0 <= 3);
    s.society.delete(post);
    s.hear_all().await;
    let (_, writes) = s.store.taken();
    assert!(writes <= 4 && s.laid().await.is_empty(), "{writes} writes");
}

#[tokio::test]
async fn of_an_author_with_too_many_friends_readers_pull_the_posts() {
    let s = Stage::with(small()).await;
    let [ada, b, c, d, e] = s.people();
    [b, c, d].iter().for_each(|friend| s.society.befriend(ada, *friend));
    let pushed = s.society.post(ada);
    s.hear_all().await;
    assert_eq!(s.laid_before(b).await, [pushed]);
    s.society.befriend(ada, e);
    let (pulled, of_b) = (s.society.post(ada), s.society.post(b));
    s.hear_all().await;
    assert_eq!(s.laid_before(b).await, [of_b, pushed]);
    assert_eq!(
        s.chain(b, "order=latest").await,
        [of_b, pulled, pushed],
        "merged by age, none twice"
    );
    assert_eq!(s.chain(e, "order=latest&limit=1").await, [pulled, pushed]);
    assert_eq!(s.newer(b, pushed).await, (1, false));
    assert!(s.store.taken().0 > 0);
    s.page(e, "").await;
    assert!(s.store.taken().0 <= 3, "ties, timeline and what is pulled");
    s.society.show_to(pulled, Visibility::Private);
    s.society.delete(pushed);
    s.hear_all().await;
    assert_eq!(s.chain(b, "").await, [of_b]);
    assert_eq!(s.chain(e, "").await, []);
    assert!(!s.everything().await.contains(&pushed.to_string()));
}

#[tokio::test]
async fn every_friend_of_an_account_with_more_than_five_thousand_knows_that_they_pull() {
    let s = Stage::with(small()).await;
    let [ada] = s.people();
    let friends: Vec<UserId> = (0..5_200).map(|_| s.ambient.id()).collect();
    friends.iter().for_each(|friend| s.society.befriend(ada, *friend));
    drop(s.society.told());
    let post = s.society.post(ada);
    s.hear_all().await;
    let last = friends.iter().max().unwrap();
    assert_eq!(s.chain(*last, "").await, [post]);
}

#[tokio::test]
async fn who_pulls_a_hundred_accounts_finds_the_posts_of_the_next_ones_laid() {
    let s = Stage::with(Config {
        push_followers_max: 2,
        ..Config::default()
    })
    .await;
    let [reader] = s.people();
    let authors: Vec<UserId> = (0..103).map(|_| s.ambient.id()).collect();
    for author in &authors {
        let [a, b] = s.people();
        [reader, a, b]
            .iter()
            .for_each(|friend| s.society.befriend(*author, *friend));
        s.society.post(*author);
    }
    s.hear_all().await;
    let by_all = s.chain(reader, "order=latest").await;
    assert_eq!(by_all.len(), authors.len(), "old posts");
    assert_eq!(s.laid_before(reader).await.len(), 3);
    let fresh = s.society.post(authors[102]);
    s.hear_all().await;
    assert_eq!(s.chain(reader, "order=latest").await[0], fresh, "a new post");
    // Who becomes a friend of an account that is pulled.
    let [late, a, b, c] = s.people();
    [a, b, c].iter().for_each(|friend| s.society.befriend(late, *friend));
    let post = s.society.post(late);
    s.hear_all().await;
    s.society.befriend(late, reader);
    s.hear_all().await;
    assert_eq!(s.chain(reader, "order=latest").await[0], post, "a new friend");
    let news = s.society.post(late);
    s.hear_all().await;
    assert_eq!(s.laid_before(reader).await[..2], [news, post]);
    for other in [late, authors[102]] {
        s.society.part(other, reader);
    }
    s.hear_all().await;
    assert_eq!(s.laid_before(reader).await.len(), 2);
    let after = s.society.post(late);
    s.hear_all().await;
    let found = s.chain(reader, "order=latest").await;
    assert!(
        !found.contains(&after) && found.len() == 102,
        "nothing of those who are no friends"
    );
    let noted = s.everything_of("recent").await;
    let notes = noted
        .lines()
        .filter(|line| line.contains(&format!("[\"{reader}\"]")))
        .count();
    assert_eq!(notes, 2, "nobody is noted who is no friend");
}

#[tokio::test]
async fn posts_behind_two_hundred_private_ones_are_pulled_and_laid_before_new_friends_all_the_same() {
    let s = Stage::with(small()).await;
    let [ada, b, c, d, e, grace] = s.people();
    let hide = |who: UserId| {
        for _ in 0..210 {
            s.society.write(who, Visibility::Private, |_| {});
        }
    };
    [b, c, d, e].iter().for_each(|friend| s.society.befriend(ada, *friend));
    let (hers, mine) = (s.society.post(grace), s.society.post(ada));
    hide(grace);
    hide(ada);
    s.society.befriend(grace, b);
    s.hear_all().await;
    assert_eq!(s.chain(c, "").await, [mine], "pulled");
    assert_eq!(s.laid_before(b).await, [hers], "laid");
}

#[tokio::test]
async fn a_chain_loses_no_pulled_post_while_others_are_written() {
    let s = Stage::with(small()).await;
    let people: [UserId; 5] = s.people();
    people[1..]
        .iter()
        .for_each(|friend| s.society.befriend(people[0], *friend));
    let mut posts: Vec<_> = (0..200).map(|_| s.society.post(people[0])).collect();
    posts.reverse();
    s.hear_all().await;
    let seen = s.chain_while(people[1], "order=latest&limit=60", async || {
        for _ in 0..12 {
            s.society.post(people[0]);
        }
        s.hear_all().await;
    });
    assert_eq!(seen.await, posts);
}

#[tokio::test]
async fn a_post_is_laid_before_no_more_friends_than_the_bound_although_nobody_has_heard_of_them() {
    let s = Stage::with(small()).await;
    let [ada, b, c, d, e] = s.people();
    [b, c, d, e].iter().for_each(|friend| s.society.befriend(ada, *friend));
    drop(s.society.told());
    let post = s.society.post(ada);
    s.hear_all().await;
    assert_eq!(s.laid().await, [(ada, post)]);
    for reader in [ada, b, c, d, e] {
        assert_eq!(s.chain(reader, "").await, [post]);
    }
}

#[tokio::test]
async fn timelines_are_built_at_the_first_start_whatever_was_heard_before_and_go_on_after_a_stop() {
    let mut s = Stage::with(small()).await;
    let people: [UserId; 6] = s.people();
    people[1..]
        .iter()
        .for_each(|friend| s.society.befriend(people[0], *friend));
    s.society.befriend(people[1], people[2]);
    for n in 0..1_050 {
        s.society.post(people[1 + n % 2]);
    }
    let pulled = s.society.post(people[0]);
    drop(s.society.told());
    s.society.post(people[1]);
    s.hear_all().await;
    s.work("build", async || !s.everything_of("progress").await.is_empty())
        .await;
    s.restart().await;
    s.build().await;
    assert_eq!(s.chain(people[3], "").await, [pulled]);
    for reader in [people[1], people[2]] {
        assert_eq!(s.laid_before(reader).await.len(), 1_051);
        assert_eq!(
            s.chain(reader, "order=latest&limit=100").await[..1_000],
            s.society.timeline_of(reader)[..1_000]
        );
    }
    let before = s.laid().await;
    s.store.taken();
    s.restart().await;
    s.build().await;
    assert_eq!((s.laid().await, s.store.taken().1), (before, 0), "it is built once");
}

#[tokio::test]
async fn of_an_erased_account_nothing_is_left() {
    let s = Stage::with(small()).await;
    let people: [UserId; 6] = s.people();
    let [ada, grace, ..] = people;
    people[1..].iter().for_each(|friend| s.society.befriend(ada, *friend));
    let (hers, mine) = (
        s.society.post_publicly(grace, &["rust"]),
        s.society.post_publicly(ada, &["rust"]),
    );
    s.society.react(ada, hers);
    s.society.react(grace, mine);
    s.hear_all().await;
    assert_eq!(hot(&s.trending(grace).await).len(), 2);
    assert!(s.everything().await.contains(&ada.to_string()));
    let deleted = Event::new(&s.ambient, &AccountEvent::Deleted { user_id: ada }).unwrap();
    s.hear(&deleted).await;
    // Post and friendship hear of it later.
    s.society.show_to(mine, Visibility::Public);
    s.hear_all().await;
    s.society.erase(ada);
    let later = s
        .society
        .told()
        .into_iter()
        .filter(|e| e.body::<AccountEvent>().is_err());
    for event in later {
        s.hear(&event).await;
    }
    let left = s.everything().await;
    assert!(!left.contains(&ada.to_string()), "{left}");
    assert_eq!(hot(&s.trending(grace).await), [hers]);
    assert_eq!(s.chain(grace, "").await, [hers]);
}

#[tokio::test]
async fn what_comes_late_leaves_nothing_of_an_erased_account() {
    let s = Stage::with(small()).await;
    let people: [UserId; 6] = s.people();
    let [ada, grace, ..] = people;
    people[1..].iter().for_each(|friend| s.society.befriend(grace, *friend));
    s.society.befriend(ada, grace);
    let of_grace = s.society.post(grace);
    s.society.post(ada);
    s.society.react(ada, of_grace);
    let late = s.society.told();
    // Friendship and post have not heard of it yet.
    let deleted = Event::new(&s.ambient, &AccountEvent::Deleted { user_id: ada }).unwrap();
    s.hear(&deleted).await;
    for event in &late {
        s.hear(event).await;
    }
    let left = s.everything().await;
    assert!(!left.contains(&ada.to_string()), "{left}");
}

#[tokio::test]
async fn who_is_online_is_told_once_in_a_while_that_something_is_new() {
    let s = Stage::new().await;
    let [ada, grace] = s.people();
    s.society.befriend(ada, grace);
    s.hear_all().await;
    let live = s.world.ephemeral();
    let mut ear = live.subscriber().await.unwrap();
    ear.subscribe(&user_channel(ada)).await.unwrap();
    ear.subscribe(&user_channel(grace)).await.unwrap();
    for _ in 0..3 {
        s.society.post(grace);
    }
    s.hear_all().await;
    let told = async || live.get(&format!("feed:told:{ada}")).await.unwrap().is_some();
    s.work("tell", told).await;
    let frame = LiveFrame::UserEvent {
        t: "feed".into(),
        d: json!({}),
    };
    let (channel, payload) = ear.next().await.unwrap();
    assert_eq!(
        (channel, serde_json::from_slice(&payload).ok()),
        (user_channel(ada), Some(frame))
    );
    s.world.advance(HOUR);
    s.society.show_to(s.society.post(grace), Visibility::Public);
    let old = s.society.told();
    s.world.advance(Duration::from_secs(61));
    for event in &old {
        s.hear(event).await;
    }
    s.society.post(ada);
    s.hear_all().await;
    s.work("tell", async || {
        live.get(&format!("feed:told:{grace}")).await.unwrap().is_some()
    })
    .await;
    assert_eq!(
        ear.next().await.unwrap().0,
        user_channel(grace),
        "ada heard neither the second nor the old one"
    );
}
