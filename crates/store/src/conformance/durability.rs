//! Owns the cases about closing, opening again and changed declarations.

use super::*;
use crate::{Mark, Op, Query, RawDocument, Search, Spec, Write};

async fn reopened(desk: Desk, home: &dyn Home) -> Desk {
    desk.store.close().await;
    drop(desk);
    Desk::open(home).await
}

/// Documents, versions and every index are as they were.
pub async fn everything_is_there_after_close_and_open(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let full = Note {
        tag: Some("t".into()),
        members: vec!["m".into()],
        ..note("1", "ada", 5)
    };
    desk.add(&[full.clone(), note("2", "bob", 6)]).await;
    desk.store
        .write(Op::Replace(RawDocument::of(&full).unwrap(), 1).into())
        .await
        .unwrap();
    desk.notes.delete("2").await.unwrap();
    let desk = reopened(desk, home).await;
    assert_eq!(desk.notes.get_versioned("1").await.unwrap(), Some((full, 2)));
    assert_eq!(desk.notes.get("2").await.unwrap(), None);
    for query in [
        Query::on("by_tag").eq("t"),
        Query::on("by_author").eq("ada"),
        Query::on("by_member").eq("m"),
    ] {
        assert_eq!(ids(&desk.notes.find(query).await.unwrap()), ["1"]);
    }
    assert_eq!(desk.notes.insert(&note("1", "x", 0), vec![]).await, Err(unique("id")));
}

/// Numbers go on where they ended.
pub async fn numbers_go_on_after_close_and_open(home: &dyn Home) {
    let mut desk = Desk::open(home).await;
    for round in 0..3 {
        for i in 1..=4 {
            assert_eq!(desk.append("a", format!("{round}-{i}")).await, Ok(round * 4 + i));
        }
        desk = reopened(desk, home).await;
    }
}

/// What was not sent is pending, in order; what was sent before the close is not.
pub async fn pending_events_survive_close_and_open(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let events: Vec<Event> = (0..4).map(|count| event(&desk.ambient, "k", count)).collect();
    desk.notes.insert(&note("1", "ada", 0), events.clone()).await.unwrap();
    desk.store.mark_sent(&[events[0].id, events[2].id]).await.unwrap();
    let desk = reopened(desk, home).await;
    assert_eq!(desk.waiting().await, [("k".into(), 1), ("k".into(), 3)]);
    desk.notes
        .insert(&note("2", "ada", 0), vec![event(&desk.ambient, "k", 4)])
        .await
        .unwrap();
    assert_eq!(
        desk.waiting().await,
        [("k".into(), 1), ("k".into(), 3), ("k".into(), 4)]
    );
}

/// A mark still stands.
pub async fn marks_survive_close_and_open(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let mark = Some(Mark {
        consumer: "suite",
        event: desk.ambient.id(),
    });
    let insert = |id: &str| Write {
        op: Op::Insert(RawDocument::of(&note(id, "ada", 0)).unwrap()),
        events: vec![],
        mark: mark.clone(),
    };
    desk.store.write(insert("1")).await.unwrap();
    let desk = reopened(desk, home).await;
    assert_eq!(desk.store.write(insert("2")).await, Err(StoreError::AlreadyProcessed));
}

const SMALL: Spec = Spec {
    collection: "notes",
    indexes: &[Index::plain("by_author", &["author", "at"])],
};
const OTHER: Spec = Spec {
    collection: "notes",
    indexes: &[
        Index::plain("by_author", &["author"]),
        Index::unique("by_at", &["author", "at"]),
    ],
};

/// Indexes that are declared later hold the documents that were there: plain, unique, multi and text.
pub async fn a_new_index_is_filled_at_declare(home: &dyn Home) {
    let store = home.open(Settings::held()).await;
    store.declare(SMALL).await.unwrap();
    for i in 0..1200u32 {
        let full = Note {
            number: Some(u64::from(i) + 1),
            tag: (i % 2 == 0).then(|| format!("t{i}")),
            members: vec![format!("m{}", i % 3)],
            text: Some(format!("word{i}x")),
            ..note(format!("{i:04}"), "ada", i64::from(i))
        };
        let insert = Op::Insert(RawDocument {
            collection: "notes",
            ..RawDocument::of(&full).unwrap()
        });
        store.write(insert.into()).await.unwrap();
    }
    store.close().await;
    drop(store);
    let desk = Desk::open(home).await;
    assert_eq!(desk.notes.count(Query::on("by_tag"), 9999).await, Ok(600));
    assert_eq!(desk.notes.count(Query::on("by_member").eq("m1"), 9999).await, Ok(400));
    assert_eq!(
        ids(&desk.notes.find(Query::on("by_tag").eq("t1198")).await.unwrap()),
        ["1198"]
    );
    let words = Search {
        index: "words",
        scopes: vec!["lobby".into()],
        words: "word1199x".into(),
        limit: 5,
        before: None,
    };
    assert_eq!(ids(&desk.notes.search_page(words, None).await.unwrap().items), ["1199"]);
    assert_eq!(desk.append("lobby", "next").await, Ok(1201));
    desk.notes.delete("0004").await.unwrap();
    assert_eq!(desk.notes.count(Query::on("by_member").eq("m1"), 9999).await, Ok(399));
}

