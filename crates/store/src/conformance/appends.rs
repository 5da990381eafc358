//! Owns the cases about numbered inserts: no gap, no double, in the order of acknowledgement.

use std::collections::BTreeMap;

use kernel::Fault;

use super::*;
use crate::{Append, Change, Key, Op, Query, RawDocument};

async fn numbers(desk: &Desk, room: &str) -> Vec<u64> {
    let found = desk
        .notes
        .find(Query::on("by_number").eq(room).limit(1001))
        .await
        .unwrap();
    found.iter().filter_map(|n| n.number).collect()
}

/// The first number is 1 in every scope, and the answer is the number.
pub async fn numbers_start_at_one_and_have_no_gaps(home: &dyn Home) {
    let desk = Desk::open(home).await;
    for (room, expected) in [("a", 1), ("a", 2), ("b", 1), ("a", 3), ("b", 2)] {
        assert_eq!(desk.append(room, format!("{room}{expected}")).await, Ok(expected));
    }
    assert_eq!(numbers(&desk, "a").await, [1, 2, 3]);
    assert_eq!(numbers(&desk, "b").await, [1, 2]);
}

/// 64 writers over 5 scopes: each scope is numbered without gap, each writer's own numbers grow, none is given twice.
pub async fn appends_under_contention_have_no_gaps(home: &dyn Home) {
    let desk = Arc::new(Desk::open(home).await);
    let writers = (0..64).map(|writer| {
        let desk = desk.clone();
        tokio::spawn(async move {
            let room = format!("room{}", writer % 5);
            let mut mine = Vec::new();
            for i in 0..15 {
                mine.push(desk.append(&room, format!("{writer}-{i}")).await.unwrap());
            }
            assert!(mine.windows(2).all(|w| w[0] < w[1]), "{mine:?}");
            (room, mine)
        })
    });
    let mut given: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for writer in futures::future::join_all(writers).await {
        let (room, mine) = writer.unwrap();
        given.entry(room).or_default().extend(mine);
    }
    for (room, mut given) in given {
        given.sort_unstable();
        let expected: Vec<u64> = (1..=given.len() as u64).collect();
        assert_eq!(given, expected, "{room}");
        assert_eq!(numbers(&desk, &room).await, expected, "{room}");
    }
}

/// A build that refuses comes back as it is; its number goes to the next.
pub async fn a_refused_build_leaves_no_gap(home: &dyn Home) {
    let desk = Desk::open(home).await;
    assert_eq!(desk.append("a", "1").await, Ok(1));
    let fault = Fault::invalid("text", "is too long");
    let refusal = fault.clone();
    let refused = desk.notes.append("by_number", "a", move |_| Err(refusal.clone())).await;
    assert_eq!(refused, Err(StoreError::Refused(fault)));
    assert_eq!(desk.append("a", "2").await, Ok(2));
    assert_eq!(numbers(&desk, "a").await, [1, 2]);
}

/// A violation of another index names it and leaves no gap, also when many append at once.
pub async fn an_append_that_violates_another_index_leaves_no_gap(home: &dyn Home) {
    let desk = Arc::new(Desk::open(home).await);
    let append = async |desk: &Desk, id: String, tag: String| {
        let build = move |number| {
            let new = Note {
                room: "a".into(),
                number: Some(number),
                tag: Some(tag.clone()),
                ..note(&id, "ada", 0)
            };
            Ok((new, Vec::new()))
        };
        desk.notes.append("by_number", "a", build).await
    };
    assert_eq!(append(&desk, "1".into(), "t".into()).await, Ok(1));
    assert_eq!(append(&desk, "2".into(), "t".into()).await, Err(unique("by_tag")));
    assert_eq!(append(&desk, "1".into(), "u".into()).await, Err(unique("id")));
    let tries = (0..40).map(|i| append(&desk, format!("n{i}"), format!("tag{}", i / 2)));
    let done = futures::future::join_all(tries).await;
    assert_eq!(done.iter().filter(|r| r.is_ok()).count(), 20, "one of each two");
    assert_eq!(numbers(&desk, "a").await, (1..=21).collect::<Vec<_>>());
}

/// Numbers that came by plain inserts (an import) or by changes are gone on from.
pub async fn an_append_goes_on_after_what_came_by_another_way(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let numbered = |number: u64| Note {
        room: "a".into(),
        number: Some(number),
        ..note(format!("i{number}"), "ada", 0)
    };
    desk.add(&[numbered(1), numbered(2)]).await;
    assert_eq!(desk.append("a", "x").await, Ok(3));
    desk.add(&[numbered(4), numbered(5)]).await;
    assert_eq!(desk.append("a", "y").await, Ok(6));
    let moved = desk.notes.update("y", |n| {
        let number = Some(9);
        Ok::<_, StoreError>(Change::Put(Note { number, ..n }, vec![], ()))
    });
    assert_eq!(moved.await, Ok(Some(())));
    assert_eq!(desk.append("a", "z").await, Ok(10));
    assert_eq!(desk.append("a", "zz").await, Ok(11));
}

/// A document that does not carry the number or scope that it was given is refused.
pub async fn an_append_without_its_number_is_refused(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let wrong = [("a", None), ("a", Some(7)), ("b", Some(1))];
    for (room, number) in wrong {
        let build = move |_| {
            Ok((
                Note {
                    room: room.into(),
                    number,
                    ..note("1", "ada", 0)
                },
                Vec::new(),
            ))
        };
        assert!(
            desk.notes.append("by_number", "a", build).await.is_err(),
            "{room} {number:?}"
        );
    }
    assert_eq!(desk.notes.get("1").await.unwrap(), None);
    assert_eq!(desk.append("a", "1").await, Ok(1));
}

/// Deleting the newest does not free its number while the store is open.
pub async fn a_number_is_not_given_twice_after_a_deletion(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.append("a", "1").await.unwrap();
    desk.append("a", "2").await.unwrap();
    desk.notes.delete("2").await.unwrap();
    assert_eq!(desk.append("a", "3").await, Ok(3));
}

/// Only a declared unique index of scope and number can be appended to.
pub async fn an_append_needs_a_unique_index_of_two_fields(home: &dyn Home) {
    let desk = Desk::open(home).await;
    for index in ["by_author", "by_tag", "nothing"] {
        let build = Arc::new(|_| Ok((RawDocument::of(&note("1", "ada", 0)).unwrap(), Vec::new())));
        let append = Append {
            collection: "notes",
            index,
            scope: Key::from("ada"),
            build,
        };
        assert!(
            matches!(
                desk.store.write(Op::Append(append).into()).await,
                Err(StoreError::Unindexed(_))
            ),
            "{index}"
        );
    }
}
