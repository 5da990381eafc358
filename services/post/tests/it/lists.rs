//! Lists and searches: full pages of what one may see.

use serde_json::json;

use crate::stage::{Person, Stage, ids};

async fn walk(person: &Person, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.ask.get(&format!("/api/posts?{query}{cursor}")).await.expect(200);
        pages.push(ids(&page));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_left_out_before_a_page_is_cut() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let mut seen = Vec::new();
    for n in 0..3 {
        seen.insert(0, ada.post("public", &format!("needle #tag {n}")).await);
        for _ in 0..30 {
            bob.post("private", "needle #tag").await;
            cyd.post("public", "needle #tag").await;
        }
    }
    stage.block(&cyd, &ada);
    for query in [
        "limit=2",
        "limit=2&tag=tag",
        "limit=2&q=needle",
        "limit=2&q=needle&tag=tag",
    ] {
        let pages = walk(&ada, query).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1], "{query}");
        assert_eq!(pages.concat(), seen, "{query}");
    }
}

#[tokio::test]
async fn pages_are_complete_and_without_doubles_while_new_posts_arrive() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let mut old = Vec::new();
    for n in 0..7 {
        old.insert(0, ada.post("public", &format!("n{n}")).await);
    }
    let first = bob.ask.get("/api/posts?limit=3").await.expect(200);
    ada.post("public", "later").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = bob
        .ask
        .get(&format!("/api/posts?limit=100&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!([ids(&first), ids(&rest)].concat(), old);
}

#[tokio::test]
async fn a_search_looks_through_the_circles_of_very_many_friends() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    for n in 0..510 {
        let friend = stage.person(&format!("friend{n}"));
        stage.befriend(&ada, &friend);
    }
    let [near, far] = stage.people(["near", "far"]);
    stage.befriend(&ada, &near);
    let seen = near.post("friends", "needle").await;
    far.post("friends", "needle").await;
    assert_eq!(ada.list("q=need").await, [seen]);
}

#[tokio::test]
async fn a_tag_is_found_however_it_is_written_and_what_is_none_is_refused() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "#Cafe\u{301}").await;
    assert_eq!(ada.list("tag=caf%C3%A9").await, [post]);
    assert_eq!(
        ada.ask.get("/api/posts?tag=a+b").await.expect(422)["errors"][0]["field"],
        json!("tag")
    );
    ada.ask.get("/api/posts?cursor=x").await.expect(422);
}

#[tokio::test]
async fn edited_words_and_tags_are_found_and_the_old_ones_not() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "before #old").await;
    ada.ask
        .patch(&format!("/api/posts/{post}"), json!({ "text": "after #new" }))
        .await
        .expect(200);
    for (query, found) in [("q=after", 1), ("tag=new", 1), ("q=before", 0), ("tag=old", 0)] {
        assert_eq!(ada.list(query).await.len(), found, "{query}");
    }
}

#[tokio::test]
async fn a_search_by_author_tells_nothing_of_what_one_may_not_see() {
    let stage = Stage::open().await;
    let [ada, bob, eve] = stage.people(["ada", "bob", "eve"]);
    for _ in 0..420 {
        ada.post("private", "secret").await;
    }
    let seen = ada.post("public", "no secret").await;
    stage.block(&ada, &eve);
    let path = format!("/api/posts?author={}&q=secret", ada.id);
    let page = bob.ask.get(&format!("{path}&limit=1")).await.expect(200);
    assert_eq!((ids(&page), page["nextCursor"].clone()), (vec![seen], json!(null)));
    let page = eve.ask.get(&path).await.expect(200);
    assert_eq!(
        (page["items"].clone(), page["nextCursor"].clone()),
        (json!([]), json!(null))
    );
    assert_eq!(ada.list(&format!("author={}&q=secret", ada.id)).await.len(), 50);
}