/// A unique index cannot be declared over documents that are alike; the error names it and the old declaration serves on.
pub async fn a_new_unique_index_refuses_doubles(home: &dyn Home) {
    let store = home.open(Settings::held()).await;
    store.declare(SMALL).await.unwrap();
    for id in ["1", "2"] {
        store
            .write(Op::Insert(RawDocument::of(&note(id, "ada", 3)).unwrap()).into())
            .await
            .unwrap();
    }
    assert_eq!(store.declare(OTHER).await, Err(unique("by_at")));
    assert_eq!(
        store
            .find("notes", Query::on("by_author").eq("ada").eq(3i64))
            .await
            .unwrap()
            .len(),
        2
    );
}

/// An index that is declared no more is gone, one whose fields changed is built anew.
pub async fn a_dropped_index_is_refused_afterwards(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let of = |id, at| Note {
        members: vec!["m".into()],
        text: Some("word".into()),
        tag: Some(format!("t{at}")),
        ..note(id, "ada", at)
    };
    desk.add(&[of("b", 1), of("a", 2)]).await;
    desk.store.close().await;
    drop(desk);
    let store = home.open(Settings::held()).await;
    store.declare(OTHER).await.unwrap();
    for gone in ["by_tag", "by_member", "by_number"] {
        assert!(
            matches!(
                store.find("notes", Query::on(gone).eq("m")).await,
                Err(StoreError::Unindexed(_))
            ),
            "{gone}"
        );
    }
    let found = store.find("notes", Query::on("by_author").eq("ada")).await.unwrap();
    assert_eq!(
        found.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
        ["a", "b"],
        "ordered by id, not by `at`"
    );
    assert_eq!(
        store
            .find("notes", Query::on("by_at").eq("ada").eq(2i64))
            .await
            .unwrap()
            .len(),
        1
    );
    store.close().await;
    drop(store);
    let desk = Desk::open(home).await;
    assert_eq!(
        ids(&desk.notes.find(Query::on("by_member").eq("m")).await.unwrap()),
        ["b", "a"]
    );
    assert_eq!(
        desk.notes
            .insert(
                &Note {
                    tag: Some("t1".into()),
                    ..note("c", "ada", 9)
                },
                vec![]
            )
            .await,
        Err(unique("by_tag"))
    );
}

/// Words are found after the next start, whether or not anybody searched before the close.
pub async fn words_survive_close_and_open(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let of = |id, text: &str| Note {
        text: Some(text.into()),
        ..note(id, "ada", 0)
    };
    let search = |words: &str| Search {
        index: "words",
        scopes: vec!["lobby".into()],
        words: words.into(),
        limit: 9,
        before: None,
    };
    desk.add(&[of("1", "early"), of("2", "gone")]).await;
    assert_eq!(
        desk.notes.search_page(search("early"), None).await.unwrap().items.len(),
        1
    );
    desk.add(&[of("3", "late")]).await;
    desk.notes.delete("2").await.unwrap();
    let desk = reopened(desk, home).await;
    for (word, expected) in [("early", vec!["1"]), ("late", vec!["3"]), ("gone", vec![])] {
        assert_eq!(
            ids(&desk.notes.search_page(search(word), None).await.unwrap().items),
            expected,
            "{word}"
        );
    }
}

/// After `close` reads, writes and pings fail, and a second close is harmless.
pub async fn a_closed_store_refuses(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    desk.store.close().await;
    desk.store.close().await;
    assert!(desk.notes.get("1").await.is_err());
    assert!(desk.notes.insert(&note("2", "ada", 0), vec![]).await.is_err());
    assert!(desk.store.ping().await.is_err());
}

/// Declaring the same again changes nothing, also with data in it.
pub async fn a_declaration_may_be_repeated(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.append("a", "1").await.unwrap();
    desk.store.declare(Note::spec()).await.unwrap();
    assert_eq!(desk.append("a", "2").await, Ok(2));
    assert_eq!(desk.notes.count(Query::on("by_author"), 9).await, Ok(2));
}

/// An open store answers.
pub async fn a_store_answers_a_ping(home: &dyn Home) {
    let store = home.open(Settings::held()).await;
    assert_eq!(store.ping().await, Ok(()));
}
